"""What a researcher may say about a full text, in a small file beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from pipeline.ground.caches import FileState, state_of
from pipeline.ground.yamlfile import Part, read_yaml

SUFFIX = ".yml"
TextState = tuple[FileState, FileState]  # of a full text, and of its options
PageNumber = Annotated[int, Field(ge=1)]
Heading = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Options(Part):
    """`<key>.yml`: language, headings to leave out, first and last page counted in the file."""

    language: Literal["en", "nl"] | None = None
    skip: tuple[Heading, ...] = ()
    from_page: PageNumber = 1
    to_page: PageNumber | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_page is not None and self.to_page < self.from_page:
            raise ValueError(f"to_page {self.to_page} lies before from_page {self.from_page}")
        return self

    @property
    def about_pages(self) -> bool:
        return self.from_page > 1 or self.to_page is not None

    def keeps(self, number: int) -> bool:
        """Whether the page with this number, counted from 1, is to be read."""
        return self.from_page <= number and (self.to_page is None or number <= self.to_page)


def options_of(path: Path) -> Path:
    """Where the options of a full text stand, whether or not there are any."""
    return path.with_suffix(SUFFIX)


def states_of(path: Path) -> TextState:
    """What a full text is read again for, where it changes."""
    return state_of(path), state_of(options_of(path))


def read_options(path: Path, name: str) -> Options:
    """The options beside a full text. Raises InputError with the line of each fault."""
    file = options_of(path)
    if not file.is_file():
        return Options()
    return read_yaml(file, Options, str(Path(name).with_suffix(SUFFIX)))
