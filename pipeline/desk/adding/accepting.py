"""Taking records in after the researcher's yes."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.desk.adding.import_preview import USUALLY, Item, Preview, Verdict
from pipeline.desk.adding.incoming import Incoming
from pipeline.desk.adding.study_keys import make_key, plain
from pipeline.desk.desk_texts import desk_says
from pipeline.ground.changeset import Changeset
from pipeline.ground.problems import InputError, Mendable, errors
from pipeline.ground.project import Project, file_name, key_of
from pipeline.ground.text import decode_utf8
from pipeline.ground.yamlfile import dump_yaml
from pipeline.model.older_keys import older_key, older_keys
from pipeline.model.people import stamp
from pipeline.model.records import Study
from pipeline.sources.bibliography.bibtex_text import write_entry
from pipeline.sources.bibliography.references import References, parse_references, read_references
from pipeline.sources.fulltexts.language_guess import guess_language
from pipeline.sources.import_records import (
    Abstract,
    Added,
    ImportRecord,
    Imports,
    Merged,
    SourceKind,
    all_keys,
    read_imports,
)

SKELETON = """---
key: {key}
language: {language}
access: none # then: abstract, partial or full, whatever you have read
---

## Statements

"""


class NotAccepted(Mendable):
    """The import, or its undoing, cannot be done as asked."""


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """What shall happen to one record; `into` is the study that it is merged with."""

    verdict: Verdict
    into: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the records come from, who takes them in, and whether abstracts are kept here."""

    source: str
    kind: SourceKind = "database"
    by: str = ""
    keep_abstracts: bool = True


def usual_choice(item: Item) -> RecordChoice:
    """Add what is new, merge what is clearly here, leave the rest."""
    verdict = USUALLY[item.state]
    return RecordChoice(verdict, item.key if verdict == "merge" else "")


def library(project: Project) -> tuple[References, Imports]:
    """The bibliography and the imports. Raises InputError where either has errors."""
    references = References((), (), 0, 0)
    if project.references.is_file():
        references = read_references(project.references, project.name(project.references))
    imports = read_imports(project)
    problems = errors([*references.problems, *imports.problems])
    if problems:
        raise InputError(problems)
    return references, imports


def lacking_abstract(project: Project, imports: Imports) -> frozenset[str]:
    """Candidates of which no abstract is kept on this machine."""
    return imports.to_screen - {key_of(path) for path in project.abstracts.glob("*.txt")}


