"""What there is to code in an open project, and the lines that were written of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.build.inputs import Inputs
from pipeline.desk.review.decision_book import Book
from pipeline.ground.caches import FileState, state_of
from pipeline.ground.project import Project
from pipeline.model.people import Coder, Round
from pipeline.model.records import (
    Document,
    JoinedPassage,
    Passage,
    Study,
    Suggestion,
)
from pipeline.model.scheme import Scheme
from pipeline.model.secrecy import OpenLines, SecretLines, open_lines
from pipeline.sources.joined_lines import joined_files, read_joined, with_joined
from pipeline.tagger.documents import Tagged
from pipeline.tagger.tagging import Tagger


@dataclass
class KnownUnits:
    """The units of a project and the lines about them. Files are read again when they change.

    `inputs` are those of the review; `everything` has candidates and kept abstracts too.
    `passages` has those that join others, which `passages_of` a study has not: they stand in
    `joined` by study, with who joined them, and are nobody else's before a round is laid open.
    """

    project: Project
    inputs: Inputs
    said: Tagged
    tagger: Tagger
    everything: Inputs
    studies: dict[str, Study] = field(init=False)
    documents: dict[str, list[Document]] = field(init=False)
    passages: dict[str, Passage] = field(init=False)
    passages_of: dict[str, tuple[str, ...]] = field(init=False)
    joined: dict[str, dict[str, JoinedPassage]] = field(init=False)
    _joined_files: dict[str, list[FileState]] = field(init=False, default_factory=dict)
    rounds: dict[str, Round] = field(init=False)
    coders: dict[str, Coder] = field(init=False)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        studies = sorted(self.inputs.references.studies, key=lambda study: study.key)
        self.studies = {study.key: study for study in studies}
        documents: dict[str, list[Document]] = defaultdict(list)
        for document in self.inputs.corpus.documents:
            documents[document.study].append(document)
        self.documents = defaultdict(list)
        self.passages = {}
        self.passages_of = {}
        self.joined = defaultdict(dict)
        for key in self.studies:
            self.take_documents(key, documents[key])
        self.coders = {item.id: item for item in self.inputs.codings.coders}
        self.rounds = {item.id: item for item in self.inputs.codings.rounds}
        kept = self.inputs.screened.imports.merges.kept
        self.book = Book(self.project, self.scheme, self.passages, self.coders, self.rounds, kept)
        self.book.fill(self.inputs.codings)

    @property
    def suggestions(self) -> dict[str, tuple[Suggestion, ...]]:
        """What the tagger suggests, by unit."""
        return self.said.suggestions

    @property
    def scheme(self) -> Scheme:
        return self.inputs.scheme

    def lines(self, study: str) -> SecretLines:
        """The decision lines of a study, in order of time."""
        return self.book.of(study)

    @property
    def open_lines(self) -> OpenLines:
        """The lines of all studies that anybody may see."""
        return open_lines(*(self.lines(study).open for study in self.book.studies))

    def lines_of_round(self, item: Round) -> OpenLines:
        """The lines of a round that is laid open, of all studies. Raises StillSecret."""
        return open_lines(*(self.lines(study).of_round(item) for study in self.book.studies))

    def sync(self, study: str, coder: str = "", wait: bool = True) -> bool:
        """Read the files of a study again where they changed; see `Book.sync`."""
        self.sync_joined(study)
        return self.book.sync(study, coder, wait)

    def take_documents(self, study: str, documents: list[Document]) -> None:
        """The documents of a study are these."""
        own: dict[str, Passage] = {}
        for document in documents:
            for passage in document.passages:
                own.setdefault(passage.id, passage)
        for unit in {*self.passages_of.get(study, ()), *self.joined[study]} - own.keys():
            del self.passages[unit]
        self.documents[study] = documents
        self.passages_of[study] = tuple(own)
        self.passages |= own
        self._know_joined(study)

    def sync_joined(self, study: str) -> None:
        """Know what was joined of a study's passages since the files were read last."""
        files = joined_files(self.project, study, self.book.kept)
        states = [state_of(path) for path in files]
        if self._joined_files.get(study, [(0, 0)] * len(files)) == states:
            return
        lines, _ = read_joined(self.project, files, self.book.kept)
        before = self.joined[study]
        self.documents[study] = [
            with_joined(document, lines.get(study, ())) for document in self.documents[study]
        ]
        self._know_joined(study)
        self._joined_files[study] = states
        if self.joined[study] != before:
            self.book.take_again(study)

    def _know_joined(self, study: str) -> None:
        documents = self.documents[study]
        own = {item.id: item for document in documents for item in document.joined}
        for document in documents:
            self.said.take_joined(document)
        self.passages |= own
        self.joined[study] = own

    def take_rounds(self, rounds: Iterable[Round]) -> None:
        """Rounds as they now stand in their file."""
        self.rounds = {item.id: item.following(self.book.kept) for item in rounds}
        self.book.take_rounds(self.rounds)
