"""The screening of a project as its files hold it, and the part of a project that is the review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.model.candidacy import Candidacy, ScreeningLine, candidacies, standing, to_screen
from pipeline.model.older_keys import older_keys
from pipeline.model.records import Study
from pipeline.model.scheme import Screening
from pipeline.sources.import_records import Imports, read_imports
from pipeline.sources.screening.random_samples import Sample, read_samples
from pipeline.sources.screening.screener_view import NOBODY, View, view_of
from pipeline.sources.screening.screening_lines import read_screening


@dataclass(frozen=True)
class Screened:
    """Imports, screeners' lines, and where every study stands.

    `entries` are those of the bibliography, also those that are merged into others.
    """

    entries: tuple[Study, ...] = ()
    imports: Imports = field(default_factory=Imports)
    lines: tuple[ScreeningLine, ...] = ()
    candidacies: Mapping[str, Candidacy] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    problems: tuple[Problem, ...] = ()

    def includes(self, study: str) -> bool:
        """Whether a study belongs to the review; one that nobody speaks of does."""
        found = self.candidacies.get(study)
        return found is None or found.state == "included"

    def to_screen(self, lines: Iterable[ScreeningLine]) -> set[str]:
        """Studies that are to be screened, or were, with these lines about them."""
        entries = (study.key for study in self.entries)
        return to_screen(entries, self.imports.to_screen, lines, self.imports.merges.kept)

    @property
    def aliases(self) -> dict[str, str]:
        """Keys of merged records and entries, older ones too, and the studies they lead to."""
        kept = self.imports.merges.kept
        older = {
            alias: kept[study.key]
            for study in self.entries
            if study.key in kept
            for alias in older_keys(study)
        }
        return older | self.imports.aliases

    def public(self, rules: Screening) -> View:
        """What everybody may see; that somebody wavers over a candidate is not told, for one."""
        to_screen = {key for key, item in self.candidacies.items() if item.screened}
        return view_of(NOBODY, self.candidacies, to_screen, standing(self.lines), rules)

    @property
    def is_empty(self) -> bool:
        return not self.lines and not any(item.screened for item in self.imports.standing)


def read_screened(project: Project, studies: Iterable[Study], rules: Screening) -> Screened:
    """Everything about screening that the files say."""
    imports = read_imports(project)
    lines, problems = read_screening(project)
    samples, faults = read_samples(project)
    found = (*imports.problems, *problems, *faults)
    screened = Screened(tuple(studies), imports, lines, {}, samples, found)
    keys = [study.key for study in screened.entries if study.key not in imports.merges.kept]
    where = candidacies(keys, screened.to_screen(lines), standing(lines), rules)
    return replace(screened, candidacies=where)
