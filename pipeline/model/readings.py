"""How answers given under an older scheme read under the present one. Nothing is rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.model.records import Decision
from pipeline.model.scheme import Code, Scheme


def reads(scheme: Scheme, codes: frozenset[str]) -> frozenset[str]:
    """The codes that an answer now stands for: merged ones are what they were merged into."""
    known = scheme.codes
    result = codes
    while True:
        changed = frozenset(
            now
            for name in result
            for now in (known[name].reads_as or (name,) if name in known else (name,))
        )
        if changed == result:
            return result
        result = changed


def under(scheme: Scheme, decisions: Iterable[Decision]) -> list[Decision]:
    """The same decisions with their codes as they read now, and as they were written."""
    moved = {code.id for code in scheme.codes.values() if code.reads_as}
    return [
        replace(item, codes=reads(scheme, item.codes), written=item.codes)
        if item.codes and not moved.isdisjoint(item.codes)
        else item
        for item in decisions
    ]


def considered(scheme: Scheme, code: Code, version: int, codes: Iterable[str]) -> bool:
    """Whether an answer of this scheme version says yes or no to a code.

    A code that came later was not considered, nor one that meant something else then, nor one
    that was out of use by then; but where an older code was split, denying the whole denied its
    parts, and giving it is enough where old answers read as one of them. Where codes were merged
    into it, who considered all of these has considered it.
    """
    if version < (code.meaning or 0):
        return False
    if code.id in codes:
        return True
    if version >= (code.retired or version + 1):
        return False
    if version >= code.since:
        return True
    merged = scheme.merged_into.get(code.id)
    if merged and all(considered(scheme, item, version, codes) for item in merged):
        return True
    whole = scheme.codes.get(code.part_of or "")
    if whole is None or (whole.id in codes and not whole.reads_as):
        return False
    return considered(scheme, whole, version, codes)


def complete(scheme: Scheme, decision: Decision) -> bool:
    """Whether a decision considered every code that its dimension has now."""
    dimension = scheme.by_id.get(decision.dimension)
    if dimension is None:
        return True
    codes = decision.as_written or ()
    return all(
        considered(scheme, code, decision.scheme, codes)
        for code in dimension.codes
        if code.retired is None
    )
