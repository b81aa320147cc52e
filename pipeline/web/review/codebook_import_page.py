"""Another program's codebook or project in the browser: how it maps to ours, and taking it in."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from datasette.utils.asgi import NotFound, Response
from pydantic import ValidationError

from pipeline.desk.codebooks.hand_choices import path_of
from pipeline.desk.codebooks.mapping import additions
from pipeline.desk.codebooks.qda_placing import by_user
from pipeline.desk.codebooks.qda_taking import TakingIn, preview_taking, take_answers, take_texts
from pipeline.desk.codebooks.source_matching import match_sources
from pipeline.desk.codebooks.uploaded_book import UploadedBook, upload
from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.problems import Mendable
from pipeline.ground.texts import spoken
from pipeline.published.export.qda_guids import user_guid
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_page import NOTHING, Form, Notice, Visit, explained, review_page
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.scheme_change_pages import change_page
from pipeline.web.review.scheme_pages import scheme_digest
from pipeline.web.review.uploads import read_upload

KEPT = 10  # files in memory
CHOSEN = 300  # entries from which on a page offers only the likeliest codes of each
LISTED = 900  # entries, and sources, that can be chosen on a page; codings that are listed
PAGE = "/review/scheme/import"


@review_page
async def codebook_import(visit: Visit) -> Response:
    """GET asks for another program's codebook or project, POST shows how it maps to ours."""
    notice = NOTHING
    if visit.sends:
        try:
            return await _mapping_page(visit, await _kept(visit))
        except Mendable as error:
            notice = explained(error)
    own = [item for item in visit.review.books.values() if item.coder == visit.coder.id]
    context = {"scheme": visit.desk.scheme, "mapped": None, "books": own}
    return await visit.page("codebook_import.html", context, notice)


@review_page
async def uploaded_book(visit: Visit) -> Response:
    """GET shows a file again, POST keeps what is said of it, and does what is asked."""
    kept = visit.review.books.get(visit.named("digest"))
    if kept is None or kept.coder != visit.coder.id:
        raise NotFound(review_says("import.that_preview_is_not_there"))
    notice = NOTHING
    if visit.sends:
        form = await visit.form()
        try:
            _keep_choices(kept, form, visit.desk)
            done = await _do(visit, kept, first(form, "do"))
            if done is not None:
                return done
        except Mendable as error:
            notice = explained(error)
    return await _mapping_page(visit, kept, notice)


async def _kept(visit: Visit) -> UploadedBook:
    """The file that was sent, read and kept for its coder."""
    form, files = await read_upload(visit)
    dimension = first(form, "dimension") or visit.desk.scheme.evidence
    sent = files.get("file")
    if sent is None or not sent.size or dimension not in visit.desk.scheme.by_id:
        raise Refused([review_says("codebook.choose_a_file_and_a")])
    kept = await asyncio.to_thread(upload, sent.read(), sent.name, visit.coder.id, dimension)
    books = visit.review.books
    books.pop(kept.digest, None)
    while len(books) >= KEPT:
        books.pop(next(iter(books)))
    books[kept.digest] = kept
    return kept


async def _do(visit: Visit, kept: UploadedBook, what: str) -> Response | None:
    page = f"{PAGE}/{kept.digest}"
    if what == "codes":
        try:
            changes = additions(kept.mapped(visit.desk.scheme))
        except ValidationError as error:
            raise Refused([str(error)]) from None
        return await change_page(visit, list(changes), "", scheme_digest(visit.review))
    if what == "texts" and kept.project is not None:
        take = partial(_take_texts, visit.desk, kept)
        await visit.change_and_reread(take)
        return after_renewal(visit, page)
    if what == "answers" and kept.project is not None:
        saved = await visit.keep(lambda desk: take_answers(desk, _taking(desk, kept)))
        return visit.go(f"{page}?saved={saved}")
    return None


def _take_texts(desk: Desk, kept: UploadedBook) -> list[str]:
    return take_texts(desk, _taking(desk, kept))


def _taking(desk: Desk, kept: UploadedBook) -> TakingIn:
    """What the project would bring as answers of its coder, with the choices that were made."""
    assert kept.project is not None
    coder, own = desk.coders[kept.coder], _rounds(desk, kept.coder)
    item = desk.rounds.get(kept.round) or next(iter(own), None)
    if kept.users is None:
        names = {name.casefold(): coder.id for name in (coder.name.en, coder.name.nl, coder.id)}
        coders = by_user(kept.project, {**names, user_guid(coder.id): coder.id}, {}, "")
        kept.users = frozenset(user for user, who in coders.items() if who)
    coders = {user: kept.coder for user in kept.users if item}
    rounds = {kept.coder: item} if item else {}
    mapped = kept.mapped(desk.scheme)
    return preview_taking(desk, kept.project, mapped, coders, rounds, kept.studies)


def _rounds(desk: Desk, coder: str) -> list[Any]:
    return [item for item in desk.rounds.values() if coder in item.coders and item.state == "open"]


def _keep_choices(kept: UploadedBook, form: Form, desk: Desk) -> None:
    """What a form says of entries, sources, users and the round. Raises Mendable."""
    codes = {int(name[6:]): first(form, name) for name in form
             if name.startswith("entry.") and name[6:].isdigit() and first(form, name)}  # fmt: skip
    if any(name.startswith("entry.") for name in form):
        kept.say(codes, desk.scheme)
    if kept.project is None or "round" not in form:
        return
    if first(form, "round") in {item.id for item in _rounds(desk, kept.coder)}:
        kept.round = first(form, "round")
    kept.users = frozenset(form.get("user", []))
    known = match_sources(kept.project.sources, desk.studies.values(), {})
    kept.studies = {}
    for place, source in enumerate(kept.project.sources[:LISTED]):
        key = first(form, f"source.{place}").strip()
        if key and key not in desk.studies:
            raise Refused([review_says("codebook_import.no_study", key=key[:80])])
        if key != (known[place].study if place in known else ""):
            kept.studies[source.name] = key


async def _mapping_page(visit: Visit, kept: UploadedBook, notice: Notice = NOTHING) -> Response:
    scheme = visit.desk.scheme
    mapped = await asyncio.to_thread(kept.mapped, scheme)
    context: dict[str, Any] = {
        "scheme": scheme,
        "kept": kept,
        "mapped": mapped,
        "paths": [path_of(mapped, item) for item in mapped],
        "labels": {code.id: code.label[spoken()] for code in scheme.codes.values()},
        "all_codes": len(mapped) <= CHOSEN,
        "listed": LISTED,
        "new": sum(item.state == "new" for item in mapped),
        "saved": visit.option("saved"),
    }
    if kept.project is not None:
        context |= {
            "taking": await asyncio.to_thread(_taking, visit.desk, kept),
            "rounds": _rounds(visit.desk, kept.coder),
            "users": {user: name for user, (name, _) in kept.project.coded_by.items()},
            "studies": visit.desk.studies,
        }
    return await visit.page("codebook_import.html", context, notice)
