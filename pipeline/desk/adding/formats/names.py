"""Names of people and institutions as reference files write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipeline.desk.adding.formats.plain_text import clean
from pipeline.model.records import FAMILY_FIRST, Name

_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd)\.?\Z", re.IGNORECASE)
_INITIALS = re.compile(r"[^\W\d_]\.?(?:[\s-]?[^\W\d_]\.?)*\Z")
_PARTICLES = frozenset(
    [
        "af",
        "al",
        "av",
        "d",
        "da",
        "dal",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "la",
        "las",
        "le",
        "los",
        "op",
        "'t",
        "ten",
        "ter",
        "te",
        "van",
        "vande",
        "vanden",
        "vander",
        "vom",
        "von",
        "zu",
        "zum",
        "zur",
    ]
)
_INSTITUTION = re.compile(
    r"\b(?:organi[sz]ation|organisatie|universit|institu|minist|council|commission|committee|"
    r"agenc|department|association|foundation|centre|center|network|group|society|office|bank|"
    r"union|programme|program|company|inc\b|ltd\b|llc\b|gmbh\b|stichting|gemeente|provincie|raad|"
    r"team|consortium|forum|school|academy|board|authority|government|federation|nations|"
    r"research|alliance|platform|bureau|service|college|trust|fund|project|initiative|coalition|"
    r"partnership|international|national|european|global|world|collaborat|rijks|vereniging|"
    r"(?:acad|agcy|assoc|ctr|dept|fdn|grp|inst|int|natl|univ)\b)",
    re.IGNORECASE,
)
_JOINING = re.compile(r"\b(?:of|for|and|the|voor|en|und|für|et)\b|[&\d]")
# Of a person's, never of a bibliography: addresses for mail, and ORCID.
_ADDRESS = re.compile(
    r"\s*[(\[<]?(?:e-?mail\s*:?\s*)?[^\s()<>\[\],;]+@[^\s()<>\[\],;]+[)\]>]?"
    r"|\s*[(\[]?(?:https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX][)\]]?",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_OTHERS = re.compile(r"(?:and\s+)?(?:et\s+al|others|\.\.\.|…)\.?\Z", re.IGNORECASE)


def read_people(texts: Iterable[str], alone: bool = False) -> tuple[tuple[Name, ...], bool]:
    """The names in order, each once, and whether the list ends in "et al.".

    `alone`: the format has a field for each person, so that a comma is one within a name.
    """
    names: dict[Name, None] = {}
    others = False
    for text in texts:
        for part in split_people(text, alone):
            if _OTHERS.match(part):
                others = True
            elif (name := read_name(part)) is not None:
                names[name] = None
    return tuple(names), others and bool(names)


def institutions(texts: Iterable[str]) -> tuple[Name, ...]:
    """Names of groups, which a format keeps apart from those of people."""
    return tuple(Name(name, literal=True) for text in texts if (name := clean(text).strip(" ,;")))


def split_people(text: str, alone: bool = False) -> list[str]:
    """People in one field: by line or semicolon, else by "and" or commas where that is clear."""
    text = without_address(text)
    parts = [clean(part) for part in re.split(r"[;\n]", text)] if "&" not in text else _split(text)
    parts = [part for part in parts if part]
    return [name for part in parts for name in _by_and(part, alone)]


def without_address(text: str) -> str:
    """A name without what is nobody's business: Berg, Anna (anna@example.org)."""
    return _ADDRESS.sub("", text) if "@" in text or text.count("-") > 2 else text


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r";", "; ".join(map(clean, text.split("\n"))))]


def _by_and(text: str, alone: bool) -> list[str]:
    parts = [part.strip(" ,") for part in _AND.split(text)]
    if len(parts) > 1 and not _INSTITUTION.search(text):
        # Anna Berg, Jo Smit and Kim de Vries: the last says how the others are written.
        last = parts[-1]
        upright = "," not in last and (" " in last or (not alone and bool(_OTHERS.match(last))))
        return [n for part in parts if part for n in _by_comma(part, alone, upright)]
    return _by_comma(text, alone)


