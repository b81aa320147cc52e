"""Which language a text is in, by its stop words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from pipeline.ground.problems import Problem
from pipeline.model.scheme import LANGUAGES

# Others are known, by some of their commonest words, only to say that a text is in neither.
_OTHERS = {
    "German": "der die das und nicht ist mit sich auf für werden auch eine einen einer eines dem "
    "zu von im wird durch oder bei nach aus sind wurde als zur zum über wie nur ein den des",
    "French": "le la les et des du est une un dans que qui pour par sur pas avec au aux ce cette "
    "sont plus ou ne se à été leur ses comme mais elle il nous d l qu n s",
    "Spanish": "el la los las y que del un una por con para se su al como más pero sus este esta "
    "es son fue lo entre ha sin sobre también en de",
    "Italian": "il la i gli le che di e è un una per con del della dei delle nel nella non sono si "
    "da al alla come più anche questo questa tra ha",
    "Portuguese": "o a os as e que do da dos das um uma em no na nos nas para com por não se mais "
    "como ao à é são foi pelo pela ou também de",
}
ENOUGH = 30  # words from which a text can be said to be in neither
SAMPLE = 2_000_000  # characters
_LEAST = 0.15  # share of stop words a text in its own language has at least
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = {
    "en": re.compile(r"th|wh|sh|tion|ing\b|ed\b|ly\b|y\b"),
    "nl": re.compile(r"ij|aa|uu|oe|ui|sch|cht|heid|lijk|en\b"),
}


def guess_language(text: str) -> str:
    """'en' or 'nl', whichever has more of its stop words in the text; by letters in a tie."""
    return _ours(_scores(text)[0], text)


def judge_language(text: str, name: str, options: str) -> tuple[str, list[Problem]]:
    """The language of a document, and a warning when it looks like neither of ours.

    `options` names the file in which the language can be set.
    """
    scores, words = _scores(text)
    language = _ours(scores, text)
    other = max(_OTHERS, key=lambda code: scores[code])
    foreign = scores[other] > scores[language]
    unknown = scores[language] < _LEAST * words
    if words < ENOUGH or not (foreign or unknown):
        return language, []
    looks = f" but {other}" if foreign else ""
    message = f"the language looks like neither English nor Dutch{looks}; treated as English"
    hint = f"Set language: en or nl in {options}, or take the file out."
    return "en", [Problem(name, 0, "other-language", message, hint, severity="warning")]


def _ours(scores: Mapping[str, float], text: str) -> str:
    english, dutch = (scores[language] for language in LANGUAGES)
    if english == dutch:
        sample = text[:2000].lower()
        english, dutch = (len(_LETTERS[language].findall(sample)) for language in LANGUAGES)
    return "nl" if dutch > english else "en"


def _scores(text: str) -> tuple[Mapping[str, float], int]:
    """Stop words by language, one that several languages share divided among them."""
    shares = _shares()
    words = Counter(_WORD.findall(text[:SAMPLE].lower()))
    scores = dict.fromkeys((*LANGUAGES, *_OTHERS), 0.0)
    for word, count in words.items():
        found = shares.get(word, ())
        for language in found:
            scores[language] += count / len(found)
    return scores, words.total()


@lru_cache(maxsize=1)
def _shares() -> Mapping[str, tuple[str, ...]]:
    """The languages each stop word belongs to."""
    from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
    from spacy.lang.nl.stop_words import STOP_WORDS as DUTCH

    lists = dict(zip(LANGUAGES, (ENGLISH, DUTCH), strict=True))
    lists |= {language: set(words.split()) for language, words in _OTHERS.items()}
    found: dict[str, tuple[str, ...]] = {}
    for language, words in lists.items():
        for word in words:
            found[word] = (*found.get(word, ()), language)
    return found
