"""What decisions of another program would bring: which study each is of, and what stands there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.desk.adding.formats.csv_columns import letters
from pipeline.desk.adding.normal_forms import make_doi, make_title
from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.screening.returned.returned_files import ReturnedFile
from pipeline.desk.screening.returned.returned_record import ReturnedRecord, Said
from pipeline.desk.screening.screening_desk import ScreeningAnswer, ScreeningDesk
from pipeline.ground.texts import spoken
from pipeline.model.candidacy import VERDICTS, ScreeningLine, Verdict
from pipeline.model.older_keys import older_keys
from pipeline.model.records import Study
from pipeline.sources.screening.screener_view import View

State = Literal[
    "new", "reason", "doubtful", "differs", "same", "early", "ended", "unscreened", "unmatched",
    "repeat", "unanswered",
]  # fmt: skip
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]
How = Literal["key", "doi", "title", ""]


def state_words(state: str) -> str:
    return desk_says(f"returned.{state}")


def how_words(how: str) -> str:
    return desk_says(f"returned.how.{how}")


def reason_words(given: str) -> str:
    """What a file gives as a reason, or that it gives none."""
    return given or desk_says("returned.none_given")


@dataclass(frozen=True)
class ReturnOptions:
    """What a person says of a file: the stage; whose answers; what a file means that says nothing.

    `reasons` are ids of ours by what the file says, "" where it says none; `taken` are numbers of
    doubtful records that are the study shown.
    """

    stage: str
    person: str = ""
    of_all: Verdict | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ReturnedItem:
    """One record. `how` it was known; `standing` is what the screener has said already."""

    record: ReturnedRecord
    said: Said
    state: State
    study: Study | None = None
    how: How = ""
    verdict: Verdict | None = None
    reason: str = ""
    standing: ScreeningLine | None = None


@dataclass(frozen=True)
class ReturnPreview:
    """All records in their order; `person` is whose answers are shown."""

    file: ReturnedFile
    options: ReturnOptions
    person: str
    items: tuple[ReturnedItem, ...]

    @property
    def counts(self) -> dict[State, int]:
        found = Counter(item.state for item in self.items)
        return {state: found[state] for state in STATES}

    @property
    def unclear_reasons(self) -> dict[str, int]:
        """What the file gives as reasons and is none of ours: how often; "" where it gives none."""
        missing = (item for item in self.items if item.state == "reason")
        return dict(Counter("".join(item.said.reasons[:1]) for item in missing))

    @property
    def answers(self) -> list[ScreeningAnswer]:
        """What would be saved."""
        source = f"{self.file.program} ({self.person})" if self.person else self.file.program
        source = ", ".join(filter(None, (source, self.file.name)))
        return [
            ScreeningAnswer(
                item.study.key,
                item.verdict or "",
                item.reason,
                ": ".join(filter(None, (source, item.said.note))),
                self.options.stage,
            )
            for item in self.items
            if item.state == "new" and item.study is not None
        ]


def make_return_preview(
    file: ReturnedFile, desk: ScreeningDesk, coder: str, options: ReturnOptions
) -> ReturnPreview:
    """Compare each record with the studies here and with what the screener may see of them."""
    persons = file.persons
    person = options.person or (persons[0] if len(persons) == 1 else "")
    matcher, judge = _Matcher(desk), _Judge(desk, coder, options)
    items = []
    for record, said in file.records:
        verdict = said.verdicts.get(person) if said.verdicts else options.of_all
        study, how, is_sure = matcher.find(record)
        items.append(judge.item(record, said, verdict, study, how, is_sure))
    return ReturnPreview(file, options, person, tuple(items))


def read_options(
    desk: ScreeningDesk,
    stage: str,
    person: str,
    of_all: str,
    reasons: Mapping[str, str],
    taken: Iterable[int],
) -> ReturnOptions:
    """What a person says of a file; without a stage it is the first. Raises Refused."""
    rules, stage = desk.rules, stage or desk.rules.stages[0]
    known = {item.id for item in rules.reasons}
    faults = []
    if stage not in rules.stages:
        faults.append(desk_says("screening.there_is_no_stage", stage=stage[:40]))
    if of_all and of_all not in VERDICTS:
        faults.append(desk_says("screening.say_include_exclude_unsure_or"))
    for reason in sorted({*filter(None, reasons.values())} - known):
        faults.append(desk_says("screening.there_is_no_reason", reason=reason[:60]))
    if faults:
        raise Refused(faults)
    verdict = next((item for item in VERDICTS if item == of_all), None)
    return ReturnOptions(stage, person, verdict, dict(reasons), frozenset(taken))


def notices(preview: ReturnPreview, desk: ScreeningDesk) -> Iterator[str]:
    """What is still to be said of a file before it can be taken in."""
    persons = preview.file.persons
    if len(persons) > 1 and not preview.person:
        yield desk_says("returned.say_whose", persons=", ".join(persons))
    elif not preview.options.of_all and all(item.verdict is None for item in preview.items):
        yield desk_says("returned.say_what_the_file_means")
    if unclear := preview.unclear_reasons:
        known = ", ".join(f"{item.label[spoken()]} ({item.id})" for item in desk.rules.reasons)
        given = ", ".join(map(reason_words, unclear))
        yield desk_says("returned.say_which_of_the_reasons", given=given, reasons=known)


class _Matcher:
    """Studies by key, DOI and title."""

    def __init__(self, desk: ScreeningDesk) -> None:
        self.studies = desk.studies
        self.keys = dict(desk.inputs.screened.aliases)
        self.dois: dict[str, list[str]] = defaultdict(list)
        self.titles: dict[str, list[str]] = defaultdict(list)
        for key, study in desk.studies.items():
            self.keys |= dict.fromkeys(older_keys(study), key)
            self.dois[make_doi(study.doi)].append(key)
            self.titles[make_title(study.title).text].append(key)
        self.keys |= {key: key for key in desk.studies}

    def find(self, record: ReturnedRecord) -> tuple[Study | None, How, bool]:
        """The study, how it was known, and whether that is sure.

        A key is sure where the title is the same or there is none: other files have such keys too.
        """
        title = make_title(record.title).text if record.title else ""
        alike = self.titles.get(title, []) if title else []
        doi = make_doi(record.doi)
        same_doi = self.dois.get(doi, []) if doi else []
        of_key = self.keys.get(record.key, "")
        found = same_doi if len(same_doi) == 1 else [key for key in same_doi if key in alike]
        if found:
            is_sure = len(found) == 1 and of_key in ("", found[0])
            return self.studies.get(found[0]), "doi", is_sure
        if of_key in self.studies:
            return self.studies[of_key], "key", not title or of_key in alike
        if alike:
            return self.studies[alike[0]], "title", False
        return None, "", False


class _Judge:
    """What may be said of which candidate."""

    def __init__(self, desk: ScreeningDesk, coder: str, options: ReturnOptions) -> None:
        self.options, self.rules, self.coder = options, desk.rules, coder
        self.view: View = desk.view(coder)
        self.waiting = set(self.view.waiting(options.stage))
        self.seen: set[str] = set()
        self.known = {letters(item.id): item.id for item in desk.rules.reasons}
        for item in desk.rules.reasons:
            self.known |= {letters(label): item.id for label in (item.label.en, item.label.nl)}

    def item(
        self,
        record: ReturnedRecord,
        said: Said,
        verdict: Verdict | None,
        study: Study | None,
        how: How,
        is_sure: bool,
    ) -> ReturnedItem:
        if verdict is None:
            return ReturnedItem(record, said, "unanswered", study, how)
        if study is None:
            return ReturnedItem(record, said, "unmatched", verdict=verdict)
        place = (study.key, self.options.stage)
        standing = self.view.given.get(place, {}).get(self.coder)
        reason = next(self._reasons(said), "") if verdict in ("exclude", "unsure") else ""
        is_sure = is_sure or record.number in self.options.taken
        state = self._state(study.key, verdict, reason, standing) if is_sure else "doubtful"
        return ReturnedItem(record, said, state, study, how, verdict, reason, standing)

    def _state(
        self, key: str, verdict: Verdict, reason: str, standing: ScreeningLine | None
    ) -> State:
        candidacy, stages = self.view.candidacies[key], self.rules.stages
        if key in self.seen:
            return "repeat"
        self.seen.add(key)
        if not candidacy.screened:
            return "unscreened"
        if standing is not None:
            return "same" if standing.verdict == verdict else "differs"
        if stages.index(candidacy.stage) < stages.index(self.options.stage):
            return "early"
        if key not in self.waiting:
            return "ended"
        if verdict == "exclude" and self.rules.reasons and not reason:
            return "reason"
        return "new"

    def _reasons(self, said: Said) -> Iterator[str]:
        """Ids of ours for what the record gives as reasons."""
        for text in said.reasons or ("",):
            if found := self.options.reasons.get(text) or self.known.get(letters(text)):
                yield found


def in_states(items: Iterable[ReturnedItem]) -> dict[State, list[ReturnedItem]]:
    """Records by what they are, those that a person must decide first."""
    found: dict[State, list[ReturnedItem]] = {state: [] for state in STATES}
    for item in items:
        found[item.state].append(item)
    return {state: some for state, some in found.items() if some}