def _by_comma(text: str, alone: bool, upright: bool = False) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    one = len(parts) == 2 and not all(" " in part for part in parts)  # Berg, Anna
    if one or len(parts) < 2 + alone or _INSTITUTION.search(text):
        return [text]
    if len(parts) > 2 and _OTHERS.match(parts[-1]):
        return [*_by_comma(", ".join(parts[:-1]), alone, not alone), parts[-1]]
    # Berg, A., Smit, J.
    if len(parts) % 2 == 0 and len(parts) > 2 and all(map(_are_initials, parts[1::2])):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    # Berg A., Smit J.; and Anna Berg, Jo Smit, Kim de Vries
    several = all(" " in part for part in parts)
    upright = upright and not parts[0][:1].islower()  # but: van den Berg, Anna Maria
    if several and (len(parts) > 2 or upright or (not alone and all(map(_with_initials, parts)))):
        return parts
    return [text]


@lru_cache(maxsize=65536)
def read_name(text: str) -> Name | None:
    """A person as "Family, Given", "Family AB" or "Given Family", or an institution."""
    written = clean(text)
    text = written.strip(" ,;")
    if not any(sign.isalnum() for sign in text):
        return None
    # EndNote marks what is nobody's family name by a comma behind it.
    if "," not in text and written.endswith(",") and not _with_initials(text):
        return Name(text, literal=True)
    family, *rest = (part.strip() for part in text.split(","))
    rest = [part for part in rest if part]
    if not rest:
        return _without_comma(text)
    if not family or (_INSTITUTION.search(family) and _JOINING.search(family)):
        return Name(text, literal=True)
    suffix = next((part for part in rest if _SUFFIX.match(part)), "") if len(rest) > 1 else ""
    given = " ".join(part for part in rest if part != suffix)
    words = given.split(" ")
    place = len(words)
    while place > 1 and words[place - 1] in _PARTICLES:
        place -= 1
    return _person(" ".join([*words[place:], family]), " ".join(words[:place]), suffix)


def _without_comma(text: str) -> Name:
    words = text.split(" ")
    if len(words) == 1 or _INSTITUTION.search(text):
        return Name(text, literal=True)
    if len(words) == 2 and all(
        map(FAMILY_FIRST.match, words)
    ):  # as it is said there, the family first
        return Name(words[0], words[1])
    if _with_initials(text):
        place = next(n for n in range(1, len(words)) if _are_initials(" ".join(words[n:])))
        return _person(" ".join(words[:place]), " ".join(words[place:]), "")
    suffix = words.pop() if len(words) > 2 and _SUFFIX.match(words[-1]) else ""
    lower = [word for word in words if word[0].islower()]
    if len(words) > 5 or _JOINING.search(text) or not _PARTICLES.issuperset(lower):
        return Name(text, literal=True)
    place = next((n for n, word in enumerate(words) if n and word in lower), len(words) - 1)
    return _person(" ".join(words[place:]), " ".join(words[:place]), suffix)


def _person(last: str, given: str, suffix: str) -> Name:
    """Leading words in lower case are the particle, as BibTeX reads them."""
    words = last.split(" ")
    place = next((n for n, word in enumerate(words) if not word[:1].islower()), 0)
    return Name(" ".join(words[place:]), given, " ".join(words[:place]), suffix)


def _with_initials(text: str) -> bool:
    """Berg A.B., van der Berg AB, but not ANNA SMIT."""
    words = text.split(" ")
    return not text.replace(".", "").isupper() and any(
        _are_initials(" ".join(words[place:])) for place in range(1, min(len(words), 6))
    )


def _are_initials(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    most = 6 if "." in text else 3
    return bool(
        0 < len(letters) <= most and all(map(str.isupper, letters)) and _INITIALS.match(text)
    )
