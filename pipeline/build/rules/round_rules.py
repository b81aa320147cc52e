"""Rules of rounds, and of decisions that do not fit theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pipeline.build.inputs import Inputs
from pipeline.build.rules.decision_fault import fault
from pipeline.ground.problems import Problem
from pipeline.model.answers import CONSENSUS, MOVED, is_passage, study_of
from pipeline.model.people import moment, stamp


def unknown_people_in_rounds(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    studies = {study.key for study in inputs.references.studies}
    for item in inputs.codings.rounds:
        named = (*item.people, *item.hidden_from, *((item.checks,) if item.checks else ()))
        for name in sorted({*named} - coders):
            hint = f"Coders are {', '.join(sorted(coders))}."
            message = f"round '{item.id}': coder '{name}'"
            yield Problem("coding/rounds.yml", 0, "unknown-coder", message, hint)
        for name in sorted({*item.dimensions} - {*inputs.scheme.by_id}):
            hint = f"Dimensions are {', '.join(inputs.scheme.by_id)}."
            message = f"round '{item.id}': dimension '{name}'"
            yield Problem("coding/rounds.yml", 0, "unknown-dimension", message, hint)
        if item.studies != "all":
            for name in sorted({*item.studies} - studies):
                message = f"round '{item.id}': no study '{name}' in references.bib"
                hint = "Correct the key, or add the study."
                yield Problem("coding/rounds.yml", 0, "unknown-study", message, hint)


def outside_their_round(inputs: Inputs) -> Iterator[Problem]:
    """Decisions by somebody, or about something, that their round does not include."""
    rounds = {item.id: item for item in inputs.codings.rounds}
    for item in inputs.codings.decisions.never_shown:
        found = rounds.get(item.round)
        if found is None or item.codes is None:
            continue
        study = study_of(item.unit)
        overridden = inputs.scheme.by_id.get(item.dimension)
        if item.coder not in found.coders:
            message = f"{item.coder} does not code in the round '{found.id}'"
            hint = "Add the coder to it in coding/rounds.yml, or name another round."
            yield fault(item, "not-in-round", message, hint, warning=True)
        elif not found.includes(study):
            message = f"the round '{found.id}' does not include {study}"
            hint = "Add the study to it in coding/rounds.yml, or name another round."
            yield fault(item, "not-in-round", message, hint, warning=True)
        elif (
            found.dimensions
            and item.dimension not in found.dimensions
            and not (is_passage(item.unit) and overridden is not None and overridden.overridable)
        ):
            message = f"the round '{found.id}' does not ask {item.dimension}"
            hint = "Add the dimension to it in coding/rounds.yml, or name another round."
            yield fault(item, "not-in-round", message, hint, warning=True)


def late_decisions(inputs: Inputs) -> Iterator[Problem]:
    """Decisions made after their round was laid open, or in the future."""
    opened = {item.id: item.opened_at for item in inputs.codings.rounds}
    now = stamp(datetime.now(UTC) + timedelta(days=1))
    for item in inputs.codings.never_shown:
        time = moment(item.decided_at)
        until = opened.get(item.round)
        if time > now:
            hint = "Correct the time: it says which of two answers is the later."
            yield fault(item, "future-time", f"decided at {item.decided_at}", hint, warning=True)
        elif (
            item.codes is not None
            and item.coder != CONSENSUS
            and until is not None
            and time > until
            and MOVED not in item.note
        ):
            message = f"decided after the round '{item.round}' was opened for comparison"
            hint = "It counts as an answer, but not in the agreement of the round."
            yield fault(item, "late", message, hint, warning=True)
