"""What another program's project would bring, and bringing it. Nothing is ever overwritten."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.desk.codebooks.mapped import Mapped
from pipeline.desk.codebooks.qda_placing import CodingPlacer, PlacedCoding, UnplacedCoding
from pipeline.desk.codebooks.qda_positions import letters
from pipeline.desk.codebooks.qda_project import QdaProject, QdaSource
from pipeline.desk.codebooks.source_matching import SourceMatch, match_sources
from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Answer, without_controls
from pipeline.desk.review.joining import save_unit
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.changeset import Changeset
from pipeline.ground.problems import InputError
from pipeline.ground.project import file_name
from pipeline.model.people import Round
from pipeline.model.records import JoinedPassage, Passage
from pipeline.published.export.qda_text import in_our_words
from pipeline.sources.corpus import read_fulltext
from pipeline.sources.fulltexts.fulltext_readers import READERS
from pipeline.sources.running_text import read_marks


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source, the study it is, and the file that it would become as a full text, or nothing.

    `faults` say why it cannot become one.
    """

    source: QdaSource
    match: SourceMatch | None
    file: Path | None = None
    passages: tuple[Passage, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenAnswer:
    """What a coder would say of a unit; with `reasons` against it, it stays behind.

    `passage` is that of the unit, which may join several with this answer.
    """

    coder: str
    round: Round
    unit: str
    answer: Answer
    passage: Passage | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakingIn:
    """What a project would bring. `here` are answers that stand already, word for word or not."""

    project: QdaProject
    sources: tuple[SourceLine, ...]
    answers: tuple[TakenAnswer, ...]
    here: int
    unplaced: tuple[UnplacedCoding, ...]
    of_nobody: Mapping[str, int]

    @property
    def texts(self) -> list[SourceLine]:
        """The sources that would become full texts."""
        return [line for line in self.sources if line.file is not None]

    @property
    def possible(self) -> list[TakenAnswer]:
        return [item for item in self.answers if not item.reasons]

    @property
    def joining(self) -> int:
        """How many of these are on several passages as one."""
        return sum(isinstance(item.passage, JoinedPassage) for item in self.possible)


def preview_taking(
    desk: Desk,
    project: QdaProject,
    mapped: Sequence[Mapped],
    coders: Mapping[str, str],
    rounds: Mapping[str, Round],
    chosen: Mapping[str, str],
) -> TakingIn:
    """What would come of a project; nothing is changed.

    `mapped` is its codebook beside the scheme; `coders` are ids by GUID of user, "" for nobody;
    `rounds` say where each coder's answers would stand; `chosen` are studies by name of source.
    """
    matches = match_sources(project.sources, desk.studies.values(), chosen)
    lines = list(_sources(desk, project, matches))
    placer = CodingPlacer(project, mapped, desk.scheme)
    new = {line.match.study: line.passages for line in lines if line.match and line.passages}
    placed: list[PlacedCoding] = []
    unplaced: list[UnplacedCoding] = []
    of_nobody: dict[str, int] = defaultdict(int)
    for line in lines:
        study = line.match.study if line.match else ""
        texts = [item.passages for item in desk.documents[study]] if study else []
        is_ours = line.match is not None and _is_ours(desk, line.source, line.match)
        joined = desk.joined.get(study, {}).values() if is_ours else ()
        seen = [item for item in joined if desk.passage_for("", item.id)]
        for item in placer.place(line.source, study, [*texts, new.get(study, ())], seen):
            if not coders.get(item.user):
                of_nobody[item.user] += 1
            elif isinstance(item, PlacedCoding):
                placed.append(item)
            else:
                unplaced.append(item)
    answers = list(_answers(_once(desk, placed, coders, rounds), coders, rounds))
    others = [item for item in answers if not _stands(desk, item)]
    return TakingIn(
        project,
        tuple(lines),
        tuple(_judged(desk, item) for item in others),
        len(answers) - len(others),
        tuple(unplaced),
        dict(of_nobody),
    )


def take_texts(desk: Desk, taking: TakingIn) -> list[str]:
    """Write the full texts, all or none; their names. The files must be read again then.

    Raises Collision or InputError.
    """
    changes = Changeset(desk.project)
    for line in taking.texts:
        assert line.file is not None
        changes.write(line.file, taking.project.archive.source(line.source.file))
    changes.commit()
    return changes.paths


def take_answers(desk: Desk, taking: TakingIn) -> int:
    """Save the answers that may be saved; how many. Raises Refused or NotSaved."""
    given: dict[tuple[str, str, str], list[TakenAnswer]] = defaultdict(list)
    for item in taking.possible:
        given[item.coder, item.round.id, item.unit].append(item)
    saved = 0
    for (coder, _, unit), items in given.items():
        first, answers = items[0], [item.answer for item in items]
        saved += len(save_unit(desk, coder, first.round, unit, answers, passage=first.passage))
    return saved


def _sources(
    desk: Desk, project: QdaProject, matches: Mapping[int, SourceMatch]
) -> Iterator[SourceLine]:
    taken: set[str] = set()
    for place, source in enumerate(project.sources):
        match = matches.get(place)
        line = SourceLine(source, match)
        is_text = match is not None and source.file and not _is_ours(desk, source, match)
        if match and is_text and match.study not in taken and not _has_text(desk, match.study):
            taken.add(match.study)
            line = _as_text(desk, project, line, match.study)
        yield line


def _is_ours(desk: Desk, source: QdaSource, match: SourceMatch) -> bool:
    """Whether a text is our export of the study, maybe by way of a program that gave it a new GUID.

    Such a text is described as in our words. The words of a digest are ours alone, so that one
    that holds most of them is no full text either.
    """
    if match.is_ours or any(words in source.description for words in in_our_words()):
        return True
    own = [passage for document in desk.documents[match.study] if document.kind == "digest"
           for passage in document.passages]  # fmt: skip
    text = letters(source.text)[0]
    held = sum(letters(passage.text)[0] in text for passage in own)
    return held * 2 > len(own)


def _has_text(desk: Desk, study: str) -> bool:
    """Whether there is a full text here; it is never written over."""
    files = desk.project.fulltext.glob(f"{file_name(study)}.*")
    return any(path.suffix.lower() in READERS for path in files)


def _as_text(desk: Desk, project: QdaProject, line: SourceLine, study: str) -> SourceLine:
    """The source read as the full text that it would be."""
    file = desk.project.fulltext / f"{file_name(study)}{line.source.suffix}"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        try:
            copy.write_bytes(project.archive.source(line.source.file))
            marks = read_marks(desk.project)[0].get(study)
            document, problems = read_fulltext(copy, desk.project.name(file), marks)
        except InputError as error:
            document, problems = None, error.problems
    if document is None:
        return replace(line, faults=tuple(problem.message for problem in problems))
    return replace(line, file=file, passages=document.passages)


def _once(
    desk: Desk,
    placed: Sequence[PlacedCoding],
    coders: Mapping[str, str],
    rounds: Mapping[str, Round],
) -> Iterator[PlacedCoding]:
    """Codings on several passages as one; on each where words of them would count twice else.

    So they would where the coder has coded some of them otherwise too, there or here.
    """
    units: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for item in placed:
        for sentence in item.sentences:
            units[coders[item.user], item.dimension, sentence].add(item.unit)
    for item in placed:
        coder = coders[item.user]

        def has_codes(unit: str, coder: str = coder, dimension: str = item.dimension) -> bool:
            line = desk.answers(coder, unit, rounds[coder]).get(dimension)
            return bool(line and line.codes)

        twice = any(
            len(units[coder, item.dimension, sentence]) > 1 or has_codes(sentence)
            for sentence in item.sentences
        )
        if item.each and twice and not has_codes(item.unit):
            yield from item.each
        else:
            yield item


def _answers(
    placed: Iterable[PlacedCoding], coders: Mapping[str, str], rounds: Mapping[str, Round]
) -> Iterator[TakenAnswer]:
    """One answer for all codings of a coder on a unit in one dimension."""
    groups: dict[tuple[str, str, str], list[PlacedCoding]] = defaultdict(list)
    for item in placed:
        groups[coders[item.user], item.unit, item.dimension].append(item)
    for (coder, unit, dimension), items in groups.items():
        passage = items[0].passage
        notes = dict.fromkeys(item.note for item in items if item.note)
        answer = Answer(
            dimension,
            frozenset(item.code for item in items),
            note=without_controls("\n\n".join(notes)).strip(),
            quote=_quote(passage, [item.quote for item in items]) if passage else "",
        )
        yield TakenAnswer(coder, rounds[coder], unit, answer, passage)


def _quote(passage: Passage, quotes: Sequence[str]) -> str:
    """The words that hold all quotes; nothing where one is the whole passage."""
    starts = [passage.text.find(quote) for quote in quotes]
    if not all(quotes) or min(starts) < 0:
        return ""
    ends = [start + len(quote) for start, quote in zip(starts, quotes, strict=True)]
    return passage.text[min(starts) : max(ends)]


def _stands(desk: Desk, item: TakenAnswer) -> bool:
    standing = desk.answers(item.coder, item.unit, item.round).get(item.answer.dimension)
    return standing is not None and standing.codes == item.answer.codes


def _judged(desk: Desk, item: TakenAnswer) -> TakenAnswer:
    """With all that speaks against it."""
    coder, unit, answer = item.coder, item.unit, item.answer
    reasons = desk.reasons_against(coder, item.round, unit, [answer], item.passage)
    if desk.answers(coder, unit, item.round).get(answer.dimension) is not None:
        reasons.append(desk_says("qda.the_answer_stands_otherwise"))
    return replace(item, reasons=tuple(reasons))
