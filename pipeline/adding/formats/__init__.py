"""The formats in which references come: one file each, one line here."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.adding.formats import bibtex, csljson, csvfile, endnote, enw, nbib, ris, wos
from pipeline.adding.formats.format import Format

# In the order in which a text is looked at: those that are surest to tell first.
FORMATS: Mapping[str, Format] = {
    item.name: item
    for item in (
        nbib.FORMAT,
        ris.FORMAT,
        enw.FORMAT,
        endnote.FORMAT,
        csljson.FORMAT,
        bibtex.FORMAT,
        wos.FORMAT,
        csvfile.FORMAT,
    )
}
