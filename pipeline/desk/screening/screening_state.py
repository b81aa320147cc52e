"""Where screening stands: the screeners' lines as their files hold them, and who may see what."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.build.inputs import Inputs
from pipeline.ground.caches import FileState, state_of
from pipeline.ground.problems import errors
from pipeline.ground.project import Project
from pipeline.model.candidacy import (
    Candidacy,
    Given,
    ScreeningLine,
    candidacies,
    followed,
    standing,
)
from pipeline.model.people import moment
from pipeline.model.records import Document, Study
from pipeline.model.scheme import Screening
from pipeline.model.stopping import Aim
from pipeline.sources.screening.random_samples import (
    Outcome,
    Sample,
    read_samples,
)
from pipeline.sources.screening.screener_agreement import ScreeningAgreement, agreement
from pipeline.sources.screening.screener_view import NOBODY, View, view_of
from pipeline.sources.screening.screening_lines import read_file


@dataclass
class ScreeningState:
    """All studies with where they stand, and the screeners' lines; files are added to only.

    What it holds is replaced as a whole, so that pages may read it while another thread saves.
    """

    project: Project
    inputs: Inputs
    studies: dict[str, Study] = field(init=False)
    abstracts: dict[str, Document] = field(init=False)
    lines: tuple[ScreeningLine, ...] = field(init=False)
    candidacies: dict[str, Candidacy] = field(init=False)
    given: Given = field(init=False)
    samples: tuple[Sample, ...] = field(init=False)
    _files: dict[Path, FileState] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _drawn: dict[Path, FileState] = field(default_factory=dict)
    _views: dict[str, tuple[Given, View]] = field(default_factory=dict)
    _agreed: tuple[Given, list[ScreeningAgreement]] | None = None

    def __post_init__(self) -> None:
        self.studies = {study.key: study for study in self.inputs.references.studies}
        self.abstracts = {
            item.study: item for item in self.inputs.corpus.documents if item.kind == "abstract"
        }
        self._files = {path: state_of(path) for path in self.project.screening.glob("*.csv")}
        self.samples = self.inputs.screened.samples
        self._drawn = self._sample_files()
        self._take(self.inputs.screened.lines)

    @property
    def rules(self) -> Screening:
        return self.inputs.scheme.screening

    def sync(self, wait: bool = True) -> bool:
        """Read screening files again that changed on disk; whether any had.

        Without waiting, nothing is read while somebody saves: what was read last is whole.
        """
        if not self._lock.acquire(blocking=wait):
            return False
        try:
            return self._read()
        finally:
            self._lock.release()

    @property
    def screened(self) -> list[str]:
        """Studies that are, or were, to be screened."""
        return [key for key, item in self.candidacies.items() if item.screened]

    def view(self, coder: str) -> View:
        """Screening as this screener may see it."""
        given, kept = self.given, self._views.get(coder)
        if kept is None or kept[0] is not given:
            view = view_of(coder, self.studies, set(self.screened), given, self.rules)
            self._views[coder] = kept = (given, view)
        return kept[1]

    def to_sample(self, coder: str, stage: str) -> list[str]:
        """What the screener has left of the samples drawn at a stage, in their order."""
        left = set(self.view(coder).left(stage))
        return [key for item in self.of_stage(stage) for key in item.drawn if key in left]

    def of_stage(self, stage: str) -> list[Sample]:
        """The samples drawn at a stage, the oldest first."""
        return [item for item in self.samples if item.stage == stage]

    @property
    def aim(self) -> Aim:
        """What the project wants found, and how sure it wants to be."""
        return Aim(self.rules.target, self.rules.confidence)

    def outcome(self, coder: str, stage: str, aim: Aim) -> Outcome | None:
        """What the last sample at a stage says to the screener; None where none was drawn."""
        samples = self.of_stage(stage)
        if not samples:
            return None
        last = samples[-1]
        earlier = standing(
            line for line in self.lines if moment(line.decided_at) < moment(last.drawn_at)
        )
        before = view_of(coder, self.studies, set(self.screened), earlier, self.rules)
        return self.view(coder).outcome(last, len(samples), before, aim)

    def agreement(self) -> list[ScreeningAgreement]:
        """How far screeners agree, as far as nobody's blind answer shows in it."""
        given = self.given
        if self._agreed is None or self._agreed[0] is not given:
            self._agreed = (given, agreement(self.lines, self.view(NOBODY)))
        return self._agreed[1]

    def _read(self) -> bool:
        if (drawn := self._sample_files()) != self._drawn:
            self.samples, self._drawn = read_samples(self.project)[0], drawn
        lines = self.lines
        states: dict[Path, FileState] = {}
        for path in sorted({*self._files, *self.project.screening.glob("*.csv")}):
            state = state_of(path)
            if self._files.get(path) == state:
                continue
            name = self.project.name(path)
            found, problems = read_file(path, name) if path.is_file() else ([], [])
            if not errors(problems):
                found = followed(found, self.inputs.screened.imports.merges.kept)
                lines = (*(line for line in lines if line.path != name), *found)
                states[path] = state
        if states:
            self._files |= states
            self._take(lines)
        return bool(states)

    def _take(self, lines: Iterable[ScreeningLine]) -> None:
        """These are the lines, each once; where candidates stand follows."""
        self.lines = tuple({(line.path, line.number): line for line in lines}.values())
        self.given = standing(self.lines)
        to_screen = self.inputs.screened.to_screen(self.lines)
        self.candidacies = candidacies(self.studies, to_screen, self.given, self.rules)

    def _sample_files(self) -> dict[Path, FileState]:
        return {path: state_of(path) for path in self.project.samples.glob("*.yml")}
