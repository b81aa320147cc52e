"""Pieces of text with their language, look and link, as all renderers take them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html.parser import HTMLParser

from pipeline.ground.texts import clean
from pipeline.published.citation.reference_links import linked

LOOKS = {"i": "italic", "b": "bold", "sup": "raised", "sub": "lowered"}


@dataclass(frozen=True)
class Run:
    """Some words. `language` is named where it is not the report's; `href` may be #anchor."""

    text: str
    language: str = ""
    italic: bool = False
    bold: bool = False
    raised: bool = False
    lowered: bool = False
    href: str = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of its looks, the innermost first."""
        return tuple(tag for tag, look in LOOKS.items() if getattr(self, look))

    @property
    def address(self) -> str:
        """Where it leads; empty where that is no place to go to."""
        return self.href if self.href.startswith(("https://", "http://", "#")) else ""


Runs = tuple[Run, ...]


def plain(text: str, **look: bool | str) -> Runs:
    """One run."""
    return (replace(Run(clean(text)), **look),)  # type: ignore[arg-type]


def text_of(runs: Runs) -> str:
    return "".join(run.text for run in runs)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.href = ""
        self.runs: list[Run] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LOOKS:
            self.open.append(LOOKS[tag])
        if tag == "a":
            self.href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if LOOKS.get(tag) in self.open:
            self.open.remove(LOOKS[tag])
        if tag == "a":
            self.href = ""

    def handle_data(self, data: str) -> None:
        look = dict.fromkeys(self.open, True)
        run = Run(_spaced(data), href=self.href)
        self.runs.append(replace(run, **look))  # type: ignore[arg-type]


def from_html(html: str) -> Runs:
    """Runs of a formatted reference: <i>, <b>, <sup> and <sub>; its addresses are links."""
    reader = _Reader()
    reader.feed(linked(html))
    reader.close()
    return tuple(run for run in reader.runs if run.text)


def _spaced(text: str) -> str:
    """Cleaned, with the space kept at either end."""
    inner = clean(text)
    if not inner:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")
