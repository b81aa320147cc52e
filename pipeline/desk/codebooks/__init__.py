"""Codebooks of other programs: read into records, and compared with the coding scheme."""
