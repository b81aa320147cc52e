"""QDPX files: ZIP archives whose members are read one by one, within limits, and never unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field

from pipeline.ground.problems import InputError, Problem, first_line

MB = 1_000_000
LARGEST = 250 * MB  # bytes of an archive
LARGEST_PROJECT = 100 * MB  # of what it says of itself
LARGEST_SOURCE = 100 * MB  # of a text or PDF in it
MOST_READ = 500 * MB  # of all that is read of one archive, unpacked
MOST_MEMBERS = 20_000
_AGAIN = "Export the project again as REFI-QDA project (.qdpx)."
# What reading a damaged archive raises, in whatever part it is damaged.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError, ValueError,
           NotImplementedError, RuntimeError)  # fmt: skip


def is_project(data: bytes) -> bool:
    """Whether bytes are those of a project, whole or not."""
    return data.startswith(b"PK\x03\x04") and b".qde" in data


@dataclass
class QdaArchive:
    """An archive in memory. What is read counts towards a limit, whatever it says it holds."""

    data: bytes = field(repr=False)
    name: str
    _members: dict[str, zipfile.ZipInfo] = field(init=False, repr=False)
    _read: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.data) > LARGEST:
            message = f"{len(self.data) / MB:.0f} MB, more than {LARGEST // MB}"
            raise self._fault("too-large", message, "Leave audio and video out of the export.")
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                members = archive.infolist()
        except _BROKEN as error:
            message = f"the archive cannot be opened: {first_line(str(error))}"
            raise self._fault("bad-zip", message, f"The file may be cut off. {_AGAIN}") from None
        if len(members) > MOST_MEMBERS:
            message = f"{len(members)} files in the archive, more than {MOST_MEMBERS}"
            raise self._fault("too-many-files", message, "Export fewer sources.")
        self._members = {_plain(item.filename): item for item in members if not item.is_dir()}

    def project(self) -> bytes:
        """What the project says of itself: project.qde, whatever its name. Raises InputError."""
        found = [name for name in self._members if name.endswith(".qde") and "/" not in name]
        if len(found) != 1:
            message = f"{len(found) or 'no'} file .qde at the top of the archive, not one"
            raise self._fault("no-project", message, _AGAIN)
        return self._bytes(found[0], LARGEST_PROJECT)

    def holds(self, place: str) -> bool:
        """Whether a source, named as projects name it (internal://…), is in the archive."""
        return self._member(place) in self._members

    def source(self, place: str) -> bytes:
        """The bytes of a source. Raises InputError."""
        return self._bytes(self._member(place), LARGEST_SOURCE)

    def _member(self, place: str) -> str:
        name = _plain(place.removeprefix("internal://"))
        return next((known for known in (f"sources/{name}", name) if known in self._members), "")

    def _bytes(self, member: str, most: int) -> bytes:
        info = self._members.get(member)
        if info is None:
            raise self._fault("no-source", "a source is not in the archive", _AGAIN)
        said = first_line(info.filename, 80)
        if info.flag_bits & 1:
            hint = "Export it without a password."
            raise self._fault("encrypted", f"'{said}' is encrypted", hint)
        read = sum(size for other, size in self._read.items() if other != member)
        room = min(most, MOST_READ - read)
        try:
            with (
                zipfile.ZipFile(io.BytesIO(self.data)) as archive,
                archive.open(info) as file,
            ):
                data = file.read(room + 1)
        except _BROKEN as error:
            message = f"'{said}' cannot be unpacked: {first_line(str(error))}"
            raise self._fault("bad-zip", message, f"The file may be cut off. {_AGAIN}") from None
        self._read[member] = len(data)
        if len(data) > room:
            message = f"'{said}' unpacks to more than {room // MB} MB"
            raise self._fault("too-large", message, "Is this a project that a program exported?")
        return data

    def _fault(self, kind: str, message: str, hint: str) -> InputError:
        return InputError([Problem(self.name, 0, kind, message, hint)])


def _plain(name: str) -> str:
    """A member's name as it is looked for: programs write Sources/ and sources\\, in any case."""
    return name.replace("\\", "/").lower().lstrip("/")
