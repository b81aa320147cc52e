"""Precision and recall of finding duplicates, on made-up studies; the words of two sets differ.

python -m tests.bench.duplicates             the held-out set, as in make bench
python -m tests.bench.duplicates dev         the set to tune on, with what went wrong
"""

from __future__ import annotations

import random
import string
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pipeline.model.records import Name, Study


@dataclass(frozen=True)
class Words:
    """What titles and names are made of. In `titles` and `subtitles` one of a list per {name}."""

    titles: list[str]
    subtitles: list[str]
    lists: dict[str, list[str]]
    families: list[str]
    given: list[str]
    journals: list[str]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


DEVELOPMENT = Words(
    _split(
        "{Doing} {thing} in {place}|The role of {actor} in {doing} {thing}|{Doing} {thing} through {actor}"
        "|{Actor} and the {change} of {thing}|How {actor} shape {thing} in {place}|From {thing} to {change}"
        "|Governing {thing}|{Quality} {thing} and {quality} {actor}|On the {change} of {quality} {thing}"
        "|What {actor} know about {thing} in {place}|{ding} in {oord}: de rol van {speler}"
        "|Hoe {speler} {ding} veranderen|Samen werken aan {ding} in {oord}"
    ),
    _split(
        "A study of {place}|evidence from {place}|the case of {actor} in {place}|towards {quality} {thing}"
        "|{quality} lessons for {actor}|an agenda for {doing} {thing}|A {quality} framework"
        "|een verkenning in {oord}|lessen voor {speler}"
    ),
    {
        "doing": _split(
            "brokering|financing|mapping|steering|connecting|organising|analysing|modelling|scaling|restoring"
        ),
        "thing": _split(
            "energy transitions|water boards|smart cities|circular supply chains|public health networks"
            "|soil restoration|housing cooperatives|mobility services|food hubs|urban labs|data commons"
            "|coastal defence|regional innovation|renewable heat|knowledge alliances|waste programmes"
        ),
        "actor": _split(
            "intermediaries|housing associations|development banks|farmers|municipalities|universities"
            "|network managers|social entrepreneurs|cluster organisations|foundations|boundary spanners"
        ),
        "place": _split(
            "Denmark|Norway|Austria|the Rhine delta|rural Spain|Flanders|Sweden|Poland|Kenya|Brazil|Scotland"
            "|northern Italy|southern Italy|Rotterdam|Ghent|Slovenia|Slovakia"
        ),
        "change": _split(
            "emergence|transformation|decline|institutionalisation|diffusion|adoption"
        ),
        "quality": _split(
            "formal|sustainable|hybrid|micro-level|participatory|centralised|cross-sector|adaptive|inclusive"
        ),
        "ding": _split(
            "De energietransitie|Wijkzorg|Waterbeheer|Stedelijke vernieuwing|Duurzame landbouw|Open innovatie"
        ),
        "oord": _split("Groningen|Zeeland|de Achterhoek|Limburg|Twente|Vlaanderen"),
        "speler": _split(
            "woningcorporaties|boeren|gemeenten|provincies|bewoners|netwerkregisseurs"
        ),
    },
    _split(
        "Müller|Sørensen|Åkesson|Łukasik|Großmann|García López|Van den Broek|Jansen|Smith|Wei|Öztürk|Brændgaard"
        "|Nuñez|Lefèvre|O'Brien|Novák|Haas|Goethals|Bauer|Kjær|Okafor|Tanaka|Ruiz-Soto|Ivanov|Dvořák|Lindqvist"
        "|Moreau|Peeters|Vermeulen|Kowalska|Schröder|Aalto|Björk|Fischer|Marino|Silva|Costa|Hughes|Patel|Zhang"
    ),
    _split(
        "Anna|Björn|Carlos|Dörte|Emma|Frank|Gül|Hélène|Ivo|Jan|Katarzyna|Lars|Marie|Nils|Olga|Pieter|Quirine"
        "|Ruth|Søren|Tom|Ursula|Victor|Wanda|Xander|Yusuf|Zoë"
    ),
    _split(
        "Journal of Linked Governance|Review of Regional Brokerage|Transition Papers Quarterly"
        "|Annals of Public Alliances|Bestuur en Netwerk|Innovation and Commons|Studies in Delta Policy"
    ),
)
HELD = Words(
    _split(
        "{Doing} {thing}: {subject} in {place}|{Subject} as {quality} partners in {doing} {thing}"
        "|Who is {doing} {thing} for {subject}|Beyond {thing}|{Subject}, {thing} and the {change} of trust"
        "|The {change} of {thing} among {subject}|Is {quality} {thing} possible in {place}"
        "|Between {thing} and {other}|{Quality} {thing}, {quality} {other}|{Doing} {other} with {subject}"
        "|{zaak} bij {groep} in {streek}|Wat {groep} leren van {zaak}|Naar een {soort} {zaak}"
    ),
    _split(
        "Comparing {subject} across {place}|insights from {place}|why {subject} matter|a {quality} approach"
        "|Narratives of {subject}|rethinking {other}|A longitudinal analysis of {place}|pathways to {thing}"
        "|een vergelijking van {groep}|ervaringen uit {streek}"
    ),
    {
        "doing": _split(
            "negotiating|coordinating|evaluating|supporting|rebuilding|mobilising|catalysing|labelling|sharing|joining"
        ),
        "thing": _split(
            "hydrogen corridors|forest stewardship|neighbourhood care|maritime clusters|digital platforms"
            "|climate adaptation|craft economies|school partnerships|battery recycling|river basins|credit unions"
            "|cultural centres|vaccine logistics|tourism routes|refugee shelter|bio-based materials"
        ),
        "other": _split(
            "collective learning|shared ownership|risk allocation|open standards|fiscal policy|labour markets"
            "|civic behaviour|technical expertise|long-term commitment"
        ),
        "subject": _split(
            "nurses|port authorities|village councils|venture builders|trade unions|insurers|librarians"
            "|start-ups|mayors|volunteers|engineers|chambers of commerce|theatre groups"
        ),
        "place": _split(
            "Finland|Ireland|Portugal|Estonia|Latvia|Chile|Ghana|Nigeria|Japan|Vietnam|eastern Canada|western Canada"
            "|the Basque Country|Lisbon|Turin|Australia|Catalonia"
        ),
        "change": _split("rise|erosion|renewal|professionalisation|translation|reconfiguration"),
        "quality": _split(
            "informal|resilient|pragmatic|macro-regional|democratic|decentralised|public-private|experimental|equal"
        ),
        "zaak": _split(
            "Ketensamenwerking|Ouderenzorg|Kustverdediging|Warmtenetten|Voedselbeleid|Sociale innovatie"
        ),
        "streek": _split("Drenthe|Brabant|de Veluwe|Gelderland|West-Friesland|de Kempen"),
        "groep": _split("wijkteams|verzekeraars|scholen|ondernemers|waterschappen|vrijwilligers"),
        "soort": _split("lerende|rechtvaardige|regionale|gezamenlijke"),
    },
    _split(
        "Jäger|Østergaard|Wałęsowski|Håkansson|Weiß|Fernández Ruiz|De Vries|Bakker|Jones|Liu|Çelik|Færøvik|Peña"
        "|Béranger|O'Neill|Šimić|Maas|Boeckx|Köhler|Næss|Adeyemi|Suzuki|Ortiz-Vega|Petrov|Černý|Nyström|Dubois"
        "|Claes|Hendriks|Wiśniewska|Krüger|Saarinen|Löfgren|Weber|Romano|Pereira|Almeida|Evans|Sharma|Chen"
    ),
    _split(
        "Astrid|Bruno|Chloé|Dirk|Eva|Françoise|Günther|Hanna|Inês|Jörg|Karin|Léon|Mikael|Nora|Oskar|Pía"
        "|Rasmus|Sanne|Tobias|Ulla|Vera|Willem|Xenia|Yara|Zeynep|Åsa"
    ),
    _split(
        "Journal of Shared Institutions|European Letters on Coordination|Policy Bridges Review"
        "|International Journal of Civic Partnerships|Tijdschrift voor Samenwerking|Places and Clusters"
    ),
)
LETTERS = {
    "ü": "ue", "ö": "oe", "ä": "ae", "ø": "o", "å": "aa", "ß": "ss", "ł": "l", "æ": "ae", "é": "e", "è": "e",
    "ñ": "n", "í": "i", "ř": "r", "á": "a", "ń": "n", "ś": "s", "ę": "e", "š": "s", "ć": "c", "č": "c", "Ø": "O",
    "Ö": "Oe", "Å": "Aa", "Ł": "L", "Ç": "C", "Š": "S", "Č": "C", "ý": "y", "ë": "e", "ê": "e", "ó": "o",
}  # fmt: skip
AMERICAN = (("isation", "ization"), ("ising", "izing"), ("ysing", "yzing"), ("lling", "ling"), ("our", "or"),
            ("tres", "ters"), ("tre ", "ter "), ("defence", "defense"), ("programme", "program"),
            ("alised", "alized"))  # fmt: skip


