"""Plans, migrations and differences as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.desk.scheme.indicator_preview import IndicatorPreview, Shift
from pipeline.desk.scheme.migration_plan import Effect, Plan
from pipeline.desk.scheme.version_differences import Difference
from pipeline.ground.project import Project
from pipeline.sources.migrations.migration_files import Migration
from pipeline.tagger.measures import Score


def migration_line(item: Migration) -> str:
    """One migration in a line."""
    state = f"{item.history[-1].what} {item.at[:10]}" if item.history else "not applied"
    by = f" by {item.by}" if item.by else ""
    return f"{item.id}  {item.from_version} → {item.to}, {state}{by}: {'; '.join(item.said)}"


def plan_lines(project: Project, plan: Plan, effects: Sequence[Effect]) -> Iterator[str]:
    """What a plan would do to files and to old answers."""
    yield f"Version {plan.before.version} → {plan.after.version}. Files that change:"
    for path, text in plan.files.items():
        yield f"  {project.name(path)}" + (" (removed)" if text is None else "")
    yield "Answers given so far (no line of them is rewritten):"
    for effect in effects:
        yield (
            f"  {effect.dimension}: of {effect.decided} answered, {len(effect.reread)} read "
            f"otherwise, {len(effect.again)} to be looked at again, {len(effect.lost)} keep a "
            "code that goes out of use"
        )
    if not effects:
        yield "  all of them read as before"


def difference_line(item: Difference) -> str:
    """One difference between two versions."""
    where = "/".join(part for part in (item.dimension, item.code) if part) or "rules"
    name = " ".join(part for part in (item.field, item.language) if part)
    if item.field:
        return f"{where} {name}:\n  - {item.before or '–'}\n  + {item.after or '–'}"
    into = f" → {item.after}" if item.after else ""
    return f"{where}: {item.what}{into} ({item.label.en})"


def trial_lines(trial: IndicatorPreview, most: int = 20) -> Iterator[str]:
    """What edited indicators would change."""
    yield (
        f"{trial.code}: {len(trial.gained)} of {trial.passages} newly suggested, "
        f"{len(trial.lost)} no longer, {trial.rescored} with another score."
    )
    for sign, shifts in (("+", trial.gained), ("-", trial.lost)):
        for shift in shifts[:most]:
            yield f"  {sign} {shift.passage.id}  {_marked(shift)}"
        if len(shifts) > most:
            yield f"  {sign} … and {len(shifts) - most} more"
    for fault in trial.faults:
        yield str(fault)
    if trial.quality is not None:
        before, after = trial.quality
        yield f"Against reviewed decisions: before {_score(before)}; after {_score(after)}."


def _score(score: Score) -> str:
    parts = (("precision", score.precision), ("recall", score.recall))
    said = ", ".join(f"{name} {'–' if value is None else f'{value:.2f}'}" for name, value in parts)
    return f"{said} ({score.right} right of {score.suggested} suggested, {score.coded} coded)"


def _marked(shift: Shift) -> str:
    found = shift.after or shift.before
    text = shift.passage.text
    if found is None:
        return text
    for span in sorted(found.spans, key=lambda item: -item.start):
        text = f"{text[: span.start]}[{text[span.start : span.end]}]{text[span.end :]}"
    return text
