"""What was read of a study in words: for its digest, and in its full text beside that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.ground.texts import said
from pipeline.published.report_texts import Wording


def of_digest(row: Mapping[str, Any], what: str | None, language: str) -> str:
    """How much was read for the digest of a row of `read_studies`, or `what` in its place."""
    access = row["digest_access"]
    return what or (said(f"read.{access}", language) if access else "")


def of_study(row: Mapping[str, Any], what: str | None, language: str) -> Iterator[str]:
    """What its digest rests on, and how many passages of its full text are coded."""
    if not row["fulltext_coded"]:
        yield from filter(None, [of_digest(row, what, language)])
        return
    say = Wording(language)
    if what or row["digest_access"]:
        yield what or say(f"read.digest.{row['digest_access']}")
    yield say("read.coded", coded=row["fulltext_coded"], of=row["fulltext_passages"])
