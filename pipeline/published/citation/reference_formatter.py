"""References in any style: formatted once for each entry, then kept by the entry's hash."""

from __future__ import annotations

import contextlib
import html as markup
import json
import re
import sqlite3
import threading
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.ground.caches import opened
from pipeline.ground.texts import said
from pipeline.published.citation.citation_styles import style_path
from pipeline.published.citation.unconfirmed import mark, without_orphans

AND = {"en": "and", "nl": "en"}
LOCALES = {"en": "en-GB", "nl": "nl-NL"}
ENTRIES = """
SELECT reference.study, reference.digest, reference.csl, study.unconfirmed
FROM json_each(?) AS wanted
JOIN reference ON reference.study = wanted.value JOIN study ON study.key = reference.study
"""
# What was read in place of a study, where that can be cited.
RELATED = """
SELECT related.study, related.digest, related.csl, related.unconfirmed
FROM json_each(?) AS wanted JOIN related ON related.study = wanted.value
WHERE related.csl != ''
"""
WHAT = """
SELECT related.study, related.what_en, related.what_nl
FROM json_each(?) AS wanted JOIN related ON related.study = wanted.value
"""
# What a study is cited by, and what was read in its place: empty where that cannot be cited.
CITED = """
SELECT reference.csl, related.csl
FROM reference LEFT JOIN related ON related.study = reference.study
WHERE reference.study = ?
"""
CHUNK = 500
MOST_UNSAVED = 20_000
# Part of the names under which references are kept: raised when they come out otherwise.
EDITION = 3
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
# "Et al." stands in the place of a name, which styles join to the others with a word.
# A full stop after a title that ends as a sentence of its own, or after an abbreviation.
_DOUBLED = re.compile(r"((?<!\.)[.?!](?:</(?:i|b)>|[’”])*)\.(?=\s|$)")
_AND_OTHERS = re.compile(r"(,?) (?:&amp;|and|en) et al\.")
_KEEP = "CREATE TABLE formatted (key TEXT PRIMARY KEY, html TEXT) WITHOUT ROWID"
_busy = threading.Lock()
_unsaved: dict[str, str] = {}  # where no file can be written; for all that this process formats


@dataclass(frozen=True)
class Formatted:
    """A reference as HTML in which all but <i>, <b>, <sup>, <sub> is escaped, and as text."""

    html: str

    @property
    def text(self) -> str:
        return markup.unescape(re.sub(r"</?(?:i|b|sup|sub)>", "", self.html))


@dataclass(frozen=True)
class Instead:
    """What was read in place of a study: said in words, and its reference where it has one."""

    what: str
    cited: Formatted | None

    @property
    def html(self) -> str:
        what = markup.escape(self.what, quote=False)
        return f"{what}: {self.cited.html}" if self.cited else what

    @property
    def text(self) -> str:
        return Formatted(self.html).text


