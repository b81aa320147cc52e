"""A preview as text for the terminal, and as JSON; what became of it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.desk.adding.grounds import grounds
from pipeline.desk.adding.import_preview import Item, Preview
from pipeline.desk.adding.incoming import Broken
from pipeline.desk.adding.look_alikes import Proposal
from pipeline.desk.desk_texts import desk_says
from pipeline.ground.problems import first_line
from pipeline.model.records import Study
from pipeline.sources.import_records import ImportRecord
from pipeline.sources.merges import Merges


def state_words(state: str) -> str:
    return desk_says(f"record.{state}")


def why_words(why: str) -> str:
    return desk_says(f"alike.{why}")


COMPARED = (
    ("authors", lambda study: " and ".join(name.sorting for name in study.people)),
    ("title", lambda study: study.title),
    ("container", lambda study: study.container),
    ("year", lambda study: str(study.year or "")),
    ("volume", lambda study: study.volume),
    ("number", lambda study: study.number),
    ("pages", lambda study: study.pages),
    ("doi", lambda study: study.doi.lower()),
)


def side_by_side(one: Study, other: Study) -> list[tuple[str, str, str]]:
    """(field, of the first, of the second) for every field that either has."""
    rows = [(name, value(one), value(other)) for name, value in COMPARED]
    return [(name, left, right) for name, left, right in rows if left or right]


def notices(preview: Preview) -> Iterator[str]:
    """What to know of a file before it is taken in."""
    if preview.same_file_as:
        yield (desk_says("import.this_very_file_was_imported", same_file_as=preview.same_file_as))
    if preview.abstracts:
        would = desk_says(
            "import.would_be_added_to_candidates", abstracts=abstracts(preview.abstracts)
        )
        yield desk_says("import.entries_stay_as_they_are", would=would)
    if left_out := preview.shipment.columns_left_out:
        yield desk_says("import.columns_left_out", columns=", ".join(left_out))


def result(record: ImportRecord) -> str:
    """What became of a file, in a sentence or two."""
    said = desk_says(
        "import.studies_added_merged_left_out",
        added=len(record.added),
        merged=len(record.merged),
        left_out=record.left_out,
        broken=record.broken,
    )
    if record.abstracts_of_others:
        added = abstracts(len(record.abstracts_of_others))
        said += desk_says("import.added_to_candidates_that_had", added=added)
    return said


def as_text(preview: Preview) -> Iterator[str]:
    """Record by record what each is, and why."""
    counts = ", ".join(f"{number} {state_words(name)}" for name, number in preview.counts.items())
    shipment = preview.shipment
    yield f"{shipment.name} ({shipment.format}), {len(preview.items)} records: {counts}"
    yield from notices(preview)
    for item in preview.items:
        yield from _lines(item)


def pair_as_text(study: Study, other: Study) -> Iterator[str]:
    """Two entries beside each other, and what speaks for and against their being one study."""
    yield f"{study.key}: {first_line(f'{study.short} {study.title}')}"
    yield f"       = {other.key}"
    yield from _beside(study, other)


def merges_as_text(merges: Merges, proposals: list[Proposal]) -> Iterator[str]:
    """What is merged, and entries that look like one study."""
    for item in merges.standing:
        yield f"{item.key} is read as {item.into}, since {item.at[:10]}"
    for study, other, match in proposals:
        yield f"{study.key} looks like {other.key} ({why_words(match.why)}, {match.score:.0f} %)"
        yield from _beside(study, other)
    if not merges.standing and not proposals:
        yield "No two entries look like one study."


def as_json(preview: Preview) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "file": preview.shipment.name,
        "format": preview.shipment.format,
        "counts": preview.counts,
        "same_file_as": preview.same_file_as,
        "columns_left_out": list(preview.shipment.columns_left_out),
        "records": [_value(item) for item in preview.items],
    }


def abstracts(number: int) -> str:
    return "1 abstract" if number == 1 else f"{number} abstracts"


def _lines(item: Item) -> Iterator[str]:
    head = f"{item.number:>5}  {state_words(item.state)}"
    if isinstance(item.record, Broken):
        yield f"{head}, line {item.record.line}: {item.record.message}"
        yield f"       | {first_line(item.record.raw)}"
        if item.record.hint:
            yield f"       → {item.record.hint}"
        return
    study = item.record.study
    name = f"{study.short} {study.title}"
    yield f"{head}: {first_line(name)}" + (f"  → {item.key}" if item.state == "new" else "")
    for doubt in item.record.doubts:
        yield f"       line {doubt.line}: {doubt.message}"
        yield f"       → {doubt.hint}"
    for other, match in item.matches:
        where = other.key if item.state != "repeat" else "a record before it"
        yield f"       = {where} ({why_words(match.why)}, {match.score:.0f} %)"
        yield from _beside(study, other)


def _beside(study: Study, other: Study) -> Iterator[str]:
    for said, reasons in _reasons(study, other):
        yield f"         {said}: {', '.join(reasons)}"
    for field, mine, here in side_by_side(study, other):
        if mine != here:
            yield f"         {field}: {first_line(mine, 70) or '–'}"
            yield f"         {'here':>{len(field)}}: {first_line(here, 70) or '–'}"


def _reasons(study: Study, other: Study) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = grounds(study, other)
    for said, reasons in (("for", found.speaks_for), ("against", found.speaks_against)):
        if reasons:
            yield said, reasons


def _value(item: Item) -> dict[str, Any]:
    value: dict[str, Any] = {
        "number": item.number,
        "line": item.record.line,
        "state": item.state,
        "key": item.key,
        "adds_abstract": item.adds_abstract,
    }
    if isinstance(item.record, Broken):
        return {**value, "message": item.record.message, "raw": item.record.raw}
    study = item.record.study
    return {
        **value,
        "title": study.title,
        "year": study.year,
        "doi": study.doi,
        "doubts": [asdict(doubt) for doubt in item.record.doubts],
        "matches": [
            {"key": other.key, "title": other.title, "why": match.why, "score": match.score}
            | {said: list(reasons) for said, reasons in _reasons(study, other)}
            for other, match in item.matches
        ],
    }
