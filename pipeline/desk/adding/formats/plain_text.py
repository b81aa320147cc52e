"""Plain text out of fields: no HTML, no control characters, white space folded."""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TAG = re.compile(
    r"</?(?:jats:)?(?P<name>i|b|u|em|strong|sub|sup|inf|sc|scp|small|span|font|a|italic|bold"
    r"|p|br|li|ul|ol|title|sec|div|h[1-6]|abstract)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCKS = frozenset(("p", "br", "li", "ul", "ol", "title", "sec", "div", "abstract"))
# Controls but white space, soft hyphens, zero width, marks of direction, surrogates alone.
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\uffff]"
)


def shown(text: str) -> str:
    """The text without what cannot be seen: nothing of it steers a terminal. Lines stay."""
    return _CONTROLS.sub("", text)


def clean(text: str) -> str:
    """The text as a person would write it: `<i>a</i> &amp;  b` is `a & b`."""
    if not text:
        return text
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if "<" in text:
        text = _TAG.sub(_between, text)
    if not text.isprintable():
        text = shown(text)
    return " ".join(text.split())


def _between(tag: re.Match[str]) -> str:
    name = tag["name"].lower()
    return " " if name in _BLOCKS or name.startswith("h") else ""
