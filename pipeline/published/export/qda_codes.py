"""The codes of the scheme as REFI-QDA files hold them, codebooks and projects alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable

from lxml import etree

from pipeline.published.export.qda_guids import guid
from pipeline.published.terms import DimensionTerm, Term, Terms, Words

ORIGIN = "Orchestration Evidence"
# Told apart by colour-blind readers (Okabe and Ito 2008).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#F0E442", "#000000")
LABELS = {
    "include": Words("Include", "Wel"),
    "exclude": Words("Exclude", "Niet"),
    "example": Words("Example (made up)", "Voorbeeld (verzonnen)"),
}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: etree._Element, tag: str, text: str = "", **values: str) -> etree._Element:
    """An element in the namespace of its parent, without what XML cannot hold."""
    space = etree.QName(parent).namespace
    plain = {name: xml_text(value) for name, value in values.items() if value}
    element = etree.SubElement(parent, f"{{{space}}}{tag}", plain)
    if text:
        element.text = xml_text(text)
    return element


def xml_text(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def add_codes(
    parent: etree._Element, terms: Terms, language: str, given: Container[str] = ()
) -> None:
    """Dimensions as codes that cannot be given, with their codes nested below.

    Neither can retired codes, but for those that are `given` in the same file.
    """
    codes = add(parent, "Codes")
    names = unique_names(terms, language)
    for dimension in terms.dimensions:
        _add_dimension(codes, dimension, names, language, given)


def unique_names(terms: Terms, language: str) -> dict[str, str]:
    """The label of each code; one that several have says what each stands under.

    Some programs take two codes of one name for one.
    """
    every = [(code, item) for item in terms.dimensions for code in item.codes]
    names = {code.id: code.label.get(language) for code, _ in every}
    over = {code.id: (code.parent and names[code.parent]) or item.label.get(language)
            for code, item in every}  # fmt: skip
    for said in (over, {code.id: code.id for code, _ in every}):
        counts = Counter(name.casefold() for name in names.values())
        names = {
            code: f"{name} ({said[code]})" if counts[name.casefold()] > 1 else name
            for code, name in names.items()
        }
    return names


def described(code: Term, language: str) -> str:
    """What a code is, with its rules and example behind words that say which is which."""
    parts = [code.definition.get(language)]
    for name, label in LABELS.items():
        words: Words = getattr(code, name)
        if words.get(language):
            parts.append(f"{label.get(language)}: {words.get(language)}")
    return "\n\n".join(part for part in parts if part)


def parents_first(codes: Iterable[Term]) -> list[Term]:
    """Codes in their order, but none before what it is nested in."""
    left = list(codes)
    known = {code.id for code in left}
    done: dict[str, Term] = {}
    while left:
        # A circle cannot pass the checks.
        free = (code for code in left if code.parent not in known or code.parent in done)
        code = next(free, left[0])
        left.remove(code)
        done[code.id] = code
    return list(done.values())


def _add_dimension(
    parent: etree._Element,
    dimension: DimensionTerm,
    names: dict[str, str],
    language: str,
    given: Container[str],
) -> None:
    own = _add_code(parent, guid(dimension.id), dimension.label.get(language), False)
    _describe(own, dimension.definition.get(language))
    elements: dict[str | None, etree._Element] = {}
    for code in parents_first(dimension.codes):
        element = elements[code.id] = _add_code(
            elements.get(code.parent, own),
            guid(dimension.id, code.id),
            names[code.id],
            code.retired is None or code.id in given,
            COLOURS[(code.position - 1) % len(COLOURS)],
        )
        _describe(element, described(code, language))


def _add_code(
    parent: etree._Element, identity: str, name: str, codable: bool, colour: str = ""
) -> etree._Element:
    return add(
        parent, "Code", guid=identity, name=name, isCodable=str(codable).lower(), color=colour
    )


def _describe(element: etree._Element, text: str) -> None:
    if text:
        add(element, "Description", text)
