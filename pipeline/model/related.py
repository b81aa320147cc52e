"""What was read in place of a study: `based_on` in the front matter of a digest."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, field_validator

from pipeline.model.csl import OTHER, TYPES, genre
from pipeline.model.records import Related
from pipeline.model.scheme import Texts, WebAddress

Date = Annotated[str, StringConstraints(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")]
Day = Annotated[Date, BeforeValidator(str)]


class RelatedPublication(BaseModel):
    """A related publication; `what` says what of it was read, all else is for citing it.

    `type` is one of the bibliography's; without a title there is nothing to cite.
    """

    model_config = ConfigDict(extra="forbid")

    what: Texts | str
    type: str = "misc"
    authors: tuple[str, ...] = ()
    title: str = ""
    date: Day = ""
    container: str = ""
    url: WebAddress = ""
    unconfirmed: tuple[str, ...] = ()

    @field_validator("type")
    @classmethod
    def known(cls, value: str) -> str:
        """A type that the bibliography knows too."""
        if value != "misc" and value not in TYPES:
            raise ValueError(f"'{value}' is not one of misc, {', '.join(TYPES)}")
        return value

    def record(self) -> Related:
        """As a record, with the publication as a CSL-JSON item where it can be cited."""
        words = self.what if isinstance(self.what, Texts) else None
        item = {
            "type": TYPES.get(self.type, OTHER),
            "genre": genre(self.type),
            "title": self.title,
            "author": [_person(name) for name in self.authors],
            "issued": {"date-parts": [[int(part) for part in self.date.split("-")]]}
            if self.date
            else None,
            "container-title": self.container,
            "URL": self.url,
        }
        return Related(
            words.en if words else str(self.what),
            words.nl if words else "",
            {name: value for name, value in item.items() if value} if self.title else {},
            self.unconfirmed,
        )


def as_publication(value: Any) -> Any:
    """Older digests say in prose alone what they rest on."""
    return {"what": value} if isinstance(value, str) and value else value or None


BasedOn = Annotated[RelatedPublication | None, BeforeValidator(as_publication)]


def _person(name: str) -> dict[str, str]:
    """Family name and given names, or a family name alone where no other is known."""
    family, _, given = name.partition(",")
    parts = {"family": family.strip(), "given": given.strip()}
    return {part: value for part, value in parts.items() if value}
