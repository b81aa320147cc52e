"""Normal forms of titles, names and DOIs, in which all the hands that wrote them agree."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import yaml

from pipeline.model.records import Name


def split(text: str) -> list[str]:
    """The words of a list."""
    return text.split()


_ALPHABETS = (
    # Letters that do not come apart into a base letter and marks; Cyrillic; Greek.
    ("ßøæœłđðþıħŋ", "ss o ae oe l d d th i h n"),
    (
        "абвгдежзиклмнопрстуфхцчшщыэюяєіґ",
        "a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch y e yu ya ye i g",
    ),
    ("αβγδεζηθικλμνξοπρστυφχψως", "a v g d e z i th i k l m n x o p r s t y f ch ps o s"),
)
_LETTERS = str.maketrans(
    {letter: plain for row, to in _ALPHABETS for letter, plain in zip(row, split(to), strict=True)}
    | dict.fromkeys("'’‘`´ʼʹьъ\u00ad\u200b\u200c\u200d\ufeff", "")
)
_MARKS = re.compile(r"[\u0300-\u036f]+")
# Müller is written Mueller and Muller, Åse Aase and Ase.
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
# What must stand in a text for a rule to be tried; the rule; what it makes of it.
_SPELLINGS = tuple(
    (sign, re.compile(pattern), spelling)
    for sign, pattern, spelling in (
        ("is", r"is(?<=\w\w\wis)(?=(?:e[drs]?|ers|ing|ations?|ational)\b)", "iz"),
        ("our", r"our(?<=\w\wour)", "or"),
        ("tre", r"tre(?<=\w\wtre)(?=s?\b)", "ter"),
        ("programme", r"programme", "program"),
        ("ll", r"ll(?=(?:ed|ing|ers?)\b)", "l"),
        ("part i", r"(?<=\bpart )i\b", "1"),
        ("deel i", r"(?<=\bdeel )i\b", "1"),
        ("ence", r"ence\b", "ense"),
    )
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"[:.;?!/|()\[\]«»“”\"–—…]+|\s-+\s|--+")
_WORD = re.compile(r"[^\W_]+")
_CARDINALS = (
    "one two three four five six seven eight nine ten eleven twelve",
    "_ twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "_ ii iii iv _ vi vii viii ix _ xi xii",
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth",
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende",
    "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th",
    "1e 2e 3e 4e 5e 6e 7e 8e 9e 10e",
)
_NUMBERS = {word: f"{n}" for row in _CARDINALS for n, word in enumerate(split(row), 1)} | {
    word: f"{n}th" for row in _ORDINALS for n, word in enumerate(split(row), 1)
}
# Words that may come and go without another title being meant.
EMPTY = frozenset(
    split(
        "a an the and of in on for to by with from at as into amp de het een en van voor der die "
        "das und le la les et du des te met op"
    )
)
_ENGLISH = frozenset(split("a an the and of in on for to by with from at as into is how what"))
_FOREIGN = frozenset(
    split(
        "der die das und im zum zur bei mit von des fur eine einer ein aus als auf het een van "
        "voor le la les et du dans pour chez une el los las y en del con para por una o os e do "
        "da dos il lo gli di della delle nel sulla och av hos i na v s po pri og til"
    )
)
_PARTICLES = frozenset(
    split("van von den der de di da do dos du la le ter ten te het zu del al el bin")
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_END = re.compile(r"(?:/(?:full|pdf|epdf|abstract|html|meta|summary)|\.pdf|[.,;])+\Z")
_VERSION = re.compile(r"[./]?v\d+\Z")
PREPRINT = re.compile(
    r"10\.(?:48550|31235|31219|31234|31222|31223|31224|35542|2139|20944|21203|26434|36227|22541|"
    r"33774|3386|13140|5281|6084|64898)/|10\.1101/\d|10\.7287/peerj\.preprints|10\.5194/egusphere|"
    r"10\.2196/preprints"
)
SERVER = re.compile(
    r"arxiv|ssrn|preprint|osf\.io|research square|(?:working|discussion) paper|repec|zenodo",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Title:
    """`words` that count, of `all` words; `heads` are the lengths of both at which a part ends.

    `bracketed`: in square brackets, as Medline writes a title that it has translated.
    """

    words: tuple[str, ...]
    all: tuple[str, ...]
    heads: tuple[tuple[int, int], ...] = ()
    cut: bool = False
    bracketed: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


def are_translations(one: Title, other: Title) -> bool:
    """Whether one title may be the other in another language, by their commonest words."""
    if one.bracketed != other.bracketed:
        return True
    mine, theirs = (
        (len(words & _ENGLISH), len(words - _ENGLISH & _FOREIGN))
        for words in (frozenset(one.all), frozenset(other.all))
    )
    return (mine[0] > mine[1]) != (theirs[0] > theirs[1])


@dataclass(frozen=True, slots=True)
class Person:
    """A family name without particles, its words, the words of the given name, the initial."""

    family: str
    own: frozenset[str]
    given: frozenset[str]
    initial: str


def fold(text: str) -> str:
    """Lower case without marks or apostrophes, other alphabets and digraphs in plain letters."""
    text = text.lower()
    if text.isascii():
        text = text.replace("'", "").replace("`", "")
    else:
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_LETTERS)
    for digraph, letter in _DIGRAPHS:
        text = text.replace(digraph, letter)
    return text


# What databases write behind a title: of another place, to the end; in brackets; bare.
_NOTICE = re.compile(
    r"[\s.]*[\[(<]\s*(?:(?:published )?(?:errat(?:um|a)|corrections?) appears? in|comments? in|"
    r"see comments?|record supplied by)\b.*\Z",
    re.IGNORECASE | re.DOTALL,
)
_REMARK = re.compile(r"[\s.]*[\[(<]([^\[\]()<>]*)[\])>][\s.*]*\Z")
_REMARKS = re.compile(
    r"(?:(?:systematic )?review|\d+ refs?|(?:meeting |conference )?abstract(?: no\W.*)?|letter|"
    r"multiple letters|corrected|original article|includes? discussion|\d|"
    r"(?:structured|provisional|brief|author) (?:abstract|record))\Z"
)
_TRAILER = re.compile(
    r"(?:\s*\.\.\. *includes discussion|"
    r"\s*[:.] *(?:brief|short|rapid) (?:communication|report)|[\s*†‡§\"]+)\Z",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    from babel import Locale

    return frozenset(name.lower() for name in Locale("en").languages.values())


def _without_remarks(text: str) -> str:
    """A title without what a database says of it: [Review] [53 refs], [Spanish], (abstract)."""
    bare = _NOTICE.sub("", text)
    while len(bare) >= 10:
        text, bare = bare, _TRAILER.sub("", bare)
        found = _REMARK.search(bare)
        what = found[1].strip().lower() if found else ""
        if found and (_REMARKS.match(what) or what.removeprefix("in ") in _languages()):
            bare = bare[: found.start()]
        if bare == text:
            break
    return text


@lru_cache(maxsize=65536)
def make_title(text: str) -> Title:
    """The words of a title that count, as British and American, old and new hand write them."""
    if "&" in text or "<" in text:
        text = _TAG.sub(" ", html.unescape(html.unescape(text)))
    text = _without_remarks(text.strip())
    bracketed = text.startswith("[")
    cut = text.endswith(("...", "…"))
    folded = fold(text)
    for sign, pattern, spelling in _SPELLINGS:
        if sign in folded:
            folded = pattern.sub(spelling, folded)
    every: list[str] = []
    words: list[str] = []
    heads: dict[int, int] = {}
    for part in _BREAK.split(folded):
        found = [_NUMBERS.get(word, word) for word in _WORD.findall(part)]
        every += found
        words += [word for word in found if word not in EMPTY]
        heads.setdefault(len(words), len(every))
    heads.pop(0, None)
    heads.pop(len(words), None)
    every = every or [text]
    return Title(tuple(words or every), tuple(every), tuple(heads.items()), cut, bracketed)


@lru_cache(maxsize=4096)
def translate_journal(words: str) -> str:
    """The folded words of a journal's name, those of other languages in English."""
    meanings = _meanings()
    return " ".join(meanings.get(word, word) for word in words.split())


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    """What words of other languages in names of journals mean."""
    text = (Path(__file__).parent / "journals.yml").read_text(encoding="utf-8")
    words: dict[str, list[str]] = yaml.safe_load(text)
    return {fold(word): meaning for meaning, list_ in words.items() for word in list_}


@lru_cache(maxsize=65536)
def make_person(name: Name) -> Person:
    """The normal form of a name."""
    own = [word for word in _name_words(name.family) if word not in _PARTICLES]
    own = [word for word in own if len(word) > 1] or own or _name_words(name.last)
    given = _name_words(name.given)
    long = frozenset(word for word in given if len(word) > 1 and word not in _PARTICLES)
    return Person("".join(own), frozenset(own), long, given[0][0] if given else "")


def _name_words(text: str) -> list[str]:
    # Cyrillic й, ы and я are i, y or j by the one who writes.
    text = fold(text).replace("y", "i").replace("j", "i").replace("ii", "i")
    return _WORD.findall(text)


def make_doi(text: str) -> str:
    """A DOI in lower case without address, view or, for preprints, version; else empty."""
    found = _DOI.search((unquote(text) if "%" in text else text).lower()) if text else None
    if not found:
        return ""
    doi = _DOI_END.sub("", found[0])
    if doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1]
    return _VERSION.sub("", doi) if PREPRINT.match(doi) else doi
