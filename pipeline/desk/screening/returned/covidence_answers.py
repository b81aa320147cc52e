"""Covidence: a file for each list, with why something was left out in its notes."""

from __future__ import annotations

import re

from pipeline.desk.screening.returned.returned_record import ReturnedRecord, Said, ScreeningProgram
from pipeline.model.candidacy import Verdict

_REASON = re.compile(r"Exclusion\sreason:\s*([^;]*)", re.IGNORECASE)
_VERDICTS: dict[str, Verdict] = {
    "included": "include", "include": "include", "extraction": "include",
    "excluded": "exclude", "exclude": "exclude", "irrelevant": "exclude",
    "maybe": "unsure",
}  # fmt: skip


def _reads(record: ReturnedRecord) -> Said | None:
    """Which list a file is, only its status column says: else it is for all of it to be said."""
    notes = "; ".join(record.cells.get("notes", ()))
    reasons = tuple(reason.strip() for reason in _REASON.findall(notes) if reason.strip())
    if not reasons and "covidence" not in record.cells:
        return None
    verdict = "exclude" if reasons else _VERDICTS.get(record.first("status").lower())
    return Said({"": verdict} if verdict else {}, reasons)


PROGRAM = ScreeningProgram("Covidence", _reads)
