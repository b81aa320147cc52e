"""One entry of a bibliography on its way to a study, collecting its own problems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from bibtexparser.model import Entry

from pipeline.ground.problems import Problem, Severity, errors, first_line
from pipeline.ground.project import file_name
from pipeline.model.answers import is_passage
from pipeline.model.csl import CONTRIBUTORS, FACTS
from pipeline.model.records import Name, Study
from pipeline.sources.bibliography.bibtex_values import (
    MONTHS,
    ValueFault,
    define,
    expand,
    verbatim,
)
from pipeline.sources.bibliography.entry_kinds import is_known, lacking
from pipeline.sources.bibliography.entry_names import parse_name, split_names
from pipeline.sources.bibliography.latex import read_commands, read_latex, without_braces
from pipeline.sources.bibliography.latex_arguments import LatexFault

CONTAINER = ("journaltitle", "journal", "booktitle")
REMARKS = ("note", "annotation", "annote")  # for readers, and of those who keep the bibliography
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

_KEY = re.compile(r"[^\W_][\w.:/+-]*\Z")
_LONGEST_NAME = 200  # bytes; file systems take 255, endings included
_YEAR = re.compile(r"\s*(\d{4})\b")
_YEAR_IN_TEXT = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_ADDRESS = re.compile(r"https?://[^\s{}]+")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)\Z", re.IGNORECASE)


class EntryDraft:
    """An entry on its way to a study, collecting its own problems."""

    def __init__(self, block: Entry, path: str) -> None:
        self.block = block
        self.key = unicodedata.normalize("NFC", " ".join(block.key.split()))
        self.called = f"'{self.key}'" if self.key else "this entry"
        self.path = path
        self.line = (block.start_line or 0) + 1
        self.raw = first_line(block.raw or "")
        self.fields: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self.faulty: set[str] = set()
        self.problems: list[Problem] = []

    def fault(self, kind: str, message: str, hint: str, line: int | None = None) -> None:
        self._note(kind, message, hint, line, warning=False)

    def warn(self, kind: str, message: str, hint: str, line: int | None = None) -> None:
        self._note(kind, message, hint, line, warning=True)

    def _note(self, kind: str, message: str, hint: str, line: int | None, warning: bool) -> None:
        severity: Severity = "warning" if warning else "error"
        where = line or self.line
        self.problems.append(Problem(self.path, where, kind, message, hint, self.raw, severity))

    def expand(self, macros: Mapping[str, str]) -> None:
        undefined: list[str] = []
        for field in self.block.fields:
            key = field.key.strip().lower()
            line = (field.start_line or 0) + 1
            if key in self.fields:
                message = f"field '{key}' stands twice in {self.called}, the first is read"
                self.warn("duplicate-field", message, "Keep one of the two.", line)
                continue
            self.lines[key] = line
            try:
                self.fields[key] = expand(field.value, macros, undefined)
            except ValueFault as fault:
                self.faulty.add(key)
                self.fault(fault.kind, f"field '{key}' of {self.called}: {fault}", fault.hint, line)
            while undefined:
                name = undefined.pop()
                message = f"field '{key}' of {self.called}: '{name}' is not defined, read as it is"
                self.warn("undefined-macro", message, define(name), line)

    def inherit(self, others: Mapping[str, EntryDraft]) -> None:
        parent_key = self.fields.get("crossref", "").strip()
        if not parent_key:
            return
        parent = others.get(parent_key)
        if parent is None:
            self.warn(
                "unknown-crossref",
                f"{self.called} refers to '{parent_key}', which is not in this file",
                "Add that entry or remove the crossref.",
            )
            return
        for source, target in INHERITED.items():
            if source in parent.fields:
                self.fields.setdefault(target, parent.fields[source])

    def judge_key(self) -> None:
        """Whether the key can name a study of a project for ever, and its files."""
        key = self.key
        if not key:
            self.fault("empty-key", "an entry without a key", "Write @type{key, … first.")
        elif not _KEY.match(key) or is_passage(key) or len(file_name(key).encode()) > _LONGEST_NAME:
            self.fault(
                "bad-key",
                f"'{first_line(key, 60)}' cannot be a key here",
                "Begin it with a letter or digit, and use letters, digits and - _ . : / + only; "
                "no hyphen and eight digits at its end. The old one can stand in ids = {…}.",
            )

    def study(self) -> Study | None:
        """What the entry says. None without a title, or with neither people nor year."""
        kind = self.block.entry_type.lower()
        fields = self.fields
        meant = fields.get("entrysubtype", "")
        kind = meant if kind == "misc" and is_known(meant) else kind
        if not is_known(kind):
            self.warn("unknown-type", f"entry type '{kind}' is not known", "It is read like @misc.")
        if kind == "inbook" and not fields.get("booktitle"):
            kind = "book"
            message = f"{self.called} has no booktitle: its title is read as that of the book"
            self.warn(
                "missing-field", message, "Name the book in booktitle, and the part in title."
            )
        authors, others = self._names("author")
        editors, more = self._names("editor")
        year = self._year()
        title = self._title()
        known = bool(title) and (year is not None or bool(authors or editors))
        # Behind a missing comma the next field was read as part of this one.
        if not known and not self.faulty:
            missing = "author, editor or year" if title else "title"
            field = missing.partition(",")[0]
            self.fault("missing-field", f"{self.called} has no {missing}", f"Add {field} = {{…}}.")
        if not known or errors(self.problems):
            return None
        study = Study(
            key=self.key,
            type=kind,
            title=title,
            authors=authors,
            editors=editors,
            and_others=others or (more and not authors),
            year=year,
            date=self._date(year),
            container=self._text(*CONTAINER),
            volume=self._text("volume"),
            number=self._text("number", "issue"),
            pages=self._text("pages", "eid"),
            publisher=self._text(*PUBLISHER),
            doi=self._doi(),
            url=self._url(),
            language=self._text("langid", "language"),
            abstract=self._text("abstract"),
            keywords=tuple(filter(None, map(str.strip, self._keywords()))),
            note=" ".join(filter(None, map(self._text, REMARKS))),
            facts={
                name: text
                for name in FACTS
                if (name in fields or BIBTEX_NAMES.get(name) in fields)
                and (text := self._text(name, BIBTEX_NAMES.get(name, "")))
            },
            contributors={
                name: people for name in CONTRIBUTORS if (people := self._names(name)[0])
            },
            line=self.line,
            raw=fields,
        )
        for field in lacking(study):
            if not (field == "year" and self._has_year):
                message = f"{self.called} has no {field}"
                self.warn(
                    "missing-field", message, f"Add {field} = {{…}}, which @{kind} should have."
                )
        return study

    def _title(self) -> str:
        title, subtitle = self._text("title"), self._text("subtitle")
        return f"{title}: {subtitle}" if subtitle else title

    def _keywords(self) -> Iterable[str]:
        return re.split("[,;]", self._text("keywords"))

    def _text(self, *names: str) -> str:
        """The first of the fields that is there, its LaTeX decoded."""
        for name in names:
            if self.fields.get(name):
                return self._decoded(name, read_latex)
        return ""

    def _decoded(self, name: str, decode: Callable[[str], str]) -> str:
        try:
            return decode(self.fields[name])
        except LatexFault as fault:
            self.warn(
                "latex",
                f"LaTeX in field '{name}' of {self.called} cannot be read: {fault}",
                "The field is read as it stands; write it without these commands.",
                self.lines.get(name),
            )
            return " ".join(self.fields[name].split())

    def _names(self, field: str) -> tuple[tuple[Name, ...], bool]:
        if not self.fields.get(field, "").strip():
            return (), False
        # Commands are read first: what follows an `and` is told by its letter, not by a backslash.
        people, others = split_names(self._decoded(field, read_commands))
        names = []
        for person in people:
            name = parse_name(person)
            if name is None:
                hint = "Write 'Family, Given and Family, Given', an institution in double braces."
                written = without_braces(person)
                message = f"'{written}' in {field} of {self.called} cannot be read as a name"
                self.warn("bad-name", f"{message}, and is read as it is", hint)
                if text := written.strip():
                    names.append(Name(text, literal=True))
            else:
                names.append(name)
        return tuple(names), others

    @property
    def _has_year(self) -> bool:
        return bool(self.fields.get("year") or self.fields.get("date"))

    def _year(self) -> int | None:
        texts = [text for name in ("year", "date") if (text := self._text(name))]
        for text in texts:
            if match := _YEAR.match(text):
                return int(match[1])
        hint = "Write year = {2020}; put 'forthcoming' and the like in note."
        for text in texts:
            if match := _YEAR_IN_TEXT.search(text):
                message = f"the year of {self.called} is read as {match[0]} from '{text[:40]}'"
                self.warn("bad-year", message, hint)
                return int(match[0])
        if texts:
            message = f"{self.called} has no year in four digits, but '{first_line(texts[0], 40)}'"
            self.warn("bad-year", message, hint)
        return None

    def _date(self, year: int | None) -> str:
        date = self.fields.get("date", "").strip()
        if date or year is None:
            return date
        month = self.fields.get("month", "").strip()
        number = MONTHS.get(month[:3].lower(), month)
        return f"{year}-{int(number):02}" if number.isdigit() and 1 <= int(number) <= 12 else ""

    def _url(self) -> str:
        """The address; plain BibTeX, which has no field for it, holds it in howpublished."""
        held = _ADDRESS.search(self.fields.get("howpublished", ""))
        return verbatim(self.fields.get("url", "") or (held[0] if held else ""))

    def _doi(self) -> str:
        text = verbatim(self.fields.get("doi", ""))
        if not text:
            return ""
        match = _DOI.match(text)
        if match:
            return match[1]
        self.warn("bad-doi", f"'{text}' does not look like a DOI", "A DOI begins with 10.")
        return text
