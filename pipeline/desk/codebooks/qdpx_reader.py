"""REFI-QDA projects (.qdpx, QDA-XML 1.0), as NVivo, ATLAS.ti, MAXQDA and QualCoder write them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipeline.desk.codebooks.codebook import Codebook
from pipeline.desk.codebooks.codebook_qdc import PROJECT, codes_of
from pipeline.desk.codebooks.qda_positions import text_of_positions
from pipeline.desk.codebooks.qda_project import QdaCoding, QdaProject, QdaSelection, QdaSource
from pipeline.desk.codebooks.qda_xml import (
    AGAIN,
    children,
    decode,
    description_of,
    identity,
    parse,
    space_of,
    tag_of,
    words,
)
from pipeline.desk.codebooks.qdpx_archive import QdaArchive
from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.text import foreign_text

_FULL_TEXTS = {"textsource": ".txt", "pdfsource": ".pdf"}
_SOURCES = ("textsource", "pdfsource", "picturesource", "audiosource", "videosource")
_SELECTIONS = ("pdfselection", "pictureselection", "audioselection", "videoselection")


@dataclass
class _Reading:
    """What is gathered while one project is read."""

    archive: QdaArchive
    origin: str
    notes: dict[str, etree._Element]
    problems: list[Problem] = field(default_factory=list)

    def warn(self, element: etree._Element, kind: str, message: str, hint: str = "") -> None:
        line, name = element.sourceline or 0, self.archive.name
        self.problems.append(Problem(name, line, kind, message, hint, severity="warning"))

    def file(self, element: etree._Element, place: str) -> bytes:
        """A file of the archive; nothing, with a warning, where it cannot be read."""
        said = first_line(element.get("name") or place, 60)
        if place.startswith(("relative:", "absolute:")):
            message = f"the file of '{said}' lies outside the archive and was left out"
            self.warn(element, "outside", message, "Export it with its sources inside.")
            return b""
        try:
            return self.archive.source(place)
        except InputError as error:
            problem = error.problems[0]
            self.warn(element, problem.kind, f"'{said}': {problem.message}", problem.hint)
            return b""


def read_project(data: bytes, name: str) -> QdaProject:
    """The project in a file; `name` is how problems call it. InputError with all that is wrong.

    What its programs keep in it beyond the standard's codes, sources, selections and codings
    (links, sets of sources, graphs, cases and their values) is not read.
    """
    archive = QdaArchive(data, name)
    text, warnings = decode(archive.project(), name)
    root = parse(text, name)
    space = space_of(root).lower()
    if tag_of(root) != "project" or (space and not space.startswith(PROJECT)):
        message = f"no REFI-QDA project: its root is '{first_line(root.tag, 80)}'"
        raise InputError([Problem(name, root.sourceline or 0, "unknown-xml", message, AGAIN)])
    notes = {
        identity(note.get("guid")): note
        for part in children(root, "notes")
        for note in children(part, "note")
    }
    reading = _Reading(archive, words(root.get("origin")), notes)
    users = {
        identity(user.get("guid")): (words(user.get("name")), words(user.get("id")))
        for part in children(root, "users")
        for user in children(part, "user")
    }
    book = _book(root, name)
    sources = tuple(
        _source(element, reading)
        for part in children(root, "sources")
        for element in children(part, *_SOURCES)
    )
    problems = (*warnings, *book.warnings, *reading.problems)
    return QdaProject(archive, book, users, sources, problems)


def _book(root: etree._Element, name: str) -> Codebook:
    """The codebook; a project of sources alone has an empty one."""
    parts = children(root, "codebook")
    if parts and any(children(codes, "code") for codes in children(parts[0], "codes")):
        return codes_of(parts[0], root, name)
    return Codebook(name, "qdpx", (), origin=root.get("origin", ""))


def _source(element: etree._Element, reading: _Reading) -> QdaSource:
    kind = tag_of(element)
    holder = element
    if kind == "pdfsource":
        holder = next(iter(children(element, "representation")), element)
    selections = tuple(_selections(holder, reading))
    text = _text(holder, reading) if kind in _FULL_TEXTS else ""
    file = element.get("path" if kind == "pdfsource" else "plainTextPath") or ""
    return QdaSource(
        guid=identity(element.get("guid")),
        name=words(element.get("name")),
        kind=str(etree.QName(element).localname),
        description=description_of(element),
        text=text_of_positions(text, selections, reading.origin) if text else "",
        file=file if reading.archive.holds(file) and kind in _FULL_TEXTS else "",
        suffix=_FULL_TEXTS.get(kind, ""),
        selections=selections,
        codings=tuple(_codings(element, reading)),
        unread=tuple(_unread(element, reading)),
    )


def _text(element: etree._Element, reading: _Reading) -> str:
    """The plain text of a source as it was written, line ends and all."""
    for content in children(element, "plaintextcontent"):
        return "".join(content.itertext())
    place = element.get("plainTextPath") or ""
    data = reading.file(element, place) if place else b""
    if not data:
        return ""
    try:
        # As it stands: every character counts, those of line ends too.
        return data.decode("utf-8")
    except UnicodeDecodeError:
        said = first_line(element.get("name") or place, 60)
        message = f"the text of '{said}' is not UTF-8, so that positions in it may be wrong"
        reading.warn(element, "not-utf8", message, "Look at where its codings stand.")
        return foreign_text(data).text


def _selections(element: etree._Element, reading: _Reading) -> Iterator[QdaSelection]:
    for selection in children(element, "plaintextselection"):
        try:
            start, end = (int(selection.get(name, "")) for name in ("startPosition", "endPosition"))
        except ValueError:
            said = first_line(selection.get("name") or "", 60)
            reading.warn(selection, "bad-position", f"the selection '{said}' has no position")
            continue
        codings = tuple(_codings(selection, reading))
        yield QdaSelection(start, end, words(selection.get("name")), codings)


def _codings(element: etree._Element, reading: _Reading) -> Iterator[QdaCoding]:
    """The codings of a selection or source, each with what was noted on it or its selection."""
    above = element.get("creatingUser") or element.get("modifyingUser") or ""
    is_selection = tag_of(element).endswith("selection")
    shared = [description_of(element), *_notes(element, reading)] if is_selection else []
    for coding in children(element, "coding"):
        noted = "\n\n".join(filter(None, (*shared, *_notes(coding, reading))))
        user = identity(coding.get("creatingUser") or above)
        for code in children(coding, "coderef"):
            yield QdaCoding(identity(code.get("targetGUID")), user, noted)


def _notes(element: etree._Element, reading: _Reading) -> Iterator[str]:
    """The words of the notes that an element refers to."""
    for reference in children(element, "noteref"):
        note = reading.notes.get(identity(reference.get("targetGUID")))
        if note is not None:
            yield words(_text(note, reading))


def _unread(element: etree._Element, reading: _Reading) -> Iterator[QdaCoding]:
    for selection in children(element, *_SELECTIONS):
        yield from _codings(selection, reading)
    for transcript in children(element, "transcript"):
        for selection in children(transcript, "transcriptselection"):
            yield from _codings(selection, reading)