class Citations:
    """References of the studies of a database. `cache` is a file that may be deleted any time."""

    def __init__(self, connection: sqlite3.Connection, cache: Path | None = None) -> None:
        self._connection = connection
        self._cache = cache

    def bibliography(
        self, keys: Iterable[str], style: str, language: str = "en"
    ) -> dict[str, Formatted]:
        """The reference of each study as it is printed. Raises UnknownStyle.

        With it stands which facts are not confirmed, and what was read in place of the study.
        """
        wanted = list(dict.fromkeys(keys))
        found = self._formatted(ENTRIES, wanted, style, language)
        read = self.read_instead(wanted, style, language)
        return {
            key: Formatted(f"{one.html} [{read[key].html}]") if key in read else one
            for key, one in found.items()
        }

    def read_instead(
        self, keys: Iterable[str], style: str, language: str = "en"
    ) -> dict[str, Instead]:
        """What was read in place of each study that was not found."""
        wanted = list(dict.fromkeys(keys))
        cited = self._formatted(RELATED, wanted, style, language)
        found = {}
        for start in range(0, len(wanted), CHUNK):
            some = json.dumps(wanted[start : start + CHUNK])
            for key, en, nl in self._connection.execute(WHAT, [some]):
                what = (nl or en) if language == "nl" else (en or nl)
                words = said("read.instead", language, what=what)
                found[key] = Instead(words, cited.get(key))
        return found

    def _formatted(
        self, sql: str, wanted: Sequence[str], style: str, language: str
    ) -> dict[str, Formatted]:
        """References of these items, each with what is not confirmed of it."""
        path = style_path(style)
        found: dict[str, Formatted] = {}
        for start in range(0, len(wanted), CHUNK):
            some = wanted[start : start + CHUNK]
            rows = self._connection.execute(sql, [json.dumps(some)]).fetchall()
            if not rows:
                continue
            form = f"{EDITION}/{path.stem}/{language}"
            names = {key: f"{form}/{digest}" for key, digest, *_ in rows}
            with _Kept(self._cache) as kept:
                known = kept.get(names.values())
                fresh = {
                    names[key]: reference(json.loads(csl), path, language)
                    for key, _, csl, _ in rows
                    if names[key] not in known
                }
                kept.put(fresh)
            known |= fresh
            for key, _, csl, unconfirmed in rows:
                # Most entries have nothing unconfirmed, and are not read again for it.
                facts = json.loads(unconfirmed)
                note = mark(json.loads(csl), facts, language) if facts else ""
                note = f" {markup.escape(note, quote=False)}" if note else ""
                found[key] = Formatted(known[names[key]] + note)
        return {key: found[key] for key in wanted if key in found}

    def in_text(
        self, study: str, place: str, style: str, language: str = "en", of_digest: bool = True
    ) -> str:
        """Authors, year and place in brackets, as in (Smit & de Wit, 2020, p. 4).

        Also for styles that number: what is quoted alone has no list that would give a number.
        Places such as "abstract" stand as they are. Where another publication was read in place
        of a study, a place named in its digest is one in that, and so that is cited.
        """
        own, other = self._connection.execute(CITED, [study]).fetchone()
        own = json.loads(own)
        read = json.loads(other) if of_digest and other else own
        link = "&" if style_path(style).stem.startswith("apa") else AND.get(language, AND["en"])
        words = [
            _who(read, link),
            _year(read) or said("cite.undated", language),
            " ".join(place.split()),
        ]
        if read is not own:
            instead = f"{_who(own, link)}, {_year(own)}"
            words.append(said("cite.in_place", language, study=instead))
        elif of_digest and other is not None:
            words.append(said("cite.of_related", language))
        return f"({', '.join(part for part in words if part)})"


class _Kept:
    """References that were formatted before, in memory where the file cannot be written."""

    def __init__(self, path: Path | None) -> None:
        self._connection: sqlite3.Connection | None = None
        if path is not None:
            with contextlib.suppress(OSError, sqlite3.Error):
                self._connection = opened(path, _KEEP, timeout=10)

    def __enter__(self) -> _Kept:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def get(self, names: Iterable[str]) -> dict[str, str]:
        wanted = list(names)
        found = {name: _unsaved[name] for name in wanted if name in _unsaved}
        if self._connection is None:
            return found
        sql = (
            "SELECT key, html FROM formatted "
            "WHERE key IN (SELECT value FROM json_each(?)) AND typeof(html) = 'text'"
        )
        with contextlib.suppress(sqlite3.Error):
            found |= dict(self._connection.execute(sql, [json.dumps(wanted)]).fetchall())
        return found

    def put(self, values: dict[str, str]) -> None:
        if not values:
            return
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error), self._connection as connection:
                connection.execute("BEGIN")
                connection.executemany(
                    "INSERT OR REPLACE INTO formatted VALUES (?, ?)", list(values.items())
                )
                return
        if len(_unsaved) > MOST_UNSAVED:
            _unsaved.clear()
        _unsaved.update(values)


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
    year = _year(item)
    head = f"{_who(item, '&')} ({year})".strip()
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


def _year(item: dict[str, Any]) -> str:
    parts = item.get("issued", {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else ""


def _who(item: dict[str, Any], link: str) -> str:
    people = item.get("author") or item.get("editor") or []
    names = [
        person.get("literal")
        or " ".join(filter(None, (person.get("non-dropping-particle"), person.get("family"))))
        for person in people
    ]
    if len(names) > 2 or (len(names) == 2 and names[1] == "et al."):
        return f"{names[0]} et al."
    return f" {link} ".join(names)
