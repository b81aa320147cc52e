"""The evidence map as numbers, marks and words, whatever it is drawn or written with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.build.gap_reasons import REASONS
from pipeline.ground.texts import clean
from pipeline.model.resolve import EVIDENCE_STATUSES
from pipeline.published.map_grid import BESIDE, Cell, Grid
from pipeline.published.report_texts import Wording
from pipeline.published.terms import Terms

COUNTS: dict[str, Callable[[Cell], int]] = {
    "evidence": lambda cell: cell.evidence,
    "studies": lambda cell: cell.studies,
}
TOTAL = ""  # the key of totals in a grid


@dataclass(frozen=True)
class Place:
    """One cell: its number, the mark where that is nothing, and marks beside a number."""

    row: int
    column: int
    number: int
    mark: str
    beside: str
    total: bool


@dataclass(frozen=True)
class Map:
    """The map in one language; the last row and column are totals."""

    title: str
    caption: str
    corner: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    places: tuple[Place, ...]
    legend: tuple[tuple[str, str], ...]
    alternative: str

    def table(self) -> list[list[str]]:
        """Rows of texts, the labels first: the same numbers to read."""
        texts = {
            (place.row, place.column): " ".join(
                part
                for part in (str(place.number or "") or place.mark or "0", place.beside)
                if part
            )
            for place in self.places
        }
        return [
            [label, *(texts[row, column] for column in range(len(self.columns)))]
            for row, label in enumerate(self.rows)
        ]


def make_map(
    grid: Grid,
    terms: Terms,
    language: str,
    across: str,
    count: str = "evidence",
    status: tuple[str, ...] = (),
) -> Map:
    """The map of a grid. Columns with nothing are left out and named in the caption.

    `status` is what was chosen of it: what is not decided must not be called evidence.
    """
    say = Wording(language)
    labels = _labels(terms, across, language)
    roles = _labels(terms, terms.evidence, language)
    shown = [code for code in grid.columns if code in grid.present]
    places, used, beside_used = [], set(), set()
    for row, role in enumerate((*grid.rows, TOTAL)):
        for column, code in enumerate((*shown, TOTAL)):
            cell = grid.cells[role, code]
            number = COUNTS[count](cell)
            total = TOTAL in (role, code)
            mark = "" if number or total else say(f"mark.{cell.reason}")
            beside = [
                name
                for name, get in BESIDE.items()
                if get(cell)
                and cell.reason != f"only-{name}"
                and name not in status
                and (name != "one-study" or count == "evidence")
                and (name == "one-study" or not total)
            ]
            if mark:
                used.add(cell.reason)
            beside_used.update(beside)
            words = "".join(say(f"mark.{name}") for name in beside)
            places.append(Place(row, column, number, mark, words, total))
    dimension = terms.by_id[across].label.get(language)
    caption = [say("map.caption", what=_what(say, count, status))]
    if status:
        caption.append(say("map.status", status=", ".join(say(f"as.{name}") for name in status)))
    if terms.by_id[across].many and shown:
        caption.append(say("map.several"))
    missing = [labels[code] for code in grid.columns if code not in grid.present]
    if not shown:
        caption.append(say("map.nothing"))
    elif missing:
        caption.append(say("map.left_out", columns="; ".join(missing)))
    legend = [(say(f"mark.{name}"), say(f"reason.{name}")) for name in REASONS if name in used]
    legend += [
        (f"5 {say(f'mark.{name}')}", say(f"beside.{name}"))
        for name in BESIDE
        if name in beside_used
    ]
    rows_label = clean(terms.by_id[terms.evidence].label.get(language))
    return Map(
        title=say("map.title", rows=rows_label, columns=_lower(clean(dimension))),
        caption=" ".join(caption),
        corner=rows_label,
        rows=(*(roles[role] for role in grid.rows), say("map.total")),
        columns=(*(labels[code] for code in shown), say("map.total")),
        places=tuple(places),
        legend=tuple(legend),
        alternative=alternative(grid, terms, language, across, count, status),
    )


def alternative(
    grid: Grid,
    terms: Terms,
    language: str,
    across: str | None = None,
    count: str = "evidence",
    status: tuple[str, ...] = (),
) -> str:
    """What the picture shows, in words, for those who do not see it."""
    across = across or terms.map
    say = Wording(language)
    labels = _labels(terms, across, language)
    roles = _labels(terms, terms.evidence, language)
    said = [
        say(
            "map.alternative",
            rows=say.many("roles", len(grid.rows)),
            columns=_lower(clean(terms.by_id[across].label.get(language))),
            what=_what(say, count, status),
        )
    ]
    for role in grid.rows:
        numbers = {code: COUNTS[count](grid.cells[role, code]) for code in grid.columns}
        ones = {
            code: f" ({say('one-study')})"
            for code in grid.columns
            if count == "evidence" and grid.cells[role, code].is_of_one
        }
        cells = "; ".join(
            f"{labels[code]} {number}{ones.get(code, '')}"
            for code, number in numbers.items()
            if number
        )
        total = COUNTS[count](grid.cells[role, TOTAL])
        row = roles[role]
        if cells:
            said.append(say("map.alternative.row", row=row, total=total, cells=cells))
        elif total:
            said.append(f"{row}: {total}.")
        else:
            said.append(say("map.alternative.none", row=row))
    return " ".join(said)


def _what(say: Wording, count: str, status: tuple[str, ...]) -> str:
    """What is counted: evidence only where all of it was decided."""
    decided = all(name in EVIDENCE_STATUSES for name in status)
    return say(f"map.count.{count}" if decided else f"map.count.{count}.undecided")


def _labels(terms: Terms, dimension: str, language: str) -> dict[str, str]:
    return {code.id: clean(code.name(language)) for code in terms.places(dimension)}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
