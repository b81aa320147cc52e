"""Changes of the coding scheme: previewed, saved, applied and taken back."""
