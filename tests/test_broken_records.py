"""A broken record never takes its neighbours with it: real exports, spoilt in one place each."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.desk.adding.incoming import Shipment
from pipeline.desk.adding.reference_files import read_shipment
from pipeline.ground.problems import InputError
from pipeline.model.records import Study

FOLDER = Path(__file__).parent / "imports"
SIGNS = "{}\"\\,@%<>&=#[]()\t;:'-_ "
TURNS = 300
# Files of so many records that a neighbour on both sides can be looked at.
REPEATED = {".enw": 3, ".nbib": 2, ".txt": 2}


def spoil(lines: list[str], make: random.Random) -> tuple[list[str], set[int], bool]:
    """The lines with one fault, which lines it touches, and whether it took a whole line away."""
    place = make.randrange(len(lines))
    line = lines[place]
    cut = make.randrange(len(line) + 1)
    kind = make.choice(("delete", "truncate", "insert", "drop", "join"))
    touched = {place}
    new: list[str]
    if kind == "delete":
        new = []
    elif kind == "truncate":
        new = [line[:cut]]
    elif kind == "insert":
        new = [line[:cut] + make.choice(SIGNS) + line[cut:]]
    elif kind == "drop":
        new = [line[:cut] + line[cut + 1 :]]
    else:
        new = [" ".join(lines[place : place + 2])]
        touched.add(min(place + 1, len(lines) - 1))
    after = place + (2 if kind == "join" else 1)
    gone = bool(line.strip()) and not "".join(new).strip()
    return [*lines[:place], *new, *lines[after:]], touched, gone


def by_line(shipment: Shipment, lines: int) -> list[int]:
    """The record of each line, the first for what stands before it."""
    starts = sorted(record.line - 1 for record in (*shipment.records, *shipment.broken))
    found = []
    number = 0
    for line in range(lines):
        while number + 1 < len(starts) and line >= starts[number + 1]:
            number += 1
        found.append(number)
    return found


def plain(study: Study) -> str:
    return repr(replace(study, line=0, raw=dict(study.raw)))


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_one_fault_spoils_at_most_the_records_that_it_stands_in(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = "\n\n".join([text.rstrip("\n")] * REPEATED.get(path.suffix, 1)) + "\n"
    whole = read_shipment(text.encode(), path.name)
    lines = text.split("\n")
    owner = by_line(whole, len(lines))
    studies = {record.number - 1: plain(record.study) for record in whole.records}
    total = len(whole.records) + len(whole.broken)
    make = random.Random(2026)
    for turn in range(TURNS):
        spoilt, touched, gone = spoil(lines, make)
        if path.suffix == ".csv" and 0 in touched:
            continue  # other columns, another file
        try:
            found = read_shipment("\n".join(spoilt).encode(), path.name)
        except InputError:
            # The file as a whole is refused, which says more than a count; where others could
            # have been read that is a fault too, but for the columns of CSV.
            assert total == 1 or 0 in touched, (turn, touched, spoilt[min(touched)][:90])
            continue
        hit = {owner[line] for line in touched}
        safe = Counter(study for number, study in studies.items() if number not in hit)
        got = Counter(plain(record.study) for record in found.records)
        where = (turn, sorted(touched), [lines[line][:70] for line in touched])
        assert not safe - got, where
        alone = gone and len(hit) == 1 and owner.count(min(hit)) <= 3
        counted = len(found.records) + len(found.broken)
        assert counted >= total - alone, where
