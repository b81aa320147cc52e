"""What a visitor asked for: filters in the address, which page, in which language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from datasette.utils import tilde_decode
from datasette.utils.asgi import Response

from pipeline.published.choice import Choice, Unknown, UnknownChoice, read_choice
from pipeline.web.served_index import ask
from pipeline.web.site_address import PLACE
from pipeline.web.site_language import DEFAULT, language_of

PER_PAGE = 25
MOST = 300  # names and values in one address


def pairs(request: Any) -> list[tuple[str, str]]:
    """Names and values of the address; repeated ones are kept. Raises UnknownChoice."""
    try:
        return parse_qsl(request.query_string, max_num_fields=MOST)
    except ValueError:
        raise UnknownChoice([Unknown("", f"> {MOST}", ())]) from None


async def choice_of(datasette: Any, request: Any, *other: str) -> Choice:
    """The filters of an address; `other` names belong to the page. Raises UnknownChoice."""
    asked = pairs(request)
    return await ask(
        datasette, lambda connection, index: read_choice(asked, index.terms, {"page", *other})
    )


def readings(part: str) -> tuple[str, str, str]:
    """What a part of a path may mean: encoded as ours are, so and once more, or as typed."""
    return tilde_decode(part), tilde_decode(unquote(part)), unquote(part)


def one_of(request: Any, name: str, known: Sequence[str], default: str) -> str:
    """One value of the address among known ones. Raises UnknownChoice."""
    value = request.args.get(name) or default
    if value not in known:
        raise UnknownChoice([Unknown(name, value, tuple(known))])
    return str(value)


def page_of(request: Any, count: int, size: int = PER_PAGE) -> dict[str, Any]:
    """Which part of a long list is shown. Raises UnknownChoice for a page that is not there."""
    pages = max(1, -(-count // size))
    value = request.args.get("page") or "1"
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= pages):
        raise UnknownChoice([Unknown("page", value, ("1", str(pages)))])
    page = int(value)
    return {
        "page": page,
        "pages": pages,
        "start": (page - 1) * size,
        "end": min(count, page * size),
        "before": page - 1 if page > 1 else None,
        "after": page + 1 if page < pages else None,
    }


def query(choice: Choice, **more: Any) -> str:
    """The choice as the end of an address, with its question mark; empty where it is empty."""
    found = [*choice.pairs(), *((name, str(value)) for name, value in more.items() if value)]
    return f"?{urlencode(found)}" if found else ""


def site_address(datasette: Any, request: Any) -> str:
    """How permanent links begin, in no language: as was said, or as the visitor came here."""
    place = PLACE.of(datasette)
    if place is not None and place.public:
        return place.public
    base = str(datasette.setting("base_url")).rstrip("/")
    language = language_of(datasette)
    base = base.removesuffix(f"/{language}") if language != DEFAULT else base
    return f"{request.scheme}://{request.host}{base}"


def own_address(datasette: Any, request: Any) -> str:
    """The address of the site in its language."""
    language = language_of(datasette)
    address = site_address(datasette, request)
    return address if language == DEFAULT else f"{address}/{language}"


async def render(
    datasette: Any, request: Any, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    """A page of ours."""
    # No script of another plugin runs on a page of ours.
    context = {"address": site_address(datasette, request), "ours": True, **context}
    html = await datasette.render_template(
        template, context, request=request, view_name=template.removesuffix(".html")
    )
    return Response.html(html, status=status)


def shown_or_unclear(view: Any) -> Any:
    """The view; what does not exist gives a page that says so, and what does, with status 400."""

    async def answered(datasette: Any, request: Any) -> Any:
        try:
            return await view(datasette, request)
        except UnknownChoice as wrong:
            return await render(datasette, request, "unclear.html", {"unknown": wrong.unknown}, 400)

    return answered
