"""Screening in progress: who still has to say what, what comes next, and saving it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.checks import Inputs
from pipeline.people import moment, stamp
from pipeline.problems import errors
from pipeline.project import Project
from pipeline.records import Document, Study
from pipeline.review.answers import LONGEST_NOTE, Refused, tidy, without_controls
from pipeline.scheme import Screening
from pipeline.screening.files import append_lines, read_file
from pipeline.screening.ranking import Ranker
from pipeline.screening.screened import judge
from pipeline.screening.states import VERDICTS, Candidacy, Line, Verdict, standing
from pipeline.screening.stopping import Hint, hint


@dataclass(frozen=True)
class Progress:
    """How far a screener has come with one stage."""

    stage: str
    mine: int
    left: int
    conflicts: int
    included: int
    excluded: int


@dataclass
class ScreeningDesk:
    """All studies with where they stand, and the screeners' lines; files are added to only."""

    project: Project
    inputs: Inputs
    studies: dict[str, Study] = field(init=False)
    abstracts: dict[str, Document] = field(init=False)
    lines: list[Line] = field(init=False)
    candidacies: dict[str, Candidacy] = field(init=False)
    _files: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _ranker: Ranker | None = None
    _ranked: tuple[int, list[str]] | None = None

    def __post_init__(self) -> None:
        self.studies = {study.key: study for study in self.inputs.references.studies}
        self.abstracts = {
            item.study: item for item in self.inputs.corpus.documents if item.kind == "abstract"
        }
        self.lines = list(self.inputs.screened.lines)
        self._files = {path: _state(path) for path in self.project.screening.glob("*.csv")}
        self._judge()

    @property
    def rules(self) -> Screening:
        return self.inputs.scheme.screening

    def sync(self) -> bool:
        """Read screening files again that changed on disk; whether any had."""
        changed = False
        for path in sorted({*self._files, *self.project.screening.glob("*.csv")}):
            state = _state(path)
            if self._files.get(path) == state:
                continue
            name = self.project.name(path)
            read, problems = read_file(path, name) if path.is_file() else ([], [])
            if errors(problems):
                continue
            self.lines = [line for line in self.lines if line.path != name] + read
            self._files[path] = state
            changed = True
        if changed:
            self._judge()
        return changed

    @property
    def screened(self) -> list[str]:
        """Studies that are, or were, to be screened."""
        return [key for key, item in self.candidacies.items() if item.screened]

    def waiting_for(self, coder: str, stage: str) -> list[str]:
        """Candidates at a stage that this screener may still say something about."""
        given = standing(self.lines)
        return [
            key
            for key, item in self.candidacies.items()
            if item.screened
            and item.stage == stage
            and item.state in ("awaiting", "unsure")
            and (item.state == "unsure" or coder not in given.get((key, stage), {}))
        ]

    def conflicts(self, stage: str) -> list[str]:
        """Candidates that screeners disagree about."""
        return [
            key
            for key, item in self.candidacies.items()
            if item.stage == stage and item.state == "conflict"
        ]

    def order(self, coder: str, stage: str) -> list[str]:
        """What the screener has left at a stage, most likely relevant first."""
        left = set(self.waiting_for(coder, stage))
        return [key for key in self._ranking() if key in left]

    def words_for(self, key: str) -> tuple[str, ...]:
        """What speaks for a candidate in the ranking."""
        self._ranking()
        return self._ranker.words_for(key) if self._ranker else ()

    def progress(self, coder: str, stage: str) -> Progress:
        given = standing(self.lines)
        here = [
            item
            for item in self.candidacies.values()
            if item.screened and (item.stage == stage or (item.study, stage) in given)
        ]
        passed = self.rules.stages.index(stage)
        included = [
            item
            for item in here
            if item.state == "included" or self.rules.stages.index(item.stage) > passed
        ]
        return Progress(
            stage,
            sum(coder in given.get((item.study, stage), {}) for item in here),
            len(self.waiting_for(coder, stage)),
            len(self.conflicts(stage)),
            len(included),
            sum(item.stage == stage and item.state in ("excluded", "missing") for item in here),
        )

    def hint(self, stage: str) -> Hint | None:
        """When one might stop with a stage, from the decisions in the order they were made."""
        order = [
            line.verdict != "exclude"
            for line in sorted(self.lines, key=lambda item: moment(item.decided_at))
            if line.stage == stage and line.verdict is not None
        ]
        left = sum(
            item.screened and item.stage == stage and item.state == "awaiting"
            for item in self.candidacies.values()
        )
        return hint(order, left)

    def visible(self, coder: str, study: str, stage: str) -> dict[str, Line]:
        """What has been said at a stage, as far as this screener may see it."""
        given = standing(self.lines).get((study, stage), {})
        found = self.candidacies[study]
        ended = found.stage != stage or found.state in ("excluded", "missing", "included")
        may_see = not self.rules.blind or coder in given or ended or found.state == "conflict"
        return dict(given) if may_see else {}

    def save(
        self,
        coder: str,
        study: str,
        verdict: str,
        reason: str = "",
        note: str = "",
        stage: str = "",
        settles: bool = False,
    ) -> Candidacy:
        """Append what a screener says of a candidate; where it stands then.

        An empty verdict withdraws. Raises Refused, or `ledger.NotSaved`.
        """
        self.sync()
        note = without_controls(tidy(note))
        reasons = list(self._against(study, verdict, reason, note, stage))
        if reasons:
            raise Refused(reasons)
        place = stage or self.candidacies[study].stage
        before = standing(self.lines).get((study, place), {}).get(coder)
        if not verdict and before is None:
            raise Refused(["There is nothing of yours to take back here."])
        path = self.project.screening / f"{coder}.csv"
        name = self.project.name(path)
        number = max((line.number for line in self.lines if line.path == name), default=0) + 1
        said: Verdict | None = next((known for known in VERDICTS if known == verdict), None)
        line = Line(
            self._time(coder),
            coder,
            study,
            place,
            said,
            reason if said in ("exclude", "unsure") else "",
            note,
            settles and said is not None,
            name,
            number,
        )
        append_lines(self.project, [line])
        self.lines.append(line)
        self._files[path] = _state(path)
        self._judge()
        return self.candidacies[study]

    def last(self, coder: str) -> Line | None:
        """The screener's last standing line, which undo takes back."""
        own = [
            line
            for given in standing(self.lines).values()
            for line in given.values()
            if line.coder == coder
        ]
        return max(own, key=lambda line: (moment(line.decided_at), line.number), default=None)

    def _against(
        self, study: str, verdict: str, reason: str, note: str, stage: str
    ) -> Iterable[str]:
        if study not in self.studies:
            yield f"There is no study '{study[:80]}'."
            return
        if stage and stage not in self.rules.stages:
            yield f"There is no stage '{stage[:40]}'."
        if verdict and verdict not in VERDICTS:
            yield "Say include, exclude, unsure or missing."
        known = {item.id for item in self.rules.reasons}
        if reason and reason not in known:
            yield f"There is no reason '{reason[:60]}'."
        if verdict == "exclude" and known and not reason:
            yield "Choose why it is left out."
        if len(note) > LONGEST_NOTE:
            yield f"The note has {len(note):,} characters; {LONGEST_NOTE:,} fit."

    def _time(self, coder: str) -> str:
        now = stamp(datetime.now(UTC))
        newest = max(
            (moment(line.decided_at) for line in self.lines if line.coder == coder), default=""
        )
        if now > newest:
            return now
        later = datetime.fromisoformat(newest).timestamp() + 1e-6
        return stamp(datetime.fromtimestamp(later, UTC))

    def _judge(self) -> None:
        imports = self.inputs.screened.imports
        self.candidacies = judge(imports, self.studies.values(), self.lines, self.rules)

    def _ranking(self) -> list[str]:
        if self._ranker is None:
            self._ranker = Ranker(self._texts(), self._seeds())
        if self._ranked is None or self._ranked[0] != len(self.lines):
            given = standing(self.lines)
            relevant = {
                study
                for (study, _), lines in given.items()
                if any(line.verdict == "include" for line in lines.values())
            }
            against = {
                study
                for (study, _), lines in given.items()
                if lines and all(line.verdict == "exclude" for line in lines.values())
            }
            ranked = [key for key, _ in self._ranker.rank(relevant, against)]
            # What is decided already may still wait for a second screener or a second stage.
            ranked += sorted((relevant | against) - set(ranked))
            self._ranked = (len(self.lines), ranked)
        return self._ranked[1]

    def _texts(self) -> Mapping[str, str]:
        texts = {}
        for key in self.screened:
            study = self.studies[key]
            abstract = self.abstracts[key].summary if key in self.abstracts else ""
            texts[key] = " ".join((study.title, study.title, abstract, *study.keywords))
        return texts

    def _seeds(self) -> list[str]:
        scheme = self.inputs.scheme
        seeds = [
            self.studies[key].title for key, item in self.candidacies.items() if not item.screened
        ]
        for code in scheme.dimension(scheme.evidence).codes:
            if code.definition:
                seeds += [code.definition.en, code.definition.nl]
        return seeds


def _state(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)
