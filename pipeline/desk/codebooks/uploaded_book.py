"""A codebook or project that somebody has shown to a running review, and what they said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.desk.codebooks.codebook import Codebook
from pipeline.desk.codebooks.codebook_formats import read_codebook
from pipeline.desk.codebooks.hand_choices import NEW, choose
from pipeline.desk.codebooks.mapped import Mapped
from pipeline.desk.codebooks.mapping import map_codebook
from pipeline.desk.codebooks.qda_project import QdaProject
from pipeline.desk.codebooks.qdpx_archive import is_project
from pipeline.desk.codebooks.qdpx_reader import read_project
from pipeline.model.scheme import Scheme


@dataclass
class UploadedBook:
    """One file of one coder; `project` is all of it where it is more than a codebook.

    `codes` are choices by place of entry, as of a `version` of the scheme; `studies` are by name of
    source; `users` are those whose codings become the coder's, or None where nobody said.
    """

    coder: str
    dimension: str
    book: Codebook
    project: QdaProject | None
    digest: str
    version: int = 0
    codes: dict[int, str] = field(default_factory=dict)
    studies: dict[str, str] = field(default_factory=dict)
    users: frozenset[str] | None = None
    round: str = ""

    def mapped(self, scheme: Scheme) -> list[Mapped]:
        """The entries beside the scheme as it is now, as they were chosen."""
        if self.version != scheme.version:
            # What was to be added may be there now.
            self.codes = {place: code for place, code in self.codes.items() if code != NEW}
            self.version = scheme.version
        return choose(map_codebook(self.book, scheme, self.dimension), self.codes, scheme)

    def say(self, codes: Mapping[int, str], scheme: Scheme) -> None:
        """Keep choices, which must be possible. Raises NotMapped."""
        mapped = map_codebook(self.book, scheme, self.dimension)
        choose(mapped, codes, scheme)
        self.version, self.codes = scheme.version, dict(codes)


def upload(data: bytes, name: str, coder: str, dimension: str) -> UploadedBook:
    """Read a file that a coder has shown. InputError with all that is wrong."""
    project = read_project(data, name) if is_project(data) else None
    book = project.book if project else read_codebook(data, name)
    digest = hashlib.sha256(f"{coder} {dimension} ".encode() + data).hexdigest()[:16]
    return UploadedBook(coder, dimension, book, project, digest)