@dataclass
class Sample:
    """Studies that are here, records that come, and of which study each is a copy, or None."""

    existing: list[Study] = field(default_factory=list)
    incoming: list[Study] = field(default_factory=list)
    truth: list[int | None] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


class Maker:
    """Studies out of words. `titles` are all different."""

    def __init__(self, words: Words, seed: int) -> None:
        self.words = words
        self.random = random.Random(seed)
        self.titles: set[str] = set()
        self.made = 0

    def fill(self, pattern: str) -> str:
        parts = []
        for text, name, _, _ in string.Formatter().parse(pattern):
            parts.append(text)
            if name:
                word = self.random.choice(self.words.lists[name.lower()])
                parts.append(word[:1].upper() + word[1:] if name[0].isupper() else word)
        text = "".join(parts)
        return text[:1].upper() + text[1:]

    def title(self) -> str:
        for _ in range(500):
            title = self.fill(self.random.choice(self.words.titles))
            if ":" not in title and self.random.random() < 0.6:
                title += ": " + self.fill(self.random.choice(self.words.subtitles))
            # Main titles of their own too, so that no two studies differ by a subtitle by chance.
            if (main := title.split(":")[0].lower()) not in self.titles:
                self.titles.add(main)
                return title
            title += f": {self.fill(self.random.choice(self.words.subtitles))}"
            if title.count(":") == 1 and title.lower() not in self.titles:
                self.titles.add(title.lower())
                return title
        raise AssertionError("too few words")

    def name(self) -> Name:
        given = self.random.choice(self.words.given)
        if self.random.random() < 0.3:
            given += f" {self.random.choice(string.ascii_uppercase)}."
        return Name(self.random.choice(self.words.families), given)

    def doi(self) -> str:
        self.made += 1
        return f"10.{self.random.randint(5500, 5599)}/{self.random.choice('abcdef')}.{self.made:06}"

    def study(self, title: str = "") -> Study:
        chance = self.random.random
        start = self.random.randint(2, 900)
        return Study(
            key=f"s{self.made}",
            type="article",
            title=title or self.title(),
            authors=tuple(self.name() for _ in range(self.random.choice((1, 1, 2, 2, 3, 4)))),
            year=self.random.randint(1998, 2025),
            line=1,
            container=self.random.choice(self.words.journals),
            volume=str(self.random.randint(1, 60)) if chance() < 0.95 else "",
            number=str(self.random.randint(1, 8)) if chance() < 0.7 else "",
            pages=f"{start}--{start + self.random.randint(5, 30)}" if chance() < 0.9 else "",
            doi=self.doi() if chance() < 0.8 else "",
        )

    def typos(self, text: str, count: int) -> str:
        for _ in range(count):
            places = [n for n, sign in enumerate(text[:-1]) if sign.isalpha() and n]
            place = self.random.choice(places)
            letter = self.random.choice("aeinorstl")
            text = self.random.choice(
                (
                    text[:place] + text[place + 1 :],
                    text[:place] + letter + text[place:],
                    text[:place] + letter + text[place + 1 :],
                    text[:place] + text[place + 1] + text[place] + text[place + 2 :],
                )
            )
        return text


