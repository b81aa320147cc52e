"""The words of screening."""

from __future__ import annotations

from typing import ClassVar

from pipeline.ground import texts


class Wording(texts.Wording):
    """What screening says, in one language."""

    package: ClassVar[str] = "pipeline.model"
