"""Kinds of sources in all main styles: what is printed of each, and what pandoc prints."""
