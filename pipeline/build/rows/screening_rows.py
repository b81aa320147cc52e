"""Rows of imports, candidates that are not in the review, the flow, and how screeners agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

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
            "import",
            item.id,
            item.at,
            item.source,
            item.kind,
            item.file,
            item.found,
            len(item.added),
            len(item.merged),
            item.broken,
            item.left_out,
            item.screened,
            first.id if first and first.at < item.at and not item.undone else "",
            item.undone.at if item.undone else "",
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
            "candidate",
            study.key,
            study.short,
            study.title,
            study.year,
            study.doi,
            found.stage,
            found.state,
            found.reason,
            label.en if label else "",
            label.nl if label else "",
        )
    for position, part in enumerate(parts(screened, scheme), 1):
        tables.add("flow", position, part.field, part.label_en, part.label_nl, part.number)
    for line in agreement(screened.lines, public):
        numbers, remark = measures(line)
        name = f"{line.stage}-{line.of}"
        tables.add(
            "screening_agreement",
            name, line.stage, line.of, len(line.coders), line.units, *numbers, remark,
        )  # fmt: skip
