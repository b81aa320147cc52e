"""The changes that a scheme can undergo, each with what it does to the files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.ground.problems import InputError
from pipeline.ground.yamlfile import parse_yaml
from pipeline.model.indicators import WORDS_FILE, IndicatorFile, WordClasses
from pipeline.model.scheme import Id, NearMiss, Text, Texts
from pipeline.sources.migrations.scheme_draft import (
    CannotChange,
    Draft,
    dump,
    load,
    new_code,
    styled,
)


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def edit(self, draft: Draft) -> None:
        """Make the change. Raises CannotChange."""
        raise NotImplementedError

    @property
    def said(self) -> str:
        """The change in a few words."""
        raise NotImplementedError


class NewCode(BaseModel):
    """A code that did not exist before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    label: Texts
    definition: Texts | None = None
    include: Texts | None = None
    exclude: Texts | None = None
    example: Texts | None = None
    near_misses: tuple[NearMiss, ...] = ()
    parent: Id | None = None

    def written(self, since: int, **more: Any) -> Any:
        values = self.model_dump(mode="json", exclude_none=True)
        return new_code({**values, **more}, since)


class AddCode(_Change):
    """Add a code; passages coded before have not considered it."""

    do: Literal["add"] = "add"
    dimension: Id
    code: NewCode
    after: str = ""

    def edit(self, draft: Draft) -> None:
        draft.must_be_new(self.code.id)
        draft.insert(self.dimension, self.code.written(draft.version), self.after)

    @property
    def said(self) -> str:
        return f"add {self.code.label.en} ({self.code.id}) to {self.dimension}"


class Rename(_Change):
    """Give a code or dimension another label; its id stays."""

    do: Literal["rename"] = "rename"
    code: Id
    label: Texts

    def edit(self, draft: Draft) -> None:
        target = _anything(draft, self.code)
        before = target["label"]
        flow = bool(before.fa.flow_style()) if hasattr(before, "fa") else True
        target["label"] = styled(self.label.model_dump(), flow)

    @property
    def said(self) -> str:
        return f"rename {self.code} to {self.label.en}"


class Redefine(_Change):
    """Change what a code or dimension means in words.

    `old_answers` says whether answers given before still read as they did (the words say better
    what was meant), or say nothing of the code as it is now and are asked for again.
    """

    do: Literal["redefine"] = "redefine"
    code: Id
    old_answers: Literal["read", "ask"] = "read"
    definition: Texts | None = None
    include: Texts | None = None
    exclude: Texts | None = None
    example: Texts | None = None

    def edit(self, draft: Draft) -> None:
        target = _anything(draft, self.code)
        if self.old_answers == "ask":
            for code in target.get("codes", [target]):
                code["meaning"] = draft.version
        words = self.model_dump(exclude={"do", "code", "old_answers"}, exclude_none=True)
        for name, value in words.items():
            if "codes" in target and name != "definition":
                raise CannotChange(f"A dimension has a definition, but no '{name}'.")
            target[name] = styled(value)

    @property
    def said(self) -> str:
        again = "; earlier answers are asked for again" if self.old_answers == "ask" else ""
        return f"define {self.code} anew{again}"


class Reorder(_Change):
    """Move a code behind another of its dimension, or to the front."""

    do: Literal["reorder"] = "reorder"
    code: Id
    after: str = ""

    def edit(self, draft: Draft) -> None:
        if self.after == self.code:
            raise CannotChange(f"'{self.code}' cannot stand behind itself.")
        dimension, place = draft.place(self.code)
        moved = dimension["codes"].pop(place)
        if self.after:
            draft.insert(str(dimension["id"]), moved, self.after)
        else:
            dimension["codes"].insert(0, moved)

    @property
    def said(self) -> str:
        return f"move {self.code} " + (f"behind {self.after}" if self.after else "to the front")