Change = Callable[[Maker, Study], Study | None]


def _plain(text: str) -> str:
    return "".join(LETTERS.get(sign, sign) for sign in text)


def _names(study: Study, change: Callable[[Name], Name]) -> Study:
    return replace(study, authors=tuple(map(change, study.authors)))


def _initials(name: Name) -> Name:
    return replace(name, given=" ".join(f"{part[0]}." for part in name.given.split()))


def _short(text: str) -> str:
    words = [word for word in text.split() if word not in ("of", "and", "in", "on", "en", "voor")]
    return " ".join(f"{word[:4]}." if len(word) > 5 else word for word in words)


def _main(make: Maker, study: Study) -> Study | None:
    main, colon, _ = study.title.partition(":")
    return replace(study, title=main, doi="") if colon else None


def _american(make: Maker, study: Study) -> Study | None:
    title = study.title
    for british, american in AMERICAN:
        title = title.replace(british, american)
    return replace(study, title=title, doi="") if title != study.title else None


def _transliterated(make: Maker, study: Study) -> Study | None:
    changed = _names(study, lambda name: Name(_plain(name.family), _plain(name.given)))
    return replace(changed, doi="", title=_plain(study.title)) if changed != study else None


def _stripped(make: Maker, study: Study) -> Study | None:
    import unicodedata

    def bare(text: str) -> str:
        text = text.translate(str.maketrans("øæłßØŁ", "oalsOL"))
        return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()

    changed = _names(study, lambda name: Name(bare(name.family), bare(name.given)))
    return replace(changed, doi="") if changed != study else None


