"""Orchestration Evidence: read, tag, resolve, build and serve the evidence on orchestrator roles."""

__version__ = "0.1.0"
