"""An open project: its units, what everybody answered, and saving more."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.build.inputs import Inputs
from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Answer, Refused, Stale, faults, overrides, questions
from pipeline.desk.review.decision_book import Book
from pipeline.desk.review.undoable import Action, standing_actions
from pipeline.ground.project import Project
from pipeline.model.answers import CONSENSUS, Codings, is_passage, latest, study_of
from pipeline.model.people import Coder, Round
from pipeline.model.readings import complete
from pipeline.model.records import Decision, Document, Passage, Study, Suggestion
from pipeline.model.scheme import Dimension, Scheme
from pipeline.model.secrecy import OpenLines, SecretLines, open_lines
from pipeline.model.standing import Answers
from pipeline.sources.bibliography.references import References
from pipeline.sources.corpus import Corpus
from pipeline.sources.decisions import append, path_of, write_codes
from pipeline.sources.places import record_places
from pipeline.tagger.tagging import Tagger

if TYPE_CHECKING:
    from pipeline.build.checked_project import CheckedProject

HIDDEN = "hidden"


@dataclass
class Desk:
    """All that reviewing needs, in memory. Files are read again when they change on disk.

    `inputs` are those of the review; `everything` has candidates and kept abstracts too.
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
    rounds: dict[str, Round] = field(init=False)
    coders: dict[str, Coder] = field(init=False)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        studies = sorted(self.inputs.references.studies, key=lambda study: study.key)
        self.studies = {study.key: study for study in studies}
        self.documents = defaultdict(list)
        for document in self.inputs.corpus.documents:
            if document.study in self.studies:
                self.documents[document.study].append(document)
        self.passages = {}
        self.passages_of = {}
        for key in self.studies:
            own: dict[str, Passage] = {}
            for document in self.documents[key]:
                for passage in document.passages:
                    own.setdefault(passage.id, passage)
            self.passages_of[key] = tuple(own)
            self.passages |= own
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
        return self.book.sync(study, coder, wait)

    def take_rounds(self, rounds: Iterable[Round]) -> None:
        """Rounds as they now stand in their file."""
        self.rounds = {item.id: item.following(self.book.kept) for item in rounds}
        self.book.take_rounds(self.rounds)

    def units_of(self, item: Round, study: str) -> list[str]:
        """The passages of a study that a round asks about, in order of the documents."""
        if not item.includes(study) or not self.asked(item, of_passage=True):
            return []
        return list(self.passages_of[study])

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

    def shown(self, item: Round, coder: str, unit: str) -> tuple[Suggestion, ...] | None:
        """The suggestions that a coder sees in a round; None when they are hidden."""
        if not item.shows_suggestions(coder, unit):
            return None
        return self.suggestions.get(unit, ())

    def save(
        self, coder: str, item: Round, unit: str, given: Sequence[Answer], seen: str | None = None
    ) -> list[Decision]:
        """Write answers to the coder's file and take them in; what was written.

        Answers that stand already are not written again. Raises Refused, Stale or NotSaved; then
        nothing has changed.
        """
        item = self.rounds.get(item.id, item)
        self.sync(study_of(unit), coder)
        reasons = self.reasons_against(coder, item, unit, given)
        if reasons:
            raise Refused(reasons)
        if seen is not None and seen != self.seen(coder, unit, item):
            raise Stale
        standing = self.answers(coder, unit, item)
        changed = [
            answer
            for answer in given
            if _differs(answer, before := standing.get(answer.dimension))
            or (before is not None and not complete(self.scheme, before))
        ]
        return self.write(coder, item, [(unit, answer) for answer in changed])

    def reasons_against(
        self, coder: str, item: Round, unit: str, given: Sequence[Answer]
    ) -> list[str]:
        """Why these answers may not be saved; empty when they may."""
        if unit not in self.passages and unit not in self.studies:
            return [desk_says("answer.there_is_no_passage_or", unit=unit[:80])]
        of_passage = is_passage(unit)
        allowed = self.asked(item, of_passage)
        if of_passage:
            allowed = (*allowed, *overrides(self.scheme))
        reasons = self.reasons_against_any(coder, item)
        if not item.includes(study_of(unit)):
            reasons.append(
                desk_says(
                    "answer.the_round_does_not_include", item=item.id, study_of=study_of(unit)
                )
            )
        reasons += faults(given, self.scheme, allowed, self.passages.get(unit))
        if not given:
            reasons.append(desk_says("answer.no_answer_was_given_choose"))
        return list(dict.fromkeys(reasons))

    def reasons_against_any(self, coder: str, item: Round) -> list[str]:
        """Why a round takes no answers of a coder at all; empty where it does."""
        reasons = []
        if coder not in item.coders:
            reasons.append(desk_says("answer.does_not_code_in_the", coder=coder, item=item.id))
        if item.state != "open":
            reasons.append(
                desk_says("answer.the_round_is_it_takes", item=item.id, state=item.state)
            )
        return reasons

    def write(
        self,
        coder: str,
        item: Round | None,
        given: Iterable[tuple[str, Answer]],
        settled_by: str = "",
    ) -> list[Decision]:
        """Append answers of one study to the coder's file, durably, and take them in."""
        given = list(given)
        if not given:
            return []
        study = study_of(given[0][0])
        path = path_of(self.project, coder, study)
        with self.book.writing(study):
            written = self._lines(coder, item, given, settled_by, path)
            record_places(self.project, self.documents.get(study, ()), written)
            self.book.add(study, path, written, append(self.project, path, written))
        return written

    def _lines(
        self,
        coder: str,
        item: Round | None,
        given: Iterable[tuple[str, Answer]],
        settled_by: str,
        path: Path,
    ) -> list[Decision]:
        """Answers as the next lines of a file."""
        time = self.book.time(coder)
        name = self.project.name(path)
        number = self.book.last_number(path.stem, name)
        return [
            Decision(
                decided_at=time,
                coder=coder,
                unit=unit,
                dimension=answer.dimension,
                codes=answer.codes,
                confidence=answer.confidence,
                note=answer.note,
                quote=answer.quote,
                shown=self._shown_text(item, coder, unit, answer.dimension),
                scheme=self.scheme.version,
                round=item.id if item else "",
                text=self.passages[unit].text if unit in self.passages else "",
                path=name,
                line=0,
                number=number + place,
                settled_by=settled_by and (answer.settled_by or settled_by),
            )
            for place, (unit, answer) in enumerate(given, 1)
        ]

    def undo(self, coder: str, settling: Round | None = None) -> Action | None:
        """Take a coder's last standing action back: withdraw it, and repeat what stood before.

        `settling` is the round in which to undo what the coder settled instead.
        """
        for study in self.book.studies:
            self.sync(study, CONSENSUS if settling else coder)
        action = self.last_action(coder, settling)
        if action is None:
            return None
        item = self.rounds.get(action.decisions[0].round)
        if item is not None and item.state != ("comparing" if settling else "open"):
            unit = action.unit
            raise Refused(
                [
                    desk_says(
                        "answer.what_you_saved_last_is", unit=unit, item=item.id, state=item.state
                    )
                ]
            )
        withdrawn = [(line.unit, Answer(line.dimension, None)) for line in action.decisions]
        again = [
            (
                line.unit,
                Answer(
                    line.dimension,
                    line.codes,
                    line.confidence,
                    line.note,
                    line.quote,
                    line.settled_by,
                ),
            )
            for line in action.before
        ]
        who = CONSENSUS if settling else coder
        self.write(who, item, [*withdrawn, *again], settled_by=coder if settling else "")
        return action

    def last_action(self, coder: str, settling: Round | None = None) -> Action | None:
        """The coder's last action that was not undone, over all studies."""
        mine = [
            line
            for study in self.book.studies
            for line in self.lines(study).of(CONSENSUS if settling else coder)
            if settling is None or (line.settled_by, line.round) == (coder, settling.id)
        ]
        actions = standing_actions(mine)
        return actions[-1] if actions else None

    def part(self, study: str) -> tuple[Inputs, dict[str, tuple[Suggestion, ...]]]:
        """The inputs and suggestions of a single study."""
        documents = tuple(self.documents[study])
        codings = self._codings([study])
        units = [study, *(p.id for document in documents for p in document.passages)]
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

    def _shown_text(self, item: Round | None, coder: str, unit: str, dimension: str) -> str:
        shown = self.shown(item, coder, unit) if item and coder != CONSENSUS else None
        if shown is None:
            return HIDDEN
        codes = frozenset(entry.code for entry in shown if entry.dimension == dimension)
        return write_codes(codes)


def open_desk(
    project: Project,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    read: CheckedProject | None = None,
) -> Desk:
    """The desk over a project's files. Raises InputError when they have errors.

    `read` are the files where they have just been read, for a database for instance.
    """
    from pipeline.build.checked_project import read_checked
    from pipeline.build.inputs import of_review

    read = read or read_checked(project, tell, progress)
    inputs = read.inputs
    return Desk(project, of_review(inputs), read.texts.suggestions, read.tagger, inputs)


def _differs(answer: Answer, standing: Decision | None) -> bool:
    if standing is None:
        return answer.codes is not None
    return (answer.codes, answer.confidence, answer.note, answer.quote) != (
        standing.codes,
        standing.confidence,
        standing.note,
        standing.quote,
    )
