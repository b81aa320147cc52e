"""The page of a study and the list of all: what was read, what each passage shows, who decided."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from datasette.utils.asgi import NotFound, Response

from pipeline.ground.addresses import address_part
from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.own_words import marked
from pipeline.published.passage_gists import read_gists
from pipeline.published.pieces import pieces_of, read_studies
from pipeline.published.read_words import of_digest
from pipeline.published.record_rows import records
from pipeline.published.terms import Words
from pipeline.web.citable import citable
from pipeline.web.citing import citations, in_styles, linked
from pipeline.web.filter_form import filter_form, in_words
from pipeline.web.marked_text import cut
from pipeline.web.openurl import coins
from pipeline.web.page_request import choice_of, page_of, query, readings, render, site_address
from pipeline.web.served_index import ask
from pipeline.web.site_language import language_of, say
from pipeline.web.study_metadata import highwire, schema_org

PASSAGES = """
SELECT passage.*, document.kind AS kind
FROM passage JOIN document ON document.id = passage.document
WHERE passage.study = ? ORDER BY document.kind, passage.position, passage.sentences
"""
CODINGS = """
SELECT coding.id AS id, coding.passage AS passage, coding.code AS code, coding.status AS status,
       coding.score AS score, coding.confidence AS confidence, coding.coders AS coders,
       coding.settled_by AS settled_by, coding.checked AS checked,
       dimension.is_evidence AS is_evidence
FROM coding
JOIN code ON code.id = coding.code
JOIN dimension ON dimension.id = coding.dimension
WHERE coding.study = ?
ORDER BY dimension.position, coding.status = 'suggested', code.position
"""
SPANS = """
SELECT suggestion.passage AS passage, suggestion.code AS code, suggestion_span.start AS start,
       suggestion_span."end" AS "end"
FROM suggestion
JOIN suggestion_span ON suggestion_span.suggestion = suggestion.id
JOIN dimension ON dimension.id = suggestion.dimension AND dimension.is_evidence
WHERE suggestion.study = ?
"""
HISTORY = """
SELECT decision.*, coder.name_en AS coder_en, coder.name_nl AS coder_nl,
       round.title_en AS round_en, round.title_nl AS round_nl,
       passage.position AS position, passage.locator AS locator
FROM decision
LEFT JOIN passage ON passage.id = decision.unit
LEFT JOIN coder ON coder.id = decision.coder
LEFT JOIN round ON round.id = decision.round
WHERE decision.study = ?
ORDER BY passage.document, passage.position, decision.decided_at, decision.consensus, decision.id
"""
NEIGHBOURS = """
SELECT key, label FROM study
WHERE key = (SELECT MAX(key) FROM study WHERE key < ?1)
   OR key = (SELECT MIN(key) FROM study WHERE key > ?1)
