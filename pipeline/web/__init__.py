"""The Datasette plugin: one design for all pages, in English and Dutch."""

from __future__ import annotations

import re
from typing import Any

from datasette import hookimpl

from pipeline.ground import catalogue
from pipeline.ground.addresses import address_part
from pipeline.ground.texts import Wording
from pipeline.model.described import DESCRIBED
from pipeline.published.export.export_formats import offered
from pipeline.published.report_texts import Wording as Counted
from pipeline.published.search_words import query_of, read_words
from pipeline.published.terms import with_labels
from pipeline.web import table_words
from pipeline.web.citable import citable
from pipeline.web.column_cells import render
from pipeline.web.doors import Doors, inside
from pipeline.web.page_request import own_address, query, shown_or_unclear
from pipeline.web.pages.agreement_page import agreement_page
from pipeline.web.pages.cite_page import cite_page
from pipeline.web.pages.code_page import code_page, codebook_page
from pipeline.web.pages.coder_page import coder_page
from pipeline.web.pages.downloads import download, feed
from pipeline.web.pages.error_pages import forbidden_page, wrong_page
from pipeline.web.pages.evidence_page import evidence_page
from pipeline.web.pages.home_page import home_page
from pipeline.web.pages.method_page import about_page, as_list, method_page
from pipeline.web.pages.piece_page import piece_page
from pipeline.web.pages.prisma_page import prisma_file
from pipeline.web.pages.questions_page import questions_page
from pipeline.web.pages.report_page import report_file
from pipeline.web.pages.search_page import search_page
from pipeline.web.pages.study_page import studies_page, study_page
from pipeline.web.pages.unapi_page import unapi
from pipeline.web.pages.versions_page import versions_page
from pipeline.web.query_options import query_options
from pipeline.web.refusals import SERVER, misread, not_public
from pipeline.web.review import FORM, REVIEW_PAGES
from pipeline.web.review.review_texts import review_words
from pipeline.web.safe_csv import plain_csv
from pipeline.web.security_headers import with_headers
from pipeline.web.site_language import (
    in_all_languages,
    language_of,
    number,
    other_languages,
    say,
    texts,
)
from pipeline.web.site_page import Page
from pipeline.web.static_files import ROUTE, address, static_file
from pipeline.web.table_renderers import renderers
from pipeline.web.voice_tags import functions

PAGES: tuple[Page, ...] = (  # those with an entry in the menu in its order
    Page(r"^/$", home_page, "nav.map"),
    Page(r"^/evidence$", evidence_page, "nav.evidence"),
    Page(r"^/evidence/(?P<id>.+)$", piece_page),
    Page(r"^/studies$", studies_page, "nav.studies"),
    Page(r"^/study/(?P<key>.+)$", study_page),
    Page(r"^/codebook$", codebook_page, "nav.codebook"),
    Page(r"^/codebook/versions$", versions_page),
    Page(r"^/code/(?P<code>[^/]+)$", code_page),
    Page(r"^/coder/(?P<coder>[^/]+)$", coder_page),
    Page(r"^/method$", method_page, "nav.method"),
    Page(r"^/agreement$", agreement_page),
    Page(r"^/prisma\.(?P<form>[a-z]+)$", prisma_file),
    Page(r"^/report\.(?P<form>[a-z]+)$", report_file),
    Page(r"^/search$", search_page, "nav.search"),
    Page(r"^/questions$", questions_page, "nav.tables"),
    Page(r"^/about$", about_page, "nav.about"),
    Page(r"^/cite$", cite_page),
    Page(r"^/download/(?P<format>[^/]+)$", download),
    Page(r"^/feed\.atom$", feed),
    Page(r"^/unapi$", unapi),
)
OURS = [re.compile(page.pattern) for page in (*PAGES, *REVIEW_PAGES)]
DOORS = Doors(
    FORM,
    [(page.pattern, page.room) for page in REVIEW_PAGES if page.room and not page.takes_files],
    [(page.pattern, page.room) for page in REVIEW_PAGES if page.takes_files],
)


def _reports() -> list[str]:
    from pipeline.published.report.report_formats import offered_reports  # slow to import

    return offered_reports()


