"""Screening in progress: who still has to say what, what comes next, and saving it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import LONGEST_NOTE, Refused, tidy, without_controls
from pipeline.desk.screening.codebook_words import codebook_texts
from pipeline.desk.screening.ranking import Ranker, Ranking
from pipeline.desk.screening.screening_state import ScreeningState
from pipeline.ground.caches import state_of
from pipeline.ground.problems import InputError
from pipeline.model.candidacy import (
    VERDICTS,
    Candidacy,
    ScreeningLine,
    Verdict,
)
from pipeline.model.indicators import read_indicators
from pipeline.model.people import moment, stamp
from pipeline.sources.screening.random_samples import (
    Sample,
    draw,
    save_sample,
)
from pipeline.sources.screening.screener_view import NOBODY
from pipeline.sources.screening.screening_lines import append_lines

Learned = tuple[frozenset[str], frozenset[str]]  # relevant and irrelevant studies


@dataclass(frozen=True, slots=True)
class ScreeningAnswer:
    """What a screener says of a candidate: nothing withdraws, no stage is where it waits."""

    study: str
    verdict: str
    reason: str = ""
    note: str = ""
    stage: str = ""
    settles: bool = False

    @property
    def said(self) -> Verdict | None:
        return next((known for known in VERDICTS if known == self.verdict), None)


@dataclass
class ScreeningDesk(ScreeningState):
    """Screening in progress: what comes next for whom, and saving what screeners say."""

    _ranker: Ranker | None = None
    _rankings: dict[str, tuple[Learned, Ranking]] = field(default_factory=dict)

    def order(self, coder: str, stage: str) -> list[str]:
        """What the screener has left at a stage: what was drawn at random, then the likeliest."""
        left = dict.fromkeys(self.to_sample(coder, stage))
        waiting = set(self.view(coder).waiting(stage))
        left |= dict.fromkeys(key for key, _ in self._ranking(coder).scores if key in waiting)
        return list(left)

    def draw(self, coder: str, stage: str, size: int) -> Sample:
        """Draw a sample from what nobody is known to have decided, for all screeners.

        Raises Refused, or `ledger.NotSaved`.
        """
        with self._lock:
            self._read()
            rest = self.view(NOBODY).left(stage)
            if stage not in self.rules.stages or not 1 <= size <= len(rest):
                raise Refused([desk_says("screening.of_the_that_are_left", rest=len(rest))])
            if self.to_sample(coder, stage):
                raise Refused([desk_says("screening.screen_the_sample_that_was")])
            newest = max((moment(line.decided_at) for line in self.lines), default="")
            sample = draw(rest, stage, size, _after(newest), coder)
            save_sample(self.project, sample)
            self._read()
            return sample

    def words_for(self, coder: str, key: str) -> tuple[str, ...]:
        """What speaks for a candidate in the screener's ranking."""
        return self._ranking(coder).words_for(key)

    def save_all(self, coder: str, answers: Sequence[ScreeningAnswer]) -> str:
        """Append what a screener says of several candidates, all or none; the moment of it.

        Raises Refused, or `ledger.NotSaved`.
        """
        if not answers:
            raise Refused([desk_says("screening.there_is_nothing_to_save")])
        with self._lock:
            self._read()
            return self._write(coder, answers)

    def batches(self, coder: str) -> dict[str, list[ScreeningLine]]:
        """What a screener said of several candidates at one moment and still stands, by moment."""
        found: dict[str, list[ScreeningLine]] = {}
        for line in self._standing(coder):
            found.setdefault(line.decided_at, []).append(line)
        return {when: lines for when, lines in sorted(found.items()) if len(lines) > 1}

    def take_back(self, coder: str, when: str) -> int:
        """Withdraw what a screener said at one moment, where it still stands; of how many.

        Raises Refused, or `ledger.NotSaved`.
        """
        with self._lock:
            self._read()
            lines = [line for line in self._standing(coder) if line.decided_at == when]
            if not lines:
                raise Refused([desk_says("screening.nothing_of_that_moment", when=when[:40])])
            gone = [ScreeningAnswer(line.study, "", stage=line.stage) for line in lines]
            self._write(coder, gone)
            return len(lines)

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
        with self._lock:
            self._read()
            answer = ScreeningAnswer(study, verdict, reason, note, stage, settles)
            self._write(coder, [answer])
            return self.candidacies[study]

    def _write(self, coder: str, answers: Sequence[ScreeningAnswer]) -> str:
        answers = [replace(item, note=without_controls(tidy(item.note))) for item in answers]
        reasons = [reason for item in answers for reason in self._against(coder, item)]
        if reasons:
            raise Refused(dict.fromkeys(reasons))
        path = self.project.screening / f"{coder}.csv"
        name = self.project.name(path)
        first = max((line.number for line in self.lines if line.path == name), default=0) + 1
        when = self._time(coder)
        lines = [
            ScreeningLine(
                when,
                coder,
                item.study,
                item.stage or self.candidacies[item.study].stage,
                item.said,
                item.reason if item.said in ("exclude", "unsure") else "",
                item.note,
                item.settles and item.said is not None,
                name,
                number,
            )
            for number, item in enumerate(answers, first)
        ]
        written = append_lines(self.project, lines)
        state = state_of(path)
        if (self._files.get(path, (0, 0))[0], state[0]) == (written.start, written.end):
            self._files[path] = state
            self._take((*self.lines, *lines))
        else:
            # Another program writes there too: its lines come before ours, or behind.
            self._read()
        return when

    def say_again(self, coder: str, study: str, stage: str, line: ScreeningLine | None) -> None:
        """Let what stood of a screener stand again, be it nothing. Raises Refused or NotSaved."""
        if line is None:
            self.save(coder, study, "", stage=stage)
        else:
            self.save(coder, study, line.verdict or "", line.reason, line.note, stage, line.settles)

    def last(self, coder: str) -> ScreeningLine | None:
        """The screener's last standing line, which undo takes back."""
        own = self._standing(coder)
        return max(own, key=lambda line: (moment(line.decided_at), line.number), default=None)

    def _standing(self, coder: str) -> list[ScreeningLine]:
        """What a screener said of studies that are here, and still stands."""
        return [
            said[coder]
            for (study, _), said in self.given.items()
            if coder in said and study in self.studies
        ]

    def _against(self, coder: str, answer: ScreeningAnswer) -> Iterable[str]:
        study, verdict, reason = answer.study, answer.verdict, answer.reason
        note, stage = answer.note, answer.stage
        if study not in self.studies:
            yield desk_says("screening.there_is_no_study", study=study[:80])
            return
        if stage and stage not in self.rules.stages:
            yield desk_says("screening.there_is_no_stage", stage=stage[:40])
        if verdict and verdict not in VERDICTS:
            yield desk_says("screening.say_include_exclude_unsure_or")
        known = {item.id for item in self.rules.reasons}
        if reason and reason not in known:
            yield desk_says("screening.there_is_no_reason", reason=reason[:60])
        if verdict == "exclude" and known and not reason:
            yield desk_says("screening.choose_why_it_is_left")
        if len(note) > LONGEST_NOTE:
            yield desk_says(
                "answer.the_note_has_characters_fit", note=len(note), longest_note=LONGEST_NOTE
            )
        place = (study, stage or self.candidacies[study].stage)
        if not verdict and coder not in self.given.get(place, {}):
            yield desk_says("screening.there_is_nothing_of_yours")

    def _time(self, coder: str) -> str:
        own = (moment(line.decided_at) for line in self.lines if line.coder == coder)
        drawn = (moment(item.drawn_at) for item in self.samples)
        return _after(max((*own, *drawn), default=""))

    def _ranking(self, coder: str) -> Ranking:
        """Learned from what the screener may see; anew only where that has changed."""
        if self._ranker is None:
            self._ranker = Ranker(self._texts(), self._seeds())
        view = self.view(coder)
        learned, kept = (view.relevant, view.irrelevant), self._rankings.get(coder)
        if kept is None or kept[0] != learned:
            self._rankings[coder] = kept = (learned, self._ranker.rank(*learned))
        return kept[1]

    def _texts(self) -> Mapping[str, str]:
        texts = {}
        for key in self.screened:
            study = self.studies[key]
            abstract = self.abstracts[key].summary if key in self.abstracts else ""
            texts[key] = " ".join((study.title, study.title, abstract, *study.keywords))
        return texts

    def _seeds(self) -> list[str]:
        """Titles of what is in the review already, and what the codebook looks for."""
        titles = [
            self.studies[key].title for key, item in self.candidacies.items() if not item.screened
        ]
        scheme, indicators = self.inputs.scheme, self.project.indicators
        try:
            sets = read_indicators(indicators, scheme, self.project.name(indicators))
        except InputError:
            sets = ()  # mended or not, the order needs no indicators
        return [*titles, *codebook_texts(scheme, sets)]


def _after(newest: str) -> str:
    """Now, or just after the newest moment where a clock ran ahead."""
    now = stamp(datetime.now(UTC))
    if now > newest:
        return now
    later = datetime.fromisoformat(newest).timestamp() + 1e-6
    return stamp(datetime.fromtimestamp(later, UTC))
