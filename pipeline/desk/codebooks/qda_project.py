"""A project of another program: its codebook, who coded, its sources and what was coded in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.desk.codebooks.codebook import Codebook
from pipeline.desk.codebooks.qdpx_archive import QdaArchive
from pipeline.ground.problems import Problem


@dataclass(frozen=True, slots=True)
class QdaCoding:
    """A code given by a user; both are known by the identity of their GUIDs."""

    code: str
    user: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class QdaSelection:
    """Characters `start` to `end` of a source's text (code points, end exclusive), and its codings.

    `name` is what the program calls it: often its words, perhaps cut.
    """

    start: int
    end: int
    name: str = ""
    codings: tuple[QdaCoding, ...] = ()


@dataclass(frozen=True, slots=True)
class QdaSource:
    """One source. `text` is such that positions are right in it; empty where there is none.

    `kind` is the element's name: TextSource, PDFSource and so on. `file` is where the archive
    holds the source as a full text, and `suffix` of which kind. `unread` are codings of what is no
    text: parts of pictures, of sound, of the pages of a PDF.
    """

    guid: str
    name: str
    kind: str
    description: str = ""
    text: str = ""
    file: str = ""
    suffix: str = ""
    selections: tuple[QdaSelection, ...] = ()
    codings: tuple[QdaCoding, ...] = ()
    unread: tuple[QdaCoding, ...] = ()

    @property
    def all_codings(self) -> Iterator[QdaCoding]:
        """Every coding of it, wherever it stands."""
        yield from (*self.codings, *self.unread)
        for selection in self.selections:
            yield from selection.codings


@dataclass(frozen=True, slots=True)
class QdaProject:
    """One file, read. `users` are names (and ids) by GUID; `book` is its codebook."""

    archive: QdaArchive
    book: Codebook
    users: Mapping[str, tuple[str, str]]
    sources: tuple[QdaSource, ...]
    warnings: tuple[Problem, ...] = ()

    @property
    def coded_by(self) -> dict[str, tuple[str, str]]:
        """Names and ids of those who coded anything, by GUID; both are empty of nobody named."""
        seen = {coding.user for source in self.sources for coding in source.all_codings}
        return {user: self.users.get(user, ("", "")) for user in sorted(seen)}
