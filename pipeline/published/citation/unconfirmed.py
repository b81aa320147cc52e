"""What no public page confirmed of a reference, said where the reference is printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.ground.texts import said, shared

# Facts as digests name them, and where they can stand in an item.
PLACES: Mapping[str, tuple[str, ...]] = {
    "authors": ("author",),
    "title": ("title",),
    "journal": ("container-title",),
    "book": ("container-title",),
    "year": ("issued",),
    "volume": ("volume",),
    "number": ("issue", "number", "collection-number"),
    "pages": ("page",),
    "doi": ("DOI",),
    "publisher": ("publisher", "authority"),
}
# No style prints the publisher of a journal.
NOT_PRINTED: Mapping[str, frozenset[str]] = {"article-journal": frozenset({"publisher"})}


def mark(
    item: Mapping[str, Any], unconfirmed: Iterable[str], language: str, printed: bool = True
) -> str:
    """Which facts of a reference nobody could confirm, and which are left out; empty if none.

    Only those that are `printed`, or all of them.
    """
    skipped = NOT_PRINTED.get(str(item.get("type")), frozenset()) if printed else frozenset()
    facts = [fact for fact in unconfirmed if fact not in skipped]
    absent = [fact for fact in facts if fact in PLACES and not _stands(fact, item)]
    there = [fact for fact in facts if fact not in absent]
    parts = [
        said(f"gaps.{key}", language, facts=", ".join(fact_name(fact, language) for fact in some))
        for key, some in (("there", there), ("absent", absent))
        if some
    ]
    return f"[{'; '.join(parts)}]" if parts else ""


def _stands(fact: str, item: Mapping[str, Any]) -> bool:
    return any(item.get(place) for place in PLACES[fact])


def fact_name(fact: str, language: str) -> str:
    """The name of a bibliographic fact; one that is said freely stays as it is."""
    key = f"fact.{fact}"
    return said(key, language) if key in shared() else fact


def without_orphans(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item without parts that mean nothing alone: the issue of a volume that is not known."""
    alone = item.get("type") == "article-journal" and not item.get("volume")
    return {name: value for name, value in item.items() if not (alone and name == "issue")}
