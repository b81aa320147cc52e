"""The PRISMA 2020 flow diagram as SVG, PNG or CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import vl_convert
from lxml import etree

from pipeline.model.prisma import Flow, in_words
from pipeline.model.screening_texts import Wording
from pipeline.published.prisma.lettering import is_measured, width
from pipeline.published.prisma.prisma_csv import draw_csv
from pipeline.published.prisma.prisma_layout import LINE, PAD, SIZE, Arrow, Placed, lay_out
from pipeline.published.report.map_picture import FONT, INK, PAPER, SVG

SCALE = 2  # dots of the PNG to a pixel
HEAD = 7  # length of an arrow's head
LOOKS: Mapping[str, Mapping[str, str]] = {
    "box": {"fill": PAPER, "stroke": INK},
    "open": {"fill": PAPER, "stroke": INK, "stroke-dasharray": "4 3"},
    "heading": {"fill": "#f0f0f1", "stroke": INK},
    "phase": {"fill": "#f0f0f1", "stroke": INK},
}


def draw_svg(flow: Flow, language: str) -> bytes:
    """Boxes, arrows, and the whole flow in words."""
    plan = lay_out(flow, language)
    wide, high = _at(plan.width), _at(plan.height)
    root = etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG})
    settings = {
        "role": "img",
        "lang": language,
        "aria-labelledby": "flow-title flow-desc",
        "width": wide,
        "height": high,
        "viewBox": f"0 0 {wide} {high}",
        "font-family": FONT,
        "font-size": str(SIZE),
    }
    for name, value in settings.items():
        root.set(name, value)
    _add(root, "title", id="flow-title").text = Wording(language)("title")
    _add(root, "desc", id="flow-desc").text = in_words(flow, language)
    _add(root, "rect", width=wide, height=high, fill=PAPER)
    for arrow in plan.arrows:
        _draw_arrow(root, arrow)
    for placed in plan.placed:
        _draw_box(root, placed)
    drawn: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return drawn


def _draw_box(root: etree._Element, placed: Placed) -> None:
    group = _add(root, "g", id=f"flow-{placed.name}")
    x, y, wide, high = map(_at, (placed.left, placed.top, placed.width, placed.height))
    _add(group, "rect", x=x, y=y, width=wide, height=high, **LOOKS[placed.look])
    centred = placed.look in ("heading", "phase")
    text = _add(group, "text", fill=INK)
    if centred:
        text.set("text-anchor", "middle")
        text.set("font-weight", "bold")
    if placed.look == "phase":
        text.set("transform", f"rotate(-90 {_at(placed.centre)} {_at(placed.middle)})")
    block = len(placed.lines) * LINE
    top = placed.middle - block / 2
    for place, (line, shift) in enumerate(placed.lines):
        left = placed.centre if centred else placed.left + PAD + shift
        # Letters stand on the baseline, which is about this far into the line.
        baseline = top + place * LINE + LINE * 0.75
        span = _add(text, "tspan", x=_at(left), y=_at(baseline))
        span.text = line
        # Where Arial is missing, another typeface would run out of the box.
        if not centred and is_measured(line):
            span.set("textLength", _at(width(line, SIZE)))
            span.set("lengthAdjust", "spacingAndGlyphs")


def _draw_arrow(root: etree._Element, arrow: Arrow) -> None:
    (x1, y1), (x2, y2) = arrow[-2:]
    right, down = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    base = (x2 - right * HEAD, y2 - down * HEAD)
    points = " ".join(f"{_at(x)},{_at(y)}" for x, y in (*arrow[:-1], base))
    _add(root, "polyline", points=points, fill="none", stroke=INK)
    half = HEAD / 2
    corners = (
        (x2, y2),
        (base[0] + down * half, base[1] + right * half),
        (base[0] - down * half, base[1] - right * half),
    )
    _add(root, "polygon", points=" ".join(f"{_at(x)},{_at(y)}" for x, y in corners), fill=INK)


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{SVG}}}{name}", attributes)


def _at(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def draw_png(flow: Flow, language: str) -> bytes:
    """The SVG in dots, two to a pixel."""
    drawn: bytes = vl_convert.svg_to_png(draw_svg(flow, language).decode(), scale=SCALE)
    return drawn


DRAWN: Mapping[str, Callable[[Flow, str], bytes]] = {
    "svg": draw_svg,
    "png": draw_png,
    "csv": draw_csv,
}
