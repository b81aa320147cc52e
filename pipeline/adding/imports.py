"""Taking records in after the researcher's yes, and taking an import back whole."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from pipeline.adding.bibtex import write_entry
from pipeline.adding.incoming import Incoming
from pipeline.adding.keys import make_key, plain
from pipeline.adding.preview import USUALLY, Item, Preview, Verdict
from pipeline.adding.records import (
    Abstract,
    Added,
    ImportRecord,
    Imports,
    Merged,
    SourceKind,
    Undone,
    all_keys,
    read_imports,
)
from pipeline.bibliography import References, parse_references, read_references
from pipeline.changeset import Changeset
from pipeline.fulltexts.language import guess_language
from pipeline.people import stamp
from pipeline.problems import InputError, errors
from pipeline.project import Project
from pipeline.records import Study
from pipeline.screening.files import read_screening
from pipeline.screening.states import standing

NAMED = 20  # studies that are named in one sentence
SKELETON = """---
key: {key}
language: {language}
access: none # then: abstract, partial or full, whatever you have read
---

## Statements

"""


class NotAccepted(Exception):
    """The import, or its undoing, cannot be done as asked, with every reason."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


class WouldOrphan(NotAccepted):
    """Undoing would leave lines of screeners without the studies that they are about."""


@dataclass(frozen=True, slots=True)
class Choice:
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


def usual_choice(item: Item) -> Choice:
    """Add what is new, merge what is clearly here, leave the rest."""
    verdict = USUALLY[item.state]
    return Choice(verdict, item.key if verdict == "merge" else "")


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
    return imports.to_screen - {path.stem for path in project.abstracts.glob("*.txt")}


def accept(
    project: Project,
    preview: Preview,
    origin: Origin,
    choices: Mapping[int, Choice] | None = None,
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
    taken |= {path.stem.lower(): path.stem for path in project.corpus.glob("*.md")}
    lacking = lacking_abstract(project, imports)
    abstracts: dict[str, str] = {}
    reasons: list[str] = []
    added: list[tuple[str, Study]] = []
    merged: list[Merged] = []
    keys: dict[int, str] = {}
    left = broken = 0
    numbers = {item.number for item in preview.items}
    reasons += [f"There is no record {n}." for n in sorted({*(choices or ())} - numbers)]
    for item in preview.items:
        choice = (choices or {}).get(item.number) or usual_choice(item)
        if not isinstance(item.record, Incoming):
            broken += 1
            if choice.verdict != "leave":
                reasons.append(f"Record {item.number} cannot be read, so it cannot be added.")
            continue
        study = item.record.study
        if choice.verdict == "add":
            key = item.key if item.state == "new" and item.key not in taken else ""
            key = key or make_key(study, taken)
            taken[key] = keys[item.number] = key
            added.append((key, study))
            abstracts[key] = study.abstract
        elif choice.verdict == "merge":
            if choice.into not in known:
                reasons.append(f"Record {item.number}: there is no study '{choice.into}'.")
                continue
            why = next((m.why for other, m in item.matches if other.key == choice.into), "chosen")
            alias = _alias(study.key, taken, choice.into)
            if alias:
                taken[alias.lower()] = alias
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
        reasons.append("No record was chosen, so nothing was done.")
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
            Added(key=key, entry=_digest(entry), digest=_digest(_skeleton(key, study)))
            for (key, study), entry in zip(added, entries, strict=True)
        ),
        merged=tuple(merged),
        abstracts=tuple(Abstract(key=key, digest=_digest(text)) for key, text in texts.items()),
    )
    for key, study in added:
        changes.write(project.corpus / f"{key}.md", _skeleton(key, study).encode())
    for key, text in texts.items():
        changes.write(project.abstracts / f"{key}.txt", text.encode())
    changes.write(project.imports / f"{record.id}.yml", _as_yaml(record))
    changes.commit()
    return record


