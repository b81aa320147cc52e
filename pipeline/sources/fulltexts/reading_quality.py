"""Whether what was read looks like sentences: where it does not, that is told with a figure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.ground.problems import Problem

ENOUGH = 20  # passages, or words, from which a share of them says something
_ENDS = ".!?:;…”\"'’)]*0123456789"
_GARBLED = re.compile(r"[\ufffd\ue000-\uf8ff]|\(cid:\d+\)|[ÃÂ][\u0080-\u00bf]|â€")
_OPEN = "([{“‘"
_LETTERS = re.compile(r"[^\W\d_]+")
_AS_WORDS = frozenset("aiouàé")  # words of one letter, in either language
_LONG = 26  # letters; only compounds are that long


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What is odd in a text when more than a share of its words or passages is."""

    kind: str
    message: str
    hint: str
    is_odd: Callable[[str], object]
    most: float
    of_words: bool = False


_DOUBTS = (
    _Doubt(
        "long-words",
        "{number} of {of} words are longer than any word, the first is '{first}'",
        "Spaces are lost in it: print it to a new PDF, or take another copy of the text.",
        lambda word: len(word) >= _LONG,
        0.002,
        of_words=True,
    ),
    _Doubt(
        "spaced-letters",
        "{number} of {of} words are single letters",
        "Its letters stand apart: print it to a new PDF, or take another copy of the text.",
        lambda word: len(word) == 1 and word.lower() not in _AS_WORDS,
        0.1,
        of_words=True,
    ),
    _Doubt(
        "cut-sentences",
        "{number} of {of} passages break off without an end, the first is '{first}'",
        "Look at a few of them before you code it; columns or tables may be mixed up.",
        lambda text: text[-1] not in _ENDS,
        0.1,
    ),
    _Doubt(
        "open-brackets",
        "{number} of {of} passages end where something is opened, the first is '{first}'",
        "Look at a few of them before you code it; its sentences may be cut in two.",
        lambda text: text[-1] in _OPEN,
        0.02,
    ),
    _Doubt(
        "garbled-letters",
        "{number} of {of} passages hold letters that cannot be told, the first is '{first}'",
        "Save it again as UTF-8, or print it to a new PDF.",
        _GARBLED.search,
        0.05,
    ),
)
_PAGES, _SHARE = 5, 1  # pages of a document, and passages a page has at least


def doubts_on(passages: Sequence[str], pages: int, name: str) -> Iterator[Problem]:
    """Warnings on the passages of a text, which has so many `pages`, 0 where it has none."""
    words = [word for text in passages for word in _LETTERS.findall(text)]
    for doubt in _DOUBTS:
        yield from _judge(doubt, words if doubt.of_words else passages, name)
    if pages >= _PAGES and 0 < len(passages) < pages * _SHARE:
        message = f"{pages} pages gave only {len(passages)} passages"
        hint = "Slides, tables and forms have few sentences; scanned pages need OCR first."
        yield _warning(name, "little-text", message, hint)


def _judge(doubt: _Doubt, units: Sequence[str], name: str) -> Iterable[Problem]:
    odd = [unit for unit in units if doubt.is_odd(unit)]
    if len(units) < ENOUGH or len(odd) <= max(doubt.most * len(units), 1):
        return
    first = odd[0] if len(odd[0]) <= 60 else f"…{odd[0][-59:]}"
    message = doubt.message.format(number=len(odd), of=len(units), first=first)
    yield _warning(name, doubt.kind, message, doubt.hint)


def _warning(name: str, kind: str, message: str, hint: str) -> Problem:
    return Problem(name, 0, kind, message, hint, severity="warning")
