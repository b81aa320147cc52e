"""BibTeX and BibLaTeX, by the reader of the bibliography itself."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.adding.formats.draft import Unusable, bounded, fits, plain_key, plain_pages
from pipeline.adding.formats.format import MOST_RECORDS, SHOWN, Format, Found, TooMany
from pipeline.adding.incoming import Broken, Incoming
from pipeline.bibliography import parse_references
from pipeline.entry import SAME_TYPE
from pipeline.problems import Problem, errors
from pipeline.records import Study

_ENTRY = re.compile(r"^[ \t]*@\s*(?!comment\b|string\b|preamble\b)[A-Za-z]+\s*[({]", re.I | re.M)
_KINDS = ("article", "book", "incollection", "inproceedings", "phdthesis", "techreport", "online")


def sniff(text: str) -> bool:
    """Whether a line begins an entry."""
    return bool(_ENTRY.search(text))


def read(text: str, name: str) -> Found:
    """Every entry as the bibliography would read it; its errors make it a broken record."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if len(starts) > MOST_RECORDS:
        raise TooMany
    references = parse_references(text, name)
    lines = _lines(text, starts)
    faults: dict[int, list[Problem]] = {}
    for problem in errors(references.problems):
        place = _entry_at(lines, problem.line)
        faults.setdefault(place, []).append(problem)
    found: list[tuple[int, Study | list[Problem]]] = [
        (study.line, study) for study in references.studies
    ]
    found += [(lines[place] if lines else 0, problems) for place, problems in faults.items()]
    records: list[Incoming] = []
    broken: list[Broken] = []
    for number, (line, what) in enumerate(sorted(found, key=lambda item: item[0]), 1):
        raw = _raw(text, starts, lines, line)
        if isinstance(what, Study):
            try:
                records.append(Incoming(number, line, raw, bounded(_plain(what))))
            except Unusable as fault:
                broken.append(Broken(number, line, raw, fault.message, fault.hint))
        else:
            message = "; ".join(dict.fromkeys(problem.message for problem in what))
            broken.append(Broken(number, line, raw, message, what[0].hint))
    return records, broken


def _plain(study: Study) -> Study:
    kind = SAME_TYPE.get(study.type, study.type)
    kept = {name: value for name, value in study.raw.items() if name in ("issn", "isbn", "pmid")}
    found = replace(
        study,
        key=plain_key(study.key),
        type=kind if kind in _KINDS else "misc",
        pages=plain_pages(study.pages),
        raw=kept,
    )
    return found if fits(found) else replace(found, type="misc")


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


def _raw(text: str, starts: list[int], lines: list[int], line: int) -> str:
    if not starts:
        return text[:2000]
    place = _entry_at(lines, line)
    end = starts[place + 1] if place + 1 < len(starts) else len(text)
    return text[starts[place] : end].strip()[:SHOWN]


FORMAT = Format("bibtex", "BibTeX, BibLaTeX", (".bib", ".bibtex"), sniff, read)
