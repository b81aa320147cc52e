"""Chosen evidence as a workbook: studies, evidence, the map, agreement, and what the file is."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator
from typing import Any

from pipeline.build.models.measure_columns import ENDINGS
from pipeline.ground.texts import clean
from pipeline.model.coefficients import COEFFICIENTS
from pipeline.published import method
from pipeline.published.citation.database_citation import TITLE
from pipeline.published.export.excel_book import ExcelBook
from pipeline.published.export.record_tables import RecordTable, piece_table, study_table
from pipeline.published.map_grid import GridCell, map_grid
from pipeline.published.provenance import about, titled
from pipeline.published.report.method_facts import WHAT
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection

BLOCK = 64 * 1024
LINKS = {"doi": "https://doi.org/", "link": "", "url": ""}
NUMBERS = ("volume", "number", "scheme_version")
DAYS = ("decided", "retrieved")
MEASURES = [f"{name}{end}" for name in COEFFICIENTS for end in ENDINGS]
OF_AGREEMENT = ("round", "what", "unit", "units", "prevalence", *MEASURES, "remark")


def write(selection: Selection) -> Iterator[bytes]:
    """A sheet each. Of studies, no other sheet than theirs, and what the file is."""
    say = Wording(selection.language)
    day = datetime.date.fromisoformat(selection.attributions.retrieved)
    book = ExcelBook(titled(selection), TITLE, selection.language, day)
    _add(book, say("sheet.studies"), study_table(selection))
    if selection.studies is None:
        _add(book, say("sheet.evidence"), piece_table(selection))
        book.add(say("sheet.map"), *_map(selection, say))
        book.add(say("sheet.agreement"), OF_AGREEMENT, _agreement(selection, say))
    file = about(selection).fields()
    book.add(say("sheet.about"), ("name", "value"), list(file.items()))
    with tempfile.TemporaryFile() as target:
        book.write(target)
        target.seek(0)
        while block := target.read(BLOCK):
            yield block


def _add(book: ExcelBook, title: str, table: RecordTable) -> None:
    def there(names: Any) -> list[str]:
        return [name for name in names if name in table.columns]

    links = {name: LINKS[name] for name in there(LINKS)}
    book.add(title, table.columns, table.rows, links, there(NUMBERS), there(DAYS))


def _map(selection: Selection, say: Wording) -> tuple[list[str], list[list[Any]]]:
    """Roles down, codes of the map across: how many pieces, or why there are none."""
    terms, language = selection.terms, selection.language
    grid = map_grid(selection.index, selection.connection, selection.choice, terms.map)

    def shown(cell: GridCell) -> Any:
        return cell.evidence if cell.evidence or not cell.reason else say(f"reason.{cell.reason}")

    columns = [terms.by_id[terms.evidence].label.get(language),
               *(terms.codes[code].name(language) for code in grid.columns)]  # fmt: skip
    rows = [
        [terms.codes[role].name(language) if role else say("map.total"),
         *(shown(grid.cells[role, code]) for code in (*grid.columns, ""))]
        for role in (*grid.rows, "")
    ]  # fmt: skip
    return [clean(name) for name in (*columns, say("map.total"))], rows


def _agreement(selection: Selection, say: Wording) -> Iterator[list[Any]]:
    """Frozen results of all rounds, whatever is chosen: each code, then the answers as a whole."""
    language = selection.language
    titles = {row["id"]: row[f"title_{language}"] or row["title_en"]
              for row in method.rounds(selection.connection)}  # fmt: skip
    for row in method.agreement(selection.connection):
        code = selection.terms.codes.get(row["code"])
        what = code.name(language) if code else say(WHAT[row["what"]])
        told = {**row, "round": titles.get(row["round"], row["round"]), "what": what}
        yield [told[name] for name in OF_AGREEMENT]
