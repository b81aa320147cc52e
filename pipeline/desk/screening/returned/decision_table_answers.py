"""A table that somebody filled in: decision, reason and note in columns of these names."""

from __future__ import annotations

from pipeline.desk.screening.returned.returned_record import ReturnedRecord, Said, ScreeningProgram
from pipeline.model.candidacy import Verdict

_VERDICTS: dict[str, Verdict] = {
    "include": "include", "included": "include", "yes": "include", "ja": "include",
    "exclude": "exclude", "excluded": "exclude", "no": "exclude", "nee": "exclude",
    "unsure": "unsure", "maybe": "unsure", "missing": "missing",
}  # fmt: skip


def _reads(record: ReturnedRecord) -> Said | None:
    if "decision" not in record.cells:
        return None
    verdict = _VERDICTS.get(record.first("decision").strip().lower())
    reason = record.first("reason", "exclusionreason").strip()
    return Said({"": verdict} if verdict else {}, (reason,) if reason else (), record.first("note"))


PROGRAM = ScreeningProgram("CSV", _reads)
