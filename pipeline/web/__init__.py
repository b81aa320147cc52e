"""The Datasette plugin: one design for all pages, a home page, a page for each study."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from markupsafe import Markup

from pipeline.web.agreement import agreement_page
from pipeline.web.cells import WORDS, render
from pipeline.web.home import home_page
from pipeline.web.options import query_options
from pipeline.web.questions import questions_page
from pipeline.web.review import ROUTES
from pipeline.web.static_files import ROUTE, address, static_file
from pipeline.web.study import study_page

NAVIGATION = (
    ("/", "Map"),
    ("/orchestration/study", "Studies"),
    ("/orchestration/evidence", "Evidence"),
    ("/orchestration/coding", "Codings"),
    ("/orchestration/code?_sort=position&dimension=role", "Codebook"),
    ("/agreement", "Agreement"),
    ("/questions", "Questions and tables"),
)


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
        if template == "query.html":
            values["query_options"] = await query_options(datasette)
        return values

    return inner


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/$", home_page),
        (r"^/questions$", questions_page),
        (r"^/agreement$", agreement_page),
        (r"^/study/(?P<key>[^/]+)$", study_page),
        (ROUTE, static_file),
        *ROUTES,
    ]


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    # A global, since error pages are rendered without the variables of plugins.
    env.globals["stylesheet"] = datasette.urls.path(address("site.css"))
    env.globals["script"] = datasette.urls.path(address("review.js"))
    env.globals["navigation"] = NAVIGATION
    env.globals["status_words"] = WORDS


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Markup | None:
    return render(datasette, row, value, column, table)
