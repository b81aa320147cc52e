"""Which study a source of another program's project is: by GUID, key, DOI, title or file name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.desk.adding.normal_forms import make_doi, make_title
from pipeline.desk.codebooks.qda_project import QdaSource
from pipeline.model.older_keys import older_keys
from pipeline.model.records import Study
from pipeline.published.export.qda_guids import source_guid

_SUFFIX = re.compile(r"\.(?:txt|md|html?|pdf|docx?|rtf|odt)\Z", re.IGNORECASE)
FEWEST = 4  # words of a title that is looked for within a name
HEAD = 2_000  # characters of a text in which its own DOI stands


@dataclass(frozen=True, slots=True)
class SourceMatch:
    """The study that a source is, and how that is known. `is_ours`: it is our own export of it."""

    study: str
    why: str
    is_ours: bool = False


def match_sources(
    sources: Sequence[QdaSource], studies: Iterable[Study], chosen: Mapping[str, str]
) -> dict[int, SourceMatch]:
    """By place of the source. `chosen` are studies by name of source, as a person said, or ""."""
    known = list(studies)
    keys = {key.lower(): item.key for item in known for key in (*older_keys(item), item.key)}
    exported = {source_guid(item.key): item.key for item in known}
    dois = {doi: item.key for item in known if (doi := make_doi(item.doi))}
    titles = [(make_title(item.title).all, item.key) for item in known]
    found: dict[int, SourceMatch] = {}
    for place, source in enumerate(sources):
        name = _SUFFIX.sub("", source.name).strip()
        if source.name in chosen:
            if key := chosen[source.name]:
                ours = exported.get(source.guid) == key
                found[place] = SourceMatch(key, "so it was said", ours)
        elif source.guid in exported:
            key = exported[source.guid]
            found[place] = SourceMatch(key, "it is our export of it", True)
        elif key := _by_key(name.lower(), keys):
            found[place] = SourceMatch(key, "it is named by the key")
        elif key := next(filter(None, map(dois.get, _dois(source))), ""):
            found[place] = SourceMatch(key, "it has the DOI")
        elif key := _by_title(name, titles):
            found[place] = SourceMatch(key, "it is named by the title")
    return found


def _by_key(name: str, keys: Mapping[str, str]) -> str:
    """The study whose key a name is, or the one whose key it holds as a word, with a digit."""
    if name in keys:
        return keys[name]
    held = {keys[word] for word in re.split(r"[\s()\[\],;]+", name)
            if word in keys and any(sign.isdigit() for sign in word)}  # fmt: skip
    return held.pop() if len(held) == 1 else ""


def _dois(source: QdaSource) -> Iterable[str]:
    """The DOIs of a source: in its name, in what is said of it, at the head of its text."""
    # In names of files the slash of a DOI is mostly written as another sign.
    name = re.sub(r"\b(10\.\d{4,9})[_:-]", r"\1/", source.name)
    for text in (_SUFFIX.sub("", name), source.description, source.text[:HEAD]):
        if doi := make_doi(text):
            yield doi


def _by_title(name: str, titles: Sequence[tuple[tuple[str, ...], str]]) -> str:
    """The one study whose title a name is, holds, or breaks off, as in "Smit 2020 - Title"."""
    words = make_title(name).all
    tail = make_title(name.rpartition(" - ")[2]).all
    found = {
        key
        for title, key in titles
        if words == title
        or (len(title) >= FEWEST and _holds(words, title))
        or (len(tail) >= FEWEST and title[: len(tail)] == tail)
    }
    return found.pop() if len(found) == 1 else ""


def _holds(words: tuple[str, ...], title: tuple[str, ...]) -> bool:
    length = len(title)
    return any(words[at : at + length] == title for at in range(len(words) - length + 1))
