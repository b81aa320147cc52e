"""Whether two titles, two names or two journals mean the same, slips of the pen forgiven."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from pipeline.desk.adding.normal_forms import EMPTY, Person, Title, fold, split, translate_journal

How = Literal["same", "typos", "short"]
# A subtitle of these is no subtitle: the same title without it is another text.
_SERIES = re.compile(
    r"\b(?:part|deel|teil|vol(?:ume)?|chapter|hoofdstuk|edition|editie|druk|errat(?:um|a)|"
    r"corrigend(?:um|a)|correcti(?:on|e)|retraction|addendum|reply|replies|response|rejoinder|"
    r"comment(?:ary|s)?|reactie|antwoord|repliek|review|recensie|boekbespreking|bespreking|"
    r"introducti(?:on|e)|inleiding|editorial|redactioneel|preface|voorwoord|update|summary|"
    r"samenvatting|abstract|protocol|supplement|discussion|revisited|"
    r"vol \d+ pg \d+|(?:19|20)\d\d \d+ \d+ \d+\Z)\b"
)
# Fronts of words that turn the meaning: of two words that differ by these alone neither is a slip.
_FRONTS = split(
    "non in un im ir il dis de anti pre post micro macro meso inter intra inner outer sub over "
    "under multi mono ex fe wo on niet boven onder voor na mini maxi bi tri hyper hypo "
    "north south east west noord zuid oost up down"
)
# Prefixes under which the same article was registered twice; JSTOR's goes with any.
_ALIASES = (
    ("10.2307", "10."),
    ("10.1046", "10.1111"),
    ("10.1207", "10.1080"),
    ("10.1111", "10.1002"),
)


def is_alias(one: str, other: str) -> bool:
    """Whether two different DOIs may name one article."""
    pairs = ((one, other), (other, one))
    return any(a.startswith(old) and b.startswith(new) for a, b in pairs for old, new in _ALIASES)


def compare_titles(one: Title, other: Title) -> tuple[How, float] | None:
    """("same" | "typos" | "short", likeness 0 to 100), or None: another title.

    "short" is one without the subtitle of the other, or cut off.
    """
    mine, theirs = "".join(one.words), "".join(other.words)
    if mine == theirs:
        return "same", 100.0
    short, long = sorted((one, other), key=lambda title: (len(title.words), title.words))
    if _shortens(short, long):
        return "short", 92.0
    slips = _count_slips(one.all, other.all)
    if slips is None or slips > max(1, min(len(mine), len(theirs)) // 8):
        return None
    return "typos", fuzz.ratio(mine, theirs)


def _shortens(short: Title, long: Title) -> bool:
    size = len(short.words)
    whole = "".join(short.words)
    if short.cut and len(whole) > 20 and "".join(long.words).startswith(whole):
        return True
    return any(
        abs(head - size) <= 1
        and _is_near("".join(long.words[:head]), whole, 2)
        and not is_series(" ".join(long.words[head:]))
        and not all(any(sign.isdigit() for sign in word) for word in long.words[head:])
        and _count_slips(short.all, long.all[:place]) is not None
        for head, place in long.heads
    )


def is_series(words: str) -> bool:
    """Whether words of a title say that it is a part, a notice or a piece about another text."""
    return bool(_SERIES.search(words))


def _count_slips(one: tuple[str, ...], other: tuple[str, ...]) -> int | None:
    """How many letters differ by slips of the pen; None where a word is another word."""
    one, other = sorted((one, other))
    slips = 0
    mine: list[str] = []
    theirs: list[str] = []
    for step in [*Levenshtein.opcodes(one, other), None]:
        if step is not None and step.tag != "equal":
            mine += one[step.src_start : step.src_end]
            theirs += other[step.dest_start : step.dest_end]
            continue
        if mine or theirs:
            found = _slip(mine, theirs)
            if found is None:
                return None
            slips += found
            mine, theirs = [], []
    return slips


def _slip(mine: list[str], theirs: list[str]) -> int | None:
    one, other = "".join(mine), "".join(theirs)
    if one == other:
        return 0
    full = ["".join(word for word in words if word not in EMPTY) for words in (mine, theirs)]
    if full[0] == full[1]:
        return 0
    if any(sign.isdigit() for sign in one + other):
        return None
    # Where nothing that counts stands on one side, an empty word was miswritten, or a word is new.
    found = [_edits(one, other, least=0 if not all(full) else 3)]
    if all(full):
        found.append(_edits(full[0], full[1]))
    counted = [edits for edits in found if edits is not None]
    return min(counted, default=None)


def _edits(one: str, other: str, least: int = 3) -> int | None:
    size = min(len(one), len(other))
    if not least and size < 3:
        most = 1
    else:
        most = 0 if size < least else 1 if size < 6 else 2 if size < 9 else 3
    edits = OSA.distance(one, other, score_cutoff=most)
    if edits > most or _opposed(one, other) or (_is_place(one) and _is_place(other)):
        return None
    return edits


def _is_near(one: str, other: str, most: int) -> bool:
    return one == other or OSA.distance(one, other, score_cutoff=most) <= most


def _opposed(mine: str, theirs: str) -> bool:
    stems = [
        {"": word} | {front: word[len(front) :] for front in _FRONTS if word.startswith(front)}
        for word in (mine, theirs)
    ]
    return any(
        stem == stems[1].get(other) and front != other
        for front, stem in stems[0].items()
        for other in stems[1]
    )


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    from babel import Locale

    names = (name for code in ("en", "nl") for name in Locale(code).territories.values())
    return frozenset(fold(name) for name in names)


def _is_place(word: str) -> bool:
    """A country, or whoever comes from it: Austria, Austrian."""
    return word in _places() or word[:-1] in _places()


def compare_people(one: Person, other: Person) -> int:
    """2 the same person, 1 perhaps (another initial, a short name miswritten), 0 somebody else."""
    size = min(len(one.family), len(other.family))
    edits = OSA.distance(one.family, other.family)
    part = size > 3 and (one.own <= other.own or other.own <= one.own)
    if part or edits <= (0 if size < 5 else 1 if size < 9 else 2):
        return 2 if one.initial == other.initial or not (one.initial and other.initial) else 1
    if (one.own & other.given and other.own & one.given) or (
        one.own | one.given == other.own | other.given
    ):
        return 2
    if _is_turned(one, other) or _is_turned(other, one):
        return 2
    most = 0 if size < 3 else 1 if size < 7 else 2
    return 1 if edits <= most and one.initial == other.initial else 0


def _is_turned(one: Person, other: Person) -> bool:
    """Andrea, C. for Carignani, Andrea: the given name taken for the family name."""
    return (
        not one.given
        and bool(one.initial and other.given and one.own)
        and one.own <= other.given
        and other.family.startswith(one.initial)
    )


def compare_containers(one: str, other: str) -> bool | None:
    """Whether two folded names of journals, the one perhaps abbreviated, mean the same."""
    if not one or not other:
        return None
    if one == other or fuzz.token_set_ratio(one, other) >= 90:
        return True
    if fuzz.token_set_ratio(translate_journal(one), translate_journal(other)) >= 95:
        return True
    short, long = sorted(
        (one.split(), other.split()), key=lambda words: (len("".join(words)), words)
    )
    if _is_acronym(short, long) or _is_acronym(long, short):
        return True
    rest = iter(long)
    return all(any(_shortens_word(part, word) for word in rest) for part in short)


def _is_acronym(one: list[str], other: list[str]) -> bool:
    """Whether a word of one name is made of the initials of the other: PNAS, ICIS."""
    initials = "".join(word[0] for word in other)
    return any(
        initials == word or (len(one) == 1 and initials.startswith(word))
        for word in one
        if len(word) > 2
    )


@lru_cache(maxsize=65536)
def _shortens_word(part: str, word: str) -> bool:
    """An abbreviation as ISO 4 makes it: cut off (surg), or contracted (dtsch, natl)."""
    if word.startswith(part):
        return True
    rest = iter(word)
    return len(part) > 2 and part[0] == word[0] and all(letter in rest for letter in part)
