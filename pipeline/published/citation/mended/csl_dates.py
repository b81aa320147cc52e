"""Dates and ranges of dates in references, as a style or its locale sets them."""

from __future__ import annotations

from typing import Any

from citeproc import model
from citeproc.source import DateRange, LiteralDate
from citeproc.string import String

from pipeline.published.citation.mended.csl_elements import Cased
from pipeline.published.citation.mended.csl_tally import Missing, said_of

_UNITS = ("year", "month", "day")


class Date(model.Date):  # type: ignore[misc]
    """A date; of a range what both ends share is said once."""

    def render(self, item: Any, context: Any = None, **_: Any) -> Any:
        date = said_of(item, self.get("variable"))
        if date is None:
            raise Missing
        if isinstance(date, LiteralDate):
            return self.wrap(self.format(String(date.text)))
        shown = self.get("date-parts", "year-month-day").split("-")
        localized = self.get_date(self.get("form")) if self.get("form") else None
        template = self if localized is None else localized
        parts = [part for part in template.iterchildren() if part.get("name") in shown]
        own = () if localized is None else self.iterchildren()
        changes = {part.get("name"): part for part in own}
        text = _dated(parts, changes, date, template.get("delimiter", ""))
        return self.wrap(self.format(String(text))) if text else None


def _dated(parts: list[Any], changes: dict[str, Any], date: Any, delimiter: str) -> str:
    one, two = (date.begin, date.get("end")) if isinstance(date, DateRange) else (date, None)
    names = [part.get("name") for part in parts]
    differing = _differing(names, one, two) if two is not None else set()
    if not differing:
        return _row(parts, changes, one, delimiter)
    places = [place for place, name in enumerate(names) if name in differing]
    first, last = places[0], places[-1] + 1
    block = parts[first:last]
    between = block[-1].get("range-delimiter", "–")
    begun = _row(block, changes, one, delimiter, open_end=True)
    ended = _row(block, changes, two, delimiter, open_end=last == len(parts))
    head = _row(parts[:first], changes, one, delimiter)
    tail = _row(parts[last:], changes, one, delimiter)
    return delimiter.join(filter(None, (head, f"{begun}{between}{ended}", tail)))


def _differing(names: list[str], one: Any, two: Any) -> set[str]:
    """The parts from the largest in which two dates differ."""
    for place, unit in enumerate(_UNITS):
        if unit in names and one.get(unit) != two.get(unit):
            return set(_UNITS[place:])
    return set()


def _row(
    parts: list[Any], changes: dict[str, Any], date: Any, delimiter: str, open_end: bool = False
) -> str:
    said = [(part, part.said(date, changes.get(part.get("name")))) for part in parts]
    said = [(part, text) for part, text in said if text]
    texts = [
        part.get("prefix", "") + text
        + ("" if open_end and place == len(said) - 1 else part.get("suffix", ""))
        for place, (part, text) in enumerate(said)
    ]  # fmt: skip
    return delimiter.join(texts)


class Date_Part(Cased, model.Date_Part):  # type: ignore[misc] # noqa: N801
    """A year, a month or a day."""

    def said(self, date: Any, change: Any) -> str:
        """The part without affixes, in the form that the style changes the locale's to."""
        name = self.get("name")
        value = date.get(name)
        setting = {**self.attrib, **(change.attrib if change is not None else {})}
        form = setting.get("form")
        if name == "month" and not value and date.get("season"):
            text = str(self.get_single_term(name=f"season-{int(date['season']):02}"))
        elif not value:
            return ""
        else:
            text = getattr(self, f"_{name}")(int(value), form)
        styled = self if change is None else change
        return str(styled.format(styled.case(String(styled.strip_periods(String(text))))))

    def _year(self, value: int, form: str | None) -> str:
        if form == "short":
            return f"{value % 100:02}"
        era = "bc" if value < 0 else "ad" if value < 1000 else ""
        return f"{abs(value)}{self.get_single_term(name=era) if era else ''}"

    def _month(self, value: int, form: str | None) -> str:
        if form in ("numeric", "numeric-leading-zeros"):
            return f"{value:02}" if form.endswith("zeros") else str(value)
        return str(self.get_single_term(name=f"month-{value:02}", form=form))

    def _day(self, value: int, form: str | None) -> str:
        first_alone = self.get_locale_option("limit-day-ordinals-to-day-1") == "true"
        if form == "ordinal" and not (first_alone and value > 1):
            return str(model.to_ordinal(value, self))
        return f"{value:02}" if form == "numeric-leading-zeros" else str(value)
