"""YAML files read with the line of every value, so that a fault can be pointed at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipeline.problems import InputError, Problem, decode_utf8

Model = TypeVar("Model", bound=BaseModel)
Lines = Mapping[tuple[str | int, ...], int]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, model: type[Model], name: str) -> Model:
    """A validated file. Raises InputError with all its faults, each with its line."""
    if not path.is_file():
        raise InputError([Problem(name, 0, "missing-file", "this file is missing", "Add it.")])
    text, problems = decode_utf8(path.read_bytes(), name)
    if problems:
        raise InputError(problems)
    return parse_yaml(text, model, name)


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


def load_with_lines(text: str, name: str, first_line: int = 1) -> tuple[Any, Lines, list[Problem]]:
    """The data, the line of each path in it, and what YAML itself finds wrong."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + first_line if mark else 0
        hint = "Check indentation, and put texts with : or # in quotes."
        return None, {}, [Problem(name, line, "yaml", f"not YAML: {error.problem}", hint)]
    except yaml.YAMLError as error:
        return None, {}, [Problem(name, 0, "yaml", f"not YAML: {error}", "Remove odd characters.")]
    lines: dict[tuple[str | int, ...], int] = {}
    problems: list[Problem] = []
    if node is not None:
        _walk(node, (), lines, problems, name, first_line)
    if problems:
        return None, lines, problems
    return yaml.load(text, Loader=_Loader), lines, []


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
