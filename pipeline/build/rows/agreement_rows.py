"""Frozen results of closed rounds: read, and as rows of the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from pipeline.build import models
from pipeline.build.models.measure_columns import ENDINGS
from pipeline.build.rows.table_rows import Tables
from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.model.coefficients import COEFFICIENTS
from pipeline.model.round_agreement import AgreementLine, RoundAgreement
from pipeline.sources.screening.screener_agreement import ScreeningAgreement


def read_reports(project: Project) -> tuple[tuple[RoundAgreement, ...], list[Problem]]:
    """The results that were frozen when rounds closed."""
    found = []
    problems: list[Problem] = []
    for path in sorted(project.agreement.glob("*.json")):
        text, faults = decode_utf8(path.read_bytes(), project.name(path))
        problems += faults
        if faults:
            continue
        try:
            found.append(RoundAgreement.model_validate_json(text))
        except ValidationError as error:
            message = f"not a frozen result: {error.errors()[0]['msg']}"
            hint = "Take it back from version control; it is never edited."
            problems.append(Problem(project.name(path), 0, "bad-agreement", message, hint))
    return tuple(found), problems


def agreement_rows(tables: Tables, reports: Iterable[RoundAgreement]) -> None:
    """Agreement of coders by code, of the machine by code and indicator, and what showing did."""
    for found in reports:
        for line in found.lines:
            tables.add(
                models.Agreement,
                id=f"{found.round}-{line.dimension}-{line.code or line.of.replace(' ', '-')}",
                round=found.round,
                dimension=line.dimension,
                what=line.of,
                code=line.code or None,
                unit=line.unit,
                units=line.units,
                prevalence=line.prevalence,
                **measures(line),
            )
        for row in found.machine:
            tables.add(
                models.MachineAgreement,
                id="-".join(part for part in (found.round, row.code, row.indicator) if part),
                round=found.round,
                dimension=row.dimension,
                code=row.code,
                indicator=row.indicator,
                right=row.right,
                wrong=row.wrong,
                missed=row.missed,
                precision=row.precision,
                recall=row.recall,
                f1=row.f1,
            )
        for item in found.influence:
            tables.add(
                models.Influence,
                id="-".join((found.round, item.dimension, item.coder, item.suggestions)),
                round=found.round,
                dimension=item.dimension,
                coder=item.coder,
                suggestions=item.suggestions,
                units=item.units,
                same=item.same,
                right=item.right,
                wrong=item.wrong,
                missed=item.missed,
                changed=item.changed,
            )


def measures(line: AgreementLine | ScreeningAgreement) -> dict[str, Any]:
    """Every coefficient of a line with its interval, and why some are empty."""
    values = {name: line.measured(name) for name in COEFFICIENTS}
    numbers = {
        f"{name}{ending}": getattr(value, part)
        for name, value in values.items()
        for ending, part in ENDINGS.items()
    }
    whys = dict.fromkeys(f"{name}: {value.why}" for name, value in values.items() if value.why)
    return numbers | {"remark": "; ".join(whys)}
