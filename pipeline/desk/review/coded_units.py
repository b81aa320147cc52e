"""What there is to code in an open project, who asks it, and what was answered."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from pipeline.build.inputs import Inputs
from pipeline.desk.review.answer_rules import questions
from pipeline.desk.review.decision_book import Book
from pipeline.ground.caches import FileState, state_of
from pipeline.ground.project import Project
from pipeline.model.answers import CONSENSUS, Codings, latest, study_of
from pipeline.model.joined_passages import suggested_of_joined, suggested_together
from pipeline.model.people import Coder, Round
from pipeline.model.records import (
    Decision,
    Document,
    JoinedPassage,
    Passage,
    Study,
    Suggestion,
)
from pipeline.model.scheme import Dimension, Scheme
from pipeline.model.secrecy import OpenLines, SecretLines, open_lines
from pipeline.model.standing import Answers
from pipeline.sources.bibliography.references import References
from pipeline.sources.corpus import Corpus
from pipeline.sources.joined_lines import joined_files, read_joined, with_joined
from pipeline.tagger.tagging import Tagger


@dataclass
class CodedUnits:
    """The units of a project and what is said of them. Files are read again when they change.

    `inputs` are those of the review; `everything` has candidates and kept abstracts too.
    `passages` has those that join others, which `passages_of` a study has not: they stand in
    `joined` by study, with who joined them, and are nobody else's before a round is laid open.
    """

    project: Project
    inputs: Inputs
    suggestions: dict[str, tuple[Suggestion, ...]]
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
            self.suggestions |= suggested_of_joined(document, self.suggestions)
        self.passages |= own
        self.joined[study] = own

    def take_rounds(self, rounds: Iterable[Round]) -> None:
        """Rounds as they now stand in their file."""
        self.rounds = {item.id: item.following(self.book.kept) for item in rounds}
        self.book.take_rounds(self.rounds)

    def units_of(self, item: Round, study: str) -> list[str]:
        """The passages of a study that a round asks about, in order of the documents."""
        if not item.includes(study) or not self.asked(item, of_passage=True):
            return []
        return list(self.passages_of[study])

    def units_joined(self, item: Round, study: str, coders: Collection[str]) -> list[str]:
        """The passages that a round asks about, and behind them what these coders joined in it.

        What is joined counts once its coder has answered it: its passages are answered with it.
        """
        units = self.units_of(item, study)
        ends: dict[str, list[str]] = defaultdict(list)
        for unit, passage in self.joined[study].items() if units else ():
            if any(name == item.id and coder in coders and self.answers(coder, unit, item)
                   for coder, name in passage.makers):  # fmt: skip
                ends[passage.parts[-1]].append(unit)
        return [one for unit in units for one in (unit, *ends[unit])]

    def passage_for(self, coder: str, unit: str) -> Passage | None:
        """A passage, unless others joined it in a blind round that is not laid open yet."""
        passage = self.passages.get(unit)
        if isinstance(passage, JoinedPassage) and not any(
            maker == coder or (name in self.rounds and not self.rounds[name].is_secret)
            for maker, name in passage.makers
        ):
            return None
        return passage

    def passage_in(self, item: Round, coder: str, unit: str) -> Passage | None:
        """A passage that a round may ask of a coder: one that joins others, of its makers alone."""
        passage = self.passages.get(unit)
        if isinstance(passage, JoinedPassage) and (coder, item.id) not in passage.makers:
            return None
        return passage

    def over(self, item: Round, coder: str, passage: Passage) -> list[str]:
        """Other units with words of a passage, or all of them, that a coder has answered."""
        own = set(passage.sentences)
        joined = self.joined[passage.study].values()
        units = [*passage.sentences, *(other.id for other in joined if own & {*other.parts})]
        return [unit for unit in units if unit != passage.id and self.answers(coder, unit, item)]

    def unknown(self, study: str) -> int:
        """How many passages of a study's full text are not known, since it is not here."""
        return sum(item.length - len(item.passages) for item in self.documents[study])

    def asks_study(self, item: Round, study: str) -> bool:
        """Whether a round asks something of a study as a whole."""
        return item.includes(study) and bool(self.asked(item, of_passage=False))

    def asked_units(self, item: Round, study: str) -> list[str]:
        """All that a round asks about in a study: its passages, then the study they tell of."""
        return [*self.units_of(item, study), *([study] if self.asks_study(item, study) else ())]

    def asked(self, item: Round, of_passage: bool) -> tuple[Dimension, ...]:
        """What a round asks of a passage or of a study.

        One that takes no more answers asks what it asked while it did, not what came later.
        """
        dimensions = questions(self.scheme, item, of_passage)
        then = self.version_of(item)
        return tuple(dimension for dimension in dimensions if dimension.since <= then)

    def version_of(self, item: Round) -> int:
        """The version of the scheme that a round is coded under, or was once it takes no more."""
        if item.state == "open":
            return self.scheme.version
        return max(self.book.versions(item.id), default=self.scheme.version)

    def answered(self, item: Round, coder: str, study: str) -> Collection[str]:
        """The passages of a study, and the study, to which a coder has answered all in a round."""
        return self.book.answered.get(study, {}).get((coder, item.id), ())

    def is_done(self, item: Round, coder: str, unit: str) -> bool:
        return unit in self.answered(item, coder, study_of(unit))

    def answers(self, coder: str, unit: str, item: Round | None = None) -> dict[str, Decision]:
        """A coder's standing answers on a unit by dimension; in one round, if one is named.

        Those of a closed round are as they were given, however they read now.
        """
        mine = (
            line
            for line in self.lines(study_of(unit)).of(coder)
            if line.unit == unit and (item is None or line.round == item.id)
        )
        closed = item is not None and item.state == "closed"
        return {
            line.dimension: replace(line, codes=line.as_written, written=None) if closed else line
            for line in latest(mine).values()
            if line.codes is not None
        }

    def open_answer(self, coder: str, unit: str, dimension: str) -> Decision | None:
        """A coder's answer as anybody may see it: not one of a blind round still closed."""
        found = latest(
            line
            for line in self.lines(study_of(unit)).open
            if (line.unit, line.coder, line.dimension) == (unit, coder, dimension)
        )
        line = found.get((unit, dimension, coder))
        return line if line is not None and line.codes is not None else None

    def seen(self, coder: str, unit: str, item: Round, dimension: str = "") -> str:
        """The words of what stands of a coder in a round, as a hash; nothing where nothing stands.

        A window that shows these words has seen all; one that shows others is behind.
        """
        standing = self.answers(coder, unit, item)
        words = [
            (name, sorted(line.codes or ()), line.confidence, line.note, line.quote)
            for name, line in sorted(standing.items())
            if dimension in ("", name)
        ]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16] if words else ""

    def shown(
        self, item: Round, coder: str, unit: str, passage: Passage | None = None
    ) -> tuple[Suggestion, ...] | None:
        """The suggestions that a coder sees in a round; None when they are hidden.

        Of passages that are joined, those of all, unless any are hidden. `passage` is one that is
        not joined yet.
        """
        passage = passage or self.passages.get(unit)
        sentences = passage.sentences if passage else (unit,)
        if not all(item.shows_suggestions(coder, sentence) for sentence in sentences):
            return None
        if passage is None or unit in self.passages:
            return self.suggestions.get(unit, ())
        return suggested_together([self.passages[one] for one in sentences], self.suggestions)

    def part(self, study: str) -> tuple[Inputs, dict[str, tuple[Suggestion, ...]]]:
        """The inputs and suggestions of a single study."""
        documents = tuple(self.documents[study])
        codings = self._codings([study])
        units = [study, *(p.id for document in documents for p in document.units)]
        suggestions = {unit: self.suggestions[unit] for unit in units if unit in self.suggestions}
        references = References((self.studies[study],), (), 1, 0)
        corpus = Corpus(documents, ())
        part = replace(self.inputs, references=references, corpus=corpus, codings=codings)
        return part, suggestions

    @property
    def held(self) -> Answers:
        """The answers that stand, of all units."""
        return Answers(self.scheme, self._codings(self.book.studies))

    def held_of(self, study: str) -> Answers:
        """The answers that stand, of the units of one study."""
        return Answers(self.scheme, self._codings([study]))

    def _codings(self, studies: Iterable[str]) -> Codings:
        rounds = tuple(self.rounds.values())
        lines = (line for study in studies for line in self.lines(study).never_shown)
        decisions, consensus = SecretLines(lines, rounds).apart(CONSENSUS)
        return Codings(decisions, consensus, tuple(self.coders.values()), rounds, ())
