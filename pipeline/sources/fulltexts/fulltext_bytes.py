"""The bytes of a full text: how many, of what kind, in which encoding."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.text import Foreign, foreign_text
from pipeline.sources.fulltexts.text_blocks import unusable

LARGEST = 100_000_000  # bytes
MOST = 8_000_000  # characters of a text; a thesis of 600 pages has two million
_PDF = b"%PDF-"
_UTF8 = "Save the file as UTF-8."
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
# What the first bytes of a file say it is, and the suffixes that may hold it.
_KINDS: tuple[tuple[re.Pattern[bytes], str, frozenset[str]], ...] = (
    (re.compile(rb"\s{0,1000}%PDF-"), "a PDF", frozenset([".pdf"])),
    (_HTML, "an HTML page", frozenset([".html", ".htm"])),
    (re.compile(rb"PK\x03\x04.*word/", re.S), "a Word document", frozenset()),
    (re.compile(rb"PK\x03\x04.*epub", re.S), "an EPUB book", frozenset()),
    (re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)"), "a ZIP archive", frozenset()),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Word document", frozenset()),
    (re.compile(rb"\{\\rtf"), "an RTF document", frozenset()),
    (re.compile(rb"\x1f\x8b"), "a gzip archive", frozenset()),
    (re.compile(rb"%!PS"), "a PostScript file", frozenset()),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*"), "a picture", frozenset()),
)


def read_bytes(path: Path, name: str) -> bytes:
    """The file's bytes. Raises InputError when it is too large, empty, or of another kind."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            message = (
                f"this file has {size / 1e6:,.0f} MB; more than {LARGEST / 1e6:,.0f} is not read"
            )
            hint = "Save a copy with the text only, without pictures or appendices."
            raise unusable(name, "too-large", message, hint)
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise unusable(
            name, "unreadable", f"cannot be opened: {reason}", "Check the file and its permissions."
        ) from None
    if not data.strip(b"\x00 \t\r\n"):
        raise unusable(name, "no-text", "this file is empty", "Save or download it again.")
    found = kind_of(data)
    if found is not None and path.suffix.lower() not in found[1]:
        raise wrong_kind(path, name, *found)
    return data


def wrong_kind(path: Path, name: str, kind: str, homes: frozenset[str]) -> InputError:
    """For a file that is of another kind than its name says; `homes`: the suffixes of that kind."""
    hint = "Save its text as PDF, HTML or plain text, or take the file out."
    if homes:
        hint = f"Rename it to {path.stem}{max(homes)}."
    message = f"this {path.suffix.lower()} file is really {kind}"
    return unusable(name, "wrong-kind", message, hint)


def is_plain_text(data: bytes) -> bool:
    """Whether a file that should be a PDF has nothing of one, and is text."""
    if _PDF[: len(data)] in data[:1024]:
        return False
    return not _too_many_controls(foreign_text(data).text)


def kind_of(data: bytes) -> tuple[str, frozenset[str]] | None:
    """What the first bytes give away: its name and the suffixes it goes by."""
    head = data[:4096]
    return next(((kind, homes) for mark, kind, homes in _KINDS if mark.match(head)), None)


def decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """A file's text; anything but UTF-8 is a warning."""
    found = foreign_text(data)
    must_be_short(len(found.text), name)  # before anything is made of it
    return checked(found, name)


def must_be_short(length: int, name: str) -> None:
    """Raises InputError for a text of more characters than are read."""
    if length > MOST:
        message = f"this text has {length:,} characters; more than {MOST:,} is not read"
        raise unusable(name, "too-long", message, "Is it one study? Keep the part that is.")


def checked(found: Foreign, name: str) -> tuple[str, list[Problem]]:
    """The text, with warnings on how it was read. Raises InputError where it is none."""
    text = found.text
    problems = _warnings(found, name)
    if _too_many_controls(text):
        hint = "Open it in the program it came from, and save it as text in UTF-8."
        raise unusable(name, "not-text", "this file is not text", hint)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        message = f"{text.count(chr(0))} NUL bytes, left out"
        hint = "Check whether the text is whole; save it again as UTF-8."
        problems.append(Problem(name, line, "nul-bytes", message, hint, severity="warning"))
    return text, problems


def _too_many_controls(text: str) -> bool:
    controls = sum(character < " " and character not in "\t\n\f" for character in text)
    return controls > len(text) / 20


def _warnings(found: Foreign, name: str) -> list[Problem]:
    if found.encoding.startswith(("utf-16", "utf-32")):
        return [_warning(name, 0, f"this text is {found.encoding.upper()}")]
    if not found.guessed:
        return []
    line = found.line(found.guessed[0])
    message = "this text is not UTF-8; read as Windows-1252"
    if found.mixed:
        odd = len(found.guessed)
        message = f"{odd} lines are not UTF-8 like the others; read as Windows-1252"
    return [_warning(name, found.guessed[0], message, first_line(line))]


def _warning(name: str, line: int, message: str, raw: str = "") -> Problem:
    return Problem(name, line, "not-utf8", message, _UTF8, raw, "warning")
