"""What a page offers to reference managers: its studies and the database, by their unAPI ids."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.ground.addresses import address_part

ITSELF = "about"  # the database, whose page that is
STUDY = "study/"
MOST = 100  # studies of one page; a reference manager asks for each by itself


def citable(keys: Iterable[str], itself: bool = True) -> list[str]:
    """The ids of studies, each once, and that of the database.

    An id is the path of its page, which needs no quoting in an address: Zotero does none.
    """
    studies = [f"{STUDY}{address_part(key)}" for key in list(dict.fromkeys(keys))[:MOST]]
    return [*studies, *([ITSELF] if itself else [])]
