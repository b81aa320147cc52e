"""Bibliographies: BibTeX and BibLaTeX read into studies, and studies written as entries."""
