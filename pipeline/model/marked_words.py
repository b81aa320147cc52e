"""The words of a passage that carry an answer: one stretch, or several with " … " between them."""

from __future__ import annotations

GAP = " … "


def stretches(quote: str, text: str) -> list[str]:
    """Each stretch of marked words; a passage may hold the sign of the gap itself."""
    return [quote] if quote in text else [part for part in quote.split(GAP) if part]


def places(quote: str, text: str) -> list[tuple[int, int]]:
    """Where each stretch stands, one behind the other; none where one of them does not."""
    found: list[tuple[int, int]] = []
    end = 0
    for part in stretches(quote, text) if quote else ():
        at = text.find(part, end)
        if at < 0:
            return []
        end = at + len(part)
        found.append((at, end))
    return found