def _preprint(make: Maker, study: Study) -> Study:
    prefix = make.random.choice(
        ("10.48550/arXiv.2", "10.31235/osf.io/", "10.2139/ssrn.", "10.20944/preprints")
    )
    return replace(
        study,
        type="misc",
        year=study.year - make.random.choice((0, 0, 1, 1, 2, 3)),
        container=make.random.choice(("", "SSRN Electronic Journal", "SocArXiv")),
        volume="", number="", pages="",
        doi=f"{prefix}{make.random.randint(10000, 99999)}",
    )  # fmt: skip


def _entities(make: Maker, study: Study) -> Study:
    title = study.title.replace(" and ", " &amp; ").replace("-", "&#8209;").replace("é", "&eacute;")
    words = title.split(" ")
    words[0] = f"<i>{words[0]}</i>"
    return replace(study, title=" ".join(words) + ".", doi="")


def _dashes(make: Maker, study: Study) -> Study:
    title = study.title.replace(": ", make.random.choice((" – ", ". ", " - ", "—", "? ")))
    title = title.replace("-", make.random.choice(("-", " ", "‐")))
    article = make.random.choice(("The ", "", "")) if not title.startswith("The ") else ""
    return replace(study, title=article + title.removeprefix("The "), doi="")


def _mixed(make: Maker, study: Study) -> Study:
    names = _names(study, _initials)
    return replace(
        names,
        title=make.typos(study.title, 1).upper(),
        year=study.year + make.random.choice((-1, 0, 1)),
        volume="",
        pages="",
        container=_short(study.container),
        doi="",
    )


