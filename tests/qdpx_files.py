"""REFI-QDA projects for tests, put together as another program would write them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

ANNA = "aaaaaaaa-0000-4000-8000-000000000001"
BO = "aaaaaaaa-0000-4000-8000-000000000002"


def guid(number: int) -> str:
    return f"bbbbbbbb-0000-4000-8000-{number:012d}"


@dataclass
class Marked:
    """Words of a text that a user coded; `shift` is added to where they stand."""

    words: str
    code: str
    user: str = ANNA
    note: str = ""
    named: bool = True
    shift: tuple[int, int] = (0, 0)


def source(
    number: int,
    name: str,
    text: str,
    *marked: Marked,
    counted: str | None = None,
    whole: tuple[str, ...] = (),
    description: str = "",
) -> str:
    """A text source. `counted` is the text in which the program counts, if it is another one;
    `whole` are codes of all of it."""
    body = f"<Description>{escape(description)}</Description>" if description else ""
    for place, item in enumerate(marked):
        start = (counted or text).index(item.words)
        first, last = start + item.shift[0], start + len(item.words) + item.shift[1]
        called = f" name={quoteattr(item.words[:40])}" if item.named else ""
        note = f"<Description>{escape(item.note)}</Description>" if item.note else ""
        body += (
            f'<PlainTextSelection guid="{guid(number * 100 + place)}"{called} startPosition="{first}"'
            f' endPosition="{last}" creatingUser="{item.user}">{note}'
            f'<Coding guid="{guid(number * 100 + 50 + place)}" creatingUser="{item.user}">'
            f'<CodeRef targetGUID="{item.code}"/></Coding></PlainTextSelection>'
        )
    for place, code in enumerate(whole):
        body += (
            f'<Coding guid="{guid(number * 100 + 80 + place)}" creatingUser="{ANNA}">'
            f'<CodeRef targetGUID="{code}"/></Coding>'
        )
    return (
        f'<TextSource guid="{guid(number)}" name={quoteattr(name)}'
        f' plainTextPath="internal://{guid(number)}.txt">{body}</TextSource>'
    )


def project(codes: str, sources: str, origin: str = "NVivo", more: str = "") -> str:
    """What a project says of itself."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="{origin}"><Users>'
        f'<User guid="{ANNA}" name="Anna"/><User guid="{BO}" name="Second coder"/></Users>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook><Sources>{sources}</Sources>{more}</Project>"
    )


def qdpx(
    said: str | bytes, files: dict[str, bytes] | None = None, folder: str = "sources"
) -> bytes:
    """A project as a file; `files` are those of its sources by name."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", said)
        for name, content in (files or {}).items():
            archive.writestr(f"{folder}/{name}", content)
    return data.getvalue()
