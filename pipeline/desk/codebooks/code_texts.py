"""The texts of a code by column (label_en, definition_nl): those of a codebook, and ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pipeline.desk.codebooks.codebook import CodebookEntry
from pipeline.desk.codebooks.codebook_csv import TEXTS
from pipeline.model.scheme import LANGUAGES, Code, Scheme, Texts
from pipeline.published.export.qda_codes import LABELS

# What our export of the codebook writes before a part of the description, in each language.
_MARKS = {words.get(language): part for part, words in LABELS.items() for language in LANGUAGES}
_MARK = re.compile(f"^({'|'.join(map(re.escape, _MARKS))}): *", re.MULTILINE)


def normal(text: str) -> str:
    """A text as it is compared: without regard to case, width of letters and white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def parts(description: str) -> dict[str, str]:
    """A description taken apart into definition, include, exclude and example."""
    definition, *rest = _MARK.split(description)
    found: dict[str, list[str]] = {"definition": [definition]}
    for mark, text in zip(rest[::2], rest[1::2], strict=True):
        found.setdefault(_MARKS[mark], []).append(text)
    joined = ((part, "\n\n".join(map(str.strip, texts)).strip()) for part, texts in found.items())
    return {part: text for part, text in joined if text}


def texts_of(entry: CodebookEntry, language: str) -> dict[str, str]:
    """The texts of an entry; those whose language is not said are in this one."""
    unsaid = {f"{part}_{language}": text for part, text in parts(entry.description).items()}
    if entry.name not in labels(entry):
        unsaid[f"label_{language}"] = entry.name
    return {**unsaid, **entry.languages}


def labels(entry: CodebookEntry) -> list[str]:
    """The labels whose language is said."""
    return [text for column, text in entry.languages.items() if column.startswith("label_")]


def wording(code: Code) -> dict[str, str]:
    """All texts of a code of the scheme."""
    found: dict[str, str] = {}
    for part in TEXTS:
        texts: Texts | None = getattr(code, part)
        if texts is not None:
            found |= {f"{part}_{language}": texts[language] for language in LANGUAGES}
    return found


def language_of(entries: Iterable[CodebookEntry], scheme: Scheme) -> str:
    """The language of most names that are labels of the scheme; the first where none is."""
    known: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for dimension in scheme.dimensions:
        for label in (dimension.label, *(code.label for code in dimension.codes)):
            for language in LANGUAGES:
                known[language].add(normal(label[language]))
    names = [normal(entry.name) for entry in entries]
    return max(LANGUAGES, key=lambda language: sum(name in known[language] for name in names))
