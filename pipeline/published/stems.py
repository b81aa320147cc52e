"""What a word is looked for by, so that its forms find each other: its stems in both languages."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import takewhile

import snowballstemmer

SHORTEST = 3  # letters of a word that has forms
_WORD = re.compile(r"[^\W_]+")
_AMERICAN = re.compile(r"iz(?=(?:e|es|ed|er|ers|ing|ation|ations|ational)\Z)")
# Dutch verbs in the third person, as infinitives in -eren and as participles, which the stemmer
# leaves as they are.
_VERB = re.compile(r".{4,}[^aeiou][td]\Z")
_INFINITIVE = re.compile(r"eren\Z")
_LONG_VOWEL = re.compile(r"([aeou])\1(?=[^aeiou]\Z)")
_PARTICIPLE = re.compile(r"ge(?=.+eerd\Z)")


@lru_cache(maxsize=1_000)
def tokens(text: str) -> tuple[str, ...]:
    """The words of a text as the search tables hold them: in lower case, without accents."""
    plain = (char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return tuple(_WORD.findall("".join(plain).lower()))


@lru_cache(maxsize=200_000)
def stems(word: str) -> frozenset[tuple[str, str]]:
    """Pairs of language and stem; words that share one are forms of one word."""
    if len(word) < SHORTEST or not word.isalpha():
        return frozenset()
    verb = _PARTICIPLE.sub("", word)
    dutch = {_dutch(word), _dutch(verb), _dutch(_INFINITIVE.sub("eer", word))}
    dutch |= {_dutch(verb[:-1])} if _VERB.match(verb) else set()
    return frozenset((("en", _english(word)), *(("nl", stem) for stem in dutch)))


def beginnings(word: str) -> set[str]:
    """How the forms of a word can begin; not every word that begins so is a form of it."""
    found = set()
    for _, stem in stems(word):
        # The end of a stem changes: study and studies, maan and manen.
        same = takewhile(lambda pair: pair[0] == pair[1], zip(word, stem, strict=False))
        shared = _LONG_VOWEL.sub(r"\1", "".join(letter for letter, _ in same) or stem)
        found.add(shared[: max(2, len(shared) - 1)])
    return found | {f"ge{start}" for start in found if len(start) > 3}


def _english(word: str) -> str:
    stemmer = snowballstemmer.stemmer("english")
    return str(stemmer.stemWord(_AMERICAN.sub("is", word)))


def _dutch(word: str) -> str:
    stem = str(snowballstemmer.stemmer("dutch").stemWord(word))
    # A word that begins with ge is rarely a participle: gemeente has nothing to do with menen.
    return stem if stem[:2] == word[:2] or not word.startswith("ge") else f"ge{stem}"
