"""Addresses and DOIs in formatted references as links."""

from __future__ import annotations

import re

_DOI = "https://doi.org/"
# What ends a sentence behind an address is no part of it. DOIs also stand behind "doi: ".
_LINK = re.compile(
    r"(?P<address>https?://[^\s<>\"]*[^\s<>\"'.,;:)\]])"
    r"|(?<=doi: )(?P<doi>10\.\d{4,9}/[^\s<>\"]*[^\s<>\"'.,;:)\]])",
    re.IGNORECASE,
)


def linked(html: str) -> str:
    """The reference with its addresses as links; all else in it is escaped already."""
    return _LINK.sub(_as_link, html)


def _as_link(match: re.Match[str]) -> str:
    address = match["address"] or f"{_DOI}{match['doi']}"
    return f'<a href="{address}">{match[0]}</a>'
