"""What the rows of studies are made of: read, resolved, and looked up once for all tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.build.inputs import Inputs
from pipeline.model.answers import Codings, is_passage, study_of
from pipeline.model.gists import GistFile
from pipeline.model.joined_passages import each_sentence
from pipeline.model.records import (
    EVIDENCE_STATUSES,
    EXTENTS,
    Access,
    Coding,
    Document,
    Passage,
    Study,
)
from pipeline.model.scheme import Scheme
from pipeline.model.standing import Answers


@dataclass(frozen=True, slots=True)
class StudyMatter:
    """Studies in the order of their keys, and what belongs to them and to no others.

    `documents` are those of each study that were read; `published` the passages that readers may
    see, `units` all of them, `parts` those that are joined to one, by its id, `coded` those with an
    answer, also as parts; `sectors` the codes of the map that people gave, by unit; `undecided` the
    questions that are open, by study; `gists` the files of each; `excerpt` the most characters of a
    full text's passage.
    """

    scheme: Scheme
    studies: tuple[Study, ...]
    documents: Mapping[str, list[Document]]
    lines: Codings
    answers: Answers
    codings: tuple[Coding, ...]
    published: Mapping[str, Passage]
    units: frozenset[str]
    coded: frozenset[str]
    parts: Mapping[str, tuple[str, ...]]
    sectors: Mapping[str, tuple[str, ...]]
    undecided: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]
    gists: Mapping[str, Sequence[GistFile]]
    excerpt: int

    @property
    def labels(self) -> dict[str, str]:
        """English labels of codes."""
        return {code.id: code.label.en for item in self.scheme.dimensions for code in item.codes}

    @property
    def known(self) -> frozenset[str]:
        """Keys of the studies."""
        return frozenset(study.key for study in self.studies)

    def extent(self, study: str) -> Access | None:
        """How much of a study was read: for its digest, or more where its full text is coded."""
        read = [_extent(document, self.coded) for document in self.documents.get(study, ())]
        return max((item for item in read if item), key=EXTENTS.index, default=None)

    @property
    def coders(self) -> frozenset[str]:
        """Those who have a row."""
        return frozenset(coder.id for coder in self.lines.coders)


def study_matter(inputs: Inputs, codings: Iterable[Coding], answers: Answers) -> StudyMatter:
    """Of the studies of these inputs."""
    scheme = inputs.scheme
    documents: dict[str, list[Document]] = defaultdict(list)
    studies = tuple(sorted(inputs.references.studies, key=lambda study: study.key))
    known = {study.key for study in studies}
    for document in inputs.corpus.documents:
        if document.study in known and document.access != "none":
            documents[document.study].append(document)
    codings = [coding for coding in codings if study_of(coding.unit) in known]
    coded = {coding.unit for coding in codings if coding.status in EVIDENCE_STATUSES}
    published = _published(documents, coded)
    codings = [item for item in codings if not is_passage(item.unit) or item.unit in published]
    parts = {
        passage.id: passage.parts
        for own in documents.values()
        for document in own
        for passage in document.joined
    }
    return StudyMatter(
        scheme=scheme,
        studies=studies,
        documents=documents,
        lines=inputs.codings,
        answers=answers,
        codings=tuple(codings),
        published=published,
        units=frozenset(
            passage.id
            for own in documents.values()
            for document in own
            for passage in document.units
        ),
        coded=frozenset(each_sentence((unit for unit, _ in answers), parts)),
        parts=parts,
        sectors=_sectors(scheme, codings),
        undecided=_undecided(scheme, studies, codings, answers),
        aliases=inputs.screened.aliases,
        gists=_by_study(inputs.gists.files),
        excerpt=inputs.settings.excerpt,
    )


def _by_study(files: Iterable[GistFile]) -> dict[str, list[GistFile]]:
    found: dict[str, list[GistFile]] = defaultdict(list)
    for file in files:
        found[file.study].append(file)
    return found


def _extent(document: Document, coded: Collection[str]) -> Access | None:
    if document.kind != "fulltext":
        return document.access
    number = sum(passage.id in coded for passage in document.passages)
    if not number:
        return None  # nobody need have opened it
    return "full" if number == document.length else "partial"


def _published(by_study: Mapping[str, list[Document]], coded: set[str]) -> dict[str, Passage]:
    """Passages that readers may see: all of a digest, else and of joined ones what was coded."""
    return {
        passage.id: passage
        for documents in by_study.values()
        for document in documents
        for passage in document.units
        if passage.id in coded or (document.kind == "digest" and len(passage.sentences) == 1)
    }


def _sectors(scheme: Scheme, codings: Iterable[Coding]) -> dict[str, tuple[str, ...]]:
    """Map codes by unit: those that people decided."""
    found: dict[str, tuple[str, ...]] = {}
    for coding in codings:
        if coding.dimension == scheme.map and coding.status in EVIDENCE_STATUSES:
            found[coding.unit] = (*found.get(coding.unit, ()), coding.code)
    return found


def _undecided(
    scheme: Scheme, studies: Iterable[Study], codings: Iterable[Coding], answers: Answers
) -> dict[str, tuple[str, ...]]:
    """By study, the questions put to it that nobody has answered, or that are in dispute."""
    asked = [item.id for item in scheme.dimensions if item.unit == "study"]
    given: dict[tuple[str, str], list[Coding]] = defaultdict(list)
    for coding in codings:
        given[coding.unit, coding.dimension].append(coding)
    return {
        study.key: tuple(
            name
            for name in asked
            if not answers.is_decided((study.key, name), given.get((study.key, name), ()))
        )
        for study in studies
    }
