"""YAML files read with the line of every value, so that a fault can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.ground.problems import InputError, Problem, conflicts
from pipeline.ground.text import decode_utf8


class Part(BaseModel):
    """A part of a file of ours: unknown keys are errors, and nothing of it changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)
Lines = Mapping[tuple[str | int, ...], int]

DEEPEST = 40  # values within values
LONGEST_NUMBER = 100  # characters; YAML reads 1:30:00 as a number too, and a long one for minutes
MOST = 20  # refusals of one file that are told

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True  # no file of ours may have them


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
_NUMBER = re.compile(r"[-+]?[\dA-Fa-fxo_:.]+\Z")


def read_yaml(path: Path, model: type[Model], name: str) -> Model:
    """A validated file. Raises InputError with all its faults, each with its line."""
    if not path.is_file():
        raise InputError([Problem(name, 0, "missing-file", "this file is missing", "Add it.")])
    text, problems = decode_utf8(path.read_bytes(), name)
    if problems:
        raise InputError(problems)
    return parse_yaml(text, model, name)


def read_folder(
    folder: Path, model: type[Model], name: Callable[[Path], str]
) -> tuple[dict[Path, Model], list[Problem]]:
    """The records of a folder, one a file, and what is wrong with those that cannot be read.

    In the order of their files; `name` is how problems call a file. No folder holds none.
    """
    found: dict[Path, Model] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            found[path] = read_yaml(path, model, name(path))
        except InputError as error:
            problems += error.problems
    return found, problems


def misnamed(path: Path, name: str, identity: str) -> list[Problem]:
    """The fault of a record that does not stand in the file called after it."""
    if identity == path.stem:
        return []
    message = f"the file of '{identity}'"
    return [Problem(name, 1, "wrong-name", message, f"Call it {identity}.yml.")]


def dump_yaml(value: object) -> bytes:
    """A record as a file of ours: its keys in their order, texts of several lines as blocks."""
    return yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, encoding="utf-8"
    )


def parse_yaml(text: str, model: type[Model], name: str, first_line: int = 1) -> Model:
    """Like `read_yaml`, for text that begins in `first_line` of its file."""
    data, lines, problems = load_with_lines(text, name, first_line)
    if problems:
        raise InputError(problems)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(
            [_problem(item, lines, name, first_line) for item in error.errors()]
        ) from None


def read_plain(text: str, name: str) -> Any:
    """The data of a text that has no model here. Raises InputError."""
    data, _, problems = load_with_lines(text, name)
    if problems:
        raise InputError(problems)
    return data


def faults_of(path: Path, name: str) -> list[Problem]:
    """What is wrong with the YAML of a file that may be missing and has no model here."""
    if not path.is_file():
        return []
    text, problems = decode_utf8(path.read_bytes(), name)
    return problems or load_with_lines(text, name)[2]


def load_with_lines(text: str, name: str, first_line: int = 1) -> tuple[Any, Lines, list[Problem]]:
    """The data, the line of each path in it, and what YAML itself finds wrong."""
    lines: dict[tuple[str | int, ...], int] = {}
    problems = conflicts(text, name, first_line)
    try:
        problems = problems or list(islice(refused(text, name, first_line), MOST))
        if problems:
            return None, {}, problems
        node = yaml.compose(text, Loader=_Loader)
        if node is not None:
            _walk(node, (), lines, problems, name, first_line)
        data = None if node is None or problems else _Loader("").construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + first_line if mark else 0
        hint = "Check indentation, and put texts with : or # in quotes."
        return None, {}, [Problem(name, line, "yaml", f"not YAML: {error.problem}", hint)]
    except yaml.YAMLError as error:
        return None, {}, [Problem(name, 0, "yaml", f"not YAML: {error}", "Remove odd characters.")]
    except ValueError as error:
        hint = "Put what is no number and no day in quotes."
        return None, {}, [Problem(name, 0, "yaml", f"not YAML: {error}", hint)]
    return data, lines, problems


def refused(text: str, name: str, first_line: int = 1) -> Iterator[Problem]:
    """What YAML can say and no file of ours may: it is seen before anything is made of it.

    An alias may stand for itself, or for more values than a memory holds. Raises YAMLError.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = (event.start_mark.line if event.start_mark else 0) + first_line
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            message = f"more than {DEEPEST} values within values"
            yield Problem(name, line, "yaml-depth", message, "Look for brackets that never close.")
            return
        if not isinstance(event, yaml.NodeEvent):
            continue
        if event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = f"'{sign}{event.anchor[:40]}': aliases and anchors are not read"
            hint = "Write the value out where it is meant; put a text that begins so in quotes."
            yield Problem(name, line, "yaml-alias", message, hint)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            message = f"'{event.tag[:40]}': tags are not read"
            hint = "Take it away; put a text that begins with ! in quotes."
            yield Problem(name, line, "yaml-tag", message, hint)
        if (
            isinstance(event, yaml.ScalarEvent)
            and not event.style
            and len(event.value) > LONGEST_NUMBER
            and _NUMBER.match(event.value)
        ):
            message = f"a number of {len(event.value)} characters"
            yield Problem(name, line, "yaml-number", message, "Put a text in quotes.")


def _walk(
    node: yaml.Node,
    path: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    problems: list[Problem],
    name: str,
    first_line: int,
) -> None:
    lines[path] = node.start_mark.line + first_line
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + first_line
            text = str(key.value)
            if text in seen:
                hint = "Keep one of the two."
                problems.append(
                    Problem(name, line, "duplicate-key", f"'{text}' stands twice", hint)
                )
            seen.add(text)
            _walk(value, (*path, text), lines, problems, name, first_line)
            lines[(*path, text)] = line
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*path, index), lines, problems, name, first_line)


def _problem(error: Any, lines: Lines, name: str, first_line: int) -> Problem:
    path = tuple(error["loc"])
    where = ".".join(str(part) for part in path) or "the file"
    known = path
    while known and known not in lines:
        known = known[:-1]
    line = lines.get(known, first_line)
    if error["type"] == "extra_forbidden":
        return Problem(
            name, line, "unknown-key", f"'{where}' is not known here", "Correct or remove it."
        )
    if error["type"] == "missing":
        return Problem(name, line, "missing-key", f"'{where}' is missing", "Add it.")
    message = error["msg"].removeprefix("Value error, ")
    return Problem(name, line, "bad-value", f"'{where}': {message}", "See docs/formats.md.")
