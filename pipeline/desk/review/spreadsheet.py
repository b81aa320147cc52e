"""A coder's answers as a spreadsheet, out and in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.desk.review.answer_rules import Answer, tidy, tidy_quote
from pipeline.desk.review.joining import save_unit
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.formulas import guarded, unguarded
from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.text import decode_utf8
from pipeline.model.answers import NONE
from pipeline.model.people import Round
from pipeline.model.scheme import Dimension
from pipeline.sources.decisions import write_codes

COLUMNS = [
    "unit",
    "dimension",
    "codes",
    "confidence",
    "note",
    "quote",
    "study",
    "locator",
    "text",
    "suggested",
]
NEEDED = ("unit", "dimension", "codes")
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class SheetRow:
    """One row of a spreadsheet that can be saved."""

    line: int
    unit: str
    answer: Answer


def export(desk: Desk, item: Round, coder: str) -> str:
    """CSV with a row for each unit and question of the round, and the coder's own answers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for unit, dimension in _asked(desk, item, coder):
        line = desk.answers(coder, unit, item).get(dimension.id)
        passage = desk.passages.get(unit)
        study = desk.studies[passage.study if passage else unit]
        shown = desk.shown(item, coder, unit)
        suggested = [s.code for s in shown or () if s.dimension == dimension.id]
        cells = [
            unit,
            dimension.id,
            write_codes(line.codes) if line else "",
            line.confidence if line else "",
            line.note if line else "",
            line.quote if line else "",
            study.short,
            passage.locator if passage else "",
            passage.text if passage else _about(desk, unit),
            ";".join(suggested) if shown is not None else "hidden",
        ]
        writer.writerow([guarded(cell) for cell in cells])
    return text.getvalue()


def _about(desk: Desk, study: str) -> str:
    """The title of a study and what its digest says in short: its questions are of the whole."""
    summaries = (item.summary for item in desk.documents[study] if item.summary)
    return ". ".join((desk.studies[study].title, *summaries))


def read_sheet(desk: Desk, item: Round, coder: str, data: bytes, name: str) -> list[SheetRow]:
    """The rows that say something new. Raises InputError with every row it does not understand."""
    text, problems = decode_utf8(data, name)
    if problems:
        raise InputError(problems)
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[SheetRow] = []
    try:
        fields = reader.fieldnames or []
        missing = [column for column in NEEDED if column not in fields]
        unknown = [column for column in fields if column not in COLUMNS]
        if missing or unknown:
            what = f"missing: {', '.join(missing)}" if missing else f"unknown: {', '.join(unknown)}"
            hint = f"Keep the columns of the export: {', '.join(COLUMNS)}."
            raise InputError([Problem(name, 1, "bad-header", f"columns {what}", hint)])
        seen: set[tuple[str, str]] = set()
        for value in reader:
            line = reader.line_num
            found = _read_row(desk, item, coder, value, seen)
            if isinstance(found, str):
                raw = first_line(delimiter.join(str(cell) for cell in value.values() if cell))
                hint = "Correct the row, or take it out."
                problems.append(Problem(name, line, "refused", found, hint, raw))
            elif found is not None:
                rows.append(SheetRow(line, *found))
    except csv.Error as error:
        hint = "Save it as CSV again from the spreadsheet."
        problems.append(Problem(name, reader.line_num, "bad-csv", f"not CSV: {error}", hint))
    if problems:
        raise InputError(problems)
    return rows


def import_rows(desk: Desk, item: Round, coder: str, rows: list[SheetRow]) -> int:
    """Save rows that were read; how many answers changed."""
    return sum(len(save_unit(desk, coder, item, row.unit, [row.answer])) for row in rows)


def _asked(desk: Desk, item: Round, coder: str) -> Iterator[tuple[str, Dimension]]:
    for study in desk.studies:
        if not item.includes(study):
            continue
        for dimension in desk.asked(item, of_passage=False):
            yield study, dimension
        for unit in desk.units_joined(item, study, [coder]):
            for dimension in desk.asked(item, of_passage=True):
                yield unit, dimension


def _read_row(
    desk: Desk,
    item: Round,
    coder: str,
    value: dict[str, str | None],
    seen: set[tuple[str, str]],
) -> tuple[str, Answer] | str | None:
    """What a row says; why it is refused; or None where it says nothing new."""
    if None in value or None in value.values():
        return "more or fewer cells than columns"
    cell = {name: unguarded(text or "").strip() for name, text in value.items()}
    unit, dimension = cell["unit"], cell["dimension"]
    passage = desk.passage_for(coder, unit)
    if passage is None and unit not in desk.studies:
        return f"no passage or study '{unit[:80]}'"
    if (unit, dimension) in seen:
        return f"{unit} stands twice for {dimension}"
    seen.add((unit, dimension))
    if passage is not None and cell.get("text", passage.text) != passage.text:
        return "the text is not the passage's; export again"
    standing = desk.answers(coder, unit, item).get(dimension)
    given = [code.strip() for code in cell["codes"].replace(",", ";").split(";") if code.strip()]
    if not given:
        return "has an answer; write 'withdrawn' to take it back" if standing else None
    if NONE in given and len(given) > 1:
        return "'none' stands together with codes"
    if len(set(given)) != len(given):
        return "a code stands twice"
    withdrawn = given == [WITHDRAWN]
    if withdrawn and standing is None:
        return "there is no answer to withdraw"
    codes = None if withdrawn else frozenset(code for code in given if code != NONE)
    answer = Answer(
        dimension,
        codes,
        "" if withdrawn else cell.get("confidence", ""),
        "" if withdrawn else tidy(cell.get("note", "")),
        "" if withdrawn else tidy_quote(cell.get("quote", ""), passage),
    )
    reasons = desk.reasons_against(coder, item, unit, [answer])
    return " ".join(reasons) if reasons else (unit, answer)
