"""ZIP files whose bytes depend on nothing but what is in them."""

from __future__ import annotations

import io
import zipfile

TIME = (1980, 1, 1, 0, 0, 0)  # the first that the format knows


def entry(name: str) -> zipfile.ZipInfo:
    """A packed file without a date of its own."""
    info = zipfile.ZipInfo(name, TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def undated(data: bytes) -> bytes:
    """A ZIP file with all its files in their order, and none of their dates."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(target, "w") as made:
        for item in given.infolist():
            made.writestr(entry(item.filename), given.read(item))
    return target.getvalue()