def accept(
    project: Project,
    preview: Preview,
    origin: Origin,
    choices: Mapping[int, RecordChoice] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportRecord:
    """Take records in: entries appended, skeleton digests, the record of it. All or nothing.

    A record that is a candidate here already brings its abstract, if that has none; nothing else
    of it changes. Records that `choices` does not name (by number) go the usual way. Raises
    NotAccepted, InputError, or `changeset.Collision` where a file changes meanwhile.
    """
    changes = Changeset(project)
    before = changes.read(project.references)
    references, imports = library(project)
    known = {study.key: study for study in references.studies}
    taken = {key: key for key in all_keys(references.studies, imports)}
    taken |= {key_of(path).lower(): key_of(path) for path in project.corpus.glob("*.md")}
    planned = {item.key for item in preview.items if item.state == "new"}
    lacking = lacking_abstract(project, imports)
    abstracts: dict[str, str] = {}
    reasons: list[str] = []
    added: list[tuple[str, Study]] = []
    merged: list[Merged] = []
    keys: dict[int, str] = {}
    left = broken = 0
    numbers = {item.number for item in preview.items}
    reasons += [
        desk_says("import.there_is_no_record", n=str(n))
        for n in sorted({*(choices or ())} - numbers)
    ]
    for item in preview.items:
        choice = (choices or {}).get(item.number) or usual_choice(item)
        if not isinstance(item.record, Incoming):
            broken += 1
            if choice.verdict != "leave":
                reasons.append(
                    desk_says("import.record_cannot_be_read_so", number=str(item.number))
                )
            continue
        study = item.record.study
        if choice.verdict == "add":
            key = item.key if item.state == "new" and item.key not in taken else ""
            key = key or make_key(study, taken)
            taken[key] = keys[item.number] = key
            older = ", ".join(_free([study.key, *older_keys(study)], taken, planned, key))
            added.append((key, replace(study, raw={**study.raw, "ids": older})))
            abstracts[key] = study.abstract
        elif choice.verdict == "merge":
            if choice.into not in known:
                reasons.append(
                    desk_says(
                        "import.record_there_is_no_study", number=str(item.number), into=choice.into
                    )
                )
                continue
            why = next((m.why for other, m in item.matches if other.key == choice.into), "chosen")
            alias = next(iter(_free([study.key], taken, planned, choice.into)), "")
            merged.append(Merged(into=choice.into, key=alias, why=why))
            if choice.into in lacking:
                abstracts[choice.into] = abstracts.get(choice.into) or study.abstract
        elif item.state == "repeat":
            merged_into = next((keys[n] for n in _earlier(item, preview) if n in keys), "")
            if merged_into:
                merged.append(Merged(into=merged_into, why="repeat"))
                abstracts[merged_into] = abstracts[merged_into] or study.abstract
            else:
                left += 1
        else:
            left += 1
    if not added and not merged:
        reasons.append(desk_says("import.no_record_was_chosen_so"))
    if reasons:
        raise NotAccepted(reasons)
    texts = {key: f"{text}\n" for key, text in abstracts.items() if text and origin.keep_abstracts}
    crlf = before.count(b"\r\n") * 2 > before.count(b"\n")
    entries = [write_entry(key, study) for key, study in added]
    text = "".join(f"\n{entry}" for entry in entries)
    if before and not before.endswith((b"\n", b"\r")):
        text = f"\n{text}"
    data = before + (text.replace("\n", "\r\n") if crlf else text).encode()
    _verify(data, references, {key for key, _ in added}, project.name(project.references))
    changes.write(project.references, data)
    now = datetime.now(UTC)
    record = ImportRecord(
        id=_free_id(project, now, origin.source, preview.shipment.name),
        at=stamp(now),
        by=origin.by,
        source=origin.source,
        kind=origin.kind,
        file=Path(preview.shipment.name).name,
        format=preview.shipment.format,
        digest=preview.shipment.digest,
        found=len(preview.items),
        broken=broken,
        left_out=left,
        added=tuple(
            Added(key=key, entry=digest_of(entry), digest=digest_of(_skeleton(key, study)))
            for (key, study), entry in zip(added, entries, strict=True)
        ),
        merged=tuple(merged),
        abstracts=tuple(Abstract(key=key, digest=digest_of(text)) for key, text in texts.items()),
    )
    for key, study in added:
        changes.write(project.corpus / f"{file_name(key)}.md", _skeleton(key, study).encode())
    for key, text in texts.items():
        changes.write(project.abstracts / f"{file_name(key)}.txt", text.encode())
    changes.write(project.imports / f"{record.id}.yml", as_yaml(record))
    steps = 2 * len(changes.paths)  # each file is staged, then put in place
    done = itertools.count(1)
    changes.commit(lambda _: progress(min(next(done), steps), steps))
    return record


def _verify(data: bytes, before: References, added: set[str], name: str) -> None:
    """What is about to be written must read as everything before and all that is added."""
    after = parse_references(decode_utf8(data, name)[0], name)
    keys = {study.key for study in after.studies}
    if errors(after.problems):
        raise InputError(errors(after.problems))
    if keys != {study.key for study in before.studies} | added:
        raise NotAccepted([desk_says("import.the_new_bibliography_would_not")])


def _earlier(item: Item, preview: Preview) -> list[int]:
    """The numbers of the records before it that a record repeats."""
    number = {id(other.study): other.number for other in preview.items if other.study is not None}
    return [number[id(study)] for study, _ in item.matches if id(study) in number]


def _free(
    keys: Iterable[str], taken: dict[str, str], planned: Container[str], into: str
) -> list[str]:
    """Those of the keys in a file that can lead to a study without leading elsewhere."""
    usable = dict.fromkeys(older_key(key) for key in keys)
    free = [key for key in usable if key and key.lower() not in taken and key not in planned]
    taken |= {key.lower(): into for key in free}
    return free


def _skeleton(key: str, study: Study) -> str:
    words = f"{study.title} {study.abstract}"
    given = study.language[:2].lower()
    language = {"du": "nl", "nl": "nl", "ne": "nl", "en": "en"}.get(given) or guess_language(words)
    return SKELETON.format(key=key, language=language)


def _free_id(project: Project, now: datetime, source: str, name: str) -> str:
    words = plain(Path(name).stem)[:30] or plain(source)[:30] or "references"
    base = f"{now:%Y-%m-%d}-{words}"
    taken = {path.stem for path in project.imports.glob("*.yml")}
    number = 1
    while (found := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return found


def digest_of(text: str) -> str:
    """By which it is seen later that somebody has changed what an import wrote."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def as_yaml(record: ImportRecord) -> bytes:
    """The file of an import."""
    value: dict[str, Any] = record.model_dump(mode="json", exclude_defaults=True)
    return dump_yaml(value)
