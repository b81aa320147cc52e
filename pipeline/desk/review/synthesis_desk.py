"""Writing up what was found: one file for the codes and the language, saved whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.build.database_file import insert
from pipeline.build.rows.synthesis_rows import SYNTHESIS_TABLES, synthesis_rows
from pipeline.build.rows.table_rows import Tables
from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Refused, tidy, without_controls
from pipeline.ground.changeset import Changeset, digest_of
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.model.people import Coder, stamp
from pipeline.model.synthesis import JOIN, Synthesis
from pipeline.sources.syntheses import (
    as_lines,
    parse_synthesis,
    read_sentences,
    read_syntheses,
    write_synthesis,
)

LONGEST = 20_000  # characters of one synthesis


@dataclass(frozen=True, slots=True)
class Draft:
    """A synthesis as it stands in its file, if it does; `state` tells one state from another."""

    path: Path
    codes: tuple[str, ...]
    language: str
    state: str
    synthesis: Synthesis | None = None

    @property
    def text(self) -> str:
        """Its sentences, a line each."""
        return as_lines(self.synthesis.sentences) if self.synthesis else ""


def read_draft(project: Project, codes: Sequence[str], language: str) -> Draft:
    """The synthesis of these codes. Raises InputError where its file has faults."""
    path = project.syntheses / f"{JOIN.join(codes)}.{language}.md"
    name = project.name(path)
    state = digest_of(path)
    if not state:
        return Draft(path, tuple(codes), language, state)
    text, problems = decode_utf8(path.read_bytes(), name)
    synthesis, found = parse_synthesis(text, path.stem, name)
    if problems or found:
        raise InputError([*problems, *found])
    return Draft(path, tuple(codes), language, state, synthesis)


def save_synthesis(
    project: Project,
    draft: Draft,
    coder: Coder,
    text: str,
    pieces: Container[str],
    checks: bool = False,
) -> Synthesis:
    """Write the file whole. Raises Refused, Collision or OSError; it is then as it was.

    `pieces` may be cited. Who changes a sentence is its author; a person may say to have checked
    it (`checks`). Who saves their own anew has seen what came since.
    """
    text = tidy(without_controls(text))
    sentences, problems = read_sentences(text, project.name(draft.path))
    reasons = [
        desk_says(f"synthesis.{item.kind.replace('-', '_')}", line=item.line, words=item.raw)
        for item in problems
    ]
    cited = dict.fromkeys(piece for item in sentences for piece in item.pieces)
    reasons += [desk_says("synthesis.unknown", piece=name) for name in cited if name not in pieces]
    if not sentences:
        reasons.append(desk_says("synthesis.empty"))
    if len(text) > LONGEST:
        reasons.append(desk_says("synthesis.too_long", longest=LONGEST))
    if checks and not coder.is_person:
        reasons.append(desk_says("synthesis.no_person"))
    before, now = draft.synthesis, stamp(datetime.now(UTC))
    same = before is not None and as_lines(before.sentences) == as_lines(sentences)
    if same and not checks and before is not None and before.by != coder.id:
        reasons.append(desk_says("synthesis.nothing_changed"))
    if reasons:
        raise Refused(dict.fromkeys(reasons))
    keeps = same and checks and before is not None
    by, written = (before.by, before.written) if keeps and before else (coder.id, now)
    checked = (coder.id, now) if checks else ("", "")
    made = Synthesis(draft.codes, draft.language, by, written, sentences, *checked)
    change = Changeset(project)
    change.based_on(draft.path, draft.state)
    change.write(draft.path, write_synthesis(made))
    change.commit()
    return made


def refresh_syntheses(
    connection: sqlite3.Connection, project: Project, kept: Mapping[str, str]
) -> None:
    """Make the rows of syntheses those of their files; `kept` are the keys of merged studies."""
    tables = Tables()
    synthesis_rows(tables, read_syntheses(project).following(kept).items)
    with connection:
        for name in reversed(SYNTHESIS_TABLES):
            connection.execute(f'DELETE FROM "{name}"')
        for name in SYNTHESIS_TABLES:
            insert(connection, name, tables.rows[name])
            connection.execute(
                "UPDATE meta SET value = ? WHERE name = ?",
                (str(len(tables.rows[name])), f"rows/{name}"),
            )
