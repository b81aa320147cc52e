"""The scheme being changed: its YAML as the author wrote it, comments and order kept."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from pipeline.ground.problems import InputError, Mendable
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import refused
from pipeline.model.scheme import LANGUAGES


class CannotChange(Mendable):
    """A change that the scheme does not allow, in words for whoever asked for it."""

    def __init__(self, reason: str) -> None:
        super().__init__([reason])


@dataclass
class SchemeDraft:
    """`files` holds the texts that other files shall have; None where one shall be gone."""

    project: Project
    data: CommentedMap
    version: int
    read: Callable[[Path], str]
    files: dict[Path, str | None] = field(default_factory=dict)

    @property
    def dimensions(self) -> CommentedSeq:
        found: CommentedSeq = self.data["dimensions"]
        return found

    def dimension(self, name: str) -> CommentedMap:
        """A dimension's mapping. Raises CannotChange."""
        for item in self.dimensions:
            if item["id"] == name:
                found: CommentedMap = item
                return found
        known = ", ".join(item["id"] for item in self.dimensions)
        raise CannotChange(f"There is no dimension '{name}'. Dimensions are {known}.")

    def place(self, code: str) -> tuple[CommentedMap, int]:
        """The dimension of a code and the code's place in it. Raises CannotChange."""
        for dimension in self.dimensions:
            for place, item in enumerate(dimension["codes"]):
                if item["id"] == code:
                    return dimension, place
        raise CannotChange(f"There is no code '{code}'.")

    def code(self, name: str) -> CommentedMap:
        dimension, place = self.place(name)
        found: CommentedMap = dimension["codes"][place]
        return found

    def must_be_new(self, name: str) -> None:
        """Raises CannotChange where a code or dimension has this id."""
        ids = {item["id"] for item in self.dimensions}
        ids |= {code["id"] for item in self.dimensions for code in item["codes"]}
        if name in ids:
            raise CannotChange(f"The id '{name}' is taken; ids are for ever, retired ones too.")

    def insert(self, dimension: str, code: CommentedMap, after: str = "") -> None:
        """Put a code into a dimension, behind another or at its end."""
        target = self.dimension(dimension)
        place = len(target["codes"])
        if after:
            owner, place = self.place(after)
            if owner is not target:
                raise CannotChange(f"'{after}' is not in '{dimension}'.")
            place += 1
        target["codes"].insert(place, code)

    def file(self, path: Path) -> str | None:
        """The text of another file as it stands now or in this draft."""
        if path in self.files:
            return self.files[path]
        return self.read(path) or None

    def indicators(self, code: str) -> Path:
        """Where the indicators of a code stand."""
        dimension, _ = self.place(code)
        return self.project.indicators / str(dimension["id"]) / f"{code}.yml"

    def text(self) -> str:
        """The whole scheme as YAML."""
        return dump(self.data)


def round_trip() -> YAML:
    """YAML that keeps comments, quotes and order."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.ignore_aliases = lambda _: True  # our files are read without any
    return yaml


def load(text: str, name: str) -> CommentedMap:
    """A YAML text to be changed. Raises InputError for what no file of ours may say."""
    if problems := list(refused(text, name)):
        raise InputError(problems)
    found: CommentedMap = round_trip().load(text)
    return found


def dump(data: CommentedMap) -> str:
    """The changed text."""
    out = io.StringIO()
    round_trip().dump(data, out)
    return out.getvalue()


def new_code(values: Mapping[str, Any], since: int) -> CommentedMap:
    """A code as it is written by hand: id, since, then the rest."""
    found = CommentedMap({"id": values["id"], "since": since})
    for name, value in values.items():
        if name not in ("id", "since") and value not in (None, "", (), []):
            found[name] = styled(value, flow=name == "label")
    return found


def quoted_keys(value: CommentedMap) -> CommentedMap:
    """With quotes around `yes` and `no`, which other readers of YAML take for truth values."""
    for place, name in enumerate(list(value)):
        if name in ("yes", "no"):
            value.insert(place, DoubleQuotedScalarString(name), value.pop(name))
    return value


def styled(value: Any, flow: bool = False) -> Any:
    """Texts in quotes; a text in two languages in one line where it is short."""
    if isinstance(value, Mapping):
        languages = [name for name in LANGUAGES if name in value]
        rest = [name for name in value if name not in languages]
        found = CommentedMap({name: styled(value[name]) for name in (*rest, *languages)})
        if flow:
            found.fa.set_flow_style()
        return found
    if isinstance(value, list | tuple):
        return CommentedSeq([styled(item) for item in value])
    return DoubleQuotedScalarString(value) if isinstance(value, str) and " " in value else value
