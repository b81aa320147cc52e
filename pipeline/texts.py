"""Where full texts were read before they had a package of their own."""

from __future__ import annotations

from pipeline.fulltexts.language import guess_language
from pipeline.fulltexts.shelf import READERS

__all__ = ["READERS", "guess_language"]
