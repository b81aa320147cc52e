"""Years and dates as reference files write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)([12]\d{3})\s?[-/.]\s?(\d{1,2})(?:\s?[-/.]\s?(\d{1,2}))?(?!\d)")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(rf"(?<![A-Za-z])({'|'.join(_NAMES)})[a-z]*", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


def find_year(texts: Iterable[str]) -> int | None:
    """The first year in four digits."""
    match = next((match for text in texts if (match := _YEAR.search(text))), None)
    return int(match[0]) if match else None


def find_date(texts: Iterable[str], year: int) -> str:
    """The first date of that year with a month at least: 2019-03 or 2019-03-05, else empty."""
    return next((found for text in texts if (found := _date(text, year))), "")


def _date(text: str, year: int) -> str:
    match = _NUMBERS.search(text)
    if match:
        return _joined(year, int(match[2]), match[3]) if int(match[1]) == year else ""
    months = {name.lower() for name in _MONTH.findall(text)}
    if len(months) != 1 or str(year) not in text:
        return ""
    day = _DAY.findall(text)
    return _joined(year, _NAMES.index(months.pop()) + 1, day[0] if len(day) == 1 else None)


def _joined(year: int, month: int, day: str | None) -> str:
    try:
        whole = date(year, month, int(day or 1))
    except ValueError:
        return f"{year}-{month:02}" if 1 <= month <= 12 else ""
    return whole.isoformat() if day else f"{year}-{month:02}"
