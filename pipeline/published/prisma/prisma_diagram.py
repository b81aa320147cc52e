"""The PRISMA 2020 flow diagram as SVG, PNG or CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from pipeline.model.prisma import Flow, in_words
from pipeline.model.screening_texts import Wording
from pipeline.published.prisma.prisma_csv import draw_csv
from pipeline.published.prisma.prisma_layout import SIZE, Arrow, lay_out
from pipeline.published.report.map_picture import FONT, INK, PAPER

SCALE = 2  # dots of the PNG to a pixel
HEAD = 7  # length of an arrow's head
SHADE = "#f0f0f1"  # of headings and phases


def draw_svg(flow: Flow, language: str) -> bytes:
    """Boxes, arrows, and the whole flow in words."""
    plan = lay_out(flow, language)
    drawn = _template().render(
        language=language,
        title=Wording(language)("title"),
        words=in_words(flow, language),
        plan=plan,
        arrows=[_with_head(arrow) for arrow in plan.arrows],
        font=FONT,
        size=SIZE,
        ink=INK,
        paper=PAPER,
        shade=SHADE,
    )
    return drawn.encode()


def draw_png(flow: Flow, language: str) -> bytes:
    """The SVG in dots, two to a pixel."""
    drawn: bytes = vl_convert.svg_to_png(draw_svg(flow, language).decode(), scale=SCALE)
    return drawn


class Drawing(NamedTuple):
    """A form of the diagram: how it is made in a language, and its media type."""

    draw: Callable[[Flow, str], bytes]
    media_type: str


DRAWN: Mapping[str, Drawing] = {
    "svg": Drawing(draw_svg, "image/svg+xml"),
    "png": Drawing(draw_png, "image/png"),
    "csv": Drawing(draw_csv, "text/csv; charset=utf-8"),
}


def _with_head(arrow: Arrow) -> tuple[Arrow, Arrow]:
    """The line, which ends where its head begins, and the three corners of the head."""
    (x1, y1), (x2, y2) = arrow[-2:]
    right, down = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    x, y = x2 - right * HEAD, y2 - down * HEAD
    half = HEAD / 2
    sides = ((x + down * half, y + right * half), (x - down * half, y - right * half))
    return (*arrow[:-1], (x, y)), ((x2, y2), *sides)


def _at(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _points(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_at(x)},{_at(y)}" for x, y in corners)


@lru_cache(maxsize=1)
def _template() -> Template:
    found = Environment(
        loader=PackageLoader(__package__ or ""), autoescape=True, undefined=StrictUndefined
    )
    found.filters |= {"at": _at, "points": _points}
    return found.get_template("flow.svg")
