"""An open project: its units, what everybody answered, and saving more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Answer, Refused, Stale, faults, overrides
from pipeline.desk.review.coded_units import CodedUnits
from pipeline.desk.review.undoable import Action, standing_actions
from pipeline.ground.project import Project, key_of
from pipeline.ground.reporting import Progress, silent
from pipeline.model.answers import CONSENSUS, is_passage, study_of
from pipeline.model.people import Round
from pipeline.model.readings import complete
from pipeline.model.records import Decision, Passage, shortened
from pipeline.sources.decisions import append, path_of, write_codes
from pipeline.sources.places import record_places

if TYPE_CHECKING:
    from pipeline.build.checked_project import CheckedProject

HIDDEN = "hidden"


class Desk(CodedUnits):
    """All that reviewing needs, in memory: what there is to code, and saving what is answered."""

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
        self,
        coder: str,
        item: Round,
        unit: str,
        given: Sequence[Answer],
        passage: Passage | None = None,
    ) -> list[str]:
        """Why these answers may not be saved; empty when they may.

        `passage` is one that a text will have that is not here yet.
        """
        passage = passage or self.passage_in(item, coder, unit)
        if passage is None and unit not in self.studies:
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
        reasons += faults(given, self.scheme, allowed, passage)
        if not given:
            reasons.append(desk_says("answer.no_answer_was_given_choose"))
        if passage is not None:
            reasons += self.coded_with_others(coder, item, passage, given)
        return list(dict.fromkeys(reasons))

    def coded_with_others(
        self, coder: str, item: Round, passage: Passage, given: Sequence[Answer]
    ) -> Iterator[str]:
        """Why the same words would count twice for a coder in a round."""
        asked = {answer.dimension for answer in given if answer.codes}
        for unit in self.over(item, coder, passage):
            answers = self.answers(coder, unit, item)
            if any(answers[name].codes for name in asked & answers.keys()):
                other = self.passages.get(unit)
                words = shortened(other.text) if other else unit
                yield desk_says("answer.the_same_words", words=words)

    def _twice(self, coder: str, item: Round, given: Iterable[tuple[str, Answer]]) -> list[str]:
        return [
            reason
            for unit, answer in given
            if (passage := self.passages.get(unit)) is not None
            for reason in self.coded_with_others(coder, item, passage, [answer])
        ]

    def reasons_against_any(self, coder: str, item: Round) -> list[str]:
        """Why a round takes no answers of a coder at all; empty where it does."""
        reasons = []
        if coder not in item.coders:
            reasons.append(desk_says("answer.does_not_code_in_the", coder=coder, item=item.id))
        if item.state != "open":
            reasons.append(
                desk_says(
                    "answer.the_round_is_it_takes",
                    item=item.id,
                    state=desk_says(f"state.{item.state}"),
                )
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
            lines = (*self.lines(study).never_shown, *written)
            record_places(self.project, self.documents.get(study, ()), lines)
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
        number = self.book.last_number(key_of(path), name)
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
                        "answer.what_you_saved_last_is",
                        unit=unit,
                        item=item.id,
                        state=desk_says(f"state.{item.state}"),
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
        if item is not None and (reasons := self._twice(who, item, again)):
            raise Refused(reasons)
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

    def _shown_text(self, item: Round | None, coder: str, unit: str, dimension: str) -> str:
        shown = self.shown(item, coder, unit) if item and coder != CONSENSUS else None
        if shown is None:
            return HIDDEN
        codes = frozenset(entry.code for entry in shown if entry.dimension == dimension)
        return write_codes(codes)


def open_desk(
    project: Project,
    tell: Callable[[str], None] = lambda _: None,
    progress: Progress = silent,
    read: CheckedProject | None = None,
) -> Desk:
    """The desk over a project's files. Raises InputError when they have errors.

    `read` are the files where they have just been read, for a database for instance.
    """
    from pipeline.build.checked_project import read_checked
    from pipeline.build.inputs import of_review

    read = read or read_checked(project, tell, progress)
    inputs = read.inputs
    return Desk(project, of_review(inputs), read.texts.said, read.tagger, inputs)


def _differs(answer: Answer, standing: Decision | None) -> bool:
    if standing is None:
        return answer.codes is not None
    return (answer.codes, answer.confidence, answer.note, answer.quote) != (
        standing.codes,
        standing.confidence,
        standing.note,
        standing.quote,
    )