@hookimpl
def startup(datasette: Any) -> None:
    # Datasette prints a traceback with all local variables for every handled error, even a 404,
    # as soon as rich is installed. Imported here: at import time Datasette is only half loaded.
    from datasette import handle_exception

    handle_exception.rich = None


@hookimpl
def extra_template_vars(
    datasette: Any, view_name: str, template: str, database: str, request: Any
) -> Any:
    async def inner() -> dict[str, Any]:
        values: dict[str, Any] = {}
        if request is not None:
            values["languages"] = other_languages(datasette, request.path, request.query_string)
            if not template.startswith("review/"):
                values["unapi"] = f"{own_address(datasette, request)}/unapi"
        if template == "query.html":
            values["query_options"] = await query_options(datasette)
        return values

    return inner


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        *((page.pattern, shown_or_unclear(page.view)) for page in PAGES),
        (ROUTE, static_file),
        *((page.pattern, page.view) for page in REVIEW_PAGES),
        (SERVER, not_public),
    ]


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    from datasette.handle_exception import handle_exception as shown

    wrong = misread(datasette, request, exception)

    async def answer() -> Any:
        page = await wrong_page(datasette, request, wrong or exception)
        if page is None and wrong is not None:
            page = await shown(datasette=datasette, request=request, exception=wrong)()
        return page

    return answer


@hookimpl
def forbidden(datasette: Any, request: Any, message: str) -> Any:
    return lambda: forbidden_page(datasette, request, message)


@hookimpl
def prepare_connection(conn: Any) -> None:
    # The named question of the metadata asks what the search page asks.
    conn.create_function(
        "search_words", 1, lambda words: query_of(read_words(conn, words or "", exact=False))
    )


@hookimpl
def register_output_renderer(datasette: Any) -> list[dict[str, Any]]:
    return renderers()


@hookimpl
def asgi_wrapper(datasette: Any) -> Any:
    return lambda app: with_headers(
        datasette,
        DOORS.before(datasette, in_all_languages(datasette, plain_csv(app))),
        lambda scope: any(pattern.match(inside(datasette, scope)[0]) for pattern in OURS),
    )


@hookimpl
def skip_csrf(datasette: Any, scope: Any) -> bool:
    # Such a form is read once, by `read_upload`, which looks at its token.
    return DOORS.is_upload(datasette, scope)


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    # Globals, since error pages are rendered without the variables of plugins.
    language = language_of(datasette)
    env.globals["stylesheet"] = datasette.urls.path(address("site.css"))
    env.globals["script"] = datasette.urls.path(address("review.js"))
    env.globals["join_script"] = datasette.urls.path(address("join.js"))
    env.globals["pages_script"] = datasette.urls.path(address("pages.js"))
    env.globals["synthesis_script"] = datasette.urls.path(address("synthesis.js"))
    env.globals["site_script"] = datasette.urls.path(address("site.js"))
    env.globals["navigation"] = [(page.path, page.menu) for page in PAGES if page.menu]
    env.globals["language"] = language
    env.globals["t"] = say(language)
    env.globals["r"] = review_words(language)
    env.globals["review_in"] = review_words
    env.globals.update(functions(language))
    env.globals.update(table_words.functions(datasette))
    env.globals["texts"] = texts()
    env.globals["itself"] = citable(())
    env.globals["query_of"] = query
    env.globals["counted"] = Counted(language).many
    env.globals["offered"] = offered
    env.globals["offered_reports"] = _reports
    env.globals["described"] = DESCRIBED
    env.filters["part"] = address_part
    env.filters["said"] = lambda words: words.get(language)
    env.filters["decimal"] = Wording(language).decimal
    env.filters["megabytes"] = lambda size: f"{number(round(size / 1e6, 1), language)} MB"
    env.filters["number"] = lambda value: number(value, language)
    env.filters["in_language"] = lambda row, name: (
        row.get(f"{name}_{language}") or row.get(f"{name}_en")
    )
    env.filters["translated"] = catalogue.said
    env.filters["as_list"] = as_list
    env.filters["pointing"] = with_labels


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Any:
    return render(datasette, row, value, column, table)
