"""Search over everything: passages, studies and codes, with the hits marked."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from pipeline.published.choice import Choice
from pipeline.published.index import Index, search_terms
from pipeline.web.asking import choice_of, page_of, query, render
from pipeline.web.filters import filter_form, in_words
from pipeline.web.language import language_of, say
from pipeline.web.piece import records
from pipeline.web.shelf import ask

START, END = "\x02", "\x03"
# Ranking every hit of a common word would look at all of them; the best are found among the first.
BEST = """
SELECT rowid FROM (
    SELECT rowid, rank FROM passage_fts WHERE passage_fts MATCH ? LIMIT 5000
) ORDER BY rank, rowid
"""
PASSAGES = f"""
SELECT passage.rowid AS row, passage.id AS id, passage.study AS study, study.label AS label,
       passage.locator AS locator, passage.language AS language, study.access AS access,
       highlight(passage_fts, 0, '{START}', '{END}') AS text
FROM passage_fts
JOIN passage ON passage.rowid = passage_fts.rowid
JOIN study ON study.key = passage.study
WHERE passage_fts MATCH :words AND passage_fts.rowid IN (SELECT value FROM json_each(:rows))
"""
HITS = 5000
COUNT = "SELECT count(*) FROM (SELECT 1 FROM passage_fts WHERE passage_fts MATCH ? LIMIT 5001)"
STUDIES = f"""
SELECT study.key AS key, study.label AS label, study.year AS year,
       highlight(study_fts, 0, '{START}', '{END}') AS title,
       snippet(study_fts, 3, '{START}', '{END}', '…', 30) AS summary
FROM study_fts JOIN study ON study.rowid = study_fts.rowid
WHERE study_fts MATCH ? ORDER BY study_fts.rank LIMIT 10
"""
CODES = """
SELECT id FROM code WHERE retired IS NULL AND (
    label_en LIKE :like ESCAPE '!' OR label_nl LIKE :like ESCAPE '!' OR
    definition_en LIKE :like ESCAPE '!' OR definition_nl LIKE :like ESCAPE '!')
ORDER BY dimension, position LIMIT 10
"""
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
    words = " ".join(search_terms(choice.words))
    narrowed = len(choice.pairs()) > (1 if choice.words else 0)
    if not words:
        return {**context, "passages": [], "studies": [], "codes": [], "count": 0, "page": None}
    hits = [row for (row,) in connection.execute(BEST, [words])]
    if narrowed:
        chosen = {int(row) for row in index.words[index.select(connection, choice)]}
        hits = [row for row in hits if row in chosen]
    full = len(hits) == HITS and not narrowed
    count = connection.execute(COUNT, [words]).fetchone()[0] if full else len(hits)
    page = page_of(request, len(hits))
    shown = hits[page["start"] : page["end"]]
    found = records(connection, PASSAGES, {"words": words, "rows": json.dumps(shown)})
    passages = sorted(found, key=lambda item: shown.index(item["row"]))
    codings: dict[str, list[dict[str, Any]]] = {}
    for row in records(connection, CODINGS, json.dumps([item["id"] for item in passages])):
        row["term"] = index.terms.codes[row["code"]]
        codings.setdefault(row["passage"], []).append(row)
    like = "%" + choice.words.strip().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    codes = connection.execute(CODES, {"like": like}).fetchall()
    studies = [] if narrowed else records(connection, STUDIES, words)
    return {
        **context,
        "passages": [
            {**item, "marked": marked(item["text"]), "codings": codings.get(item["id"], [])}
            for item in passages
        ],
        "studies": [
            {**item, "marked": marked(item["title"]), "snippet": marked(item["summary"])}
            for item in studies
        ],
        "codes": [] if narrowed else [index.terms.codes[identity] for (identity,) in codes],
        "count": count,
        "page": page,
        "link": lambda number: f"/search{query(choice, page=number if number > 1 else '')}",
    }


def marked(text: str) -> Markup:
    """Text as text, with the hits as marked words."""
    safe = str(escape(text)).replace(START, "<mark>").replace(END, "</mark>")
    return Markup(safe)
