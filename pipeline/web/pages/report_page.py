"""Reports of what is chosen, in every format of reports, as the command writes them."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.utils.asgi import BadRequest, NotFound, Response

from pipeline.published.selection import Selection
from pipeline.web.page_request import choice_of, site_address
from pipeline.web.pages.downloads import own_connection
from pipeline.web.served_index import database_path, index_of
from pipeline.web.site_language import language_of, say

MOST = 300  # pieces: laying out pages takes seconds; who wants more has the command
ONE = asyncio.Semaphore(1)  # report at a time, so that pages are answered meanwhile


async def report_file(datasette: Any, request: Any) -> Response:
    """The report of a choice. 404 for a format that is not to be had here, 400 for too much."""
    from pipeline.published.report.pdf_renderer import NoPdf
    from pipeline.published.report.report_formats import REPORT_FORMATS, draw_up, offered_reports

    language = language_of(datasette)
    t = say(language)
    suffix = f".{request.url_vars['form']}"
    missing = NotFound(t("download.unknown", format=suffix, known=", ".join(offered_reports())))
    if suffix not in offered_reports():
        raise missing
    choice = await choice_of(datasette, request)
    connection = own_connection(datasette)
    try:
        index = await asyncio.to_thread(index_of, connection)
        cache = database_path(connection).parent / ".cache" / "citations.db"
        address = site_address(datasette, request)
        selection = Selection(connection, index, choice, language, address=address, cache=cache)
        if len(selection.positions) > MOST:
            raise BadRequest(t("report.too_much", most=MOST))
        async with ONE:
            data = await asyncio.to_thread(draw_up, selection, suffix)
    except NoPdf:
        raise missing from None
    finally:
        connection.close()
    headers = {"Content-Disposition": f'attachment; filename="report-{language}{suffix}"'}
    return Response(data, headers=headers, content_type=REPORT_FORMATS[suffix].media_type)
