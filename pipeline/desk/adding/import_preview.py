"""What a file of references would bring: new, here already, twice in it, unclear, or broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.desk.adding.duplicates import Match, find_duplicates, find_repeats
from pipeline.desk.adding.incoming import Broken, Incoming, Shipment
from pipeline.desk.adding.study_keys import make_key
from pipeline.ground.allocation import garbage_left_alone
from pipeline.model.records import Study
from pipeline.sources.import_records import Imports, all_keys

State = Literal["new", "duplicate", "repeat", "unclear", "broken"]
STATES: tuple[State, ...] = ("new", "duplicate", "unclear", "repeat", "broken")
Verdict = Literal["add", "merge", "leave"]
# What happens to a record unless the researcher says otherwise.
USUALLY: Mapping[State, Verdict] = {
    "new": "add",
    "duplicate": "merge",
    "repeat": "leave",
    "unclear": "leave",
    "broken": "leave",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One record of the file. `matches` are studies here, or records before it in the file.

    `adds_abstract`: it is a candidate of which no abstract is kept here, and brings one.
    """

    number: int
    state: State
    record: Incoming | Broken
    key: str = ""
    matches: tuple[tuple[Study, Match], ...] = ()
    adds_abstract: bool = False

    @property
    def study(self) -> Study | None:
        return self.record.study if isinstance(self.record, Incoming) else None


@dataclass(frozen=True, slots=True)
class Preview:
    """All records of a file in its order, with the keys that they would get.

    `same_file_as` is the id of the import that has the very same file already.
    """

    shipment: Shipment
    items: tuple[Item, ...]
    same_file_as: str = ""

    @property
    def counts(self) -> dict[State, int]:
        found = Counter(item.state for item in self.items)
        return {state: found[state] for state in STATES}

    @property
    def abstracts(self) -> int:
        """How many candidates here would get the abstract that they lack."""
        return len({item.key for item in self.items if item.adds_abstract})


def make_preview(
    shipment: Shipment,
    studies: Sequence[Study],
    imports: Imports,
    lacking: Collection[str] = (),
) -> Preview:
    """Compare each record with every study here and with those before it. A pure function.

    `lacking` names candidates of which no abstract is kept.
    """
    records = shipment.records
    incoming = [item.study for item in records]
    kept = _kept(studies, imports)
    with garbage_left_alone():
        matches = find_duplicates(incoming, studies)
        repeats = find_repeats(incoming)
    taken = {key: key for key in all_keys(studies, imports)}
    items: list[Item] = []
    for place, record in enumerate(records):
        here = _each_once((kept[match.other], match) for match in matches[place])
        before = tuple((incoming[match.other], match) for match in repeats[place])
        if here:
            # Two studies that are not each other: nobody but the researcher can say which.
            state: State = "unclear" if len({study.key for study, _ in here}) > 1 else "duplicate"
            key = here[0][0].key
            adds = state == "duplicate" and key in lacking and bool(record.study.abstract)
            items.append(Item(record.number, state, record, key, here, adds))
        elif before:
            items.append(Item(record.number, "repeat", record, "", before))
        else:
            key = make_key(record.study, taken)
            taken[key] = key
            items.append(Item(record.number, "new", record, key))
    items += [Item(broken.number, "broken", broken) for broken in shipment.broken]
    same = imports.with_file(shipment.digest)
    ordered = tuple(sorted(items, key=lambda item: item.number))
    return Preview(shipment, ordered, same.id if same else "")


def _kept(studies: Sequence[Study], imports: Imports) -> list[Study]:
    """For each study here the one that is kept, where it was merged into another."""
    kept = imports.merges.kept
    by_key = {study.key: study for study in studies} if kept else {}
    return [by_key.get(kept.get(study.key, study.key), study) for study in studies]


def _each_once(found: Iterable[tuple[Study, Match]]) -> tuple[tuple[Study, Match], ...]:
    """Each study with the best of its matches, which comes first."""
    best: dict[str, tuple[Study, Match]] = {}
    for study, match in found:
        best.setdefault(study.key, (study, match))
    return tuple(best.values())
