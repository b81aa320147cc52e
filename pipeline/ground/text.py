"""Bytes to text, once.

Our own files are UTF-8, and anything else in them is a fault: answers depend on them. Files of
others are read as what they are: by their mark (UTF-8, UTF-16, UTF-32), as UTF-16 without one, as
UTF-8, as they declare themselves; else each line as UTF-8 where it can be and as Windows-1252.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.problems import InputError, Problem, conflicts, first_line

# In the order in which they are looked for: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION = re.compile(
    rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']"
    rb"|[\s\S]{0,4000}?<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})",
    re.IGNORECASE,
)
_DECLARED = ("iso8859", "cp", "mac", "koi8", "gb", "big5", "euc", "shift")
_WESTERN = codecs.lookup("cp1252").name
LOST = "\ufffd"


def decode_utf8(data: bytes, path: Path | str) -> tuple[str, list[Problem]]:
    """The text of a file of ours without byte order mark, and what is wrong with it.

    Bytes that are not UTF-8 are a problem, and so are the marks of a merge.
    """
    try:
        text = data.decode("utf-8-sig")
        return text, conflicts(text, str(path))
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        raw = data.split(b"\n")[line - 1].decode("latin-1")
        problem = Problem(
            str(path),
            line,
            "not-utf8",
            f"byte {data[error.start]:#04x} is not UTF-8",
            "Save the file as UTF-8 (it looks like latin-1 or Windows-1252).",
            first_line(raw),
        )
        return data.decode("latin-1"), [problem]


def own_text(path: Path, name: str) -> str:
    """The text of a file of ours, its line ends \\n. Raises InputError for any fault; OSError."""
    text, problems = decode_utf8(path.read_bytes(), name)
    if problems:
        raise InputError(problems)
    return newlines(text)


def newlines(text: str) -> str:
    """The text with every line end as \\n."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file of somebody else as text, its line ends \\n.

    `encoding` is how it was read, empty where the `guessed` lines (from 1) were not UTF-8 and
    were read as Windows-1252. `lost` is the first line with bytes that are no letter at all, 0
    where there is none: they stand as U+FFFD. `declared` is what the file calls its encoding.
    """

    text: str
    encoding: str
    declared: str = ""
    guessed: tuple[int, ...] = ()
    lost: int = 0

    def line(self, number: int) -> str:
        return self.text.split("\n")[number - 1]

    @property
    def mixed(self) -> bool:
        """Whether UTF-8 beyond ASCII stands beside the lines that were guessed."""
        rest = set(self.guessed)
        lines = enumerate(self.text.split("\n"), 1)
        return bool(rest) and any(
            number not in rest and not line.isascii() for number, line in lines
        )


def foreign_text(data: bytes) -> Foreign:
    """The text of a file that somebody else wrote."""
    match = _DECLARATION.match(data)
    declared = (match[1] or match[2]).decode("ascii", "replace") if match else ""
    marked = next((found for mark, found in _MARKS if data.startswith(mark)), _unmarked(data))
    for encoding in filter(None, (marked or "utf-8", _known(declared))):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return Foreign(newlines(text), encoding.removesuffix("-sig"), declared)
    if marked and marked != "utf-8-sig":
        text = newlines(data.decode(marked, "replace"))
        return Foreign(text, marked, declared, lost=text.count("\n", 0, text.index(LOST)) + 1)
    lines, guessed, lost = [], [], 0
    data = data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for number, raw in enumerate(data.split(b"\n"), 1):
        try:
            lines.append(raw.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(raw.decode(_WESTERN, "replace"))
            guessed.append(number)
            lost = lost or (number if LOST in lines[-1] else 0)
    return Foreign("\n".join(lines), "", declared, tuple(guessed), lost)


def codec_of(declared: str) -> str:
    """The encoding that a file means by a name; empty where there is none of that name."""
    try:
        name = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        return ""
    # What calls itself latin-1 means Windows-1252, which holds it; every browser reads it so.
    return _WESTERN if name == "iso8859-1" else name


def _known(declared: str) -> str:
    name = codec_of(declared)
    return name if name.startswith(_DECLARED) else ""


def _unmarked(data: bytes) -> str:
    """UTF-16 without its mark has a NUL in most of its odd or of its even bytes."""
    head = data[:4000]
    half = len(head) // 2
    if half >= 4 and head[1::2].count(0) > half * 0.6 and head[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if half >= 4 and head[::2].count(0) > half * 0.6 and head[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""
