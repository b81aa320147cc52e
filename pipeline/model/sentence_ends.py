"""Where sentences end: rules of stops, with their words in `sentence_ends.yml`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipeline.ground.yamlfile import read_plain

LONGEST_ASIDE = 300  # characters in brackets or quotation marks that keep sentences together
_FILE = "sentence_ends.yml"
_KINDS = ("never", "number", "capital", "first_word")  # a word in two lists is of the first
_OPENING = "([{\"'“‘«„¿¡•*"
_CLOSED_BY = {")": "(", "]": "[", "”": "“„", "»": "«", "’": "‘", "“": "„", '"': '"'}
_AHEAD = 4  # words that are looked at behind a stop
_STOP = re.compile(r"[.!?…]")
_SIGN = re.compile(r"[()\[\]“”„«»\"]|(?<!\w)‘|’(?!\w)")
_ONE = r"\d{1,3}[a-z]?"
_BRACKET = rf"\[(?:qv:\s)?{_ONE}(?:[,;–-]+\s?(?:{_ONE}|[a-z]))*\]"  # of notes: [5a,b, 9]
_IN_ONE = re.compile(_BRACKET)
_NOTE = rf"{_ONE}(?:[,;–-]{_ONE})*|[⁰¹²³⁴-⁹]+|{_BRACKET}"
_TAIL = re.compile(rf"[)\]}}\"'”’»“‘]*+(?P<note>{_NOTE})?[)\]}}\"'”’»“‘]*+")
_TRAILING = re.compile(r"\[\d[\d,;–-]*\]\.?|[)\]}”»]+")
_SECTION = re.compile(r"\d+(?:\.\d+)+")
_MARKER = re.compile(r"(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})\.")
_COUNTED = re.compile(r"[A-Z]?\d|[IVXLC]+\b|[A-Z]\b")
_UNIT = re.compile(r"[a-z]{1,2}")
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")


@dataclass(frozen=True, slots=True)
class _Words:
    """The lists of the file for one language: of what kind each abbreviation is, and the others."""

    kinds: Mapping[str, str]
    first_words: frozenset[str]
    before_section: frozenset[str]
    small_names: frozenset[str]


class SentenceEnds:
    """The rules for one language, for text with single spaces between its words."""

    def __init__(self, language: str) -> None:
        self._words = _words(language)

    def starts(self, text: str) -> Iterator[int]:
        """At which characters a sentence begins, but for the first."""
        words = _IN_ONE.sub(lambda match: match[0].replace(" ", "\u00a0"), text).split(" ")
        inside = _asides(text)
        place, ended, listed = 0, True, True
        for index, word in enumerate(words[:-1]):
            place += len(word) + 1
            if word.isalpha() and not listed:
                continue  # most words, at no cost
            if listed and _MARKER.fullmatch(word):
                continue  # the number of what follows
            following = words[index + 1 : index + 1 + _AHEAD]
            if ended and _TRAILING.fullmatch(word):
                ended = self._begins(following) != ""
            else:
                before = words[index - 1] if index else ""
                ended = _STOP.search(word) is not None and self._ends(before, word, following)
            listed = ended or word.endswith((":", ";"))
            if ended and not inside[place] and not _TRAILING.fullmatch(following[0]):
                yield place

    def _ends(self, before: str, word: str, following: Sequence[str]) -> bool:
        """Whether a word with a stop in it is the last of its sentence."""
        at = max(map(word.rfind, ".!?…"))
        tail = _TAIL.fullmatch(word, at + 1)
        begins = self._begins(following)
        if tail is None or not begins:
            return False
        if word[at] == "…" or word[:at].endswith("."):
            return begins == "letter"
        if word[at] != ".":
            return True
        stem = word[:at].strip(_OPENING)
        kind = self._kind(stem)
        if begins == "letter" and _UNIT.fullmatch(stem) and before[-1:].isdigit():
            return True
        if (tail["note"] or "")[:1].isdigit() and (kind or stem[-1:].isdigit()):
            return False  # the number is no note: it goes with what stands before the stop
        first = _bare(following)
        if _SECTION.fullmatch(stem) and before.casefold() in self._words.before_section:
            return self._is_first(first)  # else its title follows: "see 4.2. Results by year"
        match kind:
            case "never":
                return False
            case "number":
                return begins == "letter" and (self._is_first(first) or not _COUNTED.match(first))
            case "capital":
                return begins == "letter" and not following[0].startswith(("(", "["))
            case "first_word":
                return self._is_first(first) and not self._is_name(following)
        return True

    def _kind(self, stem: str) -> str:
        """Of which list an abbreviation is, without its last stop; of none: ''."""
        if len(stem) == 1 and stem.isupper():
            return "first_word"  # an initial
        kind = self._words.kinds.get(stem.casefold(), "")
        return kind or ("first_word" if _INITIALS.fullmatch(stem) else "")

    def _is_first(self, word: str) -> bool:
        return word[:1].isupper() and word.casefold().rstrip(",:") in self._words.first_words

    def _begins(self, following: Sequence[str]) -> str:
        """What a next sentence would begin with: a letter, a digit, or '' where none begins."""
        first = _bare(following)
        if first[:1].isdigit():
            return "digit"
        capital = first[:1].isalpha() and (not first[:1].islower() or first[1:2].isupper())
        return "letter" if capital or self._is_name(following) else ""

    def _is_name(self, words: Sequence[str]) -> bool:
        """Whether words are such as "van den Berg", with their first letter small or not."""
        small = self._words.small_names
        rest = next((word for word in words if word.casefold() not in small), "")
        return words[0].casefold() in small and rest[:1].isupper()


def _bare(following: Sequence[str]) -> str:
    """The first word of those that follow, without what opens before it."""
    return next((bare for word in following if (bare := word.lstrip(_OPENING))), "")


def _asides(text: str) -> bytearray:
    """For each character, whether it stands between brackets or quotation marks that are closed."""
    inside = bytearray(len(text) + 1)
    opened: list[tuple[str, int]] = []
    for match in _SIGN.finditer(text):
        sign, at = match[0], match.start()
        before = text[at - 1 : at]
        while opened and at - opened[0][1] > LONGEST_ASIDE:
            del opened[0]
        places = [
            place for place, (other, _) in enumerate(opened) if other in _CLOSED_BY.get(sign, "")
        ]
        if places and not (sign == '"' and before in ("", " ", "(", "[")):
            start = opened[places[-1]][1]
            inside[start + 1 : at + 1] = b"\1" * (at - start)
            del opened[places[-1] :]
        else:
            opened.append((sign, at))
    return inside


@lru_cache(maxsize=8)
def _words(language: str) -> _Words:
    """English abbreviations are met in texts of every language."""
    text = files("pipeline.model").joinpath(_FILE).read_text(encoding="utf-8")
    data = read_plain(text, _FILE)
    lists: dict[str, set[str]] = defaultdict(set)
    for own in (data["en"], data.get(language, {})):
        for name, words in own.items():
            lists[name].update(words.split())
    kinds = {word: kind for kind in reversed(_KINDS) for word in lists[kind]}
    names = ("first_words", "before_section", "small_names")
    return _Words(kinds, *(frozenset(lists[name]) for name in names))
