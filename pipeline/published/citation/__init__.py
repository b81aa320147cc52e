"""Citations: the words of references in any style."""
