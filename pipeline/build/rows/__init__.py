"""Rows of the published tables, made from records."""
