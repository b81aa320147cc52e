"""Another program's codebook in the browser: how it maps to ours."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.utils.asgi import Response
from pydantic import ValidationError

from pipeline.desk.codebooks.codebook_formats import read_codebook
from pipeline.desk.codebooks.mapping import map_codebook, proposals
from pipeline.desk.review.answer_rules import Refused
from pipeline.ground.problems import Mendable
from pipeline.sources.migrations.scheme_changes import AddCode, NewCode
from pipeline.web.review.review_page import NOTHING, Visit, explained, review_page
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.scheme_form import as_json
from pipeline.web.review.scheme_pages import scheme_digest
from pipeline.web.review.uploads import read_upload


@review_page
async def codebook_import(visit: Visit) -> Response:
    """GET asks for another program's codebook, POST shows how it maps to ours."""
    context: dict[str, Any] = {"scheme": visit.desk.scheme, "mapped": None}
    notice = NOTHING
    if visit.sends:
        try:
            context |= await _mapped(visit)
        except Mendable as error:
            notice = explained(error)
    return await visit.page("codebook_import.html", context, notice)


async def _mapped(visit: Visit) -> dict[str, Any]:
    scheme = visit.desk.scheme
    form, files = await read_upload(visit)
    dimension = first(form, "dimension") or scheme.evidence
    upload = files.get("file")
    if upload is None or not upload.size or dimension not in scheme.by_id:
        raise Refused([review_says("codebook.choose_a_file_and_a")])
    book = await asyncio.to_thread(read_codebook, upload.read(), upload.name)
    mapped = map_codebook(book, scheme, dimension)
    try:
        new = [
            AddCode(dimension=dimension, code=NewCode.model_validate(value))
            for value in proposals(mapped, dimension)
        ]
    except ValidationError as error:
        raise Refused([str(error)]) from None
    return {
        "mapped": mapped,
        "book": book,
        "dimension": dimension,
        "changes": [(item, as_json(item)) for item in new],
        "based_on": scheme_digest(visit.review),
    }
