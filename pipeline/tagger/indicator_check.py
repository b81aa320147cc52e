"""The sentences of indicator files, put to the indicators."""

from __future__ import annotations

from pipeline.ground.problems import Problem
from pipeline.model.scheme import LANGUAGES
from pipeline.tagger.tagging import TITLE_WEIGHT, Tagger, TextUnit


def check_indicators(tagger: Tagger, only: str = "") -> list[Problem]:
    """Each indicator file's sentences put to its indicators: those that fail are problems.

    What readers learned has no part in it, so that no new answer or example makes a file wrong.
    `only` names the single code whose file is checked.
    """
    problems = []
    tagger = tagger.bare()
    for group in tagger.sets:
        is_study = tagger.scheme.dimension(group.dimension).unit == "study"
        for file in group.files:
            if only not in ("", file.code):
                continue
            for language in LANGUAGES:
                for expected, sentences in (
                    (True, file.must_match[language]),
                    (False, file.must_not_match[language]),
                ):
                    weight = TITLE_WEIGHT if is_study else 1.0
                    units = [TextUnit(language, sentence, weight) for sentence in sentences]
                    for unit, reading in zip(units, tagger.read(units), strict=True):
                        suggestions = reading.suggestions
                        if is_study:
                            suggestions = tagger.of_study([unit], [reading.found])
                        hit = any(item.code == file.code for item in suggestions)
                        if hit != expected:
                            problems.append(
                                _failed(group.dimension, file.code, language, unit, expected)
                            )
    return problems


def _failed(dimension: str, code: str, language: str, unit: TextUnit, expected: bool) -> Problem:
    path = f"coding/indicators/{dimension}/{code}.yml"
    verb = "is not suggested" if expected else "is wrongly suggested"
    hint = "Change an indicator, or the sentence if it does not belong to the code."
    message = f"'{code}' {verb} for a sentence ({language})"
    return Problem(path, 0, "indicator-example", message, hint, unit.text)
