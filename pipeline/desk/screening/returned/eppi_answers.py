"""EPPI-Reviewer: codes that begin with INCLUDE or EXCLUDE, or the flag I or E of an item."""

from __future__ import annotations

import re

from pipeline.desk.screening.returned.returned_record import ReturnedRecord, Said, ScreeningProgram
from pipeline.model.candidacy import Verdict

ITEM = ("itemid", "eppiid", "iteminternalid")
FLAGS = ("ieds", "ied", "itemstatus", "status", "flag", "state")
CODES = ("code", "codes", "screening", "screenontitleabstract", "screenonfulltext", "keywords")
_CODE = re.compile(
    r"\s*(INCLUDE|EXCLUDE)[D]?\b[\s:–-]*(?:(?:based )?on\b)?\s*([^;|\n]*)", re.IGNORECASE
)
_FLAGS: dict[str, Verdict] = {
    "i": "include", "included": "include", "include": "include",
    "e": "exclude", "excluded": "exclude", "exclude": "exclude",
}  # fmt: skip


def _reads(record: ReturnedRecord) -> Said | None:
    codes = [
        match
        for name in CODES
        for text in record.cells.get(name, ())
        for part in re.split(r"[;|\n]", text)
        if (match := _CODE.match(part))
    ]
    is_item = any(name in record.cells for name in ITEM)
    if not codes and not is_item:
        return None
    left_out = tuple(code[2].strip() for code in codes if code[1] == "EXCLUDE")
    if codes:
        return Said({"": "exclude" if left_out else "include"}, tuple(filter(None, left_out)))
    verdict = _FLAGS.get(record.first(*FLAGS).strip().lower())
    return Said({"": verdict} if verdict else {})


PROGRAM = ScreeningProgram("EPPI-Reviewer", _reads)
