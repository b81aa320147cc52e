"""Pages that say what went wrong: in the language of the site, with the way to the other one."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Base400, NotFound, Response
from markupsafe import Markup

from pipeline.web.page_request import render
from pipeline.web.site_language import DEFAULT, language_of, say

SAID = {403: "error.forbidden.said"}


async def wrong_page(datasette: Any, request: Any, exception: Exception) -> Response | None:
    """The page of a request that cannot be answered; None leaves it to Datasette."""
    from datasette.views.base import DatasetteError

    if request.path.endswith(".json") or not isinstance(exception, Base400 | DatasetteError):
        return None
    title = getattr(exception, "title", None)
    said = exception.args[0] if exception.args else getattr(exception, "message", "")
    t = say(language_of(datasette))
    if _is_ours(datasette, request, said):
        pass
    elif isinstance(exception, NotFound):
        said = t("error.nowhere")
    elif language_of(datasette) != DEFAULT:  # Datasette says it in English only
        title, said = None, t(SAID.get(int(exception.status), "error.asked"))
    elif getattr(exception, "message_is_html", False):
        said = Markup(said)
    status = int(exception.status)
    context = {"status": status, "title": title, "error": said}
    return await render(datasette, request, "error.html", context, status)


async def forbidden_page(datasette: Any, request: Any, said: str) -> Response:
    """The page of what a visitor may not do or see."""
    t = say(language_of(datasette))
    words = said if _is_ours(datasette, request, said) else t("error.forbidden.said")
    context = {"status": 403, "title": t("error.forbidden"), "error": words}
    return await render(datasette, request, "error.html", context, 403)


def _is_ours(datasette: Any, request: Any, said: str) -> bool:
    """Whether the words are ours: a text of the site, or said by the review."""
    return isinstance(said, Markup) or request.path.startswith(datasette.urls.path("/review"))
