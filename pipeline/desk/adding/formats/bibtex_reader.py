"""BibTeX and BibLaTeX, by the reader of the bibliography itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from pipeline.desk.adding.formats.names import without_address
from pipeline.desk.adding.formats.record_draft import Unusable, bounded, plain_pages, state_in
from pipeline.desk.adding.formats.reference_format import (
    MOST_RECORDS,
    SHOWN,
    Found,
    ReferenceFormat,
    TooMany,
)
from pipeline.desk.adding.incoming import Broken, Doubt, Incoming
from pipeline.ground.problems import Problem, errors, first_line
from pipeline.model.older_keys import older_key
from pipeline.model.records import Name, Study
from pipeline.sources.bibliography.bibtex_text import AS_WRITTEN, escaped
from pipeline.sources.bibliography.entry_kinds import is_known
from pipeline.sources.bibliography.latex import decode_latex
from pipeline.sources.bibliography.references import References, parse_references

_ENTRY = re.compile(
    r"(?:^|(?<=[})]))[ \t]*@\s*(?!comment\b|string\b|preamble\b)[A-Za-z]+\s*[({]", re.I | re.M
)
_MACRO = re.compile(r"^[ \t]*@\s*string\b[^\n]*$", re.I | re.M)
_KEPT = ("issn", "isbn", "pmid", "chapter", "ids")


def sniff(text: str) -> bool:
    """Whether a line begins an entry."""
    return bool(_ENTRY.search(text))


def read(text: str, name: str) -> Found:
    """Every entry as the bibliography would read it; its errors make it a broken record."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if len(starts) > MOST_RECORDS:
        raise TooMany
    references = parse_references(text, name, foreign=True)
    lines = _lines(text, starts)
    whole = {_entry_at(lines, study.line): study for study in references.studies}
    said: dict[int, list[Problem]] = defaultdict(list)
    for problem in references.problems:
        said[_entry_at(lines, problem.line)].append(problem)
    wrong = _outside(references, lines, set(whole))
    # Those that a broken entry took in are macros of the others still.
    strings = "\n".join(match[0] for match in _MACRO.finditer(text))
    macros = parse_references(strings, name).macros
    found: list[tuple[int, str, Study | None, Iterable[Problem], int]] = [
        (problem.line, first_line(problem.raw), None, [problem], 0) for problem in wrong
    ]
    for place, line in enumerate(lines):
        raw = _raw(text, starts, place)
        if place in whole:
            found.append((line, raw, whole[place], said[place], 0))
        else:
            # Read by itself, since a broken entry may have taken in this one.
            alone = parse_references(raw, name, macros, foreign=True)
            single = alone.studies[0] if len(alone.studies) == 1 else None
            found.append((line, raw, single, alone.problems, line - 1))
    records: list[Incoming] = []
    broken: list[Broken] = []
    for number, (line, raw, study, problems, before) in enumerate(
        sorted(found, key=lambda item: item[0]), 1
    ):
        shown = raw[:SHOWN]
        if study is not None:
            try:
                study = bounded(_plain(replace(study, line=line)))
                records.append(Incoming(number, line, shown, study, _doubts(problems, before)))
            except Unusable as fault:
                broken.append(Broken(number, line, shown, fault.message, fault.hint))
        else:
            what = errors(problems)
            message = "; ".join(dict.fromkeys(problem.message for problem in what))
            hint = what[0].hint if what else ""
            broken.append(Broken(number, line, shown, message or "no entry", hint))
    return records, broken


def _outside(references: References, lines: list[int], whole: set[int]) -> list[Problem]:
    """Errors of what is no entry any more, but was: its first line is lost."""
    return [
        problem
        for problem in errors(references.problems)
        if problem.kind == "lost-entry"
        and (not lines or problem.line < lines[0] or _entry_at(lines, problem.line) in whole)
    ]


def _plain(study: Study) -> Study:
    kept = {name: value for name, value in study.raw.items() if name in AS_WRITTEN}
    if study.year is None and (state := state_in([decode_latex(study.raw.get("year", ""))])):
        kept.setdefault("pubstate", escaped(state))
    return replace(
        study,
        key=older_key(study.key),
        type=study.type if is_known(study.type) else "misc",
        authors=_private(study.authors),
        editors=_private(study.editors),
        pages=plain_pages(study.pages),
        raw=kept,
    )


def _private(people: tuple[Name, ...]) -> tuple[Name, ...]:
    """People without their e-mail addresses."""
    if all(without_address(part) == part for name in people for part in (name.family, name.given)):
        return people
    return tuple(
        replace(
            name,
            family=without_address(name.family).strip(),
            given=without_address(name.given).strip(),
        )
        for name in people
    )


def _doubts(problems: Iterable[Problem], before: int = 0) -> tuple[Doubt, ...]:
    """Warnings of one entry, which stands that many lines below where it was read."""
    return tuple(
        Doubt(problem.line + before, problem.message, problem.hint)
        for problem in problems
        if problem.severity == "warning" and problem.kind != "shared-doi"
    )


def _lines(text: str, starts: list[int]) -> list[int]:
    lines, line, counted = [], 1, 0
    for start in starts:
        line += text.count("\n", counted, start)
        counted = start
        lines.append(line)
    return lines


def _entry_at(lines: list[int], line: int) -> int:
    from bisect import bisect_right

    return max(bisect_right(lines, line) - 1, 0)


def _raw(text: str, starts: list[int], place: int) -> str:
    end = starts[place + 1] if place + 1 < len(starts) else len(text)
    return text[starts[place] : end].strip()


FORMAT = ReferenceFormat("bibtex", "BibTeX, BibLaTeX", (".bib", ".bibtex"), sniff, read)
