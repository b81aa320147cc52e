"""Codebooks of other programs: read into records, and compared with the coding scheme.

`read_codebook` (formats.py) finds the format from the content; `map_codebook` (mapping.py) says
which codes are here already, which are like one that is, and which are new. Nothing is written.
"""
