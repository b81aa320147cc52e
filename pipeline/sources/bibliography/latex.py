"""LaTeX in bibliographic fields, turned into plain Unicode."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from pipeline.sources.bibliography.bibtex_values import verbatim
from pipeline.sources.bibliography.latex_arguments import (
    LatexFault,
    closing,
    option,
    raw_argument,
)
from pipeline.sources.bibliography.latex_commands import (
    ABOVE,
    ACCENTS,
    ALONE,
    ASIDE,
    BELOW,
    SILENT,
    symbol,
)

DEEPEST = 40  # commands and groups within each other
_NEEDS_DECODING = re.compile(r"[\\{}$~\xa0]|--|``|''")
_COMMAND = r"\\(?:([A-Za-z]+)(?:\*(?=\s*\{))?\s*|(.))|\{(?=\\)|\$"
_IN_TEXT = re.compile(_COMMAND, re.DOTALL)
_IN_MATHS = re.compile(_COMMAND + r"|[_^]", re.DOTALL)
_SPACE = re.compile(r"\s+")
_CODE = re.compile(r"(?:\"(?P<hex>[0-9A-F]{1,6})|'(?P<oct>[0-7]{1,7})|(?P<dec>[0-9]{1,7}))\s?")
# What is no group any more once its commands are read: {\v C} but not {\'Ecole and Sons}.
_SEVERAL = re.compile(r"[\s,]")
_DOLLARS = re.compile(r"\$((?:\\.|[^$\\])+)\$(?!\d)", re.DOTALL)
_SURELY_MATHS = re.compile(r"\\[A-Za-z(]|[_^]")
_LIKE_MATHS = re.compile(r"(?!\s)(?:\S+|(?:(?!\.\s)[^;])*\s[=<>]\s(?:(?!\.\s)[^;])*)(?<!\s)\Z")
_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}\s+[A-Za-z]{2,}")
_UNDOTTED = str.maketrans("ıȷ", "ij")
_WORDS_IN_MATHS = re.compile(r"math|text|operator|bm$|boldsymbol|pmb$|[fhm]box$|emph$|ce$")
# Signs that a command or formula stands for and that must not be read again.
_HELD = str.maketrans("{}~\\", "\ufdd0\ufdd1\ufdd2\ufdd3")
_LAST = {"{": "", "}": "", "~": " ", "\xa0": " "} | {
    chr(held): chr(sign) for sign, held in _HELD.items()
}


class _NotSimple(Exception):
    """A formula that no line of plain text can stand for."""


def decode_latex(text: str) -> str:
    """What `read_latex` reads; a text that it cannot read as it stands."""
    try:
        return read_latex(text)
    except LatexFault:
        return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=65536)
def read_latex(text: str) -> str:
    """Accents, signs, dashes, quotes, ties and simple maths as text; white space is folded.

    What has no plain form stays as it is written. Raises LatexFault.
    Not for doi, url or file names, in which `%`, `&`, `~` and `_` mean themselves.
    """
    if _NEEDS_DECODING.search(text):
        text = without_braces(read_commands(text))
    return _SPACE.sub(" ", text).strip()


def read_commands(text: str) -> str:
    """The text with its commands read, and the braces that hold words together left standing.

    For names, which are told apart in between; `without_braces` ends it. Raises LatexFault.
    """
    return _read(text, 0, False) if "\\" in text or "$" in text else _marks(text)


def without_braces(text: str) -> str:
    """What `read_commands` gave as plain text: no braces that only group, ties as blanks."""
    for sign, plain in _LAST.items():
        text = text.replace(sign, plain)
    return text


def _marks(text: str) -> str:
    """Text without commands: dashes and quotes."""
    if "-" in text:
        text = text.replace("---", "—").replace("--", "–")
    if "'" in text or "`" in text:
        text = text.replace("``", "“").replace("''", "”")
    return text


def _read(text: str, depth: int, maths: bool) -> str:
    if depth > DEEPEST:
        raise LatexFault(f"more than {DEEPEST} commands within each other")
    following = (_IN_MATHS if maths else _IN_TEXT).search
    parts = []
    at = 0
    while match := following(text, at):
        between = text[at : match.start()]
        parts.append(between.replace("'", "′") if maths else _marks(between))
        found, at = _one(text, match, depth, maths)
        parts.append(found)
    parts.append(text[at:].replace("'", "′") if maths else _marks(text[at:]))
    return "".join(parts)


def _one(text: str, match: re.Match[str], depth: int, maths: bool) -> tuple[str, int]:
    """What stands for a command, a group or a formula that begins here, and where it ends."""
    name, end = match[1] or match[2], match.end()
    if name is None:
        return _group_or_formula(text, match, depth, maths)
    if name in ACCENTS:
        letter, end = _argument(text, end, depth, maths)
        return _accented(ACCENTS[name], letter), end
    if name in SILENT:
        return "", end + 2 * text.startswith("{}", end)
    sign = symbol(name)
    if sign is not None:
        if maths and match[0][-1].isspace() and not (sign.isalpha() and len(sign) == 1):
            sign += " "
        return sign.translate(_HELD), end + 2 * text.startswith("{}", end)
    if name in _WITH_ARGUMENTS:
        return _WITH_ARGUMENTS[name](text, end, depth, maths)
    if name in ASIDE:
        _, end = option(text, end)
        for _ in range(ASIDE[name]):
            end = raw_argument(text, end)[1]
        return "", end
    if name in ("(", "["):
        close = text.find("\\)" if name == "(" else "\\]", end)
        if close > 0:
            return _formula(text[end:close], text[match.start() : close + 2], depth), close + 2
    if text.startswith("{", end) and not text.startswith("{}", end):
        if maths and not _WORDS_IN_MATHS.match(name):
            raise _NotSimple
        if name in _KEPT or name.startswith("cite"):
            end = raw_argument(text, end)[1]
            return text[match.start() : end].translate(_HELD), end
        return "", end  # \emph{words} and the like: the words are what is read
    if maths:
        raise _NotSimple
    return match[0].translate(_HELD), end


def _group_or_formula(text: str, match: re.Match[str], depth: int, maths: bool) -> tuple[str, int]:
    start = match.start()
    if match[0] == "{":
        end = closing(text, start)
        inner = _read(text[start + 1 : end - 1], depth + 1, maths)
        return (f"{{{inner}}}" if _SEVERAL.search(inner) else inner), end
    if match[0] == "$":
        formula = _DOLLARS.match(text, start)
        # Money is none: US$5 million to $6 million.
        if maths or formula is None or not _is_maths(formula[1]):
            return "$", start + 1
        return _formula(formula[1], formula[0], depth), formula.end()
    shifted, end = _argument(text, match.end(), depth, maths)
    return _shifted(shifted, ABOVE if match[0] == "^" else BELOW, maths), end


def _is_maths(inner: str) -> bool:
    if _WORDS.search(inner):
        return False
    return bool(_SURELY_MATHS.search(inner) or _LIKE_MATHS.match(inner))


def _formula(inner: str, written: str, depth: int) -> str:
    """A formula as a line of text where it is simple, as it is written where not."""
    try:
        return _read(inner.strip(), depth + 1, True)
    except _NotSimple:
        return written.translate(_HELD)


def _argument(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
    """The argument of a command as text, and where it ends: a group, a command or one sign."""
    if depth > DEEPEST:
        raise LatexFault(f"more than {DEEPEST} commands within each other")
    raw, end = raw_argument(text, at)
    if raw == "\\":
        match = _IN_TEXT.match(text, end - 1)
        return _one(text, match, depth + 1, maths) if match else ("", end)
    return _read(raw, depth + 1, maths), end


def _accented(mark: str, letter: str) -> str:
    letter = letter.translate({ord("{"): None, ord("}"): None}).strip()
    if not letter:
        return ALONE.get(mark, "").translate(_HELD)
    marked = 1
    while marked < len(letter) and unicodedata.combining(letter[marked]):
        marked += 1
    first = letter[:marked].translate(_UNDOTTED) + mark
    return unicodedata.normalize("NFC", first) + letter[marked:]


def _shifted(text: str, table: Mapping[str, str], maths: bool) -> str:
    """Signs above or below the line, where Unicode has them all; plain ones where that reads."""
    text = without_braces(text).strip()
    if all(sign in table for sign in text) and (maths or len(text) == 1 or not text.isalpha()):
        return "".join(map(table.__getitem__, text))
    if maths and not (table is BELOW and re.fullmatch(r"[\w.,]+", text)):
        raise _NotSimple
    return text.translate(_HELD)


def _shift(table: Mapping[str, str]) -> _Command:
    def read(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
        inner, end = _argument(text, at, depth, maths)
        return _shifted(inner, table, maths), end

    return read


def _fraction(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
    above, end = _argument(text, at, depth, maths)
    below, end = _argument(text, end, depth, maths)
    return f"{_held_together(above)}/{_held_together(below)}", end


def _root(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
    degree, at = option(text, at)
    inner, end = _argument(text, at, depth, maths)
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree)
    if sign is None:
        sign = _shifted(_read(degree, depth + 1, maths), ABOVE, maths) + "√"
    return sign + _held_together(inner), end


def _held_together(text: str) -> str:
    plain = without_braces(text)
    return text if plain.isalnum() or not plain else f"({text})"


def _maths_anywhere(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
    raw, end = raw_argument(text, at)
    return _formula(raw, f"\\ensuremath{{{raw}}}", depth), end


def _double_struck(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
    letter, end = _argument(text, at, depth, maths)
    case = "CAPITAL" if letter.isupper() else "SMALL"
    for kind in ("", "MATHEMATICAL "):
        try:
            return unicodedata.lookup(f"{kind}DOUBLE-STRUCK {case} {letter}"), end
        except KeyError:
            continue
    return letter, end


def _gap(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
    width, end = raw_argument(text, at)
    return "" if width.startswith("-") else " ", end


def _address(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
    raw, end = raw_argument(text, at)
    return verbatim(raw).translate(_HELD), end


def _character(text: str, at: int, depth: int, maths: bool) -> tuple[str, int]:
    """\\char"41; in a font with its own encoding the number means another sign."""
    match = _CODE.match(text, at)
    if match and match.lastgroup and "\\fontencoding" not in text:
        code = int(match[match.lastgroup], {"hex": 16, "oct": 8}.get(match.lastgroup, 10))
        if code < 0x110000 and chr(code).isprintable():
            return chr(code).translate(_HELD), match.end()
    return "\\char".translate(_HELD), at


_Command = Callable[[str, int, int, bool], tuple[str, int]]
_WITH_ARGUMENTS: Mapping[str, _Command] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "nicefrac", "sfrac", "textfrac"), _fraction),
    **dict.fromkeys(("textsuperscript", "textsu", "sp"), _shift(ABOVE)),
    **dict.fromkeys(("textsubscript", "textinferior", "sb"), _shift(BELOW)),
    **dict.fromkeys(("url", "path", "nolinkurl"), _address),
    **dict.fromkeys(("hspace", "vspace"), _gap),
    "sqrt": _root,
    "ensuremath": _maths_anywhere,
    "mathbb": _double_struck,
    "char": _character,
}
_KEPT = frozenset(("begin", "end", "eqref", "fontencoding", "includegraphics", "input", "ref"))
