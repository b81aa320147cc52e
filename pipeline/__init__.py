"""Orchestration Evidence: read, tag, resolve, build and serve evidence on roles."""

__version__ = "0.1.0"
