"""Rayyan: everything in the notes, RAYYAN-INCLUSION: {"Jo"=>"Included"} | RAYYAN-… ."""

from __future__ import annotations

import re

from pipeline.desk.screening.returned.returned_record import ReturnedRecord, Said, ScreeningProgram
from pipeline.model.candidacy import Verdict

_PART = re.compile(r"(RAYYAN-INCLUSION|RAYYAN-EXCLUSION-REASONS|RAYYAN-LABELS|USER-NOTES):\s*")
_ANSWER = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*"(\w+)"')
_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*=>)?')
_VERDICTS: dict[str, Verdict] = {"Included": "include", "Excluded": "exclude", "Maybe": "unsure"}


def _reads(record: ReturnedRecord) -> Said | None:
    _, *found = _PART.split(" | ".join(record.cells.get("notes", ())))
    if not found:
        return None
    parts = {name: text.strip(" |") for name, text in zip(found[::2], found[1::2], strict=True)}
    answers = _ANSWER.findall(parts.get("RAYYAN-INCLUSION", ""))
    user_notes = parts.get("USER-NOTES", "")
    reasons = parts.get("RAYYAN-EXCLUSION-REASONS", "").split(",")
    return Said(
        {person: _VERDICTS[word] for person, word in answers if word in _VERDICTS},
        tuple(reason.strip() for reason in reasons if reason.strip()),
        " / ".join(words for words, is_name in _WORDS.findall(user_notes) if not is_name),
    )


PROGRAM = ScreeningProgram("Rayyan", _reads)
