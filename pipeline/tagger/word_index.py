"""Which passages hold which words, so that only what can match a pattern is looked at."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.tagger.patterns import PatternError, Patterns
from pipeline.tagger.words import words_of

# Words, and words joined by dashes or apostrophes both whole and in their parts: never fewer
# forms than the tokenizer sees.
_FORM = re.compile(r"[^\W_]+(?:[-'’./&][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
Numbers = NDArray[np.int64]


@dataclass
class WordIndex:
    """The passages of one language; numbers are places in the sequence that was given."""

    language: str
    size: int
    forms: list[str] = field(default_factory=list)
    by_key: dict[str, list[int]] = field(default_factory=dict)
    _starts: Numbers = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    _places: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def may_match(self, phrases: Iterable[str], classes: dict[str, tuple[str, ...]]) -> Numbers:
        """Passages in which at least one phrase has all its words somewhere, ascending.

        Raises PatternError where a phrase cannot be read.
        """
        patterns = Patterns(words_of(self.language), classes)
        for number, phrase in enumerate(phrases):
            patterns.add(phrase, number)
        held = patterns.forms_of_atoms(self.forms, self.by_key)
        masks: dict[int, NDArray[np.bool_]] = {}
        hit = np.zeros(self.size, dtype=bool)
        for _, atoms in patterns.needs():
            here = np.ones(self.size, dtype=bool)
            for atom in atoms:
                if atom not in masks:
                    masks[atom] = self._with(held[atom])
                here &= masks[atom]
            hit |= here
        return np.flatnonzero(hit)

    def _with(self, forms: Iterable[int]) -> NDArray[np.bool_]:
        mask = np.zeros(self.size, dtype=bool)
        for form in forms:
            mask[self._places[self._starts[form] : self._starts[form + 1]]] = True
        return mask


def make_index(texts: Sequence[str], language: str) -> WordIndex:
    """The index of these passages of one language."""
    numbers: dict[str, int] = {}
    forms, places = array("q"), array("q")
    for place, text in enumerate(texts):
        for form in _forms_in(text):
            forms.append(numbers.setdefault(form, len(numbers)))
            places.append(place)
    of = np.frombuffer(forms, dtype=np.int64) if forms else np.zeros(0, dtype=np.int64)
    at = np.frombuffer(places, dtype=np.int64) if places else np.zeros(0, dtype=np.int64)
    order = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[order], np.arange(len(numbers) + 1))
    words = words_of(language)
    by_key: dict[str, list[int]] = defaultdict(list)
    for form, number in numbers.items():
        for key in words.keys(form):
            by_key[key].append(number)
    return WordIndex(language, len(texts), list(numbers), dict(by_key), starts, at[order])


def _forms_in(text: str) -> set[str]:
    found = set()
    for form in _FORM.findall(text.lower()):
        found.add(form)
        if not form.isalnum():
            found.update(_PART.findall(form))
    return found


__all__ = ["PatternError", "WordIndex", "make_index"]
