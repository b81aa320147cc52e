"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, blocks: Iterable[bytes]) -> None:
    """Write beside the place and move there, so that nobody ever finds half a file."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.writelines(blocks)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
