"""Files of ours with front matter, and the items of their lists: `- [label] words`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.yamlfile import parse_yaml
from pipeline.model.passages import Stretch

_FRONT = re.compile(r"\A---\s*\n(.*?\n)---\s*\n", re.DOTALL)
_ITEM = re.compile(r"[-*]\s+(?:\[([^\]]*)\]\s*)?(.*)")
Front = TypeVar("Front", bound=BaseModel)
Line = tuple[int, str]  # its number in the file, and what stands there


@dataclass(frozen=True, slots=True)
class Fronted(Generic[Front]):
    """What stands between the lines of dashes, and the lines behind; `start` numbers the first."""

    front: Front
    lines: tuple[Line, ...]
    start: int


def fronted(text: str, model: type[Front], name: str) -> Fronted[Front]:
    """A file's text as front matter and lines. Raises InputError."""
    match = _FRONT.match(text)
    if match is None:
        hint = "Begin with a line ---, the front matter, and a line ---. See docs/formats.md."
        raise InputError([Problem(name, 1, "no-front-matter", "no front matter", hint)])
    front = parse_yaml(match[1], model, name, first_line=2)
    start = text.count("\n", 0, match.end()) + 1
    return Fronted(front, tuple(enumerate(text[match.end() :].split("\n"), start)), start)


def items(
    lines: Iterable[Line], kind: str, what: str, name: str
) -> tuple[list[Stretch], list[Problem]]:
    """The items of a list, each with its label as locator; one may go on in indented lines.

    `kind` and `what` name the problem of a line that is none.
    """
    found: list[Stretch] = []
    problems = []
    for number, raw in lines:
        if not raw.strip():
            continue
        if (match := _ITEM.match(raw)) and raw[:1] in "-*":
            found.append(Stretch(match[2], match[1] or "", number))
        elif raw[:1].isspace() and found:
            last = found[-1]
            found[-1] = replace(last, text=f"{last.text} {raw.strip()}")
        else:
            hint = "Begin it with '- [locator] '."
            problems.append(Problem(name, number, kind, what, hint, first_line(raw)))
    return found, problems
