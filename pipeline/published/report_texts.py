"""The words of reports."""

from __future__ import annotations

from typing import ClassVar

from pipeline.ground import texts


class Wording(texts.Wording):
    """What a report says, in one language."""

    package: ClassVar[str] = "pipeline.published"


report_says = texts.Spoken(Wording)
