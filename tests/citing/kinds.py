"""The kinds of sources of `types.bib`: their items, and their references in each style."""

from __future__ import annotations

import csv
import dataclasses
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.model.csl import csl_item
from pipeline.published.citation.citation_styles import STYLES, style_path
from pipeline.published.citation.csl_rendering import reference
from pipeline.sources.bibliography.references import parse_references

HERE = Path(__file__).parent
LANGUAGES = ("en", "nl")
EXPECTED = HERE / "expected.csv"
# Entries that are read with a doubt, or not at all where the reader asks for more than a title.
WITHOUT_DATE = "nodate"


def items() -> dict[str, dict[str, Any]]:
    """The CSL-JSON of each kind, by key."""
    text = (HERE / "types.bib").read_text(encoding="utf-8")
    # Who has neither author nor year is given them here, and loses them again.
    text = re.sub(r"(@(?:legislation|jurisdiction)\{\w+,)", r"\1 author={Nobody},", text)
    text = re.sub(rf"({WITHOUT_DATE},)", r"\1 year={1000},", text)
    studies = parse_references(text).studies
    found = {}
    for study in studies:
        nobody = [name.family for name in study.authors] == ["Nobody"]
        if study.key == WITHOUT_DATE:
            study = dataclasses.replace(study, year=None, date="")  # type: ignore[arg-type]
        found[study.key] = csl_item(dataclasses.replace(study, authors=()) if nobody else study)
    return found


def printed() -> Iterator[tuple[str, str, str, str]]:
    """Key, style, language and reference of each, as they are printed today."""
    for key, item in items().items():
        for style in STYLES:
            for language in LANGUAGES:
                text = reference(dict(item), style_path(style), language)
                yield key, style, language, normal(text)


def normal(text: str) -> str:
    """HTML without what says nothing: names of tags, kinds of blanks, the number in a list."""
    text = re.sub(r'<div class="csl-left-margin">.*?</div>', "", text, flags=re.DOTALL)
    for long, short in (("em", "i"), ("strong", "b")):
        text = re.sub(rf"<(/?){long}>", rf"<\1{short}>", text)
    text = html.unescape(re.sub(r"<(?!/?(?:i|b|sup|sub)>)[^>]*>", "", text))
    return " ".join(text.replace("\u2060", "").split())


def expected() -> dict[tuple[str, str, str], dict[str, str]]:
    """The rows of what is expected, by key, style and language.

    `pandoc` is empty where pandoc prints the same; else `right` says who is right, and why.
    """
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return {(row["key"], row["style"], row["language"]): row for row in csv.DictReader(file)}
