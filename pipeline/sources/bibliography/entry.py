"""One entry of a bibliography on its way to a study, collecting its own problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import (
    Entry,
)

from pipeline.ground.problems import Problem, Severity, errors, first_line
from pipeline.model.csl import CONTRIBUTORS, FACTS, TYPES
from pipeline.model.records import Name, Study
from pipeline.sources.bibliography.bibtex_values import MONTHS, ValueFault, expand, verbatim
from pipeline.sources.bibliography.latex import decode_latex

# One of the names in each group must be there. After the BibLaTeX manual, section 2.1,
# kept to what a reference list cannot do without.
REQUIRED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "article": (("author", "editor"), ("title",), ("journal", "journaltitle"), ("year", "date")),
    "book": (("author", "editor"), ("title",), ("year", "date")),
    "incollection": (("author",), ("title",), ("booktitle",), ("year", "date")),
    "inproceedings": (("author",), ("title",), ("booktitle",), ("year", "date")),
    "phdthesis": (("author",), ("title",), ("school", "institution"), ("year", "date")),
    "techreport": (("author", "editor"), ("title",), ("institution",), ("year", "date")),
    "online": (("author", "editor"), ("title",), ("url", "doi", "eprint"), ("year", "date")),
    "misc": (("author", "editor"), ("title",), ("year", "date")),
}
SAME_TYPE: Mapping[str, str] = {
    "collection": "book",
    "conference": "inproceedings",
    "electronic": "online",
    "inbook": "incollection",
    "mastersthesis": "phdthesis",
    "mvbook": "book",
    "proceedings": "book",
    "report": "techreport",
    "thesis": "phdthesis",
    "www": "online",
}
OTHER_TYPES = frozenset((*TYPES, "set"))
CONTAINER = ("journaltitle", "journal", "booktitle")
PUBLISHER = ("publisher", "institution", "school", "organization")
# BibTeX's names of fields that BibLaTeX calls otherwise.
BIBTEX_NAMES: Mapping[str, str] = {
    "location": "address",
    "eprinttype": "archiveprefix",
    "shortjournal": "shortjournaltitle",
}
# What a part takes over from the volume it names in `crossref`.
INHERITED = {
    "title": "booktitle",
    **{name: name for name in (*PUBLISHER, "year", "date", "editor")},
}

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*\Z")
_YEAR = re.compile(r"\s*(\d{4})\b")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)\Z", re.IGNORECASE)


class EntryDraft:
    """An entry on its way to a study, collecting its own problems."""

    def __init__(self, block: Entry, path: str) -> None:
        self.block = block
        self.key = block.key.strip()
        self.path = path
        self.line = (block.start_line or 0) + 1
        self.raw = first_line(block.raw or "")
        self.fields: dict[str, str] = {}
        self.faulty: set[str] = set()
        self.problems: list[Problem] = []

    def fault(self, kind: str, message: str, hint: str, line: int | None = None) -> None:
        self._note(kind, message, hint, line, warning=False)

    def warn(self, kind: str, message: str, hint: str) -> None:
        self._note(kind, message, hint, None, warning=True)

    def _note(self, kind: str, message: str, hint: str, line: int | None, warning: bool) -> None:
        severity: Severity = "warning" if warning else "error"
        where = line or self.line
        self.problems.append(Problem(self.path, where, kind, message, hint, self.raw, severity))

    def expand(self, macros: Mapping[str, str]) -> None:
        for field in self.block.fields:
            key = field.key.strip().lower()
            line = (field.start_line or 0) + 1
            if key in self.fields:
                self.fault(
                    "duplicate-field",
                    f"field '{key}' stands twice in '{self.key}'",
                    "Keep one of the two.",
                    line,
                )
                continue
            try:
                self.fields[key] = expand(field.value, macros)
            except ValueFault as fault:
                self.faulty.add(key)
                self.fault(fault.kind, f"field '{key}' of '{self.key}': {fault}", fault.hint, line)

    def inherit(self, others: Mapping[str, EntryDraft]) -> None:
        parent_key = self.fields.get("crossref", "").strip()
        if not parent_key:
            return
        parent = others.get(parent_key)
        if parent is None:
            self.fault(
                "unknown-crossref",
                f"'{self.key}' refers to '{parent_key}', which is not in this file",
                "Add that entry or remove the crossref.",
            )
            return
        for source, target in INHERITED.items():
            if source in parent.fields:
                self.fields.setdefault(target, parent.fields[source])

    def study(self) -> Study | None:
        if not self.key:
            self.fault("empty-key", "an entry without a key", "Write @type{key, … first.")
        elif not _KEY.match(self.key):
            self.fault(
                "bad-key",
                f"key '{self.key}' cannot be a file name",
                "Use letters, digits and - _ . + only, beginning with a letter or digit.",
            )
        kind = self.block.entry_type.lower()
        rules = REQUIRED.get(SAME_TYPE.get(kind, kind))
        if rules is None:
            rules = REQUIRED["misc"]
            if kind not in OTHER_TYPES:
                self.warn(
                    "unknown-type", f"entry type '{kind}' is not known", "It is read like @misc."
                )
        # Behind a missing comma the next field was read as part of this one.
        swallowed = any(problem.kind == "missing-comma" for problem in self.problems)
        for names in rules:
            known = any(self.fields.get(name, "").strip() for name in names)
            if not known and not swallowed and self.faulty.isdisjoint(names):
                self.fault(
                    "missing-field",
                    f"'{self.key}' has no {' or '.join(names)}",
                    f"Add {names[0]} = {{…}}, which @{kind} needs.",
                )
        authors, others = self._names("author")
        editors, more = self._names("editor")
        year = self._year()
        if year is None or errors(self.problems):
            return None
        get = self.fields.get
        return Study(
            key=self.key,
            type=kind,
            title=decode_latex(_with_subtitle(self.fields)),
            authors=authors,
            editors=editors,
            and_others=others or (more and not authors),
            year=year,
            date=self._date(year),
            container=decode_latex(self._first(CONTAINER)),
            volume=decode_latex(get("volume", "")),
            number=decode_latex(get("number", "") or get("issue", "")),
            pages=decode_latex(get("pages", "") or get("eid", "")),
            publisher=decode_latex(self._first(PUBLISHER)),
            doi=self._doi(),
            url=verbatim(get("url", "")),
            language=decode_latex(get("langid", "") or get("language", "")),
            abstract=decode_latex(get("abstract", "")),
            keywords=tuple(
                word
                for part in re.split("[,;]", get("keywords", ""))
                if (word := decode_latex(part))
            ),
            note=decode_latex(get("note", "")),
            facts={
                name: decode_latex(value)
                for name in FACTS
                if (value := get(name, "") or get(BIBTEX_NAMES.get(name, ""), ""))
            },
            contributors={
                name: people for name in CONTRIBUTORS if (people := self._names(name)[0])
            },
            line=self.line,
            raw=self.fields,
        )

    def _first(self, names: Iterable[str]) -> str:
        return next((self.fields[name] for name in names if self.fields.get(name)), "")

    def _names(self, field: str) -> tuple[tuple[Name, ...], bool]:
        text = " ".join(self.fields.get(field, "").split())
        if not text:
            return (), False
        people = split_multiple_persons_names(text)
        others = len(people) > 1 and people[-1].lower() == "others"
        names = []
        for person in people[:-1] if others else people:
            name = _parse_name(person)
            if name is None:
                self.fault(
                    "bad-name",
                    f"'{person}' in {field} of '{self.key}' cannot be read as a name",
                    "Write 'Family, Given and Family, Given', an institution in double braces.",
                )
            else:
                names.append(name)
        return tuple(names), others

    def _year(self) -> int | None:
        text = self.fields.get("year") or self.fields.get("date") or ""
        match = _YEAR.match(decode_latex(text))
        if match:
            return int(match[1])
        if text:
            self.fault(
                "bad-year",
                f"'{self.key}' has no year in four digits, but '{first_line(text, 40)}'",
                "Write year = {2020}; put 'forthcoming' and the like in note.",
            )
        return None

    def _date(self, year: int) -> str:
        date = self.fields.get("date", "").strip()
        if date:
            return date
        month = self.fields.get("month", "").strip()
        number = MONTHS.get(month[:3].lower(), month)
        return f"{year}-{int(number):02}" if number.isdigit() and 1 <= int(number) <= 12 else ""

    def _doi(self) -> str:
        text = verbatim(self.fields.get("doi", ""))
        if not text:
            return ""
        match = _DOI.match(text)
        if match:
            return match[1]
        self.warn("bad-doi", f"'{text}' does not look like a DOI", "A DOI begins with 10.")
        return text


def _with_subtitle(fields: Mapping[str, str]) -> str:
    subtitle = fields.get("subtitle", "")
    return f"{fields.get('title', '')}: {subtitle}" if subtitle else fields.get("title", "")


@lru_cache(maxsize=65536)
def _parse_name(text: str) -> Name | None:
    try:
        parts = parse_single_name_into_parts(text, strict=text.count(",") > 2)
    except InvalidNameError:
        return None
    family = decode_latex(" ".join(parts.last))
    if not family:
        return None
    particle = decode_latex(" ".join(parts.von))
    if particle[:1].isupper():  # BibTeX takes the "Ortega y" of Ortega y Gasset for one
        family, particle = f"{particle} {family}", ""
    return Name(
        family=family,
        given=decode_latex(" ".join(parts.first)),
        particle=particle,
        suffix=decode_latex(" ".join(parts.jr)),
        literal=text.startswith("{") and text.endswith("}") and not parts.first,
    )
