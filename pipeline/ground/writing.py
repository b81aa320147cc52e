"""Files that are there whole or not at all, and that outlast a power cut."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Where to write what becomes `path`, in one step and durably, once the block ends well.

    Nobody ever finds half a file. What writers that were killed have left behind goes.
    """
    for leftover in path.parent.glob(f"{path.name}.*.part"):
        number = leftover.name.removeprefix(f"{path.name}.").removesuffix(".part")
        if number.isdigit() and not is_alive(int(number)):
            leftover.unlink(missing_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)  # of a process that had our number
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
        sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_whole(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a file as `beside` has it. Raises OSError; the file is then as it was."""
    with beside(path) as part, part.open("wb") as file:
        file.writelines(blocks)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; a new file's name is so only then."""
    with contextlib.suppress(OSError):  # there is no such thing on Windows
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_alive(process: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
