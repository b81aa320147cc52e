"""How to cite this database, for GitHub, Zenodo and others (Citation File Format 1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from pipeline.published.citation.database_citation import TITLE, citation_file
from pipeline.published.provenance import about
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection


def write(selection: Selection) -> Iterator[bytes]:
    """The project's own file, with the date and the address that it leaves open.

    The date is that of the last decision, and the address that of the site.
    """
    database = Path(selection.connection.execute("PRAGMA database_list").fetchone()[2])
    file = about(selection)
    found: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": Wording(selection.language)("cff.message"),
        "title": TITLE,
        "type": "dataset",
        "authors": [{"name": TITLE}],
        **({"date-released": file.decided} if file.decided else {}),
        **({"url": selection.address} if selection.address else {}),
        **citation_file(database.parent),
    }
    found = {name: value if isinstance(value, list) else str(value)
             for name, value in found.items()}  # fmt: skip
    yield yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100).encode()
