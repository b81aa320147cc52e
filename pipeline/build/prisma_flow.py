"""The PRISMA flow of a review, counted from its imports and from what screeners said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from pipeline.model.candidacy import Candidacy
from pipeline.model.prisma import Counts, Flow
from pipeline.model.scheme import Scheme
from pipeline.model.screening_texts import Wording
from pipeline.sources.import_records import ImportRecord, Merged
from pipeline.sources.screening.screened import Screened

LISTS = frozenset(
    field.name for field in fields(Flow) if str(field.type).startswith(("Counts", "tuple"))
)


@dataclass(frozen=True)
class _Way:
    """The numbers of one way of finding studies."""

    screened: int
    excluded: Counts
    awaiting: int
    sought: int
    not_retrieved: int
    awaiting_full: int
    assessed: int
    excluded_full: Counts
    included: int


@dataclass(frozen=True)
class FlowPart:
    """One number of the flow: a field of `Flow`, for lists with the label of its entry."""

    field: str
    label_en: str
    label_nl: str
    number: int


def parts(screened: Screened, scheme: Scheme) -> list[FlowPart]:
    """The flow in both languages, as it stands now."""
    english, dutch = (flow_of(screened, scheme, language) for language in ("en", "nl"))
    found: list[FlowPart] = []
    for field in fields(Flow):
        one, other = getattr(english, field.name), getattr(dutch, field.name)
        if field.name in LISTS:
            found += [
                FlowPart(field.name, label, words, number)
                for (label, number), (words, _) in zip(one, other, strict=True)
            ]
        else:
            found.append(FlowPart(field.name, "", "", one))
    return found


def flow_from(found: Iterable[FlowPart], language: str) -> Flow:
    """The flow that `parts` took apart."""
    values: dict[str, int] = {}
    lists: dict[str, list[tuple[str, int]]] = {}
    for part in found:
        if part.field in LISTS:
            label = part.label_nl if language == "nl" else part.label_en
            lists.setdefault(part.field, []).append((label, part.number))
        else:
            values[part.field] = part.number
    return Flow(**values, **{name: tuple(items) for name, items in lists.items()})  # type: ignore[arg-type]


def flow_of(screened: Screened, scheme: Scheme, language: str) -> Flow:
    """What became of every record, by way of finding it; labels in one language."""
    say = Wording(language)
    imports = [_as_found(item, screened) for item in screened.imports.standing]
    # A file that is imported again was found the way it was found first.
    first_of = {item.id: screened.imports.with_file(item.digest) or item for item in imports}
    to_screen = [item for item in imports if item.screened]
    searched = [item for item in to_screen if first_of[item.id].kind != "other"]
    otherwise = [item for item in to_screen if first_of[item.id].kind == "other"]
    given = [item for item in imports if not item.screened]
    of_search = _candidacies(screened, searched)
    of_other = _candidacies(screened, otherwise)
    known = {key for item in imports for key in item.keys}
    by_hand = [
        item
        for key, item in screened.candidacies.items()
        if key not in known and item.state == "included"
    ]
    files = _files(searched)
    sources = Counter[str]()
    for file in files:
        sources[file.first.said(language)] += file.first.found
    earlier = Counter[str]()
    for item in given:
        earlier[item.said(language)] += sum(screened.includes(key) for key in item.keys)
    if by_hand:
        earlier[say("by_hand")] += len(by_hand)
    others = Counter[str]()
    for item in otherwise:
        others[item.said(language)] += len(
            [key for key in item.keys if key in screened.candidacies]
        )
    first = scheme.screening.stages[0] == "abstract"
    main = _counts(of_search, scheme, language, first)
    side = _counts(of_other, scheme, language, False)
    return Flow(
        earlier=_some(earlier),
        sources=tuple(sources.items()),
        other_sources=_some(others),
        duplicates=sum(file.duplicates for file in files),
        seen_before=sum(file.seen_before for file in files),
        unreadable=sum(file.first.broken for file in files),
        left_out=sum(file.left_out for file in files),
        screened=main.screened,
        excluded=main.excluded,
        awaiting=main.awaiting,
        sought=main.sought,
        not_retrieved=main.not_retrieved,
        awaiting_full=main.awaiting_full,
        assessed=main.assessed,
        excluded_full=main.excluded_full,
        other_sought=len(of_other),
        other_not_retrieved=side.not_retrieved,
        other_awaiting_full=side.awaiting_full + side.awaiting,
        other_assessed=side.assessed,
        other_excluded=side.excluded_full,
        included_new=main.included,
        included_other=side.included,
        included=main.included + side.included + earlier.total(),
    )


def _some(counted: Counter[str]) -> Counts:
    """What there is any of."""
    return tuple((label, number) for label, number in counted.items() if number)


@dataclass(frozen=True)
class _File:
    """A file and what became of its records, each counted once however often it was imported."""

    first: ImportRecord
    again: tuple[ImportRecord, ...]

    @property
    def duplicates(self) -> int:
        """What was left out at first may have been merged since, or added, as merged ones may."""
        still_out = min(item.left_out for item in (self.first, *self.again))
        merged = len(self.first.merged) + self.first.left_out - still_out
        return max(merged - self._added_since, 0)

    @property
    def left_out(self) -> int:
        removed = len(self.first.merged) + self.first.left_out
        return removed - self._added_since - self.duplicates

    @property
    def seen_before(self) -> int:
        """Duplicates of studies that the file did not bring itself."""
        imports = (self.first, *self.again)
        own = {key for item in imports for key in item.keys}
        seen = max(sum(merged.into not in own for merged in item.merged) for item in imports)
        return min(seen, self.duplicates)

    @property
    def _added_since(self) -> int:
        return sum(len(item.added) for item in self.again)


def _files(imports: Iterable[ImportRecord]) -> list[_File]:
    """Imports by the file that they read; without a digest each is a file of its own."""
    found: dict[str, list[ImportRecord]] = {}
    for item in imports:
        found.setdefault(item.digest or item.id, []).append(item)
    return [_File(first, tuple(again)) for first, *again in found.values()]


def _as_found(record: ImportRecord, screened: Screened) -> ImportRecord:
    """An import whose studies were screened; one that was in the review without is a duplicate."""
    here = {
        key
        for key in record.keys
        if key in screened.candidacies and not screened.candidacies[key].screened
    }
    if not record.screened or not here:
        return record
    added = tuple(item for item in record.added if item.key not in here)
    merged = tuple(Merged(into=key, key=key, why="chosen") for key in record.keys if key in here)
    return record.model_copy(update={"added": added, "merged": (*record.merged, *merged)})


def _candidacies(screened: Screened, imports: Iterable[ImportRecord]) -> list[Candidacy]:
    return [
        screened.candidacies[key]
        for item in imports
        for key in item.keys
        if key in screened.candidacies
    ]


def _counts(candidates: list[Candidacy], scheme: Scheme, language: str, first: bool) -> _Way:
    """Numbers of one way of finding. `first`: titles and abstracts are screened by themselves."""
    say = Wording(language)
    labels = {reason.id: reason.label[language] for reason in scheme.screening.reasons}
    stages = scheme.screening.stages
    early = [item for item in candidates if first and item.stage == "abstract"]
    if stages == ("abstract",):
        # With one stage only, what passes it is included without another look.
        early = [item for item in early if item.state != "included"]
    before = {item.study for item in early}
    late = [item for item in candidates if item.study not in before]
    out = [item for item in early if item.state in ("excluded", "missing")]
    waiting = [item for item in early if item.is_open]
    gone = [item for item in late if item.state == "excluded"]
    missing = sum(item.state == "missing" for item in late)
    waiting_late = sum(item.is_open for item in late)
    return _Way(
        screened=len(candidates) - len(waiting),
        excluded=_by_reason(out, labels, say("no_reason")),
        awaiting=len(waiting),
        sought=len(late),
        not_retrieved=missing,
        awaiting_full=waiting_late,
        assessed=len(late) - missing - waiting_late,
        excluded_full=_by_reason(gone, labels, say("no_reason")),
        included=sum(item.state == "included" for item in late),
    )


def _by_reason(
    items: Iterable[Candidacy], labels: Mapping[str, str], without: str
) -> tuple[tuple[str, int], ...]:
    found = Counter(labels.get(item.reason, without) for item in items)
    order = [*labels.values(), without]
    return tuple((label, found[label]) for label in dict.fromkeys(order) if found[label])
