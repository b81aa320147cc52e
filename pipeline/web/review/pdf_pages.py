"""Pages of PDFs for who codes: each by itself, its picture, and the whole file."""

from __future__ import annotations

import asyncio
from html import escape
from pathlib import Path
from typing import Any

from datasette.utils.asgi import NotFound, Response, asgi_send_file

from pipeline.desk.review.joining import passage_to
from pipeline.sources.fulltexts.kept_pages import PATIENCE, WIDTHS, Undrawable
from pipeline.web.review.page_beside import page_beside, pdf_of
from pipeline.web.review.review_page import Visit, review_page
from pipeline.web.review.review_texts import review_says

CHUNK = 1_000_000  # bytes


@review_page
async def page_page(visit: Visit) -> Response:
    """A page with the passage in `unit` marked, and in words what of it can be coded."""
    key, number = visit.named("study"), int(visit.named("number"))
    _pdf(visit)
    document = visit.review.seen.fulltexts[key]
    passage = passage_to(visit.desk, visit.coder.id, visit.option("unit"), visit.option("to"))
    if passage is not None and passage.study != key:
        passage = None
    view = await page_beside(visit, document, number, passage, patience=2 * PATIENCE)
    if view is not None and view.why == "broken" and number > 1:
        first = await page_beside(visit, document, 1, patience=PATIENCE)
        if first is not None and 0 < first.pages < number:
            raise NotFound(review_says("page.there_is_no_page", key=key, number=number))
    words = [item for item in document.passages if item.page == number]
    return await visit.page("page.html", {"view": view, "words": words})


@review_page
async def page_picture(visit: Visit) -> Response:
    """A page as a PNG of a width; what cannot be drawn, as words in its place."""
    path, number = _pdf(visit), int(visit.named("number"))
    width = next((width for width in WIDTHS if str(width) == visit.option("width")), WIDTHS[0])
    try:
        drawn = await asyncio.wrap_future(visit.review.pages.drawn(path, number, width))
    except Undrawable as fault:
        return _in_words(review_says(f"page.none.{fault.why}"))
    return Response(drawn, content_type="image/png")


@review_page
async def page_file(visit: Visit) -> Any:
    """The PDF itself, for the browser's own viewer."""
    return _Pdf(_pdf(visit))


class _Pdf:
    """An answer that sends a file, a chunk at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def asgi_send(self, send: Any) -> None:
        kind, headers = "application/pdf", {"content-disposition": "inline"}
        await asgi_send_file(send, self._path, content_type=kind, chunk_size=CHUNK, headers=headers)


def _pdf(visit: Visit) -> Path:
    """The PDF of the study in the address; 404 where there is none."""
    key = visit.named("study")
    path = pdf_of(visit, key)
    if path is None:
        raise NotFound(review_says("page.there_is_no_pdf", key=key))
    return path


def _in_words(said: str) -> Response:
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 200" width="800" height="200">'
        f'<text x="400" y="110" text-anchor="middle" font-size="22">{escape(said)}</text></svg>'
    )
    return Response(text, content_type="image/svg+xml")