def undo(project: Project, name: str, by: str = "", even_screened: bool = False) -> ImportRecord:
    """Take an import back: its entries, skeletons, abstracts. The record of it stays, as undone.

    Raises NotAccepted where somebody has worked on one of its studies since, and WouldOrphan
    where one was screened and that is not meant: the lines of screeners stay where they are.
    """
    _, imports = library(project)
    record = next((item for item in imports.records if item.id == name), None)
    if record is None:
        known = ", ".join(item.id for item in imports.standing) or "none"
        raise NotAccepted([f"There is no import '{name}'. Imports are: {known}."])
    if record.undone is not None:
        raise NotAccepted([f"'{name}' was undone already, on {record.undone.at[:10]}."])
    if not record.screened:
        raise NotAccepted([f"'{name}' is what the review began with; it cannot be undone."])
    changes = Changeset(project)
    data = changes.read(project.references)
    reasons = list(_worked_on(project, record, imports))
    for item in record.added:
        found = _find_entry(data, item.key)
        if found is None or _digest(found[1].decode().replace("\r\n", "\n")) != item.entry:
            reasons.append(f"The entry of {item.key} was changed since, or is gone.")
        else:
            start, entry = found
            blank = b"\r\n" if entry.endswith(b"\r\n") else b"\n"
            before = data[:start]
            if before.endswith(blank * 2) or before == blank:
                before = before.removesuffix(blank)
            data = before + data[start + len(entry) :]
        digest = project.corpus / f"{item.key}.md"
        if digest.is_file():
            if _digest(digest.read_text(encoding="utf-8")) == item.digest:
                changes.remove(digest)
            else:
                reasons.append(f"Somebody has written in {project.name(digest)}.")
    reasons += _take_abstracts(project, record, changes)
    if reasons:
        raise NotAccepted(reasons)
    orphans = [] if even_screened else list(_orphans(project, record))
    if orphans:
        raise WouldOrphan(orphans)
    changes.write(project.references, data)
    record = record.model_copy(update={"undone": Undone(at=stamp(datetime.now(UTC)), by=by)})
    changes.write(project.imports / f"{record.id}.yml", _as_yaml(record))
    changes.commit()
    return record


def _take_abstracts(project: Project, record: ImportRecord, changes: Changeset) -> Iterator[str]:
    """Remove the abstracts that an import brought; why one of its own studies cannot go."""
    brought = {item.key: item.digest for item in record.abstracts}
    for key in {**dict.fromkeys(record.keys), **brought}:
        path = project.abstracts / f"{key}.txt"
        if not path.is_file():
            continue
        # Older versions did not write down what they kept: any abstract of its studies was that.
        if not record.digest or _digest(path.read_text(encoding="utf-8")) == brought.get(key):
            changes.remove(path)
        elif key in record.keys:
            yield f"{project.name(path)} is not what this import wrote; take it out first."


def _orphans(project: Project, record: ImportRecord) -> Iterator[str]:
    """For each screener the studies that would go, and how many lines stand about them."""
    lines, problems = read_screening(project)
    if errors(problems):
        raise InputError(errors(problems))
    keys = set(record.keys)
    found: dict[str, list[str]] = defaultdict(list)
    for (study, _), said in standing(lines).items():
        for coder in said if study in keys else ():
            found[coder].append(study)
    for coder, studies in sorted(found.items()):
        named = sorted(set(studies))
        more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
        count = "1 line" if len(studies) == 1 else f"{len(studies)} lines"
        yield f"{coder} has screened {', '.join(named[:NAMED])}{more}: {count} would be orphaned."


def _worked_on(project: Project, record: ImportRecord, imports: Imports) -> list[str]:
    keys = set(record.keys)
    reasons = [
        f"{path.parent.name} has coded {path.stem}."
        for path in sorted(project.decisions.glob("*/*.csv"))
        if path.stem in keys
    ]
    reasons += [
        f"There is a full text, {project.name(path)}; take it out first."
        for path in sorted(project.fulltext.glob("*"))
        if path.stem in keys
    ]
    for other in imports.standing:
        if other.id != record.id and any(merged.into in keys for merged in other.merged):
            reasons.append(f"The later import '{other.id}' merged into it; undo that one first.")
    return reasons


def _verify(data: bytes, before: References, added: set[str], name: str) -> None:
    """What is about to be written must read as everything before and all that is added."""
    after = parse_references(data.decode("utf-8-sig"), name)
    keys = {study.key for study in after.studies}
    if errors(after.problems):
        raise InputError(errors(after.problems))
    if keys != {study.key for study in before.studies} | added:
        raise NotAccepted(["The new bibliography would not hold what it should; report this."])


def _earlier(item: Item, preview: Preview) -> list[int]:
    """The numbers of the records before it that a record repeats."""
    number = {id(other.study): other.number for other in preview.items if other.study is not None}
    return [number[id(study)] for study, _ in item.matches if id(study) in number]


def _alias(key: str, taken: Mapping[str, str], into: str) -> str:
    """The record's own key, where it can lead to the study without leading elsewhere."""
    usable = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:+-]*", key)
    return key if usable and key.lower() not in taken and key != into else ""


def _find_entry(data: bytes, key: str) -> tuple[int, bytes] | None:
    """Where an entry that we wrote stands, and its bytes."""
    pattern = rb"^@[a-z]+\{" + re.escape(key.encode()) + rb",\r?\n(?:  .*\r?\n)*\}\r?\n"
    match = re.search(pattern, data, re.MULTILINE)
    return (match.start(), match[0]) if match else None


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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _as_yaml(record: ImportRecord) -> bytes:
    value: dict[str, Any] = record.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100).encode()
