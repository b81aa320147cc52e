"""What a publisher said of a study since: `status` in the front matter of a digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipeline.model.scheme import Texts, WebAddress

Kind = Literal["corrected", "superseded", "retracted"]
NOTICES: tuple[str, ...] = get_args(Kind)
WITHDRAWN = ("superseded", "retracted")  # these bear nothing out any more


@dataclass(frozen=True)
class Notice:
    """That a study was corrected, superseded or retracted; what of it, and where that is said."""

    kind: str
    note_en: str = ""
    note_nl: str = ""
    link: str = ""


class NoticeEntry(BaseModel):
    """A notice as a digest has it."""

    model_config = ConfigDict(extra="forbid")

    is_: Kind = Field(alias="is")
    note: Texts | None = None
    link: WebAddress = ""

    def record(self) -> Notice:
        note = self.note
        return Notice(self.is_, note.en if note else "", note.nl if note else "", self.link)


def _whole(value: Any) -> Any:
    """`status: retracted` is short for a notice without more."""
    return value if value is None or isinstance(value, Mapping) else {"is": value}


GivenNotice = Annotated[NoticeEntry | None, BeforeValidator(_whole)]
