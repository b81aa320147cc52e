"""A digest of ours where programs expect the authors' abstract: marked, and known by its mark."""

from __future__ import annotations

from pipeline.ground.texts import LANGUAGES, said
from pipeline.published.citation.database_citation import TITLE


def whose(language: str) -> str:
    """Whose words a digest is in."""
    return said("words.digest", language, database=TITLE)


def marked(summary: str, read: str, language: str) -> str:
    """A digest behind whose words it is in, and how much was `read`."""
    return f"[{'; '.join(part for part in (whose(language), read) if part)}] {summary}"


def is_marked(text: str) -> bool:
    """Whether a text that comes from a file is such a digest."""
    return text.startswith("[") and text.startswith(
        tuple(f"[{whose(language)}" for language in LANGUAGES)
    )
