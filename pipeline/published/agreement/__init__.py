"""Agreement as text, JSON, CSV and Markdown."""
