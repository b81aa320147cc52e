"""References in any style: formatted once for each entry, then kept by the entry's hash."""

from __future__ import annotations

import html as markup
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.texts import said
from pipeline.published.citation.citation_styles import style_path
from pipeline.published.citation.csl_rendering import (
    names_in_text,
    number_form,
    reference,
    year_of,
)
from pipeline.published.citation.kept_references import KeptReferences
from pipeline.published.citation.unconfirmed import mark

AND = {"en": "and", "nl": "en"}
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
# Part of the names under which references are kept: raised when they come out otherwise.
EDITION = 4


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


def in_list(found: Mapping[str, Formatted], style: str, first: int = 1) -> dict[str, Formatted]:
    """References by key as they stand in a list: in the order given with their numbers, where the
    style numbers them, otherwise in the order of the alphabet."""
    form = number_form(style_path(style))
    if not form:
        return dict(sorted(found.items(), key=lambda item: (item[1].text.casefold(), item[0])))
    return {
        key: Formatted(f"{form.format(number)} {one.html}")
        for number, (key, one) in enumerate(found.items(), first)
    }


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
            with KeptReferences(self._cache) as kept:
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
        undated = said("cite.undated", language)
        words = [
            names_in_text(read, link),
            year_of(read) or undated,
            " ".join(place.split()),
        ]
        if read is not own:
            instead = f"{names_in_text(own, link)}, {year_of(own) or undated}"
            words.append(said("cite.in_place", language, study=instead))
        elif of_digest and other is not None:
            words.append(said("cite.of_related", language))
        return f"({', '.join(part for part in words if part)})"
