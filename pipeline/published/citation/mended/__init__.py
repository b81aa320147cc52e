"""What citeproc-py does otherwise than CSL 1.0.2, mended by classes of its own elements."""
