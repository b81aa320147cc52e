"""The bytes of a full text: how many, of what kind, in which encoding."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from pipeline.ground.problems import Problem, first_line
from pipeline.sources.fulltexts.text_blocks import unusable

LARGEST = 100_000_000  # bytes
_UTF8 = "Save the file as UTF-8."
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
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
    suffix = path.suffix.lower()
    if found is not None and suffix not in found[1]:
        kind, homes = found
        hint = "Save its text as PDF, HTML or plain text, or take the file out."
        if homes:
            hint = f"Rename it to {path.stem}{max(homes)}."
        raise unusable(name, "wrong-kind", f"this {suffix} file is really {kind}", hint)
    return data


def kind_of(data: bytes) -> tuple[str, frozenset[str]] | None:
    """What the first bytes give away: its name and the suffixes it goes by."""
    head = data[:4096]
    return next(((kind, homes) for mark, kind, homes in _KINDS if mark.match(head)), None)


def decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """Text in UTF-8, UTF-16 or Windows-1252, even by turns; anything but UTF-8 is a warning."""
    encoding = next((found for mark, found in _MARKS if data.startswith(mark)), _unmarked(data))
    if encoding:
        text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
        return _newlines(text), [_warning(name, 0, f"this text is {encoding.upper()}")]
    problems: list[Problem] = []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, problems = _by_line(data, name)
    controls = sum(character < " " and character not in "\t\n\r\f" for character in text)
    if controls > len(text) / 20:
        hint = "Open it in the program it came from, and save it as text in UTF-8."
        raise unusable(name, "not-text", "this file is not text", hint)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        message = f"{text.count(chr(0))} NUL bytes, left out"
        hint = "Check whether the text is whole; save it again as UTF-8."
        problems.append(Problem(name, line, "nul-bytes", message, hint, severity="warning"))
    return _newlines(text), problems


def _by_line(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """Each line as UTF-8 where it can be, and else as Windows-1252."""
    lines = []
    odd: list[tuple[int, str]] = []
    others = 0
    for number, raw in enumerate(data.split(b"\n"), 1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            others += not raw.isascii()
        except UnicodeDecodeError:
            line = "".join(
                bytes([byte]).decode("cp1252", errors="ignore") or "\ufffd" for byte in raw
            )
            odd.append((number, line))
        lines.append(line)
    number, line = odd[0]
    message = "this text is not UTF-8; read as Windows-1252"
    if others:
        message = f"{len(odd)} lines are not UTF-8 like the others; read as Windows-1252"
    return "\n".join(lines), [_warning(name, number, message, first_line(line))]


def _unmarked(data: bytes) -> str:
    """UTF-16 without its mark has a NUL in most of its odd or of its even bytes."""
    head = data[:4000]
    half = len(head) // 2
    if half >= 4 and head[1::2].count(0) > half * 0.6 and head[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if half >= 4 and head[::2].count(0) > half * 0.6 and head[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def _warning(name: str, line: int, message: str, raw: str = "") -> Problem:
    return Problem(name, line, "not-utf8", message, _UTF8, raw, "warning")


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
