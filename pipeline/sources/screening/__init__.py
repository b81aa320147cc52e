"""Screening as its files hold it, and what of it one screener may see."""
