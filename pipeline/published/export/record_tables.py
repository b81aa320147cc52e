"""Evidence and studies as tables: names of columns, and a row for each piece or study."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.ground.addresses import address_part
from pipeline.ground.texts import said
from pipeline.model.described import DESCRIBED
from pipeline.published.citation.unconfirmed import fact_name
from pipeline.published.own_words import whose
from pipeline.published.pieces import Piece
from pipeline.published.read_words import of_digest
from pipeline.published.selection import Selection
from pipeline.published.terms import LANGUAGES, Terms, Words

CHUNK = 500
COUNTRY = "country"
PLACES = "*"  # where the columns of the other dimensions stand, and that of countries
OF_PIECES = (
    *("id", "role", "role_id", "status", "confidence", "text"),
    *(f"text_{name}" for name in LANGUAGES),
    *("locator", "language", "study"),
    *("citation", "authors", "title", "journal", "year", "doi", "sectors", PLACES, "access"),
    *("coders", "decided_by", "settled_by", "checked", "link"),
    # What goes along with the words: the same names as in JSON.
    *("quotation", "words", "read", "read_instead", "notice", "unconfirmed", "decided"),
    *("scheme_version", "retrieved", "licence"),
)
OF_STUDIES = (
    *("key", "citation", "authors", "title", "journal", "year", "type", "volume", "number"),
    *("pages", "publisher", "doi", "url", "roles", "sectors", PLACES, "access", *DESCRIBED),
    *("summary", "words", "read_instead", "notice", "unconfirmed", "passages", "evidence"),
    *("suggested", "link", "retrieved", "licence"),
)


@dataclass(frozen=True)
class RecordTable:
    """Columns, and rows in the order of lists: texts and numbers."""

    columns: tuple[str, ...]
    rows: Iterator[list[Any]]


@dataclass(frozen=True)
class StudyFacts:
    """A study: its row in the database, its codes by dimension (and countries), what goes along.

    `words` says whose the summary's are, and is empty where there is none; `read` says how much of
    the study was for it, or what in its place, and `read_instead` that with its reference.
    """

    row: dict[str, Any]
    placed: Mapping[str, tuple[str, ...]]
    words: str
    read: str
    read_instead: str
    unconfirmed: str
    link: str


def record_table(selection: Selection) -> RecordTable:
    """The chosen pieces of evidence, or the studies where those were asked for."""
    return piece_table(selection) if selection.studies is None else study_table(selection)


def piece_table(selection: Selection) -> RecordTable:
    """A row for each piece."""
    others, label = _others(selection.terms), _labels(selection)
    rows = (_piece(selection, piece, others, label) for piece in selection.pieces())
    return RecordTable(_columns(OF_PIECES, others), rows)


def study_table(selection: Selection) -> RecordTable:
    """A row for each study."""
    terms, label = selection.terms, _labels(selection)
    others = _others(terms)
    columns = _columns(OF_STUDIES, others)
    places = dict(zip((terms.evidence, terms.map, *others),
                      ("roles", "sectors", *_named(OF_STUDIES, others)), strict=True))  # fmt: skip

    def row(facts: StudyFacts) -> list[Any]:
        codes = {column: label(name, facts.placed[name]) for name, column in places.items()}
        found = {**of_study(selection, facts), **codes}
        return [found[column] for column in columns]

    return RecordTable(columns, map(row, study_facts(selection)))


def study_facts(selection: Selection) -> Iterator[StudyFacts]:
    """The studies of a selection, a few read at a time."""
    keys = selection.study_keys
    language = selection.language
    rows = selection.study_rows()
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        read = selection.attributions.citations.read_instead(some, selection.style, language)
        for key, placed in zip(some, selection.index.studies_placed(some), strict=True):
            row = next(rows)
            unconfirmed = (fact_name(fact, language) for fact in json.loads(row["unconfirmed"]))
            yield StudyFacts(
                row,
                placed,
                whose(language) if row["summary"] else "",
                of_digest(row, read[key].what if key in read else None, language),
                read[key].text if key in read else "",
                ", ".join(unconfirmed),
                selection.link(f"/study/{address_part(key)}"),
            )


def words_of(terms: Terms, dimension: str, code: str) -> Words:
    """What a code of a dimension is called, or a country."""
    return terms.countries[code] if dimension == COUNTRY else terms.codes[code].label


def _columns(names: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Dimensions stand under their ids, and under longer names where a column is called so."""
    cut = names.index(PLACES)
    return (*names[:cut], *_named(names, others), *names[cut + 1 :])


def _named(names: Sequence[str], others: Sequence[str]) -> list[str]:
    return [name if name not in names else f"{name}_code" for name in others]


def _others(terms: Terms) -> list[str]:
    known = (terms.evidence, terms.map)
    return [*(item.id for item in terms.dimensions if item.id not in known), COUNTRY]


def _labels(selection: Selection) -> Callable[[str, tuple[str, ...]], str]:
    """What several codes of a dimension are called; most are asked for again and again."""
    known: dict[tuple[str, tuple[str, ...]], str] = {}

    def label(dimension: str, codes: tuple[str, ...]) -> str:
        if (dimension, codes) not in known:
            words = (words_of(selection.terms, dimension, code) for code in codes)
            known[dimension, codes] = "; ".join(one.get(selection.language) for one in words)
        return known[dimension, codes]

    return label


def _piece(
    selection: Selection,
    piece: Piece,
    others: Sequence[str],
    label: Callable[[str, tuple[str, ...]], str],
) -> list[Any]:
    found = selection.attributions.of(piece, cited=False)
    terms = selection.terms
    return [
        piece.id,
        label(terms.evidence, (piece.role,)),
        piece.role,
        piece.status,
        piece.confidence,
        piece.text,
        *(piece.in_languages[name] for name in LANGUAGES),
        piece.locator,
        piece.language,
        piece.study,
        piece.label,
        piece.authors,
        piece.title,
        piece.container,
        piece.year,
        piece.doi,
        label(terms.map, piece.sectors),
        *(label(name, piece.placed[name]) for name in others),
        piece.access or "",
        "; ".join(piece.coders),
        found.decided_by,
        piece.settled_by or "",
        piece.checked,
        found.address,
        *found.fields().values(),
    ]


def of_study(selection: Selection, facts: StudyFacts) -> dict[str, Any]:
    """What a study is told with by the names of the columns, all but its codes."""
    row = facts.row
    return {
        "key": row["key"],
        "citation": row["label"],
        "authors": row["authors"],
        "title": row["title"],
        "journal": row["container"],
        **{name: row[name] for name in ("year", "type", "volume", "number", "pages")},
        **{name: row[name] for name in ("publisher", "doi", "url")},
        "access": row["access"] or "",
        **{name: row[name] for name in (*DESCRIBED, "summary")},
        "words": facts.words,
        "read_instead": facts.read_instead,
        "notice": said(f"notice.{row['notice']}", selection.language) if row["notice"] else "",
        "unconfirmed": facts.unconfirmed,
        **{name: row[name] for name in ("passages", "evidence", "suggested")},
        "link": facts.link,
        "retrieved": selection.attributions.retrieved,
        "licence": said("licence.digest", selection.language),
    }
