"""The form of filters: what can be chosen, and what is."""

from __future__ import annotations

from typing import Any

from pipeline.published.choice import ACCESS, CHECKED, CONFIDENCE, NOTICE, STATUSES, Choice
from pipeline.published.evidence_index import Index
from pipeline.published.terms import UNDECIDED

FIXED = {"status": STATUSES, "access": ACCESS, "confidence": CONFIDENCE, "checked": CHECKED,
         "notice": NOTICE}  # fmt: skip


def filter_form(
    index: Index, choice: Choice, language: str, t: Any, *left_out: str
) -> list[dict[str, Any]]:
    """Fields with their options, the evidence dimension and the map first."""
    terms = index.terms
    fields = []
    first = (terms.evidence, terms.map)
    for dimension in sorted(terms.dimensions, key=lambda item: item.id not in first):
        chosen = choice.of(dimension.id)
        # A dimension in which nothing is coded yet would only ever give empty lists.
        used = dimension.id == terms.evidence or dimension.id in index.answered
        options = [
            (code.id, code.name(language), code.id in chosen)
            for code in dimension.codes
            if code.retired is None or code.id in chosen
        ]
        if dimension.id in index.unanswered or UNDECIDED in chosen:
            words = terms.codes[UNDECIDED].label.get(language)
            options.append((UNDECIDED, words, UNDECIDED in chosen))
        label = dimension.label.get(language)
        fields.append(_field(dimension.id, label, options, dimension.id in first, used))
    for name, values in FIXED.items():
        chosen = getattr(choice, name)
        options = [(value, t(f"{name}.{value}"), value in chosen) for value in values]
        used = name != "notice" or bool((index.studies["notice"] != "").any())
        fields.append(_field(name, t(f"filter.{name}"), options, False, used))
    options = sorted(
        ((code, words.get(language), code in choice.country)
         for code, words in terms.countries.items()),
        key=lambda item: item[1],
    )  # fmt: skip
    fields.append(_field("country", t("filter.country"), options, False, bool(options)))
    return [field for field in fields if field["name"] not in left_out and field["used"]]


def _field(
    name: str, label: str, options: list[tuple[str, str, bool]], main: bool, used: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "options": options,
        "main": main,
        "used": used or any(chosen for _, _, chosen in options),
        "chosen": [value for value, _, chosen in options if chosen],
    }


def in_words(index: Index, choice: Choice, language: str, t: Any) -> list[tuple[str, str]]:
    """What is chosen, as names and values for readers."""
    terms = index.terms
    found = [
        (terms.by_id[name].label.get(language),
         ", ".join(terms.codes[code].name(language) for code in codes))
        for name, codes in choice.codes
    ]  # fmt: skip
    for name in FIXED:
        values = getattr(choice, name)
        if values:
            found.append((t(f"filter.{name}"), ", ".join(t(f"{name}.{value}") for value in values)))
    if choice.country:
        names = ", ".join(terms.countries[code].get(language) for code in choice.country)
        found.append((t("filter.country"), names))
    if choice.study:
        found.append((t("filter.study"), ", ".join(choice.study)))
    if choice.year_from is not None or choice.year_to is not None:
        ends = ("" if year is None else str(year) for year in (choice.year_from, choice.year_to))
        found.append((t("filter.year"), "–".join(ends)))
    if choice.words:
        exactly = t("words.exactly", words=choice.words)
        found.append((t("filter.words"), exactly if choice.exact else choice.words))
    return found
