"""ASReview: a column of 1 and 0, or a note in RIS."""

from __future__ import annotations

import re

from pipeline.desk.screening.returned.returned_record import ReturnedRecord, Said, ScreeningProgram
from pipeline.model.candidacy import Verdict

# As versions 0 to 3 call the column, and data sets made for them.
LABELS = (
    "asreviewlabel", "included", "labelincluded", "includedlabel", "finalincluded",
    "includedfinal", "includedflag", "include",
)  # fmt: skip
NOTES = ("asreviewnote", "exportednotes1", "exportednotes")
_NOTE = re.compile(r"\bASReview_(relevant|irrelevant|not_seen)\b")
_WORDS = re.compile(r'\basreview_note: "(.*)"')
_VERDICTS: dict[str, Verdict] = {
    "1": "include", "1.0": "include", "relevant": "include",
    "0": "exclude", "0.0": "exclude", "irrelevant": "exclude",
}  # fmt: skip


def _reads(record: ReturnedRecord) -> Said | None:
    notes = "\n".join(record.cells.get("notes", ()))
    noted = _NOTE.search(notes)
    column = next((name for name in LABELS if name in record.cells), "")
    if noted is None and not column:
        return None
    label = noted[1] if noted else record.first(column)
    verdict = _VERDICTS.get(label)
    words = _WORDS.search(notes)
    note = record.first(*NOTES) or (words[1] if words else "")
    return Said({"": verdict} if verdict else {}, note=note)


PROGRAM = ScreeningProgram("ASReview", _reads)
