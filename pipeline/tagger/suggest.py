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
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[str]:
    """The output lines for plain or JSON lines. Raises InputError for lines it cannot read."""
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
    for item, suggestions in zip(asked, suggest_for(tagger, asked), strict=True):
        chosen = [entry for entry in suggestions if wanted in (EVERY, entry.dimension)]
        yield FORMATS[output_format](item, chosen, scheme)


def suggest_for(tagger: Tagger, asked: Sequence[Asked]) -> list[list[Suggestion]]:
    """All suggestions for each text; codes of studies as if the text were a study's title."""
    units = [TextUnit(item.language, item.text, TITLE_WEIGHT) for item in asked]
    return [
        [*reading.suggestions, *tagger.of_study([unit], [reading.found])]
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


def _as_json(item: Asked, suggestions: Sequence[Suggestion], scheme: Scheme) -> str:
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
    return json.dumps(value, ensure_ascii=False)


def _as_text(item: Asked, suggestions: Sequence[Suggestion], scheme: Scheme) -> str:
    labels = {code.id: code.label for dimension in scheme.dimensions for code in dimension.codes}
    lines = [f"{item.id}  {item.text}"]
    for entry in suggestions:
        words = ", ".join(dict.fromkeys(item.text[span.start : span.end] for span in entry.spans))
        reasons = ", ".join(entry.indicators)
        label = labels[entry.code][item.language]
        lines.append(f"    {entry.score:.2f}  {label}  [{reasons}]  {words}".rstrip())
    if not suggestions:
        lines.append("    –")
    return "\n".join(lines)


FORMATS: Mapping[str, Callable[[Asked, Sequence[Suggestion], Scheme], str]] = {
    "text": _as_text,
    "jsonl": _as_json,
}
