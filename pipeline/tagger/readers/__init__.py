"""Readers: each says in its own way how likely every code of a dimension is for a passage."""
