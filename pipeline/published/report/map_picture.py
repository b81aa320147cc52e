"""The evidence map as a picture: SVG, PNG, or a page of HTML that needs nothing else."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from lxml import etree
from markupsafe import Markup

from pipeline.ground.writing import write_whole
from pipeline.published.map_grid import map_grid
from pipeline.published.report.map_figure import Map, alternative, make_map
from pipeline.published.report.report_templates import render
from pipeline.published.selection import Selection

__all__ = ["MAP_FORMATS", "alternative", "draw_chart", "draw_png", "draw_svg", "write_map"]

WIDE = 680  # pixels: on an upright page, the letters of a wider map are below eight points
FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
STEP = 44  # width of a column
HEIGHT = 30  # of a row
CHARACTER = 6.3  # average width of a character of captions
LIGHT, DARK = "#e6eef6", "#8fb2d2"  # black numbers stay readable, a grey printer shows the steps
PAPER, EMPTY, QUIET, INK = "#ffffff", "#f6f6f7", "#5f6672", "#1a1f27"
SVG = "http://www.w3.org/2000/svg"
LOOKS: dict[str, dict[str, Any]] = {
    "number": {"fontSize": 13, "color": INK},
    "empty": {"fontSize": 12, "color": QUIET},
    "total": {"fontSize": 13, "color": INK, "fontWeight": "bold"},
}


def draw_chart(found: Map, titled: bool = True) -> Any:
    """The map as a chart; untitled where a document says beside it what it is."""
    values = [
        {
            "row": place.row,
            "column": place.column,
            "number": place.number,
            "text": place.mark or str(place.number),
            "beside": place.beside,
            "look": "total" if place.total else "empty" if place.mark else "number",
        }
        for place in found.places
    ]
    most = max((place.number for place in found.places if not place.total), default=0)
    width = STEP * len(found.columns)
    base = _chart(values).encode(
        x=alt.X("column:O", axis=_axis(found.columns, orient="top", labelAngle=-45)),
        y=alt.Y("row:O", axis=_axis(found.rows, orient="left", labelAngle=0)),
    )
    rectangles = base.mark_rect(stroke=PAPER, strokeWidth=2)
    shade = alt.Color(
        "number:Q", legend=None, scale=alt.Scale(domain=[1, max(most, 2)], range=[LIGHT, DARK])
    )
    layers = [
        _only(rectangles, "number").encode(color=shade),
        _only(rectangles, "empty").encode(color=alt.value(EMPTY)),
        *(
            _only(base.mark_text(**look), name).encode(text="text:N")
            for name, look in LOOKS.items()
        ),
        base.transform_filter("datum.beside != ''")
        .mark_text(fontSize=9, color=INK, dx=STEP / 2 - 6, dy=-7, align="right")
        .encode(text="beside:N"),
    ]
    size = {"width": width, "height": HEIGHT * len(found.rows)}
    parts = [alt.layer(*layers).properties(**size)]
    if found.legend:
        parts.append(_legend(found))
    chart = alt.vconcat(*parts, spacing=12)
    if titled:
        letters = int(max(width + 160, 440) / CHARACTER)
        chart = chart.properties(
            title=alt.TitleParams(found.title, subtitle=textwrap.wrap(found.caption, letters))
        )
    return (
        chart.configure(font=FONT, padding=16, background=PAPER, aria=False)
        .configure_view(strokeWidth=0)
        .configure_title(
            anchor="start", fontSize=17, color=INK, offset=18, subtitleFontSize=12,
            subtitleColor=QUIET, subtitleLineHeight=16, subtitlePadding=6,
        )
    )  # fmt: skip


def _chart(values: list[dict[str, Any]]) -> Any:
    return alt.Chart.from_dict({"data": {"values": values}, "mark": "rect"})


def _only(chart: Any, look: str) -> Any:
    return chart.transform_filter(f"datum.look == '{look}'")


def _axis(labels: tuple[str, ...], **options: Any) -> alt.Axis:
    """Places are numbered, so that two codes with the same label stay two."""
    return alt.Axis(
        title=None, domain=False, ticks=False, labelExpr=f"{json.dumps(labels)}[datum.value]",
        labelLimit=360, labelFontSize=12, labelColor=INK, labelPadding=6, labelOverlap=False,
        **options,
    )  # fmt: skip


def _legend(found: Map) -> Any:
    """The marks that occur, each with what it means."""
    values = [
        {"place": place, "mark": mark, "words": words}
        for place, (mark, words) in enumerate(found.legend)
    ]
    base = _chart(values).encode(y=alt.Y("place:O", axis=None))
    marks = base.mark_text(fontSize=12, color=INK, align="center").encode(
        x=alt.value(12), text="mark:N"
    )
    words = base.mark_text(fontSize=12, color=QUIET, align="left").encode(
        x=alt.value(32), text="words:N"
    )
    return alt.layer(marks, words).properties(width=300, height=18 * len(values))


def draw_svg(found: Map, language: str, titled: bool = True) -> str:
    """An SVG that says what it shows to those who do not see it."""
    text: str = vl_convert.vegalite_to_svg(draw_chart(found, titled).to_json())
    root = etree.fromstring(text.encode())
    for place, (name, words) in enumerate((("title", found.title), ("desc", found.alternative))):
        element = etree.Element(f"{{{SVG}}}{name}", id=f"map-{name}")
        element.text = words
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", "map-title map-desc")
    root.set("lang", language)
    return str(etree.tostring(root, encoding="unicode"))


def width_of(svg: str) -> float:
    """The width of a drawn map, in pixels."""
    return float(etree.fromstring(svg.encode()).get("width"))


def is_wide(width: float) -> bool:
    """Whether a map of so many pixels, or points of a PNG, is put on a page across."""
    return width > WIDE


def draw_png(found: Map, titled: bool = True, ppi: int = 200) -> bytes:
    """A PNG of this many dots an inch."""
    drawn: bytes = vl_convert.vegalite_to_png(draw_chart(found, titled).to_json(), ppi=ppi)
    return drawn


def _as_svg(found: Map, language: str) -> bytes:
    return draw_svg(found, language).encode()


def _as_png(found: Map, language: str) -> bytes:
    return draw_png(found)


def _as_html(found: Map, language: str) -> bytes:
    svg = Markup(draw_svg(found, language, titled=False))
    return render("map.html", language, title=found.title, found=found, svg=svg)


MAP_FORMATS: dict[str, Callable[[Map, str], bytes]] = {
    ".svg": _as_svg,
    ".png": _as_png,
    ".html": _as_html,
}


def write_map(selection: Selection, across: str, count: str, path: Path) -> None:
    """The map of a choice by a dimension; the suffix says in which format."""
    grid = map_grid(selection.index, selection.connection, selection.choice, across)
    status = selection.choice.status
    found = make_map(grid, selection.terms, selection.language, across, count, status)
    write_whole(path, [MAP_FORMATS[path.suffix.lower()](found, selection.language)])