class Nest(_Change):
    """Put a code under another of its dimension, or back at the top."""

    do: Literal["nest"] = "nest"
    code: Id
    under: str = ""

    def edit(self, draft: Draft) -> None:
        target = draft.code(self.code)
        if self.under:
            target["parent"] = self.under
        else:
            target.pop("parent", None)

    @property
    def said(self) -> str:
        return f"put {self.code} " + (f"under {self.under}" if self.under else "at the top")


class Merge(_Change):
    """Retire codes in favour of another: their old answers read as that one."""

    do: Literal["merge"] = "merge"
    codes: tuple[Id, ...] = Field(min_length=1)
    into: Id

    def edit(self, draft: Draft) -> None:
        home, _ = draft.place(self.into)
        if draft.code(self.into).get("retired"):
            raise CannotChange(f"'{self.into}' is retired.")
        for name in self.codes:
            if name == self.into:
                raise CannotChange(f"'{name}' cannot be merged into itself.")
            if draft.place(name)[0] is not home:
                raise CannotChange(f"'{name}' and '{self.into}' are in different dimensions.")
            _retire(draft, name)["reads_as"] = _row([self.into])
            _lift(draft, home, name, self.into)
            _move_indicators(draft, name, self.into)

    @property
    def said(self) -> str:
        return f"merge {', '.join(self.codes)} into {self.into}"


class Split(_Change):
    """Retire a code in favour of several new ones.

    Passages that had it must be looked at again, unless old answers read as one of the parts
    (`old_answers`); where it was denied, its parts were denied with it.
    """

    do: Literal["split"] = "split"
    code: Id
    into: tuple[NewCode, ...] = Field(min_length=2)
    old_answers: str = ""

    def edit(self, draft: Draft) -> None:
        dimension, _ = draft.place(self.code)
        names = [part.id for part in self.into]
        if self.old_answers and self.old_answers not in names:
            raise CannotChange(f"Old answers can read as {', '.join(names)}, or as none of them.")
        whole = _retire(draft, self.code)
        after = self.code
        for part in self.into:
            draft.must_be_new(part.id)
            parent = {} if part.parent or not whole.get("parent") else {"parent": whole["parent"]}
            code = part.written(draft.version, part_of=self.code, **parent)
            draft.insert(str(dimension["id"]), code, after)
            after = part.id
        if self.old_answers:
            whole["reads_as"] = _row([self.old_answers])

    @property
    def said(self) -> str:
        return f"split {self.code} into {', '.join(part.id for part in self.into)}"


class Retire(_Change):
    """Take a code out of use. Old answers keep it; nothing new can be coded with it."""

    do: Literal["retire"] = "retire"
    code: Id

    def edit(self, draft: Draft) -> None:
        _retire(draft, self.code)

    @property
    def said(self) -> str:
        return f"retire {self.code}"


class Restore(_Change):
    """Bring a retired code back; it was not considered meanwhile, so it is asked for again."""

    do: Literal["restore"] = "restore"
    code: Id

    def edit(self, draft: Draft) -> None:
        target = draft.code(self.code)
        if not target.get("retired"):
            raise CannotChange(f"'{self.code}' is in use.")
        if target.get("reads_as"):
            raise CannotChange(f"'{self.code}' was merged; take that migration back instead.")
        del target["retired"]
        target["since"] = draft.version

    @property
    def said(self) -> str:
        return f"bring {self.code} back"


