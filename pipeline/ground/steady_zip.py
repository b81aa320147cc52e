"""ZIP files whose bytes depend on what is in them alone: no member tells when it was written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

TIME = (1980, 1, 1, 0, 0, 0)  # the first that the format knows


def member(name: str) -> ZipInfo:
    """A member of that name, compressed."""
    info = ZipInfo(name, TIME)
    info.compress_type = ZIP_DEFLATED
    return info


class SteadyZip(ZipFile):
    """A file to write in which every member is of the same time, for libraries that name them."""

    def writestr(
        self,
        zinfo_or_arcname: str | ZipInfo,
        data: Any,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        if isinstance(zinfo_or_arcname, str):
            zinfo_or_arcname = member(zinfo_or_arcname)
        super().writestr(zinfo_or_arcname, data, compress_type, compresslevel)

    def write(self, filename: Any, arcname: Any = None, *how: Any, **more: Any) -> None:
        with Path(filename).open("rb") as source, self.open(
            member(str(arcname or filename)), "w", force_zip64=True
        ) as target:  # fmt: skip
            shutil.copyfileobj(source, target)
