"""Suggestions for any text, line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.project import Project
from pipeline.model.records import Suggestion
from pipeline.model.scheme import LANGUAGES, Scheme, read_scheme
from pipeline.sources.fulltexts.language_guess import guess_language
from pipeline.tagger.readers.reader import Scores
from pipeline.tagger.tagger_loading import load_tagger
from pipeline.tagger.tagging import TITLE_WEIGHT, Tagger, TextUnit

EVERY = "all"
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Asked:
    """A passage to be tagged, and how its sender calls it (any JSON value, given back as it is)."""

    id: Any
    language: str
    text: str


def suggest_lines(
    project: Project,
    lines: Sequence[str],
    name: str,
    language: str,
    dimension: str | None,
    output_format: str,
    every: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[str]:
    """The output lines for plain or JSON lines. Raises InputError for lines it cannot read.

    `every`: also the scores of codes that are not suggested.
    """
    scheme = read_scheme(project.scheme, project.name(project.scheme))
    known = (*scheme.by_id, EVERY)
    wanted = dimension or scheme.evidence
    problems = []
    if wanted not in known:
        problems.append(
            Problem(
                "--dimension", 0, "unknown-dimension", f"'{wanted}'", f"Use {', '.join(known)}."
            )
        )
    if language not in (*LANGUAGES, AUTO):
        hint = f"Use {', '.join((*LANGUAGES, AUTO))}."
        problems.append(Problem("--lang", 0, "unknown-language", f"'{language}'", hint))
    asked = _read(lines, name, language, problems)
    if problems:
        raise InputError(problems)
    tagger = load_tagger(project, scheme, tell)
    dimensions = [item for item in scheme.dimensions if wanted in (EVERY, item.id)]
    codes = [
        code.id
        for item in dimensions
        for code in (item.codes if item.unit == "passage" else ())
        if every and code.retired is None
    ]
    for item, (suggestions, scores) in zip(asked, suggest_for(tagger, asked), strict=True):
        chosen = [entry for entry in suggestions if wanted in (EVERY, entry.dimension)]
        of_codes = {code: scores.get(code, 0.0) for code in codes}
        yield FORMATS[output_format](item, chosen, of_codes, scheme)


def suggest_for(tagger: Tagger, asked: Sequence[Asked]) -> list[tuple[list[Suggestion], Scores]]:
    """Suggestions and scores of each text; codes of studies as if it were a study's title."""
    units = [TextUnit(item.language, item.text, TITLE_WEIGHT) for item in asked]
    return [
        ([*reading.suggestions, *tagger.of_study([unit], [reading.found])], reading.scores)
        for unit, reading in zip(units, tagger.read(units), strict=True)
    ]


def _read(lines: Sequence[str], name: str, language: str, problems: list[Problem]) -> list[Asked]:
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    as_json = bool(filled) and filled[0][1].lstrip().startswith("{")
    asked = []
    for number, line in filled:
        if not as_json:
            asked.append(Asked(str(number), _language(language, line), line.strip()))
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(
                Problem(
                    name,
                    number,
                    "bad-json",
                    f"not JSON: {error.msg}",
                    "One object a line.",
                    first_line(line),
                )
            )
            continue
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            hint = 'Write {"id": …, "lang": "en", "text": "…"}.'
            problems.append(Problem(name, number, "no-text", "no text", hint, first_line(line)))
            continue
        own = str(value.get("lang") or language)
        if own not in (*LANGUAGES, AUTO):
            hint = f"Use {', '.join((*LANGUAGES, AUTO))}."
            problems.append(
                Problem(
                    name, number, "unknown-language", f"language '{own}'", hint, first_line(line)
                )
            )
            continue
        identity = value.get("id", number)
        asked.append(Asked(identity, _language(own, value["text"]), value["text"]))
    return asked


def _language(language: str, text: str) -> str:
    return guess_language(text) if language == AUTO else language


def _as_json(item: Asked, suggestions: Sequence[Suggestion], scores: Scores, scheme: Scheme) -> str:
    value: dict[str, Any] = {
        "id": item.id,
        "lang": item.language,
        "suggestions": [
            {
                "dimension": entry.dimension,
                "code": entry.code,
                "score": entry.score,
                "spans": [[span.start, span.end] for span in entry.spans],
                "indicators": list(entry.indicators),
            }
            for entry in suggestions
        ],
    }
    if scores:
        value["scores"] = scores
    return json.dumps(value, ensure_ascii=False)


def _as_text(item: Asked, suggestions: Sequence[Suggestion], scores: Scores, scheme: Scheme) -> str:
    labels = {code.id: code.label for dimension in scheme.dimensions for code in dimension.codes}
    lines = [f"{item.id}  {item.text}"]
    for entry in suggestions:
        words = ", ".join(dict.fromkeys(item.text[span.start : span.end] for span in entry.spans))
        reasons = ", ".join(entry.indicators)
        label = labels[entry.code][item.language]
        lines.append(f"    {entry.score:.2f}  {label}  [{reasons}]  {words}".rstrip())
    if not suggestions:
        lines.append("    –")
    shown = {entry.code for entry in suggestions}
    for code, score in sorted(scores.items(), key=lambda pair: -pair[1]):
        if code not in shown:
            lines.append(f"    {score:.2f}  ({labels[code][item.language]})")
    return "\n".join(lines)


FORMATS: Mapping[str, Callable[[Asked, Sequence[Suggestion], Scores, Scheme], str]] = {
    "text": _as_text,
    "jsonl": _as_json,
}
