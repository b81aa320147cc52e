"""English and Dutch: one site at /, the other at /nl/ with the same pages under the same paths."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from pipeline.ground.texts import Texts, read_texts
from pipeline.published.terms import LANGUAGES
from pipeline.web.kept_with_site import hand_on

DEFAULT = LANGUAGES[0]


def texts() -> Texts:
    """All texts of the site: by key and language. They may hold markup; values put in may not."""
    return read_texts("pipeline.web")


def language_of(datasette: Any) -> str:
    """The language of a site, told by the path under which it is served."""
    last = str(datasette.setting("base_url")).strip("/").rpartition("/")[2]
    return last if last in LANGUAGES else DEFAULT


def path_of(language: str) -> str:
    """What the addresses of the site in a language begin with."""
    return "" if language == DEFAULT else f"/{language}"


def say(language: str, package: str = "pipeline.web") -> Callable[..., Markup]:
    """A function from a key and values to the text in this language."""
    said = read_texts(package)

    def t(key: str, /, **values: Any) -> Markup:
        return (
            Markup(said[key][language]).format(**values) if values else Markup(said[key][language])
        )

    return t


@lru_cache(maxsize=10_000)
def number(value: float, language: str) -> str:
    """A number with the separators of the language: 12,345 or 12.345."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=language))


def other_languages(datasette: Any, path: str, query: str) -> list[dict[str, str]]:
    """The same page in every language; the place is kept, with its filters."""
    base = str(datasette.setting("base_url"))
    current = language_of(datasette)
    inner = path[len(base) :] if path.startswith(base) else path.lstrip("/")
    root = base.removesuffix(f"{current}/") if current != DEFAULT else base
    mark = f"?{query}" if query else ""
    return [
        {
            "language": language,
            "href": f"{root}{'' if language == DEFAULT else f'{language}/'}{inner}{mark}",
            "current": "true" if language == current else "",
            "name": texts()["language.name"][language],
        }
        for language in LANGUAGES
    ]


def in_all_languages(datasette: Any, app: Any) -> Any:
    """Answer addresses under /nl/ from a second site over the same database."""
    if language_of(datasette) != DEFAULT:
        return app
    base = str(datasette.setting("base_url"))
    sites: dict[str, Any] = {}

    async def dispatch(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        for language in LANGUAGES[1:]:
            prefix = f"{base}{language}/"
            if scope["type"] == "http" and path == prefix.rstrip("/"):
                query = scope.get("query_string", b"").decode("latin-1")
                await _redirect(send, f"{prefix}?{query}" if query else prefix)
                return
            if scope["type"] == "http" and path.startswith(prefix):
                if language not in sites:
                    sites[language] = _sibling(datasette, language, prefix)
                await sites[language](scope, receive, send)
                return
        await app(scope, receive, send)

    return dispatch


def _sibling(datasette: Any, language: str, prefix: str) -> Any:
    from pipeline.web.datasette_config import translated
    from pipeline.web.prefixed_addresses import Site

    databases = [item for item in datasette.databases.values() if item.path]
    site = Site(
        files=[item.path for item in databases if item.is_mutable],
        immutables=[item.path for item in databases if not item.is_mutable],
        metadata=translated(datasette, language),
        settings={**datasette._settings, "base_url": prefix},
        secret=datasette._secret,
    )
    hand_on(datasette, site)
    return site.app()


async def _redirect(send: Any, place: str) -> None:
    headers = [(b"location", place.encode("latin-1")), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 301, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
