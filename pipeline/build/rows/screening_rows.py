"""Rows of imports, candidates that are not in the review, the flow, and how screeners agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.build import models
from pipeline.build.prisma_flow import parts
from pipeline.build.rows.agreement_rows import measures
from pipeline.build.rows.table_rows import Tables
from pipeline.model.records import Study
from pipeline.model.scheme import Scheme
from pipeline.sources.screening.screened import Screened
from pipeline.sources.screening.screener_agreement import agreement


def screening_rows(
    tables: Tables, screened: Screened, studies: Iterable[Study], scheme: Scheme
) -> None:
    """Everything about screening that readers may see; never who said what."""
    for item in screened.imports.records:
        first = screened.imports.with_file(item.digest)
        tables.add(
            models.Import,
            id=item.id,
            at=item.at,
            source=item.source,
            kind=item.kind,
            file=item.file,
            found=item.found,
            added=len(item.added),
            merged=len(item.merged),
            broken=item.broken,
            left_out=item.left_out,
            screened=item.screened,
            same_file_as=first.id if first and first.at < item.at and not item.undone else "",
            undone=item.undone.at if item.undone else "",
        )
    public = screened.public(scheme.screening)
    screened = replace(screened, candidacies=public.candidacies)
    reasons = {reason.id: reason.label for reason in scheme.screening.reasons}
    for study in sorted(studies, key=lambda item: item.key):
        found = screened.candidacies.get(study.key)
        if found is None or found.state == "included":
            continue
        label = reasons.get(found.reason)
        tables.add(
            models.Candidate,
            key=study.key,
            label=study.short,
            title=study.title,
            year=study.year,
            doi=study.doi,
            stage=found.stage,
            state=found.state,
            reason=found.reason,
            reason_en=label.en if label else "",
            reason_nl=label.nl if label else "",
        )
    for position, part in enumerate(parts(screened, scheme), 1):
        tables.add(
            models.Flow,
            position=position,
            field=part.field,
            label_en=part.label_en,
            label_nl=part.label_nl,
            number=part.number,
        )
    for line in agreement(screened.lines, public):
        tables.add(
            models.ScreeningAgreement,
            id=f"{line.stage}-{line.of}",
            stage=line.stage,
            what=line.of,
            screeners=len(line.coders),
            units=line.units,
            **measures(line),
        )
