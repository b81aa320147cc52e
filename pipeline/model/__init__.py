"""The coding scheme, its answers and what follows from them: pure, without a file."""
