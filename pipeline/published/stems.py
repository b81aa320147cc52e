"""What a word is looked for by, so that its forms find each other: its stems in both languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile
from typing import NamedTuple

import snowballstemmer

from pipeline.ground.yamlfile import read_plain

SHORTEST = 3  # letters of a word that has forms
_WORD = re.compile(r"[^\W_]+")
_AMERICAN = re.compile(r"iz(?=(?:e|es|ed|er|ers|ing|ation|ations|ational)\Z)")
# Dutch verbs in the third person, as infinitives in -eren and as participles, which the stemmer
# leaves as they are.
_VERB = re.compile(r".{4,}[^aeiou][td]\Z")
_INFINITIVE = re.compile(r"eren\Z")
_LONG_VOWEL = re.compile(r"([aeou])\1(?=[^aeiou]\Z)")
_PARTICIPLE = re.compile(r"ge(?=.+eerd\Z)")


class Irregular(NamedTuple):
    """Words of a language whose forms no ending tells: lines of a word and its other forms."""

    prefixes: tuple[str, ...]
    by_form: dict[str, list[tuple[str, ...]]]
    by_stem: dict[str, list[tuple[str, ...]]]  # of the word itself: bring, brings, bringing


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
    odd = ((language, _STEM[language](line[0])) for language, line in _irregular(word))
    return frozenset((("en", _english(word)), *(("nl", stem) for stem in dutch), *odd))


def beginnings(word: str) -> set[str]:
    """How the forms of a word can begin; not every word that begins so is a form of it."""
    found = set()
    for _, stem in stems(word):
        # The end of a stem changes: study and studies, maan and manen.
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(word, stem, strict=False))
        same = "".join(letter for letter, _ in pairs)
        shared = _LONG_VOWEL.sub(r"\1", same if len(same) > 1 else stem)
        found.add(shared[: max(2, len(shared) - 1)])
    found |= {f"ge{start}" for start in found if len(start) > 3}
    return found | {form for _, line in _irregular(word) for form in line}


def _irregular(word: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The languages in which the word is irregular, with all its forms."""
    for language, odd in _irregulars().items():
        for prefix in ("", *odd.prefixes):
            if word.startswith(prefix):
                rest = word[len(prefix) :]
                found = odd.by_form.get(rest) or odd.by_stem.get(_STEM[language](rest), [])
                for line in found:
                    yield language, tuple(f"{prefix}{form}" for form in line)


@lru_cache(maxsize=1)
def _irregulars() -> dict[str, Irregular]:
    name = "irregular.yml"
    text = files("pipeline.published").joinpath(name).read_text(encoding="utf-8")
    found = {}
    for language, data in read_plain(text, name).items():
        odd = Irregular(tuple(data["prefixes"].split()), {}, {})
        for line in data["words"]:
            own = line.split()
            # Behind a prefix that stays, a participle has no ge: ondernomen, verbonden.
            bare = [form[2:] for form in own[1:] if form[:2] == "ge"] if language == "nl" else []
            every = (*own, *bare)
            stem = _STEM[language](own[0])
            for form in {*every, f"{stem}t"} if language == "nl" else every:  # he brings: brengt
                odd.by_form.setdefault(form, []).append(every)
            odd.by_stem.setdefault(stem, []).append(every)
        found[language] = odd
    return found


@lru_cache(maxsize=200_000)
def _english(word: str) -> str:
    stemmer = snowballstemmer.stemmer("english")
    return str(stemmer.stemWord(_AMERICAN.sub("is", word)))


@lru_cache(maxsize=200_000)
def _dutch(word: str) -> str:
    stem = str(snowballstemmer.stemmer("dutch").stemWord(word))
    # A word that begins with ge is rarely a participle: gemeente has nothing to do with menen.
    return stem if stem[:2] == word[:2] or not word.startswith("ge") else f"ge{stem}"


_STEM = {"en": _english, "nl": _dutch}
