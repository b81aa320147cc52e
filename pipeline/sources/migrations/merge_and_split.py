"""Codes merged into another, and one split into several: how old answers read then."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from pipeline.ground.problems import InputError
from pipeline.model.scheme import Id
from pipeline.sources.migrations.scheme_change import NewCode, SchemeChange, retire
from pipeline.sources.migrations.scheme_draft import CannotChange, SchemeDraft, dump, load, styled


class Merge(SchemeChange):
    """Retire codes in favour of another: their old answers read as that one."""

    do: Literal["merge"] = "merge"
    codes: tuple[Id, ...] = Field(min_length=1)
    into: Id

    def edit(self, draft: SchemeDraft) -> None:
        home, _ = draft.place(self.into)
        if draft.code(self.into).get("retired"):
            raise CannotChange(f"'{self.into}' is retired.")
        for name in self.codes:
            if name == self.into:
                raise CannotChange(f"'{name}' cannot be merged into itself.")
            if draft.place(name)[0] is not home:
                raise CannotChange(f"'{name}' and '{self.into}' are in different dimensions.")
            retire(draft, name)["reads_as"] = _row([self.into])
            _lift(draft, home, name, self.into)
            _move_indicators(draft, name, self.into)

    @property
    def said(self) -> str:
        return f"merge {', '.join(self.codes)} into {self.into}"


class Split(SchemeChange):
    """Retire a code in favour of several new ones.

    Passages that had it must be looked at again, unless old answers read as one of the parts
    (`old_answers`); where it was denied, its parts were denied with it.
    """

    do: Literal["split"] = "split"
    code: Id
    into: tuple[NewCode, ...] = Field(min_length=2)
    old_answers: str = ""

    def edit(self, draft: SchemeDraft) -> None:
        dimension, _ = draft.place(self.code)
        names = [part.id for part in self.into]
        if self.old_answers and self.old_answers not in names:
            raise CannotChange(f"Old answers can read as {', '.join(names)}, or as none of them.")
        whole = retire(draft, self.code)
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


def _row(names: list[str]) -> Any:
    found = styled(names)
    found.fa.set_flow_style()
    return found


def _lift(draft: SchemeDraft, dimension: Any, name: str, into: str) -> None:
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


def _move_indicators(draft: SchemeDraft, name: str, into: str) -> None:
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


def _load(draft: SchemeDraft, path: Path, text: str) -> Any:
    try:
        return load(text, draft.project.name(path))
    except InputError as error:
        raise CannotChange("\n".join(str(item) for item in error.problems)) from None
