"""What a file says of itself: what was chosen, from where, when, by what method, what limits."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pipeline.ground.texts import clean, said
from pipeline.published.choice import ACCESS
from pipeline.published.citation.database_citation import TITLE, database_citation
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection
from pipeline.published.terms import LANGUAGES, Words

if TYPE_CHECKING:
    from pipeline.published.citation.reference_formatter import Formatted

LAST = "SELECT max(decided_at) FROM decision"
MODELS = "SELECT count(*) FROM coder WHERE nature = 'model'"
READ = """
SELECT study.access, count(*) FROM json_each(?) AS wanted JOIN study ON study.key = wanted.value
GROUP BY study.access
"""


@dataclass(frozen=True)
class About:
    """What a file says of itself, each fact by itself, in the language of its labels.

    `decided` is the day of the last decision in the database; `limits` says how much was read and
    what people have checked.
    """

    database: str
    selection: str
    selection_link: str
    retrieved: str
    scheme_version: str
    decided: str
    words: str
    method: str
    limits: str
    licence: str
    citation: str
    language: str

    @property
    def source(self) -> str:
        """Where the file was taken from, when, and how far the coding was."""
        say = Wording(self.language)
        parts = [say("about.from", link=self.selection_link, date=self.retrieved),
                 say("about.scheme", version=self.scheme_version)]  # fmt: skip
        if self.decided:
            parts.append(say("about.decided", date=self.decided))
        return "; ".join(parts) + "."

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in sentences."""
        return (f"{self.database}: {self.selection}.", self.source, self.words, self.method,
                self.limits, f"{self.licence}.", self.citation)  # fmt: skip

    def fields(self) -> dict[str, str]:
        """The facts by name, for programs."""
        return {name: value for name, value in vars(self).items() if name != "language"}


def about(selection: Selection) -> About:
    """What a file of this selection says of itself."""
    say = Wording(selection.language)
    connection = selection.connection
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    (last,) = connection.execute(LAST).fetchone()
    return About(
        database=TITLE,
        selection=_selected(selection, say),
        selection_link=list_link(selection),
        retrieved=selection.attributions.retrieved,
        scheme_version=str(meta["scheme_version"]),
        decided=(last or "")[:10],
        words=say("overview.own"),
        method=say("method.coding"),
        limits=" ".join(limits(selection, say)),
        licence=said("licence.file", selection.language),
        citation=own_citation(selection).text,
        language=selection.language,
    )


def limits(selection: Selection, say: Wording) -> list[str]:
    """How much of the chosen studies was read, and what people have checked of the pieces."""
    read = dict(selection.connection.execute(READ, [json.dumps(selection.study_keys)]).fetchall())
    numbers = {name: say.number(read.get(name, 0)) for name in ACCESS}
    found = [say("overview.access", **numbers)] if selection.study_keys else []
    pieces = 0 if selection.studies is not None else len(selection.positions)
    if pieces:
        index = selection.index
        checked = int(index.by_a_person[selection.positions].sum())
        key = "checked.some" if checked else "checked.none"
        found.append(say(key, pieces=say.number(pieces), checked=say.number(checked)))
        if selection.connection.execute(MODELS).fetchone()[0]:
            found.append(say("method.check"))
    return found


def chosen_words(selection: Selection, say: Wording) -> str:
    """What is chosen, for readers; empty where all is."""
    terms, language, choice = selection.terms, selection.language, selection.choice
    named = []
    for name, codes in choice.codes:
        labels = {code.id: code.label.get(language) for code in terms.places(name)}
        named.append((terms.by_id[name].label.get(language), [labels[code] for code in codes]))
    for name, key in (
        ("status", "as"),
        *((n, n) for n in ("access", "confidence", "checked", "notice")),
    ):
        values = getattr(choice, name)
        named.append((say(f"filter.{name}"), [say(f"{key}.{value}") for value in values]))
    countries = [terms.countries[code].get(language) for code in choice.country]
    named += [(say("filter.country"), countries), (say("filter.study"), list(choice.study))]
    for name in ("year_from", "year_to"):
        year = getattr(choice, name)
        named.append((say(f"filter.{name}"), [str(year)] if year is not None else []))
    words = say("words.exactly", words=choice.words) if choice.exact else choice.words
    named.append((say("filter.q"), [words] if words else []))
    named.append((say("filter.id"), list(choice.ids)))
    return clean("; ".join(f"{name}: {', '.join(values)}" for name, values in named if values))


def titled(selection: Selection) -> str:
    """A title for what was chosen of the scheme."""
    meta = dict(selection.connection.execute("SELECT name, value FROM meta"))
    scheme = Words(*(meta.get(f"scheme_title_{language}", "") for language in LANGUAGES))
    of = "evidence" if selection.studies is None else "studies"
    say = Wording(selection.language)
    return say(f"chosen.{of}", scheme=clean(scheme.get(selection.language)))


def list_link(selection: Selection) -> str:
    """The address at which the site shows what was chosen, as it is then."""
    if selection.place:
        return selection.link(selection.place)
    pairs = selection.choice.pairs()
    path = "/evidence" if selection.studies is None else "/studies"
    return selection.link(f"{path}?{urlencode(pairs)}" if pairs else path)


def own_citation(selection: Selection) -> Formatted:
    """How to cite the database itself, with its version, used today."""
    today = datetime.date.today()
    style, language = selection.style, selection.language
    return database_citation(selection.root, today, selection.address, style, language)


def _selected(selection: Selection, say: Wording) -> str:
    if selection.place:
        return say("about.rows", place=selection.place)
    of = "evidence" if selection.studies is None else "studies"
    chosen = chosen_words(selection, say)
    return say(f"about.{of}.chosen", chosen=chosen) if chosen else say(f"about.{of}")
