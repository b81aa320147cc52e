"""What the tagger learns from reviewed decisions, and for which codes that is used.

`coding/training.yml` is the choice, made by `evidence train`: up to which moment decisions are
learned from, and for each code whether its suggestions come from the example passages, as before,
or from the reviewed passages too. The models are build products.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pipeline.ground.project import Project
from pipeline.ground.yamlfile import Part, read_yaml
from pipeline.model.answers import study_of
from pipeline.model.people import moment
from pipeline.model.scheme import Id, Scheme
from pipeline.model.standing import Answers
from pipeline.sources.decisions import read_codings
from pipeline.sources.fulltexts.language_guess import guess_language
from pipeline.tagger.examples import Example
from pipeline.tagger.readers.averaged_reader import Calibration

Source = Literal["indicators", "examples", "reviewed"]
SOURCES: tuple[Source, ...] = ("indicators", "examples", "reviewed")
REPEAT = 4  # a reviewed passage counts as so many example passages


class CodeSource(Part):
    """Where the suggestions of a code come from, and F1 of each source, study by study left out.

    `better` is the share of bootstrap samples of passages in which the reviewed passages gave a
    higher F1 than indicators alone and than the example passages.
    """

    source: Source
    coded: int
    f1: Mapping[Source, float | None]
    better: float


class Band(Part):
    """Of so many suggestions of one kind on the reviewed passages, coders agreed to so many."""

    suggested: int
    agreed: int


class Showing(Part):
    """From which scores codes are shown as likely and as possible, as measured for these readers.

    `calibration` brings the scores of each reader to how often coders agreed.
    """

    readers: tuple[str, ...]
    calibration: Mapping[str, Calibration]
    likely: float
    possible: float
    of_likely: Band
    of_possible: Band


class Learned(Part):
    """What was learned for one dimension."""

    dimension: Id
    until: str
    passages: int
    studies: int
    codes: Mapping[Id, CodeSource]
    showing: Showing | None = None


class Training(Part):
    learned: tuple[Learned, ...] = ()

    def of(self, dimension: str) -> Learned | None:
        """What was learned for a dimension."""
        return next((item for item in self.learned if item.dimension == dimension), None)

    def showing(self, dimension: str, readers: tuple[str, ...]) -> Showing | None:
        """What was measured for a dimension, if for these readers."""
        found = self.of(dimension)
        showing = found.showing if found else None
        return showing if showing and showing.readers == readers else None


def read_training(project: Project) -> Training:
    """The choice, or none where nothing was trained. Raises InputError when it cannot be read."""
    if not project.training.is_file():
        return Training()
    return read_yaml(project.training, Training, project.name(project.training))


def reviewed_passages(
    project: Project, scheme: Scheme, dimension: str, until: str = ""
) -> list[Example]:
    """Passages with the answer that stands: settled, alike, or of a single coder.

    Only what anybody may see counts; `until` leaves out what was decided after that moment.
    """
    answers = Answers(scheme, read_codings(project, scheme), until)
    found = []
    for key in sorted(answers):
        unit, asked = key
        held = answers.held(key)
        codes = answers.codes_held(key)
        text = next((line.text for line in held.lines if line.text), "")
        if asked == dimension and codes is not None and text:
            given = frozenset(code for code, holds in codes.items() if holds)
            unasked = scheme.dimension(dimension).code_ids - codes.keys()
            language = guess_language(text)
            found.append(Example(study_of(unit), language, False, given, None, text, unasked))
    return found


def newest(project: Project, dimension: str) -> str:
    """When the last of these decisions was made; empty where there is none."""
    lines = read_codings(project).open
    times = (moment(line.decided_at) for line in lines if line.dimension == dimension)
    return max(times, default="")
