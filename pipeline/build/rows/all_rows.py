"""From records to the rows of the published tables."""

from __future__ import annotations

from collections.abc import Iterable

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
from pipeline.build.rows.study_matter import study_matter
from pipeline.build.rows.study_rows import (
    indicator_rows,
    part_rows,
    passage_rows,
    people_rows,
    scheme_rows,
    study_rows,
)
from pipeline.build.rows.synthesis_rows import synthesis_rows
from pipeline.build.rows.table_rows import Rows, Tables, picked
from pipeline.build.rows.totals import passages_read, total_rows
from pipeline.build.rows.version_rows import version_rows
from pipeline.ground.texts import shared
from pipeline.model.indicators import IndicatorSet
from pipeline.model.records import Coding
from pipeline.model.scheme import Scheme
from pipeline.model.standing import Answers
from pipeline.tagger.documents import Tagged
from pipeline.tagger.reviewed_passages import SOURCES, Training


def make_rows(
    inputs: Inputs,
    indicators: Iterable[IndicatorSet],
    tagged: Tagged,
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
    rows_of_studies(tables, inputs, tagged, codings, answers)
    synthesis_rows(tables, inputs.syntheses.items)
    total_rows(tables, inputs.scheme)
    for name, texts in shared().items():
        tables.add(models.Wording, name=name, en=texts["en"], nl=texts["nl"])
    meta_rows(tables, inputs.scheme)
    return dict(tables.rows)


def rows_of_studies(
    tables: Tables,
    inputs: Inputs,
    tagged: Tagged,
    codings: Iterable[Coding],
    answers: Answers,
) -> None:
    """Rows that belong to single studies: all those of these inputs, and no others."""
    matter = study_matter(inputs, codings, answers)
    study_rows(tables, matter)
    passage_rows(tables, matter)
    suggestion_rows(tables, matter, tagged)
    part_rows(tables, matter)
    decision_rows(tables, matter)
    coding_rows(tables, matter)
    considered_rows(tables, matter)


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
    for name in ("study", "evidence"):
        tables.add(models.Meta, name=f"count_{name}", value=str(len(tables.rows[name])))
    tables.add(models.Meta, name="count_passage", value=str(passages_read(tables.rows)))
    checked = sum(of == "checked" for _, of in picked(tables.rows, "evidence", "id", "checked"))
    tables.add(models.Meta, name="count_checked", value=str(checked))
    for name in sorted(SQLModel.metadata.tables):
        if name != "meta":
            tables.add(models.Meta, name=f"rows/{name}", value=str(len(tables.rows[name])))
    tables.add(models.Meta, name="scheme_version", value=str(scheme.version))
    tables.add(models.Meta, name="scheme_title_en", value=scheme.title.en)
    tables.add(models.Meta, name="scheme_title_nl", value=scheme.title.nl)
    tables.add(models.Meta, name="scheme_source", value=scheme.source)
