"""A study's full text in order: what is left out of it, and why; both can be said otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlencode

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.review.answer_rules import Refused, Stale
from pipeline.desk.review.joining import passage_to
from pipeline.desk.review.review_desk import Desk
from pipeline.desk.review.text_marks import (
    bring_back,
    last_marks,
    mark_passages,
    mark_words,
    stands_alone,
    take_back,
)
from pipeline.desk.review.whole_text import Paragraph, WholeText, read_whole
from pipeline.ground.addresses import address_part
from pipeline.ground.project import key_of
from pipeline.ground.texts import spoken
from pipeline.model.answers import is_passage, study_of
from pipeline.model.passages import normalise
from pipeline.model.people import Coder, Round
from pipeline.model.records import Document
from pipeline.sources.fulltexts.cut_text import MARKED
from pipeline.sources.running_text import VERDICTS, Mark
from pipeline.web.review.coding_path import coding_path_of
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_page import Visit, review_action, review_page
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says

BACK = "back"  # said of what the coder said last


@dataclass(frozen=True)
class TextPath:
    """Where a full text is looked at: all of it or one reason, from which round."""

    study: str
    round: str = ""
    why: str = ""

    def __call__(self, **more: object) -> str:
        parts = {"round": self.round, "why": self.why, **more}
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"/review/text/{address_part(self.study)}{f'?{query}' if query else ''}"


@review_page
async def text_page(visit: Visit) -> Response:
    """GET shows a part of the text, POST says of paragraphs and passages what they are."""
    study = visit.named("study")
    path = TextPath(visit.desk.book.kept.get(study, study), visit.option("round"))
    if path.study != study and not visit.sends:
        return visit.go(path())
    document = _document(visit, path.study)
    whole = await asyncio.to_thread(read_whole, visit.desk.project, document)
    if visit.sends:
        return await _say(visit, document, whole)
    if visit.option("page") and not visit.option("part"):
        return visit.go(_at_page(path, whole, visit.option("page")))
    return await _show(visit, path, whole)


@review_action("/review/{round}/unit/{unit}")
async def leave_passage_out(visit: Visit) -> Response:
    """Mark one passage as no running text, and go on to the next."""
    desk, item, unit = visit.desk, visit.round(), visit.named("unit")
    await visit.form()
    passage = passage_to(desk, visit.coder.id, unit, visit.option("to"))
    if passage is None:
        raise Refused([review_says("coding.there_is_no_passage_any", unit=unit)])
    if desk.passage_for(visit.coder.id, passage.id) is None:
        unit = passage.sentences[-1]  # they are not joined as yet
    document = _document(visit, passage.study)
    if not {*passage.sentences} <= {item.id for item in document.passages}:
        raise Refused([review_says("text.it_stands_in_no_full_text")])
    path = coding_path_of(visit.request, desk, item, visit.coder.id)
    then = visit.review.queue.next(item, visit.coder.id, path.order, unit)
    texts = [desk.passages[name].text for name in passage.sentences]
    await _leave_out(visit, document, texts, texts)
    if then is None:
        return visit.go(f"/review?finished={item.id}&left={quote(unit)}")
    return visit.go(path.at(then, left=unit))


async def take_marks_back(visit: Visit, key: str, marks: Sequence[Mark]) -> bool:
    """Take back what was left out of a full text; whether all files are read again for it."""
    if stands_alone(visit.desk, key):
        await visit.keep(lambda desk: bring_back(desk, key, marks))
        return False
    said = partial(take_back, visit.desk, key, marks)
    await visit.change_and_reread(said, undo=lambda _: said("not"))
    return True


def left_out(visit: Visit) -> dict[str, Any] | None:
    """The passage that was left out just before, where that is to be seen, and whether it stays."""
    unit = visit.option("left")
    study = study_of(unit)
    if not is_passage(unit) or study not in visit.desk.studies:
        return None
    where = TextPath(study, visit.option("round"), "marked")()
    return {"where": where, "stays": visit.desk.passage_for(visit.coder.id, unit) is not None}


def has_text(documents: Sequence[Document]) -> bool:
    """Whether a full text is here."""
    return any(item.kind == "fulltext" and not item.absent for item in documents)


def _document(visit: Visit, study: str) -> Document:
    for item in visit.desk.documents.get(study, ()):
        if item.kind == "fulltext" and not item.absent:
            return item
    raise NotFound(review_says("text.there_is_no_full_text", study=study))


async def _say(visit: Visit, document: Document, whole: WholeText) -> Response:
    form = await visit.form()
    if first(form, "seen") != whole.state:
        raise Stale
    if first(form, "verdict") == BACK:
        return await _say_otherwise(visit, document, whole)
    verdict = VERDICTS.get(first(form, "verdict"))
    said = whole.chosen(form.get("chosen", ()), verdict) if verdict else []
    if verdict is None or not said:
        raise Refused([review_says("text.choose_something")])
    path = TextPath(document.study, visit.option("round"), visit.option("why"))
    if verdict == "not":
        await _leave_out(visit, document, said, [*said, *whole.passages_in(said)])
        stay = {normalise(text) for text in whole.passages_in(said)} & {*_stay(visit, path.study)}
        gone = sum(not {*map(normalise, whole.passages_in([text]))} <= stay for text in said)
        return visit.go(path(part=visit.option("part"), said=verdict, number=gone, stay=len(stay)))
    then = path(part=visit.option("part"), said=verdict, number=len(said))
    mark = partial(mark_words, visit.desk, visit.coder.id, whole.key, said)
    await visit.change_and_reread(partial(mark, "text"), undo=lambda _: mark("not"))
    return after_renewal(visit, then)


async def _say_otherwise(visit: Visit, document: Document, whole: WholeText) -> Response:
    """Take back what the coder said last of this text."""
    marks = last_marks(visit.desk, visit.coder.id, whole.key)
    said = whole.marked_by(marks)
    if not said:
        raise Refused([review_says("start.there_is_nothing_to_undo")])
    path = TextPath(document.study, visit.option("round"), visit.option("why"))
    then = path(part=visit.option("part"), said=BACK, number=len(said))
    if marks[0].verdict == "text":
        await _leave_out(visit, document, said, [*said, *whole.passages_in(said)])
    elif await take_marks_back(visit, whole.key, marks):
        return after_renewal(visit, then)
    return visit.go(then)


def _stay(visit: Visit, study: str) -> list[str]:
    """The passages of a study that are marked as no running text, and stay since answered."""
    own = (visit.desk.passages[name] for name in visit.desk.passages_of[study])
    return [passage.text for passage in own if passage.marked]


async def _leave_out(
    visit: Visit, document: Document, said: Sequence[str], passages: Sequence[str]
) -> None:
    """Write it down, and take the passages out of what there is to code."""
    key = key_of(visit.desk.project.root / document.path)

    def mark(desk: Desk) -> None:
        mark_words(desk, visit.coder.id, key, said, "not")
        mark_passages(desk, document.study, passages)

    await visit.keep(mark)


def _groups(part: Sequence[Paragraph], units: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Paragraphs one after the other that are left out for one reason, or are not."""

    def alike(entry: tuple[int, Paragraph]) -> tuple[object, ...]:
        place, item = entry
        by = item.mark.coder if item.why and item.mark else ""
        return item.why, by, item.place - place

    for (why, *_), group in groupby(enumerate(part), alike):
        found = [item for _, item in group]
        pieces = [piece for item in found if why for piece in item.pieces]
        yield {
            "why": why,
            "paragraphs": found,
            "mark": found[0].mark,
            "stretch": f"{found[0].place}-{found[-1].place}",
            "stay": sum(normalise(piece.stretch.text) in units for piece in pieces),
        }


