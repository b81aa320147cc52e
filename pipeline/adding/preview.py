"""What a file of references would bring: new, here already, twice in it, unclear, or broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.adding.duplicates import Match, find_duplicates, find_repeats
from pipeline.adding.incoming import Broken, Incoming, Shipment
from pipeline.adding.keys import make_key
from pipeline.adding.records import Imports, all_keys
from pipeline.garbage import garbage_left_alone
from pipeline.records import Study

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
    """One record of the file. `matches` are studies here, or records before it in the file."""

    number: int
    state: State
    record: Incoming | Broken
    key: str = ""
    matches: tuple[tuple[Study, Match], ...] = ()

    @property
    def study(self) -> Study | None:
        return self.record.study if isinstance(self.record, Incoming) else None


@dataclass(frozen=True, slots=True)
class Preview:
    """All records of a file in its order, with the keys that they would get."""

    shipment: Shipment
    items: tuple[Item, ...]

    @property
    def counts(self) -> dict[State, int]:
        found = Counter(item.state for item in self.items)
        return {state: found[state] for state in STATES}


def make_preview(shipment: Shipment, studies: Sequence[Study], imports: Imports) -> Preview:
    """Compare each record with every study here and with those before it. A pure function."""
    records = shipment.records
    incoming = [item.study for item in records]
    with garbage_left_alone():
        matches = find_duplicates(incoming, studies)
        repeats = find_repeats(incoming)
    taken = {key: key for key in all_keys(studies, imports)}
    items: list[Item] = []
    for place, record in enumerate(records):
        here = tuple((studies[match.other], match) for match in matches[place])
        before = tuple((incoming[match.other], match) for match in repeats[place])
        if here:
            # Two studies that are not each other: nobody but the researcher can say which.
            state: State = "unclear" if len({study.key for study, _ in here}) > 1 else "duplicate"
            items.append(Item(record.number, state, record, here[0][0].key, here))
        elif before:
            items.append(Item(record.number, "repeat", record, "", before))
        else:
            key = make_key(record.study, taken)
            taken[key] = key
            items.append(Item(record.number, "new", record, key))
    items += [Item(broken.number, "broken", broken) for broken in shipment.broken]
    return Preview(shipment, tuple(sorted(items, key=lambda item: item.number)))
