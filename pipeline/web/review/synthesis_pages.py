"""Writing up what was found, beside the pieces; and what is written, and what is left to write."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.synthesis_desk import Draft, read_draft, save_synthesis
from pipeline.ground.problems import Mendable
from pipeline.ground.texts import LANGUAGES
from pipeline.model.synthesis import JOIN
from pipeline.published.evidence_index import Index
from pipeline.published.finding import Finding, choice_of_codes, read_finding, written
from pipeline.published.pieces import Piece, pieces_of, read_pieces
from pipeline.published.terms import Term
from pipeline.web.review.review_page import NOTHING, Visit, explained, review_page
from pipeline.web.review.review_session import first, show
from pipeline.web.review.review_texts import review_says
from pipeline.web.served_index import ask

KEYS = "123456789abcdefghijklmopqrstuvwxyz"  # n goes to the sentences
SHOWN = 200  # pieces beside them


@review_page
async def syntheses_page(visit: Visit) -> Response:
    """What is written on each code and in each language, and where something came after it."""
    role, place = visit.option("role"), visit.option("place")
    if role and place:
        return visit.go(f"/review/synthesis/{role}{JOIN}{place}")
    return await visit.page("syntheses.html", await ask(visit.datasette, _written))


@review_page
async def synthesis_page(visit: Visit) -> Response:
    """GET shows what is written on codes beside their pieces, POST saves it."""
    name, language = visit.named("codes"), visit.option("lang") or LANGUAGES[0]
    codes = tuple(name.split(JOIN))
    if language not in LANGUAGES:
        raise NotFound(review_says("synthesis.no_language", language=language[:20]))
    found = await ask(visit.datasette, _beside, codes, language)
    draft = read_draft(visit.desk.project, codes, language)
    text, notice = draft.text, NOTHING
    if visit.sends:
        form = await visit.form()
        text = first(form, "sentences")
        try:
            await _save(visit, draft, text, found["known"], first(form, "state"), form)
            return visit.go(f"/review/synthesis/{name}?lang={language}&saved=1")
        except Mendable as error:
            notice = explained(error)
    context = {
        **found,
        "name": name,
        "lang": language,
        "languages_of": LANGUAGES,
        "draft": draft,
        "sentences": text,
        "state": draft.state,
        "saved": bool(visit.option("saved")),
        "keys": KEYS,
    }
    return await visit.page("synthesis.html", context, notice)


async def _save(
    visit: Visit, draft: Draft, text: str, known: frozenset[str], state: str, form: Any
) -> None:
    """Raises Mendable."""
    if state != draft.state:
        draft = Draft(draft.path, draft.codes, draft.language, state, draft.synthesis)
    async with visit.turn():
        project, coder = visit.desk.project, visit.coder
        checks = bool(first(form, "checks"))
        await asyncio.to_thread(save_synthesis, project, draft, coder, text, known, checks)
        await show(visit.datasette, visit.review, syntheses=True)


def _written(connection: sqlite3.Connection, index: Index) -> dict[str, Any]:
    terms = index.terms
    names = written(connection)
    alone = [code for code in (*terms.roles, *terms.by_id[terms.map].codes) if code.retired is None]
    pairs = sorted(name for name in names if JOIN in name)
    rows: list[tuple[tuple[Term, ...], str]] = [((code,), code.id) for code in alone]
    rows += [(tuple(terms.codes[code] for code in name.split(JOIN)), name) for name in pairs]
    return {
        "rows": [
            {
                "terms": own,
                "name": name,
                "pieces": len(index.select(connection, choice_of_codes(index, name.split(JOIN)))),
                "findings": [
                    (language, _finding(connection, index, name, language, names))
                    for language in LANGUAGES
                ],
            }
            for own, name in rows
        ],
        "roles": terms.roles,
        "places": [code for code in terms.by_id[terms.map].codes if code.retired is None],
    }


def _finding(
    connection: sqlite3.Connection,
    index: Index,
    name: str,
    language: str,
    names: dict[str, frozenset[str]],
) -> Finding | None:
    if language not in names.get(name, ()):
        return None
    return read_finding(connection, index, name.split(JOIN), language)


def _beside(
    connection: sqlite3.Connection, index: Index, codes: tuple[str, ...], language: str
) -> dict[str, Any]:
    """The pieces on codes, those that are cited first, then the newest; 404 for unknown codes."""
    own = _terms(index, codes)
    finding = _finding(connection, index, JOIN.join(codes), language, written(connection))
    other = next(name for name in LANGUAGES if name != language)
    positions = index.select(connection, choice_of_codes(index, codes))
    known = frozenset(index.ids[at] for at in positions)
    cited = {item.id: item for item in finding.cited} if finding else {}
    rest = [at for at in index.recent if index.ids[at] in known and index.ids[at] not in cited]
    pieces: list[Piece] = [
        *pieces_of(connection, index, cited).values(),
        *read_pieces(connection, index, rest[: max(SHOWN - len(cited), 0)]),
    ]
    return {
        "terms": index.terms,
        "own": own,
        "finding": finding,
        "other": read_finding(connection, index, codes, other),
        "pieces": pieces,
        "cited": cited,
        "known": known,
    }


def _terms(index: Index, codes: tuple[str, ...]) -> list[Term]:
    terms = index.terms
    own = [terms.codes.get(code) for code in codes]
    roles = [term is not None and term.dimension == terms.evidence for term in own]
    known = all(term is not None and term.dimension for term in own)
    if not known or (len(own) > 1 and roles != [True, False]):
        raise NotFound(review_says("synthesis.no_code", codes=JOIN.join(codes)))
    return [term for term in own if term is not None]