COPIES: dict[str, Change] = {
    "same DOI, other title form": lambda make, study: (
        replace(study, title=make.typos(study.title.upper(), 3), doi=f"https://doi.org/{study.doi.upper()}",
                volume="", pages="") if study.doi else None
    ),
    "no DOI": lambda make, study: replace(study, doi=""),
    "1 typo": lambda make, study: replace(study, title=make.typos(study.title, 1), doi=""),
    "2 typos": lambda make, study: replace(study, title=make.typos(study.title, 2), doi=""),
    "3 typos": lambda make, study: replace(study, title=make.typos(study.title, 3), doi=""),
    "without subtitle": _main,
    "preprint": _preprint,
    "transliterated": _transliterated,
    "without marks": _stripped,
    "initials": lambda make, study: replace(_names(study, _initials), doi=""),
    "names swapped": lambda make, study: replace(
        _names(study, lambda name: Name(name.given, name.family)), doi=""
    ),
    "typo in the name": lambda make, study: replace(
        study, doi="", authors=(replace(study.authors[0], family=make.typos(study.authors[0].family, 1)),
                                *study.authors[1:])
    ),
    "first author only": lambda make, study: replace(study, doi="", authors=study.authors[:1], and_others=True),
    "no authors": lambda make, study: replace(study, doi="", authors=()),
    "all capitals": lambda make, study: replace(
        _names(study, lambda name: Name(name.family.upper(), name.given.upper())), title=study.title.upper(), doi=""
    ),
    "HTML": _entities,
    "dashes and articles": _dashes,
    "American": _american,
    "a year off": lambda make, study: replace(study, year=study.year + make.random.choice((-1, 1)), doi=""),
    "no volume or pages": lambda make, study: replace(study, volume="", number="", pages="", doi=""),
    "title, name, year only": lambda make, study: replace(
        study, volume="", number="", pages="", container="", doi="", authors=study.authors[:1]
    ),
    "journal abbreviated": lambda make, study: replace(study, container=_short(study.container), doi=""),
    "online first": lambda make, study: replace(
        study, volume="", number="", pages="1-20", year=study.year - 1, doi=""
    ),
    "several at once": _mixed,
}  # fmt: skip


def _elsewhere(make: Maker, study: Study, **changes: object) -> Study:
    """Another text, at another place: half of them without DOI, some without any place."""
    start = make.random.randint(2, 900)
    bare = make.random.random() < 0.2
    other = replace(
        study,
        volume="" if bare else study.volume or "7",
        number="" if bare else str(make.random.randint(1, 8)),
        pages="" if bare else f"{start}--{start + 9}",
        doi=make.doi() if make.random.random() < 0.5 else "",
    )
    return replace(other, **changes)  # type: ignore[arg-type]


def _swapped(names: tuple[str, ...]) -> Change:
    """The same title with one word of some lists changed for another of its list."""

    def change(make: Maker, study: Study) -> Study | None:
        for name in names:
            for word in make.words.lists.get(name, ()):
                if word in study.title:
                    other = make.random.choice([w for w in make.words.lists[name] if w != word])
                    return _elsewhere(make, study, title=study.title.replace(word, other, 1))
        return None

    return change


def _negated(make: Maker, study: Study) -> Study | None:
    turns = (
        ("formal", "informal"), ("informal", "formal"), ("sustainable", "unsustainable"), ("micro-", "macro-"),
        ("macro-", "micro-"), ("centralised", "decentralised"), ("northern", "southern"), ("eastern", "western"),
        ("equal", "unequal"), (" possible ", " impossible "), ("resilient", "non-resilient"), ("with", "without"),
        ("stability", "instability"), ("Slovenia", "Slovakia"), ("Austria", "Australia"), ("Nigeria", "Niger"),
    )  # fmt: skip
    for word, other in turns:
        if word in study.title:
            return _elsewhere(make, study, title=study.title.replace(word, other, 1))
    return None


def _front(*fronts: str) -> Change:
    return lambda make, study: _elsewhere(
        make, study, title=make.random.choice(fronts) + study.title
    )


