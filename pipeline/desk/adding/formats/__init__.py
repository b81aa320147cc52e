"""The formats in which references come: one file each, one line here."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.desk.adding.formats import bibtex_reader as bibtex
from pipeline.desk.adding.formats import csljson_reader as csljson
from pipeline.desk.adding.formats import csv_reader as csvfile
from pipeline.desk.adding.formats import endnote_reader as endnote
from pipeline.desk.adding.formats import enw_reader as enw
from pipeline.desk.adding.formats import nbib_reader as nbib
from pipeline.desk.adding.formats import ovid_reader as ovid
from pipeline.desk.adding.formats import pubmed_reader as pubmed
from pipeline.desk.adding.formats import refworks_reader as refworks
from pipeline.desk.adding.formats import ris_reader as ris
from pipeline.desk.adding.formats import wos_reader as wos
from pipeline.desk.adding.formats.reference_format import ReferenceFormat

# In the order in which a text is looked at: those that are surest to tell first.
FORMATS: Mapping[str, ReferenceFormat] = {
    item.name: item
    for item in (
        nbib.FORMAT,
        ris.FORMAT,
        enw.FORMAT,
        refworks.FORMAT,
        ovid.FORMAT,
        pubmed.FORMAT,
        endnote.FORMAT,
        csljson.FORMAT,
        bibtex.FORMAT,
        wos.FORMAT,
        csvfile.FORMAT,
    )
}
