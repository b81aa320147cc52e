"""One item of CSL-JSON in a style, as HTML: the library, and what it gets wrong mended."""

from __future__ import annotations

import html as markup
import re
import threading
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.model.records import shortened
from pipeline.published.citation.unconfirmed import without_orphans

LOCALES = {"en": "en-GB", "nl": "nl-NL"}
# The formatter writes markup but does not escape: these stand for signs of ours until it is done.
_SIGNS = {"<": "\ue000", ">": "\ue001", "&": "\ue002"}
_TAGS = re.compile(r"</?(?:i|b|sup|sub)>|<span[^<>]*>|</span>")
# Stands for the number that many styles begin with: an entry alone has none.
_NUMBER_SIGN = "\ue003"
_NUMBER = re.compile(rf"[\[(]?{_NUMBER_SIGN}[\])]?[.:,)]?\s*")
_EMPTY = re.compile(r"<(i|b|sup|sub)>\s*</\1>")
# A full stop before a comma, where what stood between them is not known.
_STOPPED = re.compile(r"(</i>|[a-z])\.,(?= (?:pp?\.|\d))")
# What styles guess of an article from facts that are missing: in truth they are only not known.
_GUESSES = ("advance-online-publication", "preprint")
# A full stop after a title that ends as a sentence of its own, or after an abbreviation.
_DOUBLED = re.compile(r"((?<!\.)[.?!](?:</(?:i|b)>|[’”])*)\.(?=\s|$)")
# "Et al." stands in the place of a name, which styles join to the others with a word.
_AND_OTHERS = re.compile(r"(,?) (?:&amp;|and|en) et al\.")
_busy = threading.Lock()


def reference(item: dict[str, Any], path: Path, language: str) -> str:
    """One item in a style, as HTML. Where the style breaks on it, plainly: author, year, title."""
    item = without_orphans(item)
    found = _rendered(item, path, language)
    editors = item.get("editor", ())
    if editors and not item.get("author"):
        # The library names those twice whom a style puts in the place of authors.
        name = editors[0].get("family") or editors[0].get("literal")
        if name and found.count(markup.escape(name, quote=False)) > 1:
            rest = {field: value for field, value in item.items() if field != "editor"}
            found = _rendered({**rest, "author": editors}, path, language)
    return found or markup.escape(plain(item), quote=False)


def _rendered(item: dict[str, Any], path: Path, language: str) -> str:
    """What the style makes of an item; empty where it breaks on it."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    class Unnumbered(CitationItem):  # type: ignore[misc]
        number = _NUMBER_SIGN

    try:
        # The library is not made for several threads, and a style remembers what it formats.
        with _busy, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = CiteProcJSON([_guarded({**item, "id": "1"})])
            bibliography = CitationStylesBibliography(
                _style(path, language), source, formatter.html
            )
            bibliography.register(Citation([Unnumbered("1")]))
            found = str(bibliography.bibliography()[0])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, AssertionError):
        return ""
    found = _EMPTY.sub("", _NUMBER.sub("", _clean(found)))
    found = _DOUBLED.sub(r"\1", _AND_OTHERS.sub(r"\1 et al.", found).strip())
    return _STOPPED.sub(r"\1,", found)


def plain(item: dict[str, Any]) -> str:
    """Authors, year, title and container, without any style."""
    year = f"({year_of(item)})" if year_of(item) else ""
    head = f"{names_in_text(item, '&')} {year}".strip()
    rest = [str(item[name]) for name in ("title", "container-title") if item.get(name)]
    return ". ".join([head, *rest]).replace("..", ".") + "."


@lru_cache(maxsize=32)
def _style(path: Path, language: str) -> Any:
    from citeproc import CitationStylesStyle

    style = CitationStylesStyle(str(path), locale=LOCALES.get(language, "en-GB"), validate=False)
    for text in list(style.root.iter("{*}text")):
        if text.get("term") in _GUESSES or text.get("value", "").lower() in _GUESSES:
            text.getparent().remove(text)
    return style


def _guarded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _guarded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_guarded(item) for item in value]
    if isinstance(value, str):
        return " ".join(_signed(value).split())
    return value


def _signed(text: str) -> str:
    text = text.replace(_NUMBER_SIGN, "")
    for name, sign in _SIGNS.items():
        text = text.replace(name, sign)
    return text


def _clean(found: str) -> str:
    """The library's HTML with nothing left in it but its own marks for letters."""
    parts = []
    last = 0
    for tag in _TAGS.finditer(found):
        parts.append(_escaped(found[last : tag.start()]))
        parts.append("" if "span" in tag[0] else tag[0])
        last = tag.end()
    parts.append(_escaped(found[last:]))
    whole = "".join(parts)
    for name, sign in _SIGNS.items():
        whole = whole.replace(sign, markup.escape(name))
    return whole


def _escaped(text: str) -> str:
    return markup.escape(markup.unescape(text), quote=False)


def year_of(item: dict[str, Any]) -> str:
    """The year in which it came out, empty where that is not known."""
    parts = item.get("issued", {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else ""


def names_in_text(item: dict[str, Any], link: str) -> str:
    """Authors, or else editors, by their family names; of more than two the first.

    Where there is nobody, the title, as in an index.
    """
    people = item.get("author") or item.get("editor") or []
    names = [
        person.get("literal")
        or " ".join(filter(None, (person.get("non-dropping-particle"), person.get("family"))))
        for person in people
    ]
    if len(names) > 2 or (len(names) == 2 and names[1] == "et al."):
        return f"{names[0]} et al."
    return f" {link} ".join(names) or shortened(str(item.get("title", "")))
