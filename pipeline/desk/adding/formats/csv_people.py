"""The people of one cell, parted as databases write them."""

from __future__ import annotations

import re

from pipeline.desk.adding.formats.csv_columns import People

# Scopus writes the id of each author behind the name.
_IDS = re.compile(r"\s*\(\d{6,}\)")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_ESCAPED = re.compile(r"\\(.)")
_UNDOTTED = re.compile(r" [A-Z]{1,3},")
_BEGINNINGS = re.compile(r"(?:\A|[ \-'’])(?:Mc|Mac|De|Di|Du|La|Le|Van|Von|Fitz)\Z")


def part_people(cell: str, written: People) -> list[str]:
    """Every name, or groups of names that `names.read_people` parts."""
    cell = _IDS.sub("", cell).strip()
    if cell[:2] in ("['", '["'):  # a list as Python or JSON writes it
        return [_ESCAPED.sub(r"\1", one or other) for one, other in _QUOTED.findall(cell)]
    if written == "commas":
        return cell.split(",")
    if written == "glued":
        return _unglued(cell)
    if cell.find(".") == len(cell) - 1 and _UNDOTTED.search(cell):
        cell = cell.rstrip(".")  # PubMed ends the list as a sentence: Berg A, Smit J.
    return cell.split("|")


def _unglued(cell: str) -> list[str]:
    names: list[str] = []
    for part in _seams(cell):
        if names and _BEGINNINGS.search(names[-1]):
            names[-1] += part
        else:
            names.append(part)
    return names


def _seams(cell: str) -> list[str]:
    """Anna BergJo Smit: behind a small letter or a full stop the next begins at once."""
    parts, start = [], 0
    for place in range(1, len(cell)):
        before, sign = cell[place - 1], cell[place]
        whole = before.islower() or (before == "." and cell[place + 1 : place + 2].islower())
        if sign.isupper() and whole:
            parts.append(cell[start:place])
            start = place
    return [*parts, cell[start:]]
