"""The bibliography: BibTeX and BibLaTeX files read into studies, nothing dropped silently."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)

from pipeline.ground.problems import Problem, errors, first_line
from pipeline.ground.text import decode_utf8, newlines
from pipeline.model.records import Study
from pipeline.sources.bibliography.bibtex_values import MONTHS, REFUSED, ValueFault, define, expand
from pipeline.sources.bibliography.entry import EntryDraft
from pipeline.sources.bibliography.entry_kinds import SAME_TYPE, WANTED

_LOST_ENTRY = re.compile(
    r"^\s*@?\s*(" + "|".join((*WANTED, *SAME_TYPE)) + r")\s*[({]?[^@\n]*,\s*$|=\s*[{\"]",
    re.IGNORECASE | re.MULTILINE,
)
_ENTRY_START = re.compile(r"@\s*(?!comment\b|string\b|preamble\b)[A-Za-z]+\s*[({]", re.IGNORECASE)
# The first field straight behind the brace: an entry without a key, and without its comma.
_NO_KEY = re.compile(rf"^(\s*{_ENTRY_START.pattern})(?=\s*[A-Za-z-]+\s*=)", re.I | re.M)


@dataclass(frozen=True, slots=True)
class References:
    """What a bibliography holds. `entries == len(studies) + rejected`, always.

    `macros` are those of its @string lines, by name in small letters, and the months.
    Unpacks as `studies, problems = read_references(path)`.
    """

    studies: tuple[Study, ...]
    problems: tuple[Problem, ...]
    entries: int
    rejected: int
    macros: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[Study, ...] | tuple[Problem, ...]]:
        return iter((self.studies, self.problems))


def read_references(path: Path, name: str | None = None) -> References:
    """Read a `.bib` file. `name` is how problems call it. The file is never changed."""
    name = name or str(path)
    text, problems = decode_utf8(path.read_bytes(), name)
    references = parse_references(text, name)
    return replace(references, problems=tuple(sorted((*problems, *references.problems))))


def parse_references(
    text: str,
    name: str = "references.bib",
    macros: Mapping[str, str] = MONTHS,
    foreign: bool = False,
) -> References:
    """Read the text of a bibliography. Every entry ends as a study or as a problem.

    `macros` are known beside its own. In a `foreign` file keys name nothing of ours: any will do,
    one that stands twice, and none.
    """
    text = _NO_KEY.sub(r"\1,", newlines(text))
    with _quiet_parser():
        library = parse_string(text, parse_stack=[])
    macros = dict(macros)
    problems: list[Problem] = []
    problems += _read_macros(library, macros, name)
    problems += _stray_text(library, name)
    studies: list[Study] = []
    entries = rejected = 0
    drafts = []
    for block in library.blocks:
        if (entry := _entry(block)) is not None:
            draft = EntryDraft(entry, name)
            draft.expand(macros)
            drafts.append(draft)
    by_key = {draft.key: draft for draft in reversed(drafts)}
    seen: dict[str, EntryDraft] = {}
    for draft in drafts:
        entries += 1
        draft.inherit(by_key)
        if not foreign:
            draft.judge_key()
            _judge_other(draft, seen)
        study = draft.study()
        problems += draft.problems
        if study is None or errors(draft.problems):
            rejected += 1
        else:
            studies.append(study)
    for problem in _failed_entries(library, name):
        entries += 1
        rejected += 1
        problems.append(problem)
    problems += _shared_dois(studies, name)
    return References(tuple(studies), tuple(sorted(problems)), entries, rejected, macros)


@contextmanager
def _quiet_parser() -> Iterator[None]:
    """The parser logs what we report better."""
    logger = logging.getLogger("bibtexparser")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _entry(block: Block) -> Entry | None:
    """The entry of a block, also where the parser takes offence at a key or field that repeats."""
    if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
        inner = block.ignore_error_block
        return _entry(inner) if inner is not None else None
    return block if isinstance(block, Entry) else None


def _judge_other(draft: EntryDraft, seen: dict[str, EntryDraft]) -> None:
    """Keys name files too, so two of them differ in more than case."""
    other = seen.setdefault(draft.key.casefold(), draft) if draft.key else draft
    if other is draft:
        return
    if other.key == draft.key:
        draft.fault(
            "duplicate-key",
            f"key '{draft.key}' is already used in line {other.line}",
            "Give it another key, or remove it if it is the same study.",
        )
    else:
        draft.fault(
            "key-case",
            f"key '{draft.key}' differs only in case from '{other.key}' (line {other.line})",
            "Give one of them another key; keys are also file names.",
        )


def _read_macros(library: Library, macros: dict[str, str], path: str) -> list[Problem]:
    problems = []
    for block in library.blocks:
        if isinstance(block, String):
            line, raw = (block.start_line or 0) + 1, first_line(block.raw or "")
            undefined: list[str] = []
            name = block.key.strip().lower()
            try:
                macros[name] = expand(block.value, macros, undefined)
            except ValueFault as fault:
                macros[name] = REFUSED
                message = f"@string '{block.key}': {fault}"
                problems.append(Problem(path, line, fault.kind, message, fault.hint, raw))
            for unknown in undefined:
                message = f"@string '{block.key}': '{unknown}' is not defined, read as it is"
                kind, hint = "undefined-macro", define(unknown)
                problems.append(Problem(path, line, kind, message, hint, raw, "warning"))
    return problems


def _failed_entries(library: Library, path: str) -> Iterator[Problem]:
    """A problem for each entry the parser could not take."""
    for block in library.failed_blocks:
        raw = first_line(block.raw or "")
        line = (block.start_line or 0) + 1
        if _entry(block) is None and _ENTRY_START.match(raw):
            reason = getattr(block.error, "abort_reason", "") or str(block.error)
            if re.match(r"Expected comma after entry key", reason):
                kind, hint = "missing-comma", "Put a comma after the key."
            elif "key" in reason and "=" in reason and "`@" not in reason:
                kind, hint = "missing-equals", "A field is written name = {value}, with a comma."
            else:
                kind, hint = "unclosed", 'Look for a missing } or " at the end of this entry.'
            yield Problem(path, line, kind, f"broken entry: {reason}", hint, raw)


def _stray_text(library: Library, path: str) -> Iterator[Problem]:
    """Warnings for text outside entries that was hardly meant as a comment, and broken @string."""
    after_failure = False
    for block in library.blocks:
        failed = isinstance(block, ParsingFailedBlock)
        raw = block.raw or ""
        line = (block.start_line or 0) + 1
        if failed and not _ENTRY_START.match(raw.lstrip()):
            yield Problem(
                path,
                line,
                "bad-string",
                "a @string, @preamble or @comment that cannot be read",
                'Write @string{name = "text"}, each name once.',
                first_line(raw),
            )
        elif isinstance(block, ImplicitComment) and not after_failure:
            match = _LOST_ENTRY.search(raw)
            text = "\n".join(part for part in raw.splitlines() if not part.lstrip().startswith("%"))
            if match and _LOST_ENTRY.search(text):
                yield Problem(
                    path,
                    line,
                    "lost-entry",
                    "text outside any entry that looks like one",
                    "An entry begins with @type{key, — is the @ or a brace missing?",
                    first_line(raw),
                )
            elif text.strip() in ("}", ")"):
                yield Problem(
                    path,
                    line,
                    "stray-brace",
                    "a closing brace too many",
                    "Remove it, or look for the { that is missing before it.",
                    first_line(raw),
                    "warning",
                )
        after_failure = failed


def _shared_dois(studies: Iterable[Study], path: str) -> Iterator[Problem]:
    seen: dict[str, Study] = {}
    for study in studies:
        if not study.doi:
            continue
        first = seen.setdefault(study.doi.lower(), study)
        if first is not study:
            yield Problem(
                path,
                study.line,
                "shared-doi",
                f"'{study.key}' has the DOI of '{first.key}' (line {first.line})",
                "Two entries for one study? Keep the key that is already coded.",
                study.doi,
                "warning",
            )
