"""Years and dates as reference files write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)([12]\d{3})\s?[-/.]\s?(\d{1,2})(?:\s?[-/.]\s?(\d{1,2}))?(?!\d)")
_RANGE = re.compile(r"([12]\d{3}(?:-\d\d){0,2})/([12]\d{3}(?:-\d\d){0,2})\Z")  # EDTF
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(rf"(?<![A-Za-z])({'|'.join(_NAMES)})[a-z]*", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


def find_year(texts: Iterable[str]) -> int | None:
    """The first year in four digits."""
    match = next((match for text in texts if (match := _YEAR.search(text))), None)
    return int(match[0]) if match else None


def find_date(texts: Iterable[str], year: int) -> str:
    """The first date of that year with a month at least, else empty.

    2019-03, 2019-03-05, or from one to another: 2019-05/2019-06.
    """
    return next((found for text in texts if (found := _date(text, year))), "")


def _date(text: str, year: int) -> str:
    if span := _RANGE.match(text.strip()):
        return span[0] if span[1].startswith(str(year)) and span[1] < span[2] else ""
    match = _NUMBERS.search(text)
    if match:
        return _joined(year, int(match[2]), match[3]) if int(match[1]) == year else ""
    months = [_NAMES.index(name.lower()) + 1 for name in _MONTH.findall(text)]
    if not months or str(year) not in text:
        return ""
    if len(months) == 2 and months[0] != months[1]:
        return _span(text, year, *months)
    day = _DAY.findall(text)
    return (
        _joined(year, months[0], day[0] if len(day) == 1 else None) if len(set(months)) == 1 else ""
    )


def _span(text: str, year: int, first: int, last: int) -> str:
    """2019 May-Jun, and 2018 Dec-2019 Jan."""
    years = [int(found) for found in _YEAR.findall(text)]
    until = years[1] if len(years) == 2 else year
    begin, end = f"{year}-{first:02}", f"{until}-{last:02}"
    return f"{begin}/{end}" if years[0] == year and begin < end else ""


def _joined(year: int, month: int, day: str | None) -> str:
    try:
        whole = date(year, month, int(day or 1))
    except ValueError:
        return f"{year}-{month:02}" if 1 <= month <= 12 else ""
    return whole.isoformat() if day else f"{year}-{month:02}"