LOOKALIKES: dict[str, Change] = {
    "another place": _swapped(("place", "oord", "streek")),
    "another actor": _swapped(("actor", "subject", "speler", "groep")),
    "negated or turned": _negated,
    "erratum or reply": _front(
        "Erratum to: ", "Corrigendum: ", "Reply to “", "Comment on ", "Correction: ", "Commentary: ", "Erratum: "
    ),
    "a reply in the subtitle": lambda make, study: _elsewhere(
        make, study, title=study.title.split(":")[0] + make.random.choice((": a reply", ": a rejoinder to our critics"))
    ),
    "a review of it": lambda make, study: _elsewhere(
        make, study, title=make.random.choice(("Review of ", "Book review: ", "", "")) + study.title,
        authors=(make.name(),),
    ),
    "another subtitle": lambda make, study: (
        _elsewhere(make, study, title=f"{study.title.split(':')[0]}: {make.fill('the second {thing} and {thing}')}")
        if ":" in study.title else None
    ),
    "same authors, same year": lambda make, study: _elsewhere(make, study, title=make.title()),
    "same title, others": lambda make, study: _elsewhere(
        make, study, authors=(make.name(), make.name()), container=make.random.choice(make.words.journals)
    ),
    "years later": lambda make, study: _elsewhere(make, study, year=study.year + make.random.randint(4, 9)),
    "other DOI, other journal": lambda make, study: (
        replace(_elsewhere(make, study, doi=make.doi()), container="Proceedings of the Meeting") if study.doi else None
    ),
    "a DOI copied wrongly": lambda make, study: (
        replace(make.study(), doi=study.doi) if study.doi else None
    ),
}  # fmt: skip


def _series(make: Maker) -> tuple[Study, Study]:
    """Two studies that differ by a number, an issue or a hand's breadth."""
    study = make.study()
    year = study.year
    one, other = make.random.choice(
        (
            (f"{study.title}, part 1", f"{study.title}, part 2"),
            (f"{study.title}: Part I", f"{study.title}: Part II"),
            (f"{study.title} ({year})", f"{study.title} ({year + 1})"),
            (f"Annual report {year}", f"Annual report {year + 1}"),
            (f"Jaarverslag {year}", f"Jaarverslag {year + 1}"),
            (f"{study.title}: first edition", f"{study.title}: second edition"),
            (f"Seven lessons on {study.title}", f"Ten lessons on {study.title}"),
            (study.title, f"{study.title}, part 2"),
        )
    )
    return replace(study, title=one), _elsewhere(
        make, study, title=other, year=year + make.random.randint(0, 1)
    )


def _generic(make: Maker) -> tuple[Study, Study]:
    title = make.random.choice(
        ("Introduction", "Editorial", "Inleiding", "Redactioneel", "Preface", "Discussion")
    )
    study = replace(make.study(title), volume="12", number="3", pages="101--104")
    if make.random.random() < 0.5:
        return study, _elsewhere(make, study, volume="13", number="4", pages="201--203")
    return study, _elsewhere(make, study, authors=(make.name(),), year=study.year + 1)


def make_sample(words: Words, seed: int, bases: int = 3000, each: int = 80) -> Sample:
    """`bases` studies; of each kind of copy and of look-alike `each` records that come."""
    make = Maker(words, seed)
    sample = Sample([make.study() for _ in range(bases)])

    def add(study: Study, truth: int | None, kind: str) -> None:
        sample.incoming.append(study)
        sample.truth.append(truth)
        sample.kinds.append(kind)

    for changes, is_copy in ((COPIES, True), (LOOKALIKES, False)):
        for kind, change in changes.items():
            done = 0
            for place in make.random.sample(range(bases), bases):
                other = change(make, sample.existing[place])
                if other is not None:
                    add(other, place if is_copy else None, kind)
                    done += 1
                if done == each:
                    break
    for kind, pair in (("series", _series), ("generic title", _generic)):
        for _ in range(each * 2):
            study, other = pair(make)
            sample.existing.append(study)
            add(other, None, kind)
    for _ in range(each * 3):
        add(make.study(), None, "new")
    order = make.random.sample(range(len(sample.incoming)), len(sample.incoming))
    return Sample(
        sample.existing,
        [sample.incoming[n] for n in order],
        [sample.truth[n] for n in order],
        [sample.kinds[n] for n in order],
    )


