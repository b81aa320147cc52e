"""Suggestions beside what the coders of a round say: how right they are, how they influence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SerializerFunctionWrapHandler, model_serializer

from pipeline.ground.yamlfile import Part
from pipeline.model.records import Decision, Suggestion
from pipeline.model.scheme import Code, Dimension

HIDDEN = "hidden"
AFTER = "after"


class Machine(Part):
    """Suggestions against the answers of coders: of a code, or of one indicator of it."""

    dimension: str
    code: str
    indicator: str = ""
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)


class Influence(Part):
    """How near a coder's answers are to the suggestions, where these were shown or hidden.

    In a round that shows them after one's own answer, `before` are the first answers and `after`
    those that stand, of which so many were `changed`.
    """

    dimension: str
    coder: str
    suggestions: str
    units: int
    same: int
    right: int
    wrong: int
    missed: int
    changed: int | None = None

    @model_serializer(mode="wrap")
    def _as_frozen(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without `changed` where nobody saw suggestions afterwards, as results froze before."""
        found: dict[str, Any] = handler(self)
        if self.changed is None:
            del found["changed"]
        return found


def machine_agreement(
    dimension: Dimension,
    codes: Sequence[Code],
    held: Mapping[str, Mapping[str, bool]],
    suggestions: Mapping[str, Sequence[Suggestion]],
) -> list[Machine]:
    """Suggestions against what is held of each unit; a code that was not considered is left out."""
    right: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for unit, codes_held in held.items():
        for entry in suggestions.get(unit, ()):
            if entry.dimension != dimension.id or entry.code not in codes_held:
                continue
            for indicator in ("", *entry.indicators):
                counter = right if codes_held[entry.code] else wrong
                counter[entry.code, indicator] += 1
    found = []
    for code in codes:
        positive = sum(codes_held.get(code.id, False) for codes_held in held.values())
        indicators = sorted({name for of, name in (*right, *wrong) if of == code.id and name})
        for indicator in ("", *indicators):
            key = (code.id, indicator)
            found.append(
                Machine(
                    dimension=dimension.id,
                    code=code.id,
                    indicator=indicator,
                    right=right[key],
                    wrong=wrong[key],
                    missed=positive - right[key],
                )
            )
    return found


def influence_on(
    dimension: Dimension,
    units: Mapping[str, Mapping[str, Decision]],
    suggestions: Mapping[str, Sequence[Suggestion]],
    first: Mapping[tuple[str, str], Decision] | None = None,
) -> list[Influence]:
    """Each coder's answers beside the suggestions, by how these were shown.

    `first` are the first answers by unit and coder, in a round that shows suggestions after them.
    """
    groups: dict[tuple[str, str], list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
    changed: Counter[str] = Counter()
    for unit, given in units.items():
        proposed = frozenset(
            entry.code for entry in suggestions.get(unit, ()) if entry.dimension == dimension.id
        )
        for coder, line in given.items():
            codes = line.codes or frozenset()
            if first is None:
                kind = HIDDEN if line.shown == HIDDEN else "shown"
                groups[coder, kind].append((codes, proposed))
                continue
            own = first[unit, coder].codes or frozenset()
            groups[coder, "before"].append((own, proposed))
            groups[coder, AFTER].append((codes, proposed))
            changed[coder] += own != codes
    return [
        Influence(
            dimension=dimension.id,
            coder=coder,
            suggestions=kind,
            units=len(pairs),
            same=sum(codes == proposed for codes, proposed in pairs),
            right=sum(len(codes & proposed) for codes, proposed in pairs),
            wrong=sum(len(proposed - codes) for codes, proposed in pairs),
            missed=sum(len(codes - proposed) for codes, proposed in pairs),
            changed=changed[coder] if kind == AFTER else None,
        )
        for (coder, kind), pairs in sorted(groups.items())
    ]


def _share(above: int, below: int) -> float | None:
    return above / below if below else None
