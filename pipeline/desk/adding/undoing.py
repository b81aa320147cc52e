"""Taking an import back whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from pipeline.desk.adding.accepting import NotAccepted, as_yaml, digest_of, library
from pipeline.desk.desk_texts import desk_says
from pipeline.ground.changeset import Changeset
from pipeline.ground.problems import InputError, errors
from pipeline.ground.project import Project, file_name, key_of
from pipeline.ground.text import decode_utf8, newlines
from pipeline.model.candidacy import standing
from pipeline.model.people import stamp
from pipeline.model.scheme import read_scheme
from pipeline.sources.import_records import ImportRecord, Imports, Undone
from pipeline.sources.screening.screener_view import view_of
from pipeline.sources.screening.screening_lines import read_screening

NAMED = 20  # studies that are named in one sentence


class WouldOrphan(NotAccepted):
    """Undoing would leave lines of screeners without the studies that they are about."""


def undo(project: Project, name: str, by: str = "", even_screened: bool = False) -> ImportRecord:
    """Take an import back: its entries, skeletons, abstracts. The record of it stays, as undone.

    Raises NotAccepted where somebody has worked on one of its studies since, and WouldOrphan
    where one was screened, or may have been, and that is not meant: the lines of screeners stay
    where they are.
    """
    _, imports = library(project)
    record = next((item for item in imports.records if item.id == name), None)
    if record is None:
        known = ", ".join(item.id for item in imports.standing) or "none"
        raise NotAccepted([desk_says("undo.there_is_no_import_imports", name=name, known=known)])
    if record.undone is not None:
        raise NotAccepted(
            [desk_says("undo.was_undone_already_on", name=name, at=record.undone.at[:10])]
        )
    if not record.screened:
        raise NotAccepted([desk_says("undo.is_what_the_review_began", name=name)])
    changes = Changeset(project)
    data = changes.read(project.references)
    reasons = list(_worked_on(project, record, imports))
    for item in record.added:
        found = _find_entry(data, item.key)
        if found is None or digest_of(_text(found[1])) != item.entry:
            reasons.append(desk_says("undo.the_entry_of_was_changed", key=item.key))
        else:
            start, entry = found
            blank = b"\r\n" if entry.endswith(b"\r\n") else b"\n"
            before = data[:start]
            if before.endswith(blank * 2) or before == blank:
                before = before.removesuffix(blank)
            data = before + data[start + len(entry) :]
        digest = project.corpus / f"{file_name(item.key)}.md"
        if digest.is_file():
            if digest_of(_text(digest.read_bytes())) == item.digest:
                changes.remove(digest)
            else:
                reasons.append(
                    desk_says("undo.somebody_has_written_in", project=project.name(digest))
                )
    reasons += _take_abstracts(project, record, changes)
    if reasons:
        raise NotAccepted(reasons)
    orphans = [] if even_screened else list(_orphans(project, record, by))
    if orphans:
        raise WouldOrphan(orphans)
    changes.write(project.references, data)
    record = record.model_copy(update={"undone": Undone(at=stamp(datetime.now(UTC)), by=by)})
    changes.write(project.imports / f"{record.id}.yml", as_yaml(record))
    changes.commit()
    return record


def _take_abstracts(project: Project, record: ImportRecord, changes: Changeset) -> Iterator[str]:
    """Remove the abstracts that an import brought; why one of its own studies cannot go."""
    brought = {item.key: item.digest for item in record.abstracts}
    for key in {**dict.fromkeys(record.keys), **brought}:
        path = project.abstracts / f"{file_name(key)}.txt"
        if not path.is_file():
            continue
        # Older versions did not write down what they kept: any abstract of its studies was that.
        text = _text(changes.read(path))
        if not record.digest or digest_of(text) == brought.get(key):
            changes.remove(path)
        elif key in record.keys:
            yield desk_says("undo.is_not_what_this_import", project=project.name(path))


def _orphans(project: Project, record: ImportRecord, by: str) -> Iterator[str]:
    """For each screener the studies that would go, and how many lines stand about them.

    Of others only what `by` may see. That there may be more is said whether or not there is.
    """
    lines, problems = read_screening(project)
    if errors(problems):
        raise InputError(errors(problems))
    rules = read_scheme(project.scheme, project.name(project.scheme)).screening
    keys = set(record.keys)
    said = {
        place: by_coder
        for place, by_coder in standing(lines).items()
        if by_coder and place[0] in keys
    }
    view = view_of(by, keys, keys, said, rules)
    found: dict[str, list[str]] = defaultdict(list)
    for (study, _), shown in view.given.items():
        for coder in shown:
            found[coder].append(study)
    for coder, studies in sorted(found.items()):
        named = sorted(set(studies))
        more = desk_says("undo.and_more", named=len(named) - NAMED) if len(named) > NAMED else ""
        count = (
            desk_says("undo.line")
            if len(studies) == 1
            else desk_says("undo.lines", studies=len(studies))
        )
        yield desk_says(
            "undo.has_screened_would_be_orphaned",
            coder=coder,
            named=", ".join(named[:NAMED]),
            more=more,
            count=count,
        )
    if view.may_hide_more or view.given != said:
        yield desk_says("undo.others_may_have_screened_its")


def _worked_on(project: Project, record: ImportRecord, imports: Imports) -> list[str]:
    keys = set(record.keys)
    reasons = [
        desk_says("undo.has_coded", parent=path.parent.name, stem=key_of(path))
        for path in sorted(project.decisions.glob("*/*.csv"))
        if key_of(path) in keys
    ]
    reasons += [
        desk_says("undo.there_is_a_full_text", project=project.name(path))
        for path in sorted(project.fulltext.glob("*"))
        if key_of(path) in keys
    ]
    reasons += [
        desk_says("undo.was_merged_into_take_that", key=item.key, into=item.into)
        for item in imports.merges.standing
        if {item.key, item.into} & keys
    ]
    for other in imports.standing:
        if other.id != record.id and any(merged.into in keys for merged in other.merged):
            reasons.append(desk_says("undo.the_later_import_merged_into", other=other.id))
    return reasons


def _text(data: bytes) -> str:
    """What was written, if nobody has changed it since: else any text that differs."""
    return newlines(decode_utf8(data, "")[0])


def _find_entry(data: bytes, key: str) -> tuple[int, bytes] | None:
    """Where an entry that we wrote stands, and its bytes."""
    pattern = rb"^@[a-z]+\{" + re.escape(key.encode()) + rb",\r?\n(?:  .*\r?\n)*\}\r?\n"
    match = re.search(pattern, data, re.MULTILINE)
    return (match.start(), match[0]) if match else None
