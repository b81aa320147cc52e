"""Citations: entries as CSL-JSON, and their words in any style."""
