"""The report on how good the suggestions are, for a project's held examples or any coded file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.model.indicators import read_indicators
from pipeline.model.scheme import LANGUAGES, read_scheme
from pipeline.tagger.examples import Example, read_examples
from pipeline.tagger.measures import Said, Score, compare, said_of
from pipeline.tagger.ranked_measures import Figure, Ranked, ranked
from pipeline.tagger.readers.reader_registry import chosen_readers
from pipeline.tagger.reviewed_passages import read_training
from pipeline.tagger.tagger_loading import lesson_of, load_tagger, vectors_of
from pipeline.tagger.tagging import Tagger

_HEADS = ("F1", "AP", "in first 3", "off by")  # of `_figures`


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Scores of one comparison."""

    title: str
    language: str
    passages: int
    scores: tuple[Score, ...]
    ranked: tuple[Ranked, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "language": self.language,
            "passages": self.passages,
            "scores": [
                {
                    "code": score.code or "all",
                    "coded": score.coded,
                    "suggested": score.suggested,
                    "right": score.right,
                    "precision": score.precision,
                    "recall": score.recall,
                    "f1": score.f1,
                }
                for score in self.scores
            ],
            "ranked": [
                {"code": item.code or "all"}
                | {name: figure.as_dict() for name, figure in _figures(item) if figure}
                for item in self.ranked
            ],
        }


def evaluate_project(
    project: Project,
    file: Path | None,
    dimension: str | None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[EvaluationReport]:
    """A report for each language: tagger, indicators alone, and second coder, against the codes."""
    scheme = read_scheme(project.scheme, project.name(project.scheme))
    name = dimension or scheme.evidence
    if name not in scheme.by_id:
        hint = f"Use {', '.join(scheme.by_id)}."
        raise InputError([Problem("--dimension", 0, "unknown-dimension", f"'{name}'", hint)])
    if file is not None:
        examples = _read_coded(file, scheme.dimension(name).code_ids)
    else:
        examples = [item for item in read_examples(project, scheme, name) if item.held]
        if not examples:
            hint = "Name a file of JSON lines with lang, text and codes."
            raise InputError([Problem(name, 0, "no-examples", "no held examples", hint)])
    tagger = load_tagger(project, scheme, tell)
    target = scheme.dimension(name)
    codes = [code.id for code in target.codes if code.retired is None]
    reports = []
    for language in LANGUAGES:
        group = [item for item in examples if item.language == language]
        if not group:
            continue
        for title, made in (("as on the site", tagger), ("indicators alone", tagger.bare())):
            said = said_of(made, target, group)
            reports.append(_report(title, language, codes, group, said))
        both = [item for item in group if item.second is not None]
        if both:
            second = [item.second or frozenset() for item in both]
            scores = compare(codes, [item.codes for item in both], second)
            reports.append(EvaluationReport("second coder", language, len(both), tuple(scores)))
    return reports


def cross_validate(
    project: Project,
    dimension: str | None,
    folds: int,
    tell: Callable[[str], None] = lambda _: None,
) -> list[EvaluationReport]:
    """How good the tagger is on example passages of topics it has not learned from.

    Examples written together (the same beginning of `group`) stay in one fold.
    """
    scheme = read_scheme(project.scheme, project.name(project.scheme))
    name = dimension or scheme.evidence
    examples = [item for item in read_examples(project, scheme, name) if not item.held]
    sets = read_indicators(project.indicators, scheme, project.name(project.indicators))
    tagger = Tagger(scheme, sets, training=read_training(project), readers=chosen_readers(project))
    vectors = vectors_of(project)
    target = scheme.dimension(name)
    batches = sorted({item.group.split("-")[0] for item in examples})
    aside_of: dict[str, list[Example]] = {language: [] for language in LANGUAGES}
    said: dict[str, list[Said]] = {language: [] for language in LANGUAGES}
    for fold in range(folds):
        tell(f"Fold {fold + 1} of {folds} …")
        aside = set(batches[fold::folds])
        rest = [item for item in examples if item.group.split("-")[0] not in aside]
        lesson = lesson_of(project, tagger, name, rest, "", vectors, keep=False)
        model = tagger.readers.open(lesson, tagger.calibration(name))
        tagger.models = {name: model} if model else {}
        for language in LANGUAGES:
            group = [
                item
                for item in examples
                if item.language == language and item.group.split("-")[0] in aside
            ]
            aside_of[language] += group
            said[language] += said_of(tagger, target, group)
    codes = [code.id for code in target.codes if code.retired is None]
    return [
        _report(f"{folds}-fold cross-validation", language, codes, group, said[language])
        for language, group in aside_of.items()
        if group
    ]


def _report(
    title: str,
    language: str,
    codes: Sequence[str],
    passages: Sequence[Example],
    said: Sequence[Said],
) -> EvaluationReport:
    answers = [item.codes for item in passages]
    suggested = [item.suggested for item in said]
    scores = [item.scores for item in said]
    # One that belongs to no source is a source of its own.
    sources = [item.group or f"passage {place}" for place, item in enumerate(passages)]
    return EvaluationReport(
        title,
        language,
        len(passages),
        tuple(compare(codes, answers, suggested)),
        tuple(ranked(codes, answers, scores, suggested, sources)),
    )


def _figures(item: Ranked) -> list[tuple[str, Figure | None]]:
    return [
        ("f1", item.f1),
        ("average_precision", item.average_precision),
        ("in_first_three", item.in_first),
        ("calibration_error", item.calibration),
    ]


def render(reports: Sequence[EvaluationReport]) -> str:
    """The reports as aligned text."""
    import pandas as pd

    blocks = []
    for report in reports:
        frame = pd.DataFrame(
            {
                "coded": [score.coded for score in report.scores],
                "suggested": [score.suggested for score in report.scores],
                "precision": [score.precision for score in report.scores],
                "recall": [score.recall for score in report.scores],
                **({} if report.ranked else {"F1": [score.f1 for score in report.scores]}),
            },
            index=[f"  {score.code or 'all (micro-average)'}" for score in report.scores],
        )
        for place, head in enumerate(_HEADS if report.ranked else ()):
            frame[head] = [_shown(_figures(item)[place][1]) for item in report.ranked]
        frame.index = frame.index.str.ljust(24)
        table = frame.to_string(float_format="{:.2f}".format, na_rep="–")
        blocks.append(f"{report.language}: {report.title} ({report.passages} passages)\n{table}")
    return "\n\n".join(blocks)


def _shown(figure: Figure | None) -> str:
    return f"{figure.value:.2f} [{figure.low:.2f}–{figure.high:.2f}]" if figure else "–"


def _read_coded(path: Path, known: frozenset[str]) -> list[Example]:
    if not path.is_file():
        raise InputError(
            [Problem(str(path), 0, "missing-file", "no such file", "Correct the name.")]
        )
    text, problems = decode_utf8(path.read_bytes(), path)
    examples = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            codes = frozenset(value["codes"])
            examples.append(Example("", value["lang"], True, codes, None, value["text"]))
        except (ValueError, KeyError, TypeError):
            hint = 'Write {"lang": "en", "text": "…", "codes": ["…"]}.'
            problems.append(Problem(str(path), number, "bad-line", "cannot be read", hint))
            continue
        for code in sorted(codes - known):
            problems.append(
                Problem(str(path), number, "unknown-code", f"code '{code}'", "Correct it.")
            )
    if problems:
        raise InputError(problems)
    return examples
