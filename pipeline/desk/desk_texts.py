"""What coders and screeners are told when something cannot be done, or was."""

from __future__ import annotations

from typing import ClassVar

from pipeline.ground import texts


class Wording(texts.Wording):
    """What the desk says, in one language."""

    package: ClassVar[str] = "pipeline.desk"


desk_says = texts.Spoken(Wording)
