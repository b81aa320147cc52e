"""The entry point of the command `evidence`."""

from pipeline.commands.evidence import app

__all__ = ["app"]

if __name__ == "__main__":
    app()
