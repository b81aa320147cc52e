"""Rules of what screeners said."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.build.inputs import Inputs
from pipeline.ground.problems import Problem
from pipeline.model.candidacy import standing as said_in_screening
from pipeline.sources.import_records import ImportRecord


def unknown_names_in_screening(inputs: Inputs) -> Iterator[Problem]:
    """Screeners' lines about a study, stage, reason or by a coder that is not there."""
    known = {study.key for study in inputs.references.studies} | {*_came_with(inputs)}
    coders = {coder.id for coder in inputs.codings.coders}
    rules = inputs.scheme.screening
    reasons = {reason.id for reason in rules.reasons}
    for line in inputs.screened.lines:
        row = line.number + 1
        if line.study not in known:
            hint = "Correct the key, or add the study."
            message = f"no study '{line.study}' in references.bib"
            yield Problem(line.path, row, "unknown-study", message, hint)
        if line.coder not in coders:
            hint = f"Add {line.coder} to coding/coders.yml, or rename the file."
            yield Problem(line.path, row, "unknown-coder", f"coder '{line.coder}'", hint)
        if line.stage not in rules.stages:
            hint = f"Stages are {', '.join(rules.stages)} (screening in coding/scheme.yml)."
            yield Problem(line.path, row, "unknown-stage", f"stage '{line.stage}'", hint)
        if line.reason and line.reason not in reasons:
            hint = f"Reasons are {', '.join(sorted(reasons))} (screening in coding/scheme.yml)."
            yield Problem(line.path, row, "unknown-reason", f"reason '{line.reason}'", hint)


def orphaned_screening(inputs: Inputs) -> Iterator[Problem]:
    """Screeners' lines that stand about studies that were here once. They are kept."""
    known = {study.key for study in inputs.references.studies}
    came = {key: item for key, item in _came_with(inputs).items() if key not in known}
    for (study, _), said in said_in_screening(inputs.screened.lines).items():
        if study not in came:
            continue
        if came[study].undone:
            message = f"'{study}' came with {came[study].id}, which was taken back"
        else:
            message = f"'{study}' is not in references.bib any more"
        hint = "It counts again if the study comes back under this key; or withdraw it."
        for line in said.values():
            row = line.number + 1
            yield Problem(line.path, row, "orphaned-line", message, hint, severity="warning")


def _came_with(inputs: Inputs) -> dict[str, ImportRecord]:
    """The import that names a study, by its key; one that stands rather than one undone."""
    records = sorted(inputs.screened.imports.records, key=lambda item: item.undone is None)
    merged = {item.into: record for record in records for item in record.merged}
    return merged | {key: record for record in records for key in record.keys}
