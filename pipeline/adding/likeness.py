"""Normal forms of titles, names and DOIs, and whether two of them mean the same."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from pipeline.records import Name

# Letters that do not come apart into a base letter and marks, and two other alphabets.
_LETTERS = str.maketrans(
    {
        **dict(
            zip(
                "ßøæœłđðþıħŋ",
                ["ss", "o", "ae", "oe", "l", "d", "d", "th", "i", "h", "n"],
                strict=True,
            )
        ),
        **dict(
            zip(
                "абвгдежзиклмнопрстуфхцчшщыэюяєіґ",
                [
                    "a",
                    "b",
                    "v",
                    "g",
                    "d",
                    "e",
                    "zh",
                    "z",
                    "i",
                    "k",
                    "l",
                    "m",
                    "n",
                    "o",
                    "p",
                    "r",
                    "s",
                    "t",
                    "u",
                    "f",
                    "kh",
                    "ts",
                    "ch",
                    "sh",
                    "shch",
                    "y",
                    "e",
                    "yu",
                    "ya",
                    "ye",
                    "i",
                    "g",
                ],
                strict=True,
            )
        ),
        **dict(
            zip(
                "αβγδεζηθικλμνξοπρστυφχψως",
                [
                    "a",
                    "v",
                    "g",
                    "d",
                    "e",
                    "z",
                    "i",
                    "th",
                    "i",
                    "k",
                    "l",
                    "m",
                    "n",
                    "x",
                    "o",
                    "p",
                    "r",
                    "s",
                    "t",
                    "y",
                    "f",
                    "ch",
                    "ps",
                    "o",
                    "s",
                ],
                strict=True,
            )
        ),
        **dict.fromkeys("'’‘`´ʼʹьъ\u00ad\u200b\u200c\u200d\ufeff", ""),
    }
)
_MARKS = re.compile(r"[\u0300-\u036f]+")
# Müller is written Mueller and Muller, Åse Aase and Ase.
_DIGRAPH = re.compile(r"(?<=[aou])e|(?<=a)a")
_SPELLINGS = (
    (re.compile(r"(?<=\w\w\w)is(?=(?:e[drs]?|ers|ing|ations?|ational)\b)"), "iz"),
    (re.compile(r"(?<=\w\w)our"), "or"),
    (re.compile(r"(?<=\w\wt)re\b"), "er"),
    (re.compile(r"(?<=program)me\b"), ""),
    (re.compile(r"(?<=l)l(?=(?:ed|ing|ers?)\b)"), ""),
    (re.compile(r"(?<=en)c(?=e\b)"), "s"),
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"[:.;?!/|()\[\]«»“”\"–—…]+|\s-+\s|--+")
_WORD = re.compile(r"[^\W_]+")
_CARDINALS = (
    [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ],
    ["_", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"],
    ["_", "ii", "iii", "iv", "_", "vi", "vii", "viii", "ix", "_", "xi", "xii"],
)
_ORDINALS = (
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
    [
        "eerste",
        "tweede",
        "derde",
        "vierde",
        "vijfde",
        "zesde",
        "zevende",
        "achtste",
        "negende",
        "tiende",
    ],
    ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th"],
    ["1e", "2e", "3e", "4e", "5e", "6e", "7e", "8e", "9e", "10e"],
)
_NUMBERS = {word: f"{n}" for row in _CARDINALS for n, word in enumerate(row, 1)} | {
    word: f"{n}th" for row in _ORDINALS for n, word in enumerate(row, 1)
}
# Words that may come and go without another title being meant.
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "of",
        "in",
        "on",
        "for",
        "to",
        "by",
        "with",
        "from",
        "at",
        "as",
        "into",
        "amp",
        "de",
        "het",
        "een",
        "en",
        "van",
        "voor",
        "der",
        "die",
        "das",
        "und",
        "le",
        "la",
        "les",
        "et",
        "du",
        "des",
        "te",
        "met",
        "op",
    ]
)
# A subtitle of these is no subtitle: the same title without it is another text.
_SERIES = re.compile(
    r"\b(?:part|deel|teil|vol(?:ume)?|chapter|hoofdstuk|edition|editie|druk|errat(?:um|a)|"
    r"corrigend(?:um|a)|correcti(?:on|e)|retraction|addendum|reply|replies|response|rejoinder|"
    r"comment(?:ary|s)?|reactie|antwoord|repliek|review|recensie|boekbespreking|bespreking|"
    r"introducti(?:on|e)|inleiding|editorial|redactioneel|preface|voorwoord|update|summary|"
    r"samenvatting|abstract|protocol|supplement|discussion|revisited)\b"
)
# Fronts of words that turn the meaning: of two words that differ by these alone neither is a slip.
_FRONTS = [
    "non",
    "in",
    "un",
    "im",
    "ir",
    "il",
    "dis",
    "de",
    "anti",
    "pre",
    "post",
    "micro",
    "macro",
    "meso",
    "inter",
    "intra",
    "inner",
    "outer",
    "sub",
    "over",
    "under",
    "multi",
    "mono",
    "ex",
    "fe",
    "wo",
    "on",
    "niet",
    "boven",
    "onder",
    "voor",
    "na",
    "mini",
    "maxi",
    "uni",
    "bi",
    "tri",
    "hyper",
    "hypo",
    "north",
    "south",
    "east",
    "west",
    "noord",
    "zuid",
    "oost",
    "up",
    "down",
]
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "den",
        "der",
        "de",
        "di",
        "da",
        "do",
        "dos",
        "du",
        "la",
        "le",
        "ter",
        "ten",
        "te",
        "het",
        "zu",
        "del",
        "al",
        "el",
        "bin",
    ]
)
PREPRINT = re.compile(
    r"10\.(?:48550|31235|31219|31234|31222|31223|31224|35542|2139|20944|21203|26434|36227|22541|"
    r"33774|3386|13140|5281|6084|64898)/|10\.1101/\d|10\.7287/peerj\.preprints|10\.5194/egusphere|"
    r"10\.2196/preprints"
)
SERVER = re.compile(
    r"\b(?:arxiv|\w+arxiv|ssrn|biorxiv|medrxiv|preprints?|osf\.io|research ?square|working papers?|"
    r"discussion papers?|repec|zenodo)\b",
    re.IGNORECASE,
)
# Prefixes under which the same article was registered twice; JSTOR's goes with any.
_ALIASES = (
    ("10.2307", "10."),
    ("10.1046", "10.1111"),
    ("10.1207", "10.1080"),
    ("10.1111", "10.1002"),
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_END = re.compile(r"(?:/(?:full|pdf|epdf|abstract|html|meta|summary)|\.pdf|[.,;])+\Z")
_VERSION = re.compile(r"[./]?v\d+\Z")


@dataclass(frozen=True, slots=True)
class Title:
    """`words` without the empty ones; `heads` are the lengths of it at which a part ends."""

    words: tuple[str, ...]
    heads: tuple[int, ...] = ()
    cut: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Person:
    """A family name without particles, its words, the words of the given name, the initial."""

    family: str
    own: frozenset[str]
    given: frozenset[str]
    initial: str


def fold(text: str) -> str:
    """Lower case without marks or apostrophes, other alphabets and digraphs in plain letters."""
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text.lower()))
    return _DIGRAPH.sub("", text.lower().translate(_LETTERS))


@lru_cache(maxsize=65536)
def make_title(text: str) -> Title:
    """The words of a title that count, as British and American, old and new hand write them."""
    if "&" in text or "<" in text:
        text = _TAG.sub(" ", html.unescape(html.unescape(text)))
    text = text.strip()
    cut = text.endswith(("...", "…"))
    folded = fold(text)
    for pattern, spelling in _SPELLINGS:
        folded = pattern.sub(spelling, folded)
    words: list[str] = []
    heads: list[int] = []
    for part in _BREAK.split(folded):
        words += [_NUMBERS.get(word, word) for word in _WORD.findall(part) if word not in _EMPTY]
        if words and heads[-1:] != [len(words)]:
            heads.append(len(words))
    words = words or _WORD.findall(folded) or [text]
    return Title(tuple(words), tuple(head for head in heads if head < len(words)), cut)


@lru_cache(maxsize=65536)
def make_person(name: Name) -> Person:
    """The normal form of a name."""
    own = [word for word in _name_words(name.family) if word not in _PARTICLES]
    own = [word for word in own if len(word) > 1] or own or _name_words(name.last)
    given = _name_words(name.given)
    long = frozenset(word for word in given if len(word) > 2 and word not in _PARTICLES)
    return Person("".join(own), frozenset(own), long, given[0][0] if given else "")


def _name_words(text: str) -> list[str]:
    # Cyrillic й, ы and я are i, y or j by the one who writes.
    text = re.sub(r"[yj]", "i", fold(text)).replace("ii", "i")
    return _WORD.findall(text)


def make_doi(text: str) -> str:
    """A DOI in lower case without address, view or, for preprints, version; else empty."""
    found = _DOI.search(unquote(text).lower())
    if not found:
        return ""
    doi = _DOI_END.sub("", found[0])
    if doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1]
    return _VERSION.sub("", doi) if PREPRINT.match(doi) else doi


def is_alias(one: str, other: str) -> bool:
    """Whether two different DOIs may name one article."""
    pairs = ((one, other), (other, one))
    return any(a.startswith(old) and b.startswith(new) for a, b in pairs for old, new in _ALIASES)


def compare_titles(one: Title, other: Title) -> tuple[str, float] | None:
    """("same" | "typos" | "short", likeness 0 to 100), or None: another title.

    "short" is one without the subtitle of the other, or cut off.
    """
    if one.words > other.words:
        one, other = other, one
    mine, theirs = "".join(one.words), "".join(other.words)
    if mine == theirs:
        return "same", 100.0
    short, long = sorted((one, other), key=lambda title: len(title.words))
    if _shortens(short, long):
        return "short", 92.0
    slips = _count_slips(one.words, other.words)
    if slips is None or slips > max(1, min(len(mine), len(theirs)) // 8):
        return None
    return "typos", fuzz.ratio(mine, theirs)


def _shortens(short: Title, long: Title) -> bool:
    size = len(short.words)
    whole = "".join(short.words)
    if short.cut and len(whole) > 20 and "".join(long.words).startswith(whole):
        return True
    heads = (head for head in long.heads if abs(head - size) <= 1)
    return any(
        _is_near("".join(long.words[:head]), whole, 1)
        and not _SERIES.search(" ".join(long.words[head:]))
        and not all(any(sign.isdigit() for sign in word) for word in long.words[head:])
        and _count_slips(short.words, long.words[:head]) is not None
        for head in heads
    )


def _count_slips(one: tuple[str, ...], other: tuple[str, ...]) -> int | None:
    """How many letters differ by slips of the pen; None where a word is another word."""
    slips = 0
    mine: list[str] = []
    theirs: list[str] = []
    for step in [*Levenshtein.opcodes(one, other), None]:
        if step is not None and step.tag != "equal":
            mine += one[step.src_start : step.src_end]
            theirs += other[step.dest_start : step.dest_end]
            continue
        if mine or theirs:
            found = _slip("".join(mine), "".join(theirs))
            if found is None:
                return None
            slips += found
            mine, theirs = [], []
    return slips


def _slip(mine: str, theirs: str) -> int | None:
    if mine == theirs:
        return 0
    size = min(len(mine), len(theirs))
    # Of a word of two letters or less on one side an empty word may have been meant.
    if not size:
        return 1 if (mine + theirs).isalpha() and len(mine + theirs) <= 2 else None
    if any(sign.isdigit() for sign in mine + theirs) or _opposed(mine, theirs):
        return None
    most = 0 if size < 3 else 1 if size < 6 else 2 if size < 9 else 3
    slips = OSA.distance(mine, theirs, score_cutoff=most)
    if slips > most or (_is_place(mine) and _is_place(theirs)):
        return None
    return slips


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
    """2 the same person, 1 the same family name with another initial, 0 somebody else."""
    swapped = bool(one.own & other.given and other.own & one.given)
    size = min(len(one.family), len(other.family))
    most = 0 if size < 5 else 1 if size < 9 else 2
    family = _is_near(one.family, other.family, most) or (
        size > 3 and bool(one.own and other.own) and (one.own <= other.own or other.own <= one.own)
    )
    if not family:
        return 2 if swapped or one.own | one.given == other.own | other.given else 0
    return 2 if one.initial == other.initial or not (one.initial and other.initial) else 1


def compare_containers(one: str, other: str) -> bool | None:
    """Whether two folded names of journals, the one perhaps abbreviated, mean the same."""
    if not one or not other:
        return None
    if one == other or fuzz.token_set_ratio(one, other) >= 90:
        return True
    short, long = sorted((one.split(), other.split()), key=lambda words: len("".join(words)))
    rest = iter(long)
    return all(any(word.startswith(part) for word in rest) for part in short)
