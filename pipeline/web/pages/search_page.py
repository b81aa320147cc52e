"""Search over passages, studies and codes, with the hits marked; in vain, it says what for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.passage_gists import Gists, read_gists
from pipeline.published.pieces import pieces_of
from pipeline.published.record_rows import records
from pipeline.published.search_words import Sought, matching, query_of, read_words
from pipeline.published.stems import SHORTEST, beginnings, tokens
from pipeline.published.terms import LANGUAGES, Term
from pipeline.web.citable import citable
from pipeline.web.filter_form import filter_form, in_words
from pipeline.web.page_request import choice_of, page_of, query, render
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say

START, END = "\x02", "\x03"
# Ranking every hit of a common word would look at all of them; the best are found among the first.
BEST = """
SELECT rowid FROM (
    SELECT rowid, rank FROM passage_fts WHERE passage_fts MATCH ? LIMIT 5000
) ORDER BY rank, rowid
"""
PASSAGES = f"""
SELECT passage.rowid AS row, passage.id AS id, passage.study AS study, study.label AS label,
       passage.locator AS locator, passage.language AS language, 
       CASE document.kind WHEN 'fulltext' THEN 'text' ELSE passage.access END AS read,
       highlight(passage_fts, 0, '{START}', '{END}') AS text,
       highlight(passage_fts, 2, '{START}', '{END}') AS en,
       highlight(passage_fts, 3, '{START}', '{END}') AS nl
FROM passage_fts
JOIN passage ON passage.rowid = passage_fts.rowid
JOIN study ON study.key = passage.study
JOIN document ON document.id = passage.document
WHERE passage_fts MATCH :words AND passage_fts.rowid IN (SELECT value FROM json_each(:rows))
"""
HITS = 5000
COUNT = "SELECT count(*) FROM (SELECT 1 FROM passage_fts WHERE passage_fts MATCH ? LIMIT 5001)"
ALONE = "SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? LIMIT 5000"
STUDIES = f"""
SELECT study.key AS key, study.label AS label, study.year AS year,
       highlight(study_fts, 0, '{START}', '{END}') AS title,
       snippet(study_fts, 3, '{START}', '{END}', '…', 30) AS summary
