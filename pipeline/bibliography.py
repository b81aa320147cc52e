"""The reader of bibliographies, under the name by which others know it."""

from pipeline.sources.bibliography.references import read_references

__all__ = ["read_references"]
