"""Pages of HTML that stand by themselves: no scripts, nothing to load."""

from __future__ import annotations

from html import escape

from pipeline.published.report.map_figure import Map
from pipeline.published.report.report_texts import Wording

STYLE = """
:root { color-scheme: light; }
body { font: 17px/1.55 Georgia, "Times New Roman", serif; color: #1a1f27; background: #fff;
  max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; overflow-wrap: break-word; }
h1, h2, h3, nav, table, figcaption, caption, summary, dl, .source, .subtitle {
  font-family: Arial, "Liberation Sans", Helvetica, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .6rem; padding-top: .9rem; border-top: 1px solid #d5d9df; }
h3 { font-size: 1.02rem; margin: 1.8rem 0 .5rem; color: #2f4a66; }
p { margin: .6rem 0; }
.subtitle { color: #5f6672; margin: 0 0 2rem; font-size: .95rem; }
a { color: #1d4f80; text-underline-offset: .15em; }
nav ul { list-style: none; padding: 0; margin: .3rem 0; }
nav > ul { columns: 2; column-gap: 2.5rem; font-size: .92rem; }
nav > ul > li { break-inside: avoid; margin-bottom: .35rem; }
nav ul ul { padding-left: 1rem; font-size: .93em; }
blockquote, .passage { margin: 1.1rem 0 0; padding: 0 0 0 .9rem; border-left: 3px solid #8fb2d2; }
.passage p { margin: 0; }
.source { margin: .15rem 0 1.1rem; padding-left: calc(.9rem + 3px); font-size: .84rem;
  line-height: 1.45; color: #4b5260; }
.note { font-size: .92rem; }
.entry { padding-left: 2rem; text-indent: -2rem; }
figure { margin: 1.8rem 0; }
figure svg { max-width: 100%; height: auto; display: block; }
.wide { overflow-x: auto; }
figcaption, caption { font-size: .88rem; color: #4b5260; text-align: left; line-height: 1.45; }
caption { padding-bottom: .5rem; caption-side: top; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; line-height: 1.4;
  margin: 1.4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
  border-bottom: 1px solid #d5d9df; }
thead th { border-bottom: 2px solid #5f6672; vertical-align: bottom; }
th { font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
dl.marks { font-size: .88rem; } dl.marks dt { float: left; width: 2.5rem; }
dl.marks dd { margin-left: 2.5rem; }
summary { font-size: .88rem; cursor: pointer; margin-top: .5rem; }
@media (max-width: 40rem) { nav > ul { columns: 1; } }
@page { margin: 2cm; }
@media print {
  body { font-size: 10.5pt; max-width: none; padding: 0; } a { color: inherit; }
  h2, h3 { break-after: avoid; } figure, tr { break-inside: avoid; }
  .passage { break-inside: avoid; break-after: avoid; } thead { display: table-header-group; }
}
"""
PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}{more}</style>
</head>
<body>
{body}
</body>
</html>
"""
MAP_STYLE = "body { max-width: 76rem; } figure svg { max-width: none; }\n"


def page(title: str, language: str, body: str, more: str = "") -> str:
    """A whole page around a body that is HTML already."""
    return PAGE.format(
        language=escape(language), title=escape(title), style=STYLE, more=more, body=body
    )


def map_page(found: Map, svg: str, say: Wording) -> str:
    """The picture of the map, and its numbers to read."""
    body = (
        f"<main>\n<h1>{escape(found.title)}</h1>\n"
        f'<figure><div class="wide">{svg}</div>\n'
        f"<figcaption>{escape(found.caption)}</figcaption></figure>\n{map_table(found)}\n</main>"
    )
    return page(found.title, say("locale"), body, MAP_STYLE)


def map_table(found: Map) -> str:
    """The numbers of the map as a table."""
    heads = "".join(f'<th scope="col" class="number">{escape(text)}</th>' for text in found.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th>'
        + "".join(f'<td class="number">{escape(text)}</td>' for text in cells)
        + "</tr>\n"
        for label, *cells in found.table()
    )
    marks = "".join(
        f"<dt>{escape(mark)}</dt><dd>{escape(words)}</dd>" for mark, words in found.legend
    )
    return (
        f'<div class="wide"><table><caption>{escape(found.title)}</caption>\n'
        f'<thead><tr><th scope="col">{escape(found.corner)}</th>{heads}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>\n"
        + (f'<dl class="marks">{marks}</dl>' if marks else "")
    )
