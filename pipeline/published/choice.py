"""What is chosen: the filters of every page, download, feed and command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.ground.problems import Mendable
from pipeline.model.publication_notice import NOTICES
from pipeline.model.records import EVIDENCE_STATUSES, Checked
from pipeline.published.terms import UNDECIDED, Terms

STATUSES = (*EVIDENCE_STATUSES, "disputed", "suggested")
ACCESS = ("full", "partial", "abstract")
CONFIDENCE = ("high", "medium", "low")
CHECKED: tuple[Checked, ...] = ("checked", "contradicted", "changed", "unchecked")
NOTICE = (*NOTICES, "unnoticed")  # of studies; the last is that nothing was said
EXACT = "1"  # in an address
LONGEST = 200  # characters of searched words that are looked at
YEARS = ("year_from", "year_to")


@dataclass(frozen=True)
class Choice:
    """Values of one filter are alternatives; filters all hold at once.

    `codes` holds (dimension, codes) pairs, where UNDECIDED is a code too; without `statuses` only
    evidence is meant; `ids` are those of pieces of evidence, `words` are searched for in passages,
    in all their forms or, `exact`, as they stand.
    """

    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    status: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    notice: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    study: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    words: str = ""
    exact: bool = False
    ids: tuple[str, ...] = ()

    @property
    def statuses(self) -> tuple[str, ...]:
        return self.status or EVIDENCE_STATUSES

    def of(self, dimension: str) -> tuple[str, ...]:
        """Codes chosen of a dimension."""
        return next((codes for name, codes in self.codes if name == dimension), ())

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values for an address, always in the same order."""
        found = [(name, value) for name, values in self.codes for value in values]
        for name in ("status", "access", "confidence", "checked", "notice", "country", "study"):
            found += [(name, value) for value in getattr(self, name)]
        for name in YEARS:
            if getattr(self, name) is not None:
                found.append((name, str(getattr(self, name))))
        if self.words:
            found.append(("q", self.words))
            found += [("exact", EXACT)] if self.exact else []
        return found + [("id", value) for value in self.ids]

    def with_code(self, dimension: str, *codes: str) -> Choice:
        """The same with other codes of one dimension; none lifts that filter."""
        kept = dict(self.codes) | {dimension: codes}
        return replace(self, codes=tuple((name, own) for name, own in kept.items() if own))


@dataclass(frozen=True)
class Unknown:
    """A filter or a value that does not exist, and those that do."""

    name: str
    value: str
    known: tuple[str, ...]


class UnknownChoice(Mendable):
    """All that is wrong with what was asked for."""

    def __init__(self, unknown: list[Unknown]) -> None:
        super().__init__(f"{item.name}={item.value}" for item in unknown)
        self.unknown = unknown


def read_choice(
    pairs: Iterable[tuple[str, str]], terms: Terms, other: Iterable[str] = ()
) -> Choice:
    """A choice from names and values; empty values mean nothing. `other` names are let pass.

    Raises UnknownChoice with everything that does not exist.
    """
    allowed: dict[str, tuple[str, ...]] = {
        item.id: (
            *(code.id for code in item.codes),
            *((UNDECIDED,) if item.id != terms.evidence else ()),
        )
        for item in terms.dimensions
    }
    fixed = {
        "status": STATUSES,
        "access": ACCESS,
        "confidence": CONFIDENCE,
        "checked": CHECKED,
        "notice": NOTICE,
        "country": tuple(terms.countries),
        "exact": (EXACT,),
    }
    free = ("study", "id", "q", *YEARS)
    passed = set(other)
    values: dict[str, list[str]] = {}
    unknown: list[Unknown] = []
    for name, value in pairs:
        value = value.strip()
        if name == "study":
            value = terms.aliases.get(value, value)
        known = fixed.get(name) or allowed.get(name)
        if name in passed or not value:
            continue
        if known is not None and value not in known:
            unknown.append(Unknown(name, value, known))
        elif name in YEARS and not (value.isascii() and value.isdigit() and len(value) <= 4):
            unknown.append(Unknown(name, value, ()))
        elif known is None and name not in free:
            unknown.append(Unknown(name, "", (*allowed, *fixed, *free)))
        elif value not in values.setdefault(name, []):
            values[name].append(value)
    if unknown:
        raise UnknownChoice(unknown)

    def several(name: str) -> tuple[str, ...]:
        return tuple(values.get(name, ()))

    def year(name: str) -> int | None:
        return int(values[name][-1]) if name in values else None

    return Choice(
        codes=tuple((name, several(name)) for name in allowed if name in values),
        status=several("status"),
        access=several("access"),
        confidence=several("confidence"),
        checked=several("checked"),
        notice=several("notice"),
        country=several("country"),
        study=several("study"),
        year_from=year("year_from"),
        year_to=year("year_to"),
        words=" ".join(values.get("q", ()))[:LONGEST],
        exact="exact" in values and "q" in values,
        ids=several("id"),
    )
