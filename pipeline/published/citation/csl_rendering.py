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
from pipeline.model.source_genres import translated
from pipeline.published.citation.citation_styles import locale_of
from pipeline.published.citation.mended.csl_punctuation import tidied
from pipeline.published.citation.unconfirmed import without_orphans

# The formatter writes markup but does not escape: these stand for signs of ours until it is done.
_SIGNS = {"<": "\ue000", ">": "\ue001", "&": "\ue002"}
_TAGS = re.compile(r"</?(?:i|b|sup|sub)>|<span[^<>]*>|</span>")
# Stands for the number that many styles begin with: an entry alone has none.
_NUMBER_SIGN = "\ue003"
_NUMBER = re.compile(rf"[\[(]?{_NUMBER_SIGN}[\])]?[.:,)]?\s*")
_ADDRESSES = ("DOI", "URL")
# Straight quotation marks, as keyboards have them.
_APOSTROPHE = re.compile(r"(?<=\w)'")
_CURLED = re.compile(r'"([^"]*)"')
_SAID = ("genre", "status")  # in words of the page where they are BibLaTeX's
_busy = threading.Lock()


@lru_cache(maxsize=128)
def number_form(path: Path) -> str:
    """How a style numbers its lists, as in [{}] or {}.; empty where it does not."""
    item = {"type": "book", "title": "T", "issued": {"date-parts": [[2000]]}}
    number = _NUMBER.search(_rendered(item, path, "en", numbered=True))
    return number[0].strip().replace(_NUMBER_SIGN, "{}") if number else ""


def reference(item: dict[str, Any], path: Path, language: str) -> str:
    """One item in a style, as HTML. Where the style breaks on it, plainly: author, year, title."""
    item = without_orphans(item)
    item |= {name: translated(item[name], language) for name in _SAID if name in item}
    return _rendered(item, path, language) or markup.escape(plain(item), quote=False)


def _rendered(item: dict[str, Any], path: Path, language: str, numbered: bool = False) -> str:
    """What the style makes of an item; empty where it breaks on it.

    Where it is `numbered`, a sign stands in the place of the number.
    """
    from citeproc.source.json import CiteProcJSON

    from pipeline.published.citation.mended.csl_tally import Cited

    try:
        # A style remembers what it formats, and so takes one at a time.
        with _busy, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = CiteProcJSON([_guarded({**item, "id": "1"})])
            style = _style(path, language)
            layout = style.bibliography.layout
            entry = Cited(source["1"], _NUMBER_SIGN, and_others(item))
            found = layout.render_children(entry)
            found = str(layout.format(layout.wrap(found))) if found else ""
            inside = style.terms.get_option("punctuation-in-quote") == "true"
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, AssertionError):
        return ""
    found = _clean(found)
    return found if numbered else tidied(_NUMBER.sub("", found), inside)


def plain(item: dict[str, Any]) -> str:
    """Authors, year, title and container, without any style."""
    year = f"({year_of(item)})" if year_of(item) else ""
    head = f"{names_in_text(item, '&')} {year}".strip()
    rest = [str(item[name]) for name in ("title", "container-title") if item.get(name)]
    return ". ".join([head, *rest]).replace("..", ".") + "."


@lru_cache(maxsize=32)
def _style(path: Path, language: str) -> Any:
    from pipeline.published.citation.mended.csl_classes import MENDED
    from pipeline.published.citation.mended.csl_terms import read_style

    return read_style(path, locale_of(path, language), MENDED)


def _guarded(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _guarded(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_guarded(item) for item in value]
    if isinstance(value, str):
        text = " ".join(_signed(value).split())
        return text if name in _ADDRESSES else _CURLED.sub("“\\1”", _APOSTROPHE.sub("’", text))
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


def and_others(item: dict[str, Any]) -> str:
    """The role in which there are more people than the item names; empty where there is none."""
    return str(item.get("custom", {}).get("and-others", ""))


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
    if len(names) > 2 or (names and and_others(item)):
        return f"{names[0]} et al."
    return f" {link} ".join(names) or shortened(str(item.get("title", "")))
