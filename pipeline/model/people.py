"""Who codes, and in which rounds: what each coder codes and sees meanwhile."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    model_validator,
)

from pipeline.ground.yamlfile import Part
from pipeline.model.scheme import Id, Text, Texts

State = Literal["open", "comparing", "closed"]
Nature = Literal["person", "model"]
FileName = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]*)?$")]


_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


@lru_cache(maxsize=1 << 17)
def moment(text: str) -> str:
    """A time as UTC with microseconds, so that the order of texts is the order of time."""
    if len(text) == 27 and text[-1] == "Z":
        return text
    return stamp(datetime.fromisoformat(text))


def is_time(text: str) -> bool:
    """Whether a text is a moment as our files hold it."""
    try:
        return bool(_TIME.match(text)) and bool(moment(text))
    except ValueError:
        return False


def stamp(time: datetime) -> str:
    """How times stand in our files: 2026-11-23T14:05:00.000000Z."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_time(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value if value.tzinfo else value.replace(tzinfo=UTC))
    return moment(value) if isinstance(value, str) else value


class Coder(Part):
    """Who codes, named by function: a person or a language model. Deactivated, never removed.

    `instructions` names the file in `coding/instructions/` that a model worked by.
    """

    id: Id
    name: Texts
    kind: Text
    nature: Nature | None = None
    instructions: FileName = ""
    active: bool = True

    @property
    def is_person(self) -> bool:
        return self.nature == "person"


class Step(Part):
    """A round was opened for comparison, closed, or opened again: when, and by whom."""

    at: Annotated[str, BeforeValidator(as_time)]
    by: Id
    state: State


class Round(Part):
    """A coding round: who codes what, and what they see meanwhile.

    `suggestions` shown `after` are seen once one's own answer stands. `hidden_from` names coders
    who see none; `hidden_share` hides them for that share of passages, the same ones for everybody.
    `checks` names the coder whose answers the others check; `adjudicators` settle differences
    without coding themselves; `note` says what readers of its results should know.
    """

    id: Id
    title: Texts
    coders: tuple[Id, ...]
    studies: Literal["all"] | tuple[str, ...] = "all"
    dimensions: tuple[Id, ...] = ()
    blind: bool = True
    suggestions: Literal["shown", "hidden", "after"] = "hidden"
    hidden_from: tuple[Id, ...] = ()
    hidden_share: float = Field(default=0.0, ge=0, le=1)
    checks: Id | None = None
    adjudicators: tuple[Id, ...] = ()
    note: Texts | None = None
    history: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Round:
        if self.checks is not None and self.blind:
            raise ValueError("who checks another's coding must see it: set blind to false")
        return self

    @property
    def people(self) -> tuple[Id, ...]:
        """Who takes part: coders, and those who only settle."""
        return (*self.coders, *self.adjudicators)

    @property
    def state(self) -> State:
        return self.history[-1].state if self.history else "open"

    @property
    def opened_at(self) -> str | None:
        """When its answers were first laid open; those given later are not independent."""
        return next((step.at for step in self.history if step.state != "open"), None)

    @property
    def closed_at(self) -> str | None:
        """When it was closed for good; None while it is not."""
        return self.history[-1].at if self.state == "closed" else None

    @property
    def is_secret(self) -> bool:
        """Whether its answers are nobody's but their coder's."""
        return self.blind and self.opened_at is None

    def following(self, kept: Mapping[str, str]) -> Round:
        """The round of the studies that are kept, by the keys of those merged into them."""
        if self.studies == "all" or not kept:
            return self
        keys = dict.fromkeys(kept.get(key, key) for key in self.studies)
        return self.model_copy(update={"studies": tuple(keys)})

    def includes(self, study: str) -> bool:
        return self.studies == "all" or study in self.studies

    def shows_suggestions(self, coder: str, unit: str) -> bool:
        """Whether a coder may ever see what the machine suggests for a unit."""
        if self.suggestions == "hidden" or coder in self.hidden_from:
            return False
        lot = hashlib.sha256(f"{self.id}/{unit}".encode()).digest()[:4]
        return int.from_bytes(lot) / 2**32 >= self.hidden_share

    @property
    def may_order_by_score(self) -> bool:
        """Whether an order by score would give no hidden suggestion away (but see hidden_from)."""
        return self.suggestions == "shown" and not self.hidden_share


def _once(items: tuple[Any, ...]) -> tuple[Any, ...]:
    names = [item.id for item in items]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{', '.join(map(repr, twice))} stands twice")
    return items


class Coders(Part):
    coders: Annotated[tuple[Coder, ...], AfterValidator(_once)]


class Rounds(Part):
    rounds: Annotated[tuple[Round, ...], AfterValidator(_once)]
