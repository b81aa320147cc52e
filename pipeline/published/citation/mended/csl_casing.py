"""Letter case as CSL 1.0.2 has it, in text with marks for italics and the like."""

from __future__ import annotations

import re
from collections.abc import Callable

# fmt: off
STOP_WORDS = frozenset((
    "a", "an", "and", "as", "at", "but", "by", "down", "for", "from", "in", "into", "nor", "of",
    "on", "onto", "or", "over", "so", "the", "till", "to", "up", "via", "v", "v.", "vs", "vs.",
    "with", "yet",
))
# fmt: on
_TAG = re.compile(r"(<[^<>]*>)")
_WORD = re.compile(r"[^\s/–—-]+")


def in_case(text: str, wanted: str, english: bool) -> str:
    """The text in one of CSL's cases; titles of other languages keep theirs."""
    change = _CASES.get(wanted)
    if change is None or (wanted == "title" and not english):
        return text
    return change(text)


def _outside_tags(change: Callable[[str], str]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        parts = _TAG.split(text)
        return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))

    return changed


def _first(text: str) -> str:
    """The first word capitalised, unless it has capitals of its own, as arXiv has."""
    parts = _TAG.split(text)
    for number in range(0, len(parts), 2):
        if word := _WORD.search(parts[number]):
            start = word.start()
            parts[number] = parts[number][:start] + _capital(word[0]) + parts[number][word.end() :]
            break
    return "".join(parts)


def _capital(word: str) -> str:
    """A word with its first letter capital, unless it has capitals inside or begins otherwise."""
    at = next((place for place, sign in enumerate(word) if sign.isalnum()), None)
    if at is None or any(sign.isupper() for sign in word):
        return word
    return word[:at] + word[at].upper() + word[at + 1 :]


def _title(text: str) -> str:
    words = list(_WORD.finditer(_TAG.sub(lambda tag: " " * len(tag[0]), text)))
    parts = []
    last = 0
    for number, word in enumerate(words):
        between = text[last : word.start()]
        said = word[0]
        ends = number == len(words) - 1
        begins = number == 0 or words[number - 1][0][-1] in ":?!." or "—" in between
        stopped = said.lower() in STOP_WORDS and not (begins or ends)
        parts += [between, said if stopped else _capital(said)]
        last = word.end()
    return "".join([*parts, text[last:]])


def _sentence(text: str) -> str:
    if text.isupper():
        return _first(text.lower())
    return _first(text)


_CASES: dict[str, Callable[[str], str]] = {
    "lowercase": _outside_tags(str.lower),
    "uppercase": _outside_tags(str.upper),
    "capitalize-first": _first,
    "capitalize-all": _outside_tags(lambda text: _WORD.sub(lambda word: _capital(word[0]), text)),
    "sentence": _sentence,
    "title": _title,
}
