"""The page of a PDF that stands beside a passage, as far as it can be shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from pipeline.ground.addresses import address_part
from pipeline.model.records import Document, Passage
from pipeline.sources.fulltexts.kept_pages import WIDTHS, Undrawable
from pipeline.sources.fulltexts.page_letters import NO_PAGE, Box, PageLetters, on_page, standing
from pipeline.web.review.review_page import Visit

PATIENCE = 2  # seconds that a page of the review waits for where the words stand


@dataclass(frozen=True)
class PageBeside:
    """A page of a study's PDF, and what is said of it.

    `why` there is no picture of it: a text `page.none.<why>`. `boxes` are around the lines of the
    passage, in tenths of a point.
    """

    study: str
    short: str
    number: int
    passage: Passage | None = None
    why: str = ""
    pages: int = 0
    width: int = 0
    height: int = 0
    boxes: tuple[Box, ...] = ()
    says: tuple[str, ...] = ()

    @property
    def has_page(self) -> bool:
        """Whether there is a page at all, which may have no picture as yet."""
        return self.why not in ("absent", "not_pdf")

    @property
    def before(self) -> str:
        return self.at(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self.at(self.number + 1) if self.number < self.pages else ""

    @property
    def home(self) -> str:
        """The page of the passage, from another one."""
        page = self.passage.page if self.passage else 0
        return self.at(page) if page not in (0, self.number) else ""

    def at(self, number: int) -> str:
        own = self.passage.sentences if self.passage else ()
        # One that joins others may not be saved yet.
        named = {"unit": own[:1], "to": own[1:][-1:]}
        query = f"?{urlencode(named, doseq=True)}" if own else ""
        return f"/review/page/{address_part(self.study)}/{number}{query}"

    @property
    def pictures(self) -> list[tuple[str, int]]:
        """The addresses of its pictures, with their widths in pixels."""
        place = f"/review/page/{address_part(self.study)}/{self.number}.png"
        return [(f"{place}?width={width}", width) for width in WIDTHS]

    @property
    def file(self) -> str:
        """The file, opened at this page in the browser's own viewer."""
        return f"/review/fulltext/{address_part(self.study)}#page={self.number}"


def pdf_of(visit: Visit, study: str) -> Path | None:
    """The PDF of a study, where one is on this machine."""
    document = visit.review.seen.fulltexts.get(study)
    path = visit.desk.project.root / document.path if document is not None else None
    return path if path is not None and path.suffix.lower() == ".pdf" and path.is_file() else None


async def page_beside(
    visit: Visit,
    document: Document | None,
    number: int,
    passage: Passage | None = None,
    patience: float = PATIENCE,
) -> PageBeside | None:
    """A page of a full text, with a passage marked; None for what is none."""
    if document is None or document.kind != "fulltext":
        return None
    # The studies of the screening are put together once they are asked for.
    study = visit.desk.studies.get(document.study) or visit.review.screening.studies[document.study]
    view = PageBeside(study.key, study.short, max(number, 1), passage)
    path = pdf_of(visit, document.study)
    if path is None:
        return replace(view, why="absent" if document.absent else "not_pdf")
    try:
        return await asyncio.wait_for(_marked(visit, view, document, path), patience)
    except TimeoutError:
        return replace(view, why="not_yet")
    except Undrawable as fault:
        return replace(view, why=fault.why)


async def _marked(visit: Visit, view: PageBeside, document: Document, path: Path) -> PageBeside:
    """The page as it is once its letters are known. Raises Undrawable."""
    page = await _letters(visit, path, view.number)
    boxes, says = await _marks(visit, view, path, page)
    if view.number < page.pages:
        visit.review.pages.drawn(path, view.number + 1)  # a key away
    if not boxes and all(passage.page != view.number for passage in document.passages):
        says = ("not_coded",)
    return replace(
        view,
        pages=page.pages,
        width=page.width,
        height=page.height,
        boxes=boxes,
        says=says,
    )


async def _marks(
    visit: Visit, view: PageBeside, path: Path, page: PageLetters
) -> tuple[tuple[Box, ...], tuple[str, ...]]:
    """The lines of the passage on the page, and what is to be said of them."""
    passage = view.passage
    if passage is None:
        return (), ()
    if passage.page == view.number:
        following = NO_PAGE
        if view.number < page.pages and not on_page(passage.text, page):
            following = await _letters(visit, path, view.number + 1)
        places, rest = standing(passage.text, page, following)
        said = {"not_found": not places, "goes_on": rest, "more_than_once": places[1:]}
        return tuple(chain(*places)), tuple(says for says, holds in said.items() if holds)
    if passage.page == view.number - 1:
        before = await _letters(visit, path, view.number - 1)
        _, rest = standing(passage.text, before, page)
        return rest, ("begins_before",) if rest else ()
    return (), ()


async def _letters(visit: Visit, path: Path, number: int) -> PageLetters:
    drawn = asyncio.wrap_future(visit.review.pages.drawn(path, number))
    drawn.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        return msgspec.json.decode(await asyncio.shield(drawn), type=PageLetters)
    except msgspec.MsgspecError:
        raise Undrawable("broken") from None