FROM study_fts JOIN study ON study.rowid = study_fts.rowid
WHERE study_fts MATCH ? ORDER BY study_fts.rank LIMIT 10
"""
MOST_CODES = 10
SHOWN_FORMS = 8  # of one word
CODINGS = """
SELECT id, passage, code, status, coders, settled_by, checked, score FROM coding
WHERE passage IN (SELECT value FROM json_each(?)) ORDER BY status = 'suggested', code
"""


async def search_page(datasette: Any, request: Any) -> Response:
    """What holds all the words of `q`; other filters narrow the passages down."""
    choice = await choice_of(datasette, request)
    context = await ask(datasette, _search, choice, request, language_of(datasette))
    return await render(datasette, request, "search.html", context)


def _search(
    connection: sqlite3.Connection, index: Index, choice: Choice, request: Any, language: str
) -> dict[str, Any]:
    t = say(language)
    context: dict[str, Any] = {
        "choice": choice,
        "words": choice.words,
        "chosen": in_words(index, choice, language, t),
        "fields": filter_form(index, choice, language, t),
        "terms": index.terms,
        "asked": bool(choice.words.strip()),
        "kept": {},
    }
    sought = read_words(connection, choice.words, choice.exact)
    words = query_of(sought)
    others = replace(choice, words="", exact=False)
    narrowed = others != Choice()
    hits = [row for (row,) in connection.execute(BEST, [words])]
    if narrowed:
        chosen = {int(row) for row in index.words[index.select(connection, others)]}
        hits = [row for row in hits if row in chosen]
    full = len(hits) == HITS and not narrowed
    count = connection.execute(COUNT, [words]).fetchone()[0] if full else len(hits)
    page = page_of(request, len(hits))
    shown = hits[page["start"] : page["end"]]
    found = records(connection, PASSAGES, {"words": words, "rows": json.dumps(shown)})
    passages = sorted(found, key=lambda item: shown.index(item["row"]))
    gists = read_gists(connection, (item["id"] for item in passages))
    codings: dict[str, list[dict[str, Any]]] = {}
    given = records(connection, CODINGS, json.dumps([item["id"] for item in passages]))
    pieces = pieces_of(connection, index, (row["id"] for row in given))
    for row in given:
        row["term"] = index.terms.codes[row["code"]]
        row["piece"] = pieces.get(row["id"])
        codings.setdefault(row["passage"], []).append(row)
    codes = [] if narrowed else _codes(index, sought)
    studies = [] if narrowed else records(connection, STUDIES, words)
    return {
        **context,
        "passages": [
            {
                **item,
                "marked": marked(item["text"]),
                "gists": _gists(item, gists[item["id"]], language),
                "codings": codings.get(item["id"], []),
            }
            for item in passages
        ],
        "studies": [
            {**item, "marked": marked(item["title"]), "snippet": marked(item["summary"])}
            for item in studies
        ],
        "codes": codes,
        "citable": citable(
            [*(item["study"] for item in passages), *(item["key"] for item in studies)]
        ),
        "forms": [form for item in sought for form in item.forms[1 : SHOWN_FORMS + 1]],
        "exactly": f"/search{query(replace(choice, exact=True))}",
        "instead": [] if passages or studies or codes else _instead(connection, choice, sought),
        "count": count,
        "page": page,
        "link": lambda number: f"/search{query(choice, page=number if number > 1 else '')}",
    }


def _gists(item: dict[str, Any], gists: Gists, language: str) -> list[dict[str, Any]]:
    """A passage in the language of the page, and in another in which it was found."""
    return [
        {**gist._asdict(), "said": gist.said, "marked": marked(item[own])}
        for own, gist in gists.items()
        if own == language or START in item[own]
    ]


def _codes(index: Index, sought: Sequence[Sought]) -> list[Term]:
    """Codes in whose name or definition, in one language, all of it stands."""
    found = []
    for term in index.terms.codes.values():
        said = [tokens(f"{term.label.get(own)} {term.definition.get(own)}") for own in LANGUAGES]
        if sought and term.dimension and term.retired is None:
            held = (all(item.stands_in(words) for item in sought) for words in said)
            found += [term] if any(held) else []
    return found[:MOST_CODES]


def _instead(
    connection: sqlite3.Connection, choice: Choice, sought: Sequence[Sought]
) -> dict[str, Any]:
    """What was looked for in vain, each thing with the passages that hold it; other ways to ask."""
    alone = [
        {
            "asked": item.asked,
            "forms": item.forms[1 : SHOWN_FORMS + 1],
            "count": len(connection.execute(ALONE, [item.query]).fetchall()),
            "href": f"/search{query(Choice(words=_as_written(item), exact=choice.exact))}",
        }
        for item in sought
    ]
    ways = []
    if replace(choice, words="", exact=False) != Choice():
        ways.append(("unfiltered", choice.words, Choice(words=choice.words, exact=choice.exact)))
    if choice.exact:
        ways.append(("forms", choice.words, replace(choice, exact=False)))
    begun = " ".join(_beginning(item) for item in sought)
    if begun != choice.words:
        ways.append(("beginnings", begun, replace(choice, words=begun, exact=False)))
    return {
        "alone": alone,
        "ways": [(name, words, f"/search{query(other)}") for name, words, other in ways
                 if matching(connection, other.words, other.exact)],
    }  # fmt: skip


def _as_written(item: Sought) -> str:
    return f'"{item.asked}"' if " " in item.asked else item.asked


def _beginning(item: Sought) -> str:
    """A word without its end; phrases and short words stay as they are."""
    words = tokens(item.asked)
    if item.begins or len(words) != 1 or len(words[0]) <= SHORTEST:
        return _as_written(item)
    shortest = min(beginnings(words[0]), key=len, default=words[0])
    return f"{shortest}*" if len(shortest) > SHORTEST else _as_written(item)


def marked(text: str) -> Markup:
    """Text as text, with the hits as marked words."""
    safe = str(escape(text)).replace(START, "<mark>").replace(END, "</mark>")
    return Markup(safe)
