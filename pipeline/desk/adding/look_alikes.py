"""Entries of the bibliography that look like one study, for somebody to decide."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.desk.adding.duplicates import Match, find_repeats
from pipeline.model.records import Study
from pipeline.sources.merges import Merges

Proposal = tuple[Study, Study, Match]  # the later entry, the one before it, and why


def alike(studies: Sequence[Study], merges: Merges) -> list[Proposal]:
    """Pairs of studies that are not merged yet, surest first. A pure function."""
    apart = [study for study in studies if study.key not in merges.kept]
    pairs = [
        (apart[place], apart[match.other], match)
        for place, matches in enumerate(find_repeats(apart))
        for match in matches
    ]
    return sorted(pairs, key=lambda pair: (-pair[2].score, pair[0].key, pair[1].key))