def _who(coders: Mapping[str, Coder], mark: Mark) -> str:
    return coders[mark.coder].name[spoken()] if mark.coder in coders else mark.coder


def _round(visit: Visit, study: str) -> Round | None:
    """The round from which the coder came."""
    item = visit.desk.rounds.get(visit.option("round"))
    return item if item and visit.coder.id in item.people and item.includes(study) else None


def _number(text: str, least: int = 0) -> int:
    return max(int(text), least) if text.isdecimal() and len(text) < 8 else least


def _at_page(path: TextPath, whole: WholeText, wanted: str) -> str:
    """Where a page of the file stands, or the next one of which there is any text."""
    page = _number(wanted, 1)
    found = next((number for number in whole.pages if number >= page), max(whole.pages, default=0))
    part = whole.part_of(place=whole.pages.get(found, -1)) + 1
    return f"{path(part=part, page=page)}#p-{found}"


async def _show(visit: Visit, path: TextPath, whole: WholeText) -> Response:
    desk = visit.desk
    reasons = whole.reasons
    why = visit.option("why") if visit.option("why") in reasons else ""
    parts = whole.parts(why)
    number = min(_number(visit.option("part"), 1), len(parts))
    passage = desk.passage_for(visit.coder.id, visit.option("at"))
    if passage is not None:
        number = whole.part_of(passage.text) + 1
    part = parts[number - 1]
    item = _round(visit, path.study)
    coding = coding_path_of(visit.request, desk, item, visit.coder.id) if item else None
    place_of = whole.pages.__getitem__
    begins = groupby(sorted(whole.pages, key=place_of), place_of)
    own = (desk.passages[name] for name in desk.passages_of[path.study])
    units = {entry.text: entry.id for entry in own}
    context = {
        "study": desk.studies[path.study],
        "round": item,
        "coding": coding,
        "path": TextPath(path.study, item.id if item else "", why),
        "everything": TextPath(path.study, item.id if item else ""),
        "why": why,
        "reasons": reasons,
        "passages": len(_document(visit, path.study).passages),
        "number": number,
        "parts_of_it": len(parts),
        "language_of_text": whole.language,
        "pages": max(whole.pages, default=0),
        "page": _number(visit.option("page")),
        "begins": {place: [*numbers] for place, numbers in begins},
        "groups": list(_groups(part, units)),
        "unit": lambda piece: units.get(normalise(piece.stretch.text)),
        "who": partial(_who, desk.coders),
        "marked": MARKED,
        "state": whole.state,
        "said": visit.option("said") if visit.option("said") in {*VERDICTS, BACK} else "",
        "back": BACK,
        "of": _number(visit.option("number")),
        "stay": _number(visit.option("stay")),
        "staying": whole.staying(_stay(visit, path.study)),
    }
    return await visit.page("text.html", context)
