"""From records to the rows of the published tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlmodel import SQLModel

from pipeline.build import models
from pipeline.build.inputs import Inputs, of_review
from pipeline.build.rows.agreement_rows import agreement_rows
from pipeline.build.rows.coding_rows import (
    coding_rows,
    considered_rows,
    decision_rows,
    suggestion_rows,
)
from pipeline.build.rows.screening_rows import screening_rows
from pipeline.build.rows.study_rows import (
    indicator_rows,
    passage_rows,
    people_rows,
    scheme_rows,
    study_rows,
)
from pipeline.build.rows.table_rows import Rows, Tables, picked
from pipeline.build.rows.version_rows import version_rows
from pipeline.build.totals import total_rows
from pipeline.ground.texts import shared
from pipeline.model.answers import is_passage, study_of
from pipeline.model.indicators import IndicatorSet
from pipeline.model.records import EVIDENCE_STATUSES, Coding, Document, Passage, Study, Suggestion
from pipeline.model.scheme import Scheme
from pipeline.model.standing import Answers
from pipeline.tagger.reviewed_passages import SOURCES, Training


def make_rows(
    inputs: Inputs,
    indicators: Iterable[IndicatorSet],
    suggestions: Mapping[str, tuple[Suggestion, ...]],
    codings: Iterable[Coding],
    answers: Answers,
) -> Rows:
    """All rows of the database. The same records give the same rows in the same order.

    Of studies, only those of the review have rows of their own.
    """
    tables = Tables()
    everything = inputs.references.studies
    screening_rows(tables, inputs.screened, everything, inputs.scheme)
    version_rows(tables, inputs.versions)
    inputs = of_review(inputs)
    scheme_rows(tables, inputs.scheme)
    indicator_rows(tables, indicators)
    people_rows(tables, inputs.codings.coders, inputs.codings.rounds)
    for name, text in sorted(inputs.codings.instructions.items()):
        tables.add(models.Instruction, name=name, text=text)
    agreement_rows(tables, inputs.reports)
    training_rows(tables, inputs.training, inputs.scheme)
    rows_of_studies(tables, inputs, suggestions, codings, answers)
    total_rows(tables, inputs.scheme)
    for name, texts in shared().items():
        tables.add(models.Wording, name=name, en=texts["en"], nl=texts["nl"])
    meta_rows(tables, inputs.scheme)
    return dict(tables.rows)


def rows_of_studies(
    tables: Tables,
    inputs: Inputs,
    suggestions: Mapping[str, tuple[Suggestion, ...]],
    codings: Iterable[Coding],
    answers: Answers,
) -> None:
    """Rows that belong to single studies: all those of these inputs, and no others."""
    scheme = inputs.scheme
    by_study: dict[str, list[Document]] = defaultdict(list)
    known = {study.key for study in inputs.references.studies}
    for document in inputs.corpus.documents:
        if document.study in known and document.access != "none":
            by_study[document.study].append(document)
    codings = [coding for coding in codings if study_of(coding.unit) in known]
    coded = {coding.unit for coding in codings if coding.status in EVIDENCE_STATUSES}
    published = _published(by_study, coded)
    codings = [item for item in codings if not is_passage(item.unit) or item.unit in published]
    sectors = _sectors(scheme, codings)
    studies = sorted(inputs.references.studies, key=lambda study: study.key)
    aliases = inputs.screened.aliases
    limit = inputs.settings.excerpt
    undecided = _undecided(scheme, studies, codings, answers)
    study_rows(tables, studies, by_study, scheme, codings, sectors, undecided, aliases)
    passage_rows(tables, studies, by_study, published, limit)
    suggestion_rows(tables, suggestions, published, known)
    units = {
        passage.id
        for documents in by_study.values()
        for document in documents
        for passage in document.passages
    }
    decision_rows(tables, inputs.codings, answers, units, published, known)
    coders = {coder.id for coder in inputs.codings.coders}
    coding_rows(
        tables, scheme, studies, by_study, codings, published, sectors, undecided, coders, limit
    )
    considered_rows(tables, scheme, answers, units, known)


def training_rows(tables: Tables, training: Training, scheme: Scheme) -> None:
    """Where the suggestions of each code come from, as `evidence train` measured."""
    for learned in training.learned:
        known = scheme.dimension(learned.dimension).code_ids
        for code, choice in sorted(learned.codes.items()):
            if code in known:
                f1 = {f"f1_{source}": choice.f1.get(source) for source in SOURCES}
                tables.add(
                    models.Training,
                    code=code,
                    source=choice.source,
                    coded=choice.coded,
                    **f1,
                    better=choice.better,
                )


def meta_rows(tables: Tables, scheme: Scheme) -> None:
    """How many rows there are, and which scheme they follow."""
    for name in ("study", "passage", "evidence"):
        tables.add(models.Meta, name=f"count_{name}", value=str(len(tables.rows[name])))
    checked = sum(of == "checked" for _, of in picked(tables.rows, "evidence", "id", "checked"))
    tables.add(models.Meta, name="count_checked", value=str(checked))
    for name in sorted(SQLModel.metadata.tables):
        if name != "meta":
            tables.add(models.Meta, name=f"rows/{name}", value=str(len(tables.rows[name])))
    tables.add(models.Meta, name="scheme_version", value=str(scheme.version))
    tables.add(models.Meta, name="scheme_title_en", value=scheme.title.en)
    tables.add(models.Meta, name="scheme_title_nl", value=scheme.title.nl)
    tables.add(models.Meta, name="scheme_source", value=scheme.source)


def _published(by_study: Mapping[str, list[Document]], coded: set[str]) -> dict[str, Passage]:
    """Passages that readers may see: all of a digest, of a full text only coded excerpts."""
    return {
        passage.id: passage
        for documents in by_study.values()
        for document in documents
        for passage in document.passages
        if document.kind == "digest" or passage.id in coded
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