class NewDimension(BaseModel):
    """A dimension with its first codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    unit: Literal["passage", "study"]
    many: bool = True
    threshold: float = Field(default=0.5, ge=0, le=1)
    overridable: bool = False
    label: Texts
    definition: Texts
    codes: tuple[NewCode, ...] = Field(min_length=1)


class AddDimension(_Change):
    """Add a question that is put to every passage or study."""

    do: Literal["add_dimension"] = "add_dimension"
    dimension: NewDimension

    def edit(self, draft: Draft) -> None:
        new = self.dimension
        draft.must_be_new(new.id)
        codes = []
        for code in new.codes:
            draft.must_be_new(code.id)
            codes.append(code.written(draft.version))
        values = new.model_dump(mode="json", exclude={"codes"}, exclude_defaults=True)
        values = {"id": new.id, "unit": new.unit, "many": new.many, **values}
        found = type(draft.data)()
        for name, value in values.items():
            found[name] = styled(value, flow=name == "label")
        found["codes"] = codes
        draft.dimensions.append(found)

    @property
    def said(self) -> str:
        return f"add the dimension {self.dimension.label.en} ({self.dimension.id})"


class Indicators(_Change):
    """Let the indicators of a code, or the word classes, be this text."""

    do: Literal["indicators"] = "indicators"
    code: str
    text: Text

    def edit(self, draft: Draft) -> None:
        path = self.path(draft)
        model = WordClasses if self.code == WORDS else IndicatorFile
        try:
            found = parse_yaml(self.text, model, draft.project.name(path))
        except InputError as error:
            raise CannotChange("\n".join(str(item) for item in error.problems)) from None
        if isinstance(found, IndicatorFile) and found.code != self.code:
            raise CannotChange(f"The indicators say 'code: {found.code}', not '{self.code}'.")
        draft.files[path] = f"{self.text}\n"

    def path(self, draft: Draft) -> Path:
        if self.code == WORDS:
            return draft.project.indicators / WORDS_FILE
        return draft.indicators(self.code)

    @property
    def said(self) -> str:
        return f"edit the indicators of {self.code}"


WORDS = "words"
Change = Annotated[
    AddCode
    | Rename
    | Redefine
    | Reorder
    | Nest
    | Merge
    | Split
    | Retire
    | Restore
    | AddDimension
    | Indicators,
    Field(discriminator="do"),
]


def _anything(draft: Draft, name: str) -> Any:
    """A code or a dimension."""
    for item in draft.dimensions:
        if item["id"] == name:
            return item
    return draft.code(name)


def _retire(draft: Draft, name: str) -> Any:
    target = draft.code(name)
    if target.get("retired"):
        raise CannotChange(f"'{name}' is retired already, since version {target['retired']}.")
    target["retired"] = draft.version
    return target


def _row(names: list[str]) -> Any:
    found = styled(names)
    found.fa.set_flow_style()
    return found


def _lift(draft: Draft, dimension: Any, name: str, into: str) -> None:
    """Children of a merged code come under the code that it was merged into."""
    for code in dimension["codes"]:
        if code.get("parent") == name and code["id"] != into:
            code["parent"] = into
    target = draft.code(into)
    if target.get("parent") == name:
        above = draft.code(name).get("parent")
        if above:
            target["parent"] = above
        else:
            del target["parent"]


def _move_indicators(draft: Draft, name: str, into: str) -> None:
    """What suggested a merged code suggests the other now."""
    source, target = draft.indicators(name), draft.indicators(into)
    text = draft.file(source)
    if text is None:
        return
    there = draft.file(target)
    draft.files[source] = None
    if there is None:
        data = _load(draft, source, text)
        data["code"] = into
        draft.files[target] = dump(data)
        return
    data, more = _load(draft, target, there), _load(draft, source, text)
    taken = {item["id"] for item in data["indicators"]}
    for item in more["indicators"]:
        if item["id"] in taken:
            item["id"] = f"{name.replace('_', '-')}-{item['id']}"
        data["indicators"].append(item)
    for language, sentences in more.get("must_match", {}).items():
        data.setdefault("must_match", {}).setdefault(language, []).extend(sentences)
        against = data.get("must_not_match", {}).get(language, [])
        for sentence in [item for item in against if item in sentences]:
            against.remove(sentence)
    draft.files[target] = dump(data)


def _load(draft: Draft, path: Path, text: str) -> Any:
    try:
        return load(text, draft.project.name(path))
    except InputError as error:
        raise CannotChange("\n".join(str(item) for item in error.problems)) from None
