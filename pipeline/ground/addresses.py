"""Parts of web addresses."""

from __future__ import annotations

from urllib.parse import quote


def address_part(text: str) -> str:
    """A key or an id as one part of a path, whatever signs it has: Datasette's tilde encoding.

    Other encodings of a slash are undone by proxies on the way.
    """
    encoded = quote(text, safe="").replace("~", "%7E").replace(".", "%2E")
    return encoded.replace("%20", "+").replace("%", "~")
