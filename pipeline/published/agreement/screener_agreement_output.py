"""The agreement of screeners as text, JSON, CSV or Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from pipeline.model.coefficients import COEFFICIENTS, RESAMPLES, SEED
from pipeline.published.agreement.agreement_output import (
    in_words,
    measure,
    pipe_table,
    plain_table,
    said,
)
from pipeline.published.report_texts import report_says
from pipeline.sources.screening.screener_agreement import ScreeningAgreement

Found = Sequence[ScreeningAgreement]


def heads() -> list[str]:
    return ["", report_says("agreed.candidates"), *map(measure, COEFFICIENTS)]


def cells(line: ScreeningAgreement) -> list[str]:
    """A line in words, without its stage; under `heads`."""
    measures = [said(line.measured(name)) for name in COEFFICIENTS]
    return [in_words(line.of).capitalize(), str(line.units), *measures]


def introduction(found: Found) -> str:
    """What was compared, in a sentence or two."""
    coders = sorted({coder for line in found for coder in line.coders})
    return report_says(
        "agreed.screeners", coders=", ".join(coders), resamples=str(RESAMPLES), seed=str(SEED)
    )


def as_text(found: Found) -> str:
    return "\n".join([introduction(found), "", *plain_table(heads(), _rows(found))])


def as_markdown(found: Found) -> str:
    return "\n".join([introduction(found), "", *pipe_table(heads(), _rows(found))])


def as_json(found: Found) -> str:
    return json.dumps([line.as_dict() for line in found], ensure_ascii=False, indent=2)


def as_csv(found: Found) -> str:
    """One row for each stage and each of decision and reason."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    parts = ("value", "low", "high", "why")
    columns = [f"{name}_{part}".removesuffix("_value") for name in COEFFICIENTS for part in parts]
    writer.writerow(["stage", "of", "coders", "units", *columns])
    for line in found:
        numbers = [getattr(line.measured(name), part) for name in COEFFICIENTS for part in parts]
        writer.writerow([line.stage, line.of, ";".join(line.coders), line.units, *numbers])
    return text.getvalue().rstrip("\n")


def _rows(found: Found) -> list[list[str]]:
    rows = []
    for line in found:
        name, *rest = cells(line)
        rows.append([f"{name}, {report_says(f'agreed.{line.stage}')}", *rest])
    return rows
