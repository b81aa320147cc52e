"""What was found, as somebody wrote it: `coding/synthesis/<code>[--<code>].<lang>.md`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BeforeValidator

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8, newlines
from pipeline.ground.texts import LANGUAGES
from pipeline.ground.yamlfile import Part, dump_yaml, parse_yaml
from pipeline.model.people import as_time
from pipeline.model.scheme import Id
from pipeline.model.synthesis import JOIN, Sentence, Synthesis
from pipeline.sources.merges import follow

_NAME = re.compile(
    rf"(?P<codes>[a-z][a-z0-9_]*(?:--[a-z][a-z0-9_]*)?)\.(?P<of>{'|'.join(LANGUAGES)})"
)
_FRONT = re.compile(r"\A---\s*\n(.*?\n)---\s*(?:\n|\Z)", re.DOTALL)
_CITED = re.compile(r"(?P<text>.*?)\s*\[(?P<pieces>[^\[\]]*)\]\s*\Z")
_PIECE = re.compile(r"\S+-[0-9a-f]{8}-[a-z][a-z0-9_]*\Z")
DAY_ENDS = "T23:59:59.999999Z"


def _moment(value: Any) -> Any:
    """A day lasts until its end: what was decided on it was seen."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return f"{value.isoformat()}{DAY_ENDS}"
    return as_time(value)


Moment = Annotated[str, BeforeValidator(_moment)]


class SynthesisFront(Part):
    """What stands between the two lines of dashes at the head of a synthesis."""

    by: Id
    written: Moment
    checked_by: Id | None = None
    checked: Moment = ""


@dataclass(frozen=True, slots=True)
class Syntheses:
    """All that could be read, in the order of their files, and what was wrong with any."""

    items: tuple[Synthesis, ...] = ()
    problems: tuple[Problem, ...] = ()

    def following(self, kept: Mapping[str, str]) -> Syntheses:
        """The same with pieces of merged studies under the keys that are kept."""
        return replace(self, items=tuple(_following(item, kept) for item in self.items))


def read_syntheses(project: Project) -> Syntheses:
    """Every synthesis of a project."""
    items: list[Synthesis] = []
    problems: list[Problem] = []
    for path in sorted(project.syntheses.glob("*.md")):
        if path.name == "README.md":
            continue
        name = project.name(path)
        text, found = decode_utf8(path.read_bytes(), name)
        if not found:
            item, found = parse_synthesis(text, path.stem, name)
            items += [item] if item else []
        problems += found
    return Syntheses(tuple(items), tuple(problems))


def parse_synthesis(text: str, stem: str, name: str) -> tuple[Synthesis | None, list[Problem]]:
    """The synthesis of a file called `stem`, and what is wrong with it."""
    text = newlines(text)
    called = _NAME.fullmatch(stem)
    if called is None:
        hint = f"Call it <code>.<language>.md or <code>{JOIN}<code>.<language>.md."
        return None, [Problem(name, 0, "wrong-name", f"'{stem}' names no code and language", hint)]
    match = _FRONT.match(text)
    if match is None:
        hint = "Begin with a line ---, who wrote it and when, and a line ---. See docs/formats.md."
        return None, [Problem(name, 1, "no-front-matter", "no front matter", hint)]
    try:
        front = parse_yaml(match[1], SynthesisFront, name, first_line=2)
    except InputError as error:
        return None, error.problems
    start = text.count("\n", 0, match.end()) + 1
    sentences, problems = read_sentences(text[match.end() :], name, start)
    if not sentences and not problems:
        hint = "Write one sentence a line, each with its pieces in square brackets."
        problems = [Problem(name, start, "no-sentence", "no sentence", hint)]
    codes = tuple(called["codes"].split(JOIN))
    by = front.checked_by or ""
    found = (front.by, front.written, sentences, by, front.checked, name)
    return Synthesis(codes, called["of"], *found), problems


def read_sentences(
    text: str, name: str, start: int = 1
) -> tuple[tuple[Sentence, ...], list[Problem]]:
    """The sentences of a text, one a line, and what is wrong with any."""
    sentences: list[Sentence] = []
    problems: list[Problem] = []
    for line, raw in enumerate(text.split("\n"), start):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        match = _CITED.match(raw.strip())
        words = match["text"] if match else raw.strip()
        named = [item.strip() for item in match["pieces"].split(",")] if match else []
        pieces = tuple(dict.fromkeys(filter(None, named)))
        sentences.append(Sentence(" ".join(words.split()), pieces, line))
        if not pieces or not words:
            what, why = ("no-piece", "a sentence without a piece") if words else (
                "no-sentence", "pieces without a sentence")  # fmt: skip
            hint = "End the sentence with the ids of the pieces it rests on: … [id, id]."
            problems.append(Problem(name, line, what, why, hint, first_line(raw)))
        for piece in pieces:
            if not _PIECE.match(piece):
                hint = "A piece is called as in the table evidence: passage, hyphen, role."
                message = f"'{piece[:80]}' is no id of a piece"
                problems.append(Problem(name, line, "bad-piece", message, hint, first_line(raw)))
    return tuple(sentences), problems


def write_synthesis(item: Synthesis) -> bytes:
    """The file's bytes."""
    front = {"by": item.by, "written": item.written}
    if item.checked_by:
        front |= {"checked_by": item.checked_by, "checked": item.checked}
    head = dump_yaml(front).decode()
    return f"---\n{head}---\n\n{as_lines(item.sentences)}".encode()


def as_lines(sentences: Iterable[Sentence]) -> str:
    """Sentences as a file has them."""
    return "".join(f"{item.text} [{', '.join(item.pieces)}]\n" for item in sentences)


def _following(item: Synthesis, kept: Mapping[str, str]) -> Synthesis:
    if not kept:
        return item
    sentences = tuple(
        replace(one, pieces=tuple(_kept(piece, kept) for piece in one.pieces))
        for one in item.sentences
    )
    return replace(item, sentences=sentences)


def _kept(piece: str, kept: Mapping[str, str]) -> str:
    unit, dash, role = piece.rpartition("-")
    return f"{follow(unit, kept)}{dash}{role}"
