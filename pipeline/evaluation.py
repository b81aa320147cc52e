"""The report on how good the suggestions are, for a project's held examples or any coded file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.problems import InputError, Problem, decode_utf8
from pipeline.project import Project
from pipeline.scheme import LANGUAGES, read_scheme
from pipeline.tagger.evaluate import Coded, Score, compare, suggested_codes
from pipeline.tagger.examples import Example, read_examples
from pipeline.tagger.tagger import Tagger, load_tagger


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of one comparison."""

    title: str
    language: str
    passages: int
    scores: tuple[Score, ...]

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
        }


def evaluate_project(
    project: Project,
    file: Path | None,
    dimension: str | None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Report]:
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
    bare = Tagger(tagger.scheme, tagger.sets, {}, tagger._pipelines)
    target = scheme.dimension(name)
    codes = [code.id for code in target.codes if code.retired is None]
    reports = []
    for language in LANGUAGES:
        group = [item for item in examples if item.language == language]
        if not group:
            continue
        passages = [Coded(item.language, item.text, item.codes) for item in group]
        answers = [item.codes for item in group]
        for title, made in (("as on the site", tagger), ("indicators alone", bare)):
            found = suggested_codes(made, target, passages)
            reports.append(
                Report(title, language, len(group), tuple(compare(codes, answers, found)))
            )
        both = [item for item in group if item.second is not None]
        if both:
            reports.append(
                Report(
                    "second coder",
                    language,
                    len(both),
                    tuple(
                        compare(
                            codes,
                            [item.codes for item in both],
                            [item.second or frozenset() for item in both],
                        )
                    ),
                )
            )
    return reports


def render(reports: Sequence[Report]) -> str:
    """The reports as aligned text."""
    lines = []
    for report in reports:
        lines.append(f"{report.language}: {report.title} ({report.passages} passages)")
        lines.append(
            f"  {'':24}{'coded':>7}{'suggested':>11}{'precision':>11}{'recall':>8}{'F1':>7}"
        )
        for score in report.scores:
            name = score.code or "all (micro-average)"
            lines.append(
                f"  {name:24}{score.coded:>7}{score.suggested:>11}"
                f"{_figure(score.precision):>11}{_figure(score.recall):>8}{_figure(score.f1):>7}"
            )
        lines.append("")
    return "\n".join(lines).rstrip()


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


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