@dataclass
class Figures:
    """Pairs found rightly, wrongly and not, in all and by kind."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[tuple[Study, Study]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def recall(self) -> float:
        return self.right.total() / (self.right.total() + self.missed.total())

    @property
    def precision(self) -> float:
        return self.right.total() / (self.right.total() + self.wrong.total())


def measure(sample: Sample) -> Figures:
    """Every pair that is told counts, not the best of a record alone."""
    from pipeline.desk.adding.duplicates import find_duplicates

    figures = Figures()
    found = find_duplicates(sample.incoming, sample.existing)
    for study, matches, truth, kind in zip(
        sample.incoming, found, sample.truth, sample.kinds, strict=True
    ):
        others = {match.other for match in matches}
        if truth is not None:
            figures.right[kind] += truth in others
            figures.missed[kind] += truth not in others
            if truth not in others:
                figures.faults[f"missed: {kind}"].append((study, sample.existing[truth]))
        for other in others - {truth}:
            figures.wrong[kind] += 1
            figures.faults[f"wrong: {kind}"].append((study, sample.existing[other]))
    return figures


def bench_duplicates(show: Callable[..., None]) -> None:
    """Precision and recall of the held-out set, per kind, and the time of 10,000 against 10,000."""
    from bibtexparser.entrypoint import parse_string

    from pipeline.desk.adding.duplicates import find_duplicates, find_repeats
    from tests.bench.corpus import bibliography

    sample = make_sample(HELD, 20261)
    figures = measure(sample)
    pairs = sum(truth is not None for truth in sample.truth)
    note = (
        f"{len(sample.existing):,} studies, {len(sample.incoming):,} records, {pairs:,} known pairs"
    )
    show("duplicates: recall", figures.recall, ">= 0.98", note)
    show("duplicates: precision", figures.precision, ">= 0.995")
    for kind in COPIES:
        share = figures.right[kind] / max(1, figures.right[kind] + figures.missed[kind])
        show(f"  recall: {kind}", share, "")
    for kind in (*LOOKALIKES, "series", "generic title", "new"):
        show(f"  taken for a duplicate: {kind}", figures.wrong[kind] / sample.kinds.count(kind), "")
    here, come = many(10_000)
    start = time.perf_counter()
    find_duplicates(come, here)
    find_repeats(come)
    spent = time.perf_counter() - start
    text = bibliography(10_000, 1)
    start = time.perf_counter()
    parse_string(text)
    parsing = time.perf_counter() - start
    note = f"{spent:.1f} s; parsing {parsing:.1f} s"
    show("duplicates of 10,000 in 10,000: time of parsing them", spent / parsing, "<= 2.5", note)


def many(count: int) -> tuple[list[Study], list[Study]]:
    """Studies that are here and records that come, every second a copy with a typo or without DOI."""
    make = Maker(
        replace(
            HELD, families=[f"{a}{b}" for a in HELD.families for b in ("", "er", "s", "ova", "ini")]
        ),
        5,
    )
    make.title = lambda: (  # type: ignore[method-assign]
        f"{make.fill(make.random.choice(HELD.titles))}: {make.fill(make.random.choice(HELD.subtitles))}"
    )
    here = [make.study() for _ in range(count)]
    come = [
        replace(study, title=make.typos(study.title, place % 3), doi="")
        if place % 2
        else make.study()
        for place, study in enumerate(here)
    ]
    return here, come


def _print_faults(sample: Sample) -> None:
    figures = measure(sample)
    print(f"recall {figures.recall:.4f}, precision {figures.precision:.4f}")
    for kind, pairs in sorted(figures.faults.items(), key=lambda item: -len(item[1])):
        print(f"{len(pairs):4} {kind}")
        for pair in pairs[:4]:
            for study in pair:
                names = "; ".join(name.sorting for name in study.authors)
                place = (
                    f"{study.container} {study.volume}({study.number}) {study.pages} {study.doi}"
                )
                print(f"       {study.title} | {names} {study.year} | {place}")
            print()


if __name__ == "__main__":
    if "dev" in sys.argv:
        _print_faults(make_sample(DEVELOPMENT, 7))
    else:
        bench_duplicates(
            lambda name, value, bound, note="": print(f"{name:58} {value:8.3f}   {bound:10} {note}")
        )
