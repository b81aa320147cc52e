"""Changes of the coding scheme: previewed, saved as files, applied and taken back."""
