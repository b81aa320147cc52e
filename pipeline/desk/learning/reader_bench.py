"""Readers put to passages that they have not seen, to find from which scores codes are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.ground.project import Project
from pipeline.model.scheme import Dimension
from pipeline.tagger.examples import Example
from pipeline.tagger.measures import said_of
from pipeline.tagger.readers.averaged_reader import AveragedReader, Calibration
from pipeline.tagger.readers.reader import Scores
from pipeline.tagger.reviewed_passages import Band, Learned, Showing, Training
from pipeline.tagger.showing import POSSIBLE, calibration_of, likely_from, possible_codes
from pipeline.tagger.tagger_loading import lesson_of, vectors_of
from pipeline.tagger.tagging import Tagger
from pipeline.tagger.word_vectors import WordVectors


@dataclass
class ReaderBench:
    """The readers of a project, to be taught anew from some of its examples."""

    project: Project
    tagger: Tagger
    dimension: Dimension
    examples: tuple[Example, ...]
    vectors: WordVectors = field(init=False)

    def __post_init__(self) -> None:
        self.vectors = vectors_of(self.project)

    def taught(self, examples: Sequence[Example], training: Training) -> Tagger:
        """A tagger whose readers learned from these; nothing of it is kept."""
        name, made = self.dimension.id, self.tagger.other({}, training)
        lesson = lesson_of(self.project, made, name, examples, "", self.vectors, keep=False)
        model = made.readers.open(lesson, made.calibration(name))
        return made.other({name: model} if model else {}, training)

    def measured(self, learned: Learned) -> Tagger:
        """The tagger as it is with what was measured, all codes from the examples."""
        training = Training(learned=(learned,))
        name, made = self.dimension.id, self.tagger.other({}, training)
        model = self._calibrated(self.tagger, made.calibration(name))
        return made.other({name: model} if model else {}, training)

    def showing(self, reviewed: Sequence[Example]) -> Showing | None:
        """From which scores codes are shown, by reviewed passages and natural examples.

        None where no reader has learned anything.
        """
        natural = [item for item in self.examples if self._is_natural(item)]
        put: list[tuple[Tagger, Sequence[Example]]] = [(self.tagger, reviewed)]
        if natural:
            rest = [item for item in self.examples if not self._is_natural(item)]
            put.append((self.taught(rest, Training()), natural))
        answers = [item.codes for _, passages in put for item in passages]
        models = self.tagger.models.get(self.dimension.id)
        if models is None:
            return None
        raw = {name: self._scores(put, name) for name in models.readers}
        calibration = {name: calibration_of(answers, scores) for name, scores in raw.items()}
        scores = self._scores(put, "", calibration)
        likely = likely_from(scores)
        return Showing(
            readers=self.tagger.readers.names,
            calibration=calibration,
            likely=likely,
            possible=min(POSSIBLE, likely),
            of_likely=Band(suggested=0, agreed=0),
            of_possible=Band(suggested=0, agreed=0),
        )

    def _scores(
        self,
        put: Sequence[tuple[Tagger, Sequence[Example]]],
        only: str,
        calibration: Mapping[str, Calibration] = {},
    ) -> list[Scores]:
        """The scores of one reader, or of all calibrated, for the codes that it has learned."""
        name = self.dimension.id
        found: list[Scores] = []
        for tagger, passages in put:
            one = self._calibrated(tagger, calibration, only)
            alone = tagger.other({name: one} if one else {}, Training())
            known = frozenset(one.codes if one else ())
            found += [
                {code: score for code, score in said.scores.items() if code in known}
                for said in said_of(alone, self.dimension, passages)
            ]
        return found

    def _calibrated(
        self, tagger: Tagger, calibration: Mapping[str, Calibration], only: str = ""
    ) -> AveragedReader | None:
        model = tagger.models.get(self.dimension.id)
        readers = model.readers if model else {}
        chosen = {name: reader for name, reader in readers.items() if only in ("", name)}
        return AveragedReader.of(chosen, calibration)

    def _is_natural(self, example: Example) -> bool:
        return self.tagger.readers.is_natural(example)


def with_bands(
    showing: Showing, answers: Sequence[frozenset[str]], scores: Sequence[Scores]
) -> Showing:
    """With how often coders agreed to what is shown as likely, and as possible."""
    likely, possible = [], []
    for given, row in zip(answers, scores, strict=True):
        first = [code for code, score in row.items() if score >= showing.likely]
        likely += [code in given for code in first]
        possible += [code in given for code in possible_codes(row, row, first, showing.possible)]
    return showing.model_copy(
        update={
            "of_likely": Band(suggested=len(likely), agreed=sum(likely)),
            "of_possible": Band(suggested=len(possible), agreed=sum(possible)),
        }
    )
