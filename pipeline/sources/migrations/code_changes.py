"""Changes of one code: added, renamed, defined anew, moved, nested, retired, brought back."""

from __future__ import annotations

from typing import Literal

from pipeline.model.scheme import Id, NearMiss, Texts
from pipeline.sources.migrations.scheme_change import NewCode, SchemeChange, anything, retire
from pipeline.sources.migrations.scheme_draft import CannotChange, SchemeDraft, styled


class AddCode(SchemeChange):
    """Add a code; passages coded before have not considered it."""

    do: Literal["add"] = "add"
    dimension: Id
    code: NewCode
    after: str = ""

    def edit(self, draft: SchemeDraft) -> None:
        draft.must_be_new(self.code.id)
        draft.insert(self.dimension, self.code.written(draft.version), self.after)

    @property
    def said(self) -> str:
        return f"add {self.code.label.en} ({self.code.id}) to {self.dimension}"


class Rename(SchemeChange):
    """Give a code or dimension another label; its id stays."""

    do: Literal["rename"] = "rename"
    code: Id
    label: Texts

    def edit(self, draft: SchemeDraft) -> None:
        target = anything(draft, self.code)
        before = target["label"]
        flow = bool(before.fa.flow_style()) if hasattr(before, "fa") else True
        target["label"] = styled(self.label.model_dump(), flow)

    @property
    def said(self) -> str:
        return f"rename {self.code} to {self.label.en}"


class Redefine(SchemeChange):
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
    near_misses: tuple[NearMiss, ...] | None = None

    def edit(self, draft: SchemeDraft) -> None:
        target = anything(draft, self.code)
        if self.old_answers == "ask":
            for code in target.get("codes", [target]):
                code["meaning"] = draft.version
        words = self.model_dump(
            mode="json", exclude={"do", "code", "old_answers"}, exclude_none=True
        )
        for name, value in words.items():
            if "codes" in target and name != "definition":
                raise CannotChange(f"A dimension has a definition, but no '{name}'.")
            target[name] = styled(value)

    @property
    def said(self) -> str:
        again = "; earlier answers are asked for again" if self.old_answers == "ask" else ""
        return f"define {self.code} anew{again}"


class Reorder(SchemeChange):
    """Move a code behind another of its dimension, or to the front."""

    do: Literal["reorder"] = "reorder"
    code: Id
    after: str = ""

    def edit(self, draft: SchemeDraft) -> None:
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


class Nest(SchemeChange):
    """Put a code under another of its dimension, or back at the top."""

    do: Literal["nest"] = "nest"
    code: Id
    under: str = ""

    def edit(self, draft: SchemeDraft) -> None:
        target = draft.code(self.code)
        if self.under:
            target["parent"] = self.under
        else:
            target.pop("parent", None)

    @property
    def said(self) -> str:
        return f"put {self.code} " + (f"under {self.under}" if self.under else "at the top")


class Retire(SchemeChange):
    """Take a code out of use. Old answers keep it; nothing new can be coded with it."""

    do: Literal["retire"] = "retire"
    code: Id

    def edit(self, draft: SchemeDraft) -> None:
        retire(draft, self.code)

    @property
    def said(self) -> str:
        return f"retire {self.code}"


class Restore(SchemeChange):
    """Bring a retired code back; it was not considered meanwhile, so it is asked for again."""

    do: Literal["restore"] = "restore"
    code: Id

    def edit(self, draft: SchemeDraft) -> None:
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
