"""Values of BibTeX fields: braces, quotes, macros and `#`, before any LaTeX is decoded."""

from __future__ import annotations

import re
from collections.abc import Mapping

MONTHS: Mapping[str, str] = {
    name: str(number)
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}

REFUSED = "\0"  # the text of a macro whose own text cannot be read
LONGEST = 10_000  # characters of a value that macros are part of
_JOINT = re.compile(r"\s*(#?)\s*")
_MACRO = re.compile(r"[A-Za-z][\w:.+/'-]*")
_NUMBER = re.compile(r"\d+")
_BRACE = re.compile(r"(?<!\\)[{}]")
_WRITTEN = {"less": "<", "greater": ">", "asciitilde": "~", "underscore": "_"}
_ESCAPED = re.compile(
    r"(\{)?\\(?:([%&_#$~{}])|text(less|greater|asciitilde|underscore)\s*)(?:\{\})?(?(1)\})"
)
_URL_COMMAND = re.compile(r"\\(?:url|href)\s*\{([^{}]*)\}(?:\{[^{}]*\})?\Z")


class ValueFault(ValueError):
    """A value that cannot be read; `kind` and `hint` as in a Problem."""

    def __init__(self, kind: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.hint = hint


def define(macro: str) -> str:
    """How to mend a value whose macro is nowhere defined."""
    return f'Put it in braces, or define it: @string{{{macro} = "…"}}.'


def expand(raw: str, macros: Mapping[str, str], undefined: list[str]) -> str:
    """The text of a value: `{…}`, `"…"`, a number or a macro, several joined by `#`.

    A macro that is not defined is read as its name, and added to `undefined`. Raises ValueFault.
    """
    raw = raw.strip()
    if raw[:1] == "{" and _closing(raw, 0) == len(raw) - 1:
        return raw[1:-1]
    parts = []
    at = size = 0
    while at < len(raw):
        end, text = _part(raw, at, macros, undefined)
        parts.append(text)
        size += len(text)
        # Macros may be made of macros: a few lines could grow without end.
        if size > max(LONGEST, len(raw)):
            raise ValueFault(
                "too-long", f"more than {LONGEST:,} characters", "Write it out, without macros."
            )
        joint = _JOINT.match(raw, end)
        at = joint.end()  # type: ignore[union-attr]
        if at < len(raw) and not joint[1]:  # type: ignore[index]
            raise ValueFault(
                "missing-comma",
                f"unexpected '{raw[at : at + 30]}' after the value",
                "Put a comma between fields, or # between parts of one value.",
            )
    return "".join(parts)


def verbatim(text: str) -> str:
    """A URL or DOI as it is: only the escapes that exporters add are taken off."""
    text = text.strip()
    while text[:1] == "{" and text[-1:] == "}":
        text = text[1:-1].strip()
    if "\\" not in text:
        return text
    match = _URL_COMMAND.match(text)
    text = match[1] if match else text
    return _ESCAPED.sub(lambda found: found[2] or _WRITTEN[found[3]], text)


def _part(raw: str, at: int, macros: Mapping[str, str], undefined: list[str]) -> tuple[int, str]:
    if raw[at] == "{":
        end = _closing(raw, at)
        if end < 0:
            raise ValueFault("unclosed", "a { is not closed", "Add the missing }.")
        return end + 1, raw[at + 1 : end]
    if raw[at] == '"':
        depth = 0
        for index in range(at + 1, len(raw)):
            depth += (raw[index] == "{") - (raw[index] == "}")
            if raw[index] == '"' and depth == 0:
                return index + 1, raw[at + 1 : index]
        raise ValueFault("unclosed", 'a " is not closed', 'Add the missing ".')
    number = _NUMBER.match(raw, at)
    if number and not _MACRO.match(raw, number.end()):
        # Unbraced ranges such as pages = 12-34 are common; they are kept as they stand.
        end = re.compile(r"[\d\s–-]*").match(raw, at).end()  # type: ignore[union-attr]
        return end, raw[at:end].strip()
    macro = _MACRO.match(raw, at)
    if macro is None:
        raise ValueFault("bad-value", f"'{raw[at : at + 30]}' is no value", "Put it in braces.")
    text = macros.get(macro[0].lower())
    if text == REFUSED:
        message = f"the text of '{macro[0]}' cannot be read"
        raise ValueFault("undefined-macro", message, "Correct its @string.")
    if text is None:
        undefined.append(macro[0])
    return macro.end(), macro[0] if text is None else text


def _closing(raw: str, at: int) -> int:
    """Index of the brace that closes the one at `at`, or -1."""
    first, inner = raw.find("}", at), raw.find("{", at + 1)
    if (inner < 0 or inner > first) and raw[first - 1] != "\\":
        return first
    depth = 0
    for match in _BRACE.finditer(raw, at):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return -1