ORDER BY key
"""
SAME_CASE = """
SELECT other.key AS key, other.label AS label FROM study
JOIN study AS other ON other.case_name = study.case_name AND other.key != study.key
WHERE study.key = ? AND study.case_name != '' ORDER BY other.key
"""
REFERENCE = "SELECT csl FROM reference WHERE study = ?"
WHAT = "SELECT what_en, what_nl FROM related WHERE study = ?"
ALIAS = "SELECT study FROM alias WHERE alias = ?"
ABSENT = "SELECT sum(passages) FROM document WHERE study = ? AND absent"
LISTS = ("sectors", "undecided", "countries", "roles", "sources", "unconfirmed")


async def study_page(datasette: Any, request: Any) -> Response:
    """The page of the study whose key stands in the address; an older key leads to the newer."""
    keys = readings(request.url_vars["key"])
    address = site_address(datasette, request)
    found = await ask(datasette, _study, keys, language_of(datasette), address)
    if "now" in found:
        place = datasette.urls.path(f"/study/{address_part(found['now'])}")
        return Response.redirect(place, status=301)
    return await render(datasette, request, "study.html", found)


async def studies_page(datasette: Any, request: Any) -> Response:
    """All studies, or those of a choice."""
    choice = await choice_of(datasette, request)
    context = await ask(datasette, _studies, choice, request, language_of(datasette))
    return await render(datasette, request, "studies.html", context)


def _study(
    connection: sqlite3.Connection, index: Index, keys: Sequence[str], language: str, address: str
) -> dict[str, Any]:
    key = next((key for key in keys if key in index.studies.index), "")
    if not key:
        found = (connection.execute(ALIAS, [key]).fetchone() for key in keys)
        now = next((row[0] for row in found if row is not None), None)
        if now is None:
            raise NotFound(say(language)("study.unknown", key=keys[-1]))
        return {"now": now}
    terms = index.terms
    study = next(read_studies(connection, [key]))
    for name in LISTS:
        study[name] = json.loads(study[name])
    codings: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    given = records(connection, CODINGS, key)
    shown = pieces_of(connection, index, (coding["id"] for coding in given))
    for coding in given:
        coding["term"] = terms.codes[coding["code"]]
        coding["piece"] = shown.get(coding["id"])
        codings[coding["passage"]].append(coding)
    history: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in records(connection, HISTORY, key):
        history[line["unit"]].append(line)
    spans = defaultdict(list)
    for span in records(connection, SPANS, key):
        spans[span["passage"]].append(span)
    passages = []
    for passage in records(connection, PASSAGES, key):
        own = codings.get(passage["id"], [])
        roles = [item for item in own if item["is_evidence"]]
        lines = history.get(passage["id"], [])
        marks = _marks(passage["text"], roles, lines, spans.get(passage["id"], []), terms)
        decided = [item for item in roles if item["status"] != "suggested"]
        passages.append(
            {
                **passage,
                "codings": own,
                "pieces": pieces(passage["text"], marks),
                "tone": decided[0]["term"].position if decided else 0,
                "history": lines,
                "shows_none": any(
                    line["standing"] == "current"
                    and line["dimension"] == terms.evidence
                    and line["codes"] == ["none"]
                    for line in lines
                )
                and not decided,
            }
        )
    item = json.loads(connection.execute(REFERENCE, [key]).fetchone()[0])
    what = connection.execute(WHAT, [key]).fetchone()
    styles = in_styles(connection, key, language)
    read = citations(connection).read_instead([key], "apa", language)
    place = f"{address}/study/{address_part(key)}"
    return {
        "study": study,
        "reference": next(one["html"] for one in styles if one["style"] == "apa"),
        "styles": styles,
        "terms": terms,
        "of_study": _grouped(codings.get(None, []), terms, language),
        "undecided": [
            terms.by_id[name].label.get(language)
            for name in study["undecided"]
            if not any(item["term"].dimension == name for item in codings.get(None, []))
        ],
        "absent": connection.execute(ABSENT, [key]).fetchone()[0],
        "same_case": records(connection, SAME_CASE, key),
        "countries": [
            terms.countries[code].get(language)
            for code, holds in zip(
                terms.countries,
                index.study_members["country"][index.studies.index.get_loc(key)],
                strict=True,
            )
            if holds
        ],
        "passages": passages,
        "gists": read_gists(connection, (passage["id"] for passage in passages)),
        "history": history.get(key, []),
        "neighbours": records(connection, NEIGHBOURS, key),
        "query": f"?study={quote(key)}",
        "of_studies": f"?study={quote(key)}&of=studies",
        "has_evidence": bool(study["evidence"]),
        "highwire": highwire(item, place, _digest(study, language)),
        "coins": coins(item),
        "citable": citable([key], itself=False),
        "what": Words(*what) if what else None,
        "schema_org": schema_org(item, place, study, read.get(key), language),
    }


def _digest(study: dict[str, Any], language: str) -> str:
    """What is said of the study in our words, with whose they are."""
    read = of_digest(study, None, language)
    return marked(study["summary"], read, language) if study["summary"] else ""


def _marks(
    text: str,
    roles: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    spans: list[dict[str, Any]],
    terms: Any,
) -> list[dict[str, Any]]:
    """What to mark: words that coders marked, or that made the machine suggest."""
    marks = []
    for role in roles:
        term = role["term"]
        quotes = {
            line["quote"]
            for line in lines
            if line["standing"] == "current" and role["code"] in line["codes"] and line["quote"]
        }
        if role["status"] == "suggested":
            found = [(span["start"], span["end"]) for span in spans if span["code"] == term.id]
        else:
            starts = [(text.find(quote), len(quote)) for quote in sorted(quotes)]
            found = [(start, start + size) for start, size in starts if start >= 0]
        marks += [
            {"start": start, "end": end, "term": term, "machine": role["status"] == "suggested"}
            for start, end in found
        ]
    return marks


def pieces(text: str, marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A text cut where it is marked; each piece with the codes that it speaks for."""
    result = []
    for piece, over in cut(text, marks):
        terms = {mark["term"].id: mark["term"] for mark in over}
        result.append(
            {
                "text": piece,
                "terms": list(terms.values()),
                "tone": min((term.position for term in terms.values()), default=0),
                "machine": all(mark["machine"] for mark in over),
            }
        )
    return result


def _grouped(
    codings: list[dict[str, Any]], terms: Any, language: str
) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for coding in codings:
        label = terms.by_id[coding["term"].dimension].label.get(language)
        groups[label].append(coding)
    return list(groups.items())


def _studies(
    connection: sqlite3.Connection, index: Index, choice: Choice, request: Any, language: str
) -> dict[str, Any]:
    t = say(language)
    keys = index.choose_studies(connection, choice)
    page = page_of(request, len(keys))
    shown = keys[page["start"] : page["end"]]
    references = citations(connection).bibliography(shown, "apa", language)
    return {
        "choice": choice,
        "chosen": in_words(index, choice, language, t),
        "fields": filter_form(index, choice, language, t, "status", "confidence"),
        "studies": [
            {
                **row,
                "reference": linked(references[row["key"]].html),
                "roles": json.loads(row["roles"]),
            }
            for row in read_studies(connection, shown)
        ],
        "citable": citable(shown),
        "count": len(keys),
        "page": page,
        "link": lambda number: f"/studies{query(choice, page=number if number > 1 else '')}",
        "query": query(choice, of="studies"),
        "terms": index.terms,
        "kept": {},
    }
