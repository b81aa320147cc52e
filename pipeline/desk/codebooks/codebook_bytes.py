"""The bytes of a codebook as text. The encoding is settled here, once, for every format."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from pipeline.ground.problems import InputError, Problem, decode_utf8, first_line

# In the order in which they are looked for: the mark of UTF-32 begins with that of UTF-16.
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Mapping[str, str] = {
    "iso-8859-1": "cp1252",  # programs that say so mean Windows-1252, which holds it
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "iso-8859-15": "iso-8859-15",
}
_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
# What XML forbids; in a table it is a sign that the file is none.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """The text without byte order mark, and warnings. InputError where it is none.

    UTF-8; UTF-16 and UTF-32 with a mark; XML in the encodings of Western Europe that it declares;
    anything else as Windows-1252, with a warning.
    """
    text, warnings = _decode(data, name)
    if found := _FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"the character U+{ord(found[0]):04X}, which no text holds"
        hint = "Is this a codebook? Export it again as .qdc or CSV."
        raise InputError([Problem(name, line, "not-text", message, hint)])
    return text, warnings


def _decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), []
            except UnicodeDecodeError:
                message = f"begins like {encoding.upper()} but is not"
                hint = "Save the file as UTF-8."
                raise InputError([Problem(name, 0, "not-utf8", message, hint)]) from None
    text, problems = decode_utf8(data, name)
    if not problems:
        return text, []
    declared = _DECLARATION.match(data)
    is_xml = data.lstrip().startswith(b"<")
    guess = _DECLARED.get(declared[1].decode().lower(), "") if declared else ""
    try:
        text = data.decode(guess or "cp1252")
    except UnicodeDecodeError:
        raise InputError(problems) from None
    if is_xml and not guess:
        raise InputError(problems)
    if is_xml:
        return text, []
    message = "is not UTF-8 and was read as Windows-1252"
    hint = "Look whether letters with accents are right, or save the file as UTF-8."
    line = problems[0].line
    raw = first_line(text.split("\n")[line - 1])
    return text, [Problem(name, line, "guessed-encoding", message, hint, raw, "warning")]
