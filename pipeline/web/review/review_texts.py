"""The words of the review: as texts for messages, as markup for its pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from markupsafe import Markup

from pipeline.ground import texts
from pipeline.web.site_language import say

_PACKAGE = "pipeline.web.review"


class Wording(texts.Wording):
    """What the review says, in one language."""

    package: ClassVar[str] = _PACKAGE


review_says = texts.Spoken(Wording)


def review_words(language: str) -> Callable[..., Markup]:
    """A function from a key and values to a text of a page; it may hold markup."""
    return say(language, _PACKAGE)
