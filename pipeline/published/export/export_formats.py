"""Formats of downloads: one file each and one line here, which the command and the site read.

Their names for readers are `format.<name>` in the texts of the site, and what those that are
offered whole hold is `about.<name>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.published.selection import Selection

EVIDENCE, STUDIES, WHOLE = "evidence", "studies", "whole"  # what a format is offered for


@dataclass(frozen=True)
class ExportFormat:
    """A format of downloads; its file has the function `write`, and is imported only to write.

    The site offers it with lists of evidence, with studies, or as all there is (`offered`), and
    with tables that name studies under an `extension`. `everything` is the name of a file that
    holds all there is, whatever is chosen; no other is written of studies unless offered for them.
    """

    name: str
    suffix: str
    media_type: str
    offered: tuple[str, ...]
    extension: str = ""
    everything: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What may be chosen to be in it."""
        return (EVIDENCE, STUDIES) if STUDIES in self.offered or self.everything else (EVIDENCE,)

    def write(self, selection: Selection) -> Iterator[bytes]:
        """The file in pieces."""
        writer = import_module(f"{__package__}.{self.name.replace('-', '')}_writer")
        blocks: Iterator[bytes] = writer.write(selection)
        return blocks


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ALL = (EVIDENCE, STUDIES)
FORMATS: Mapping[str, ExportFormat] = {
    item.name: item
    for item in (
        ExportFormat("bibtex", "bib", "application/x-bibtex", _ALL, extension="bib"),
        ExportFormat("biblatex", "bib", "application/x-bibtex", _ALL),
        ExportFormat("ris", "ris", "application/x-research-info-systems", _ALL, extension="ris"),
        ExportFormat(
            "csl-json",
            "json",
            "application/vnd.citationstyles.csl+json",
            _ALL,
            extension="csljson",
        ),
        ExportFormat("csv", "csv", "text/csv; charset=utf-8", _ALL),
        ExportFormat("json", "json", "application/json", _ALL),
        ExportFormat("markdown", "md", "text/markdown; charset=utf-8", _ALL),
        ExportFormat("word", "docx", _WORD, _ALL),
        ExportFormat("xlsx", "xlsx", _EXCEL, _ALL),
        ExportFormat(
            "datapackage",
            "zip",
            "application/zip",
            (WHOLE,),
            everything="frictionless-data-package",
        ),
        ExportFormat("qdc", "qdc", "application/xml", (WHOLE,), everything="refi-qda-codebook"),
        ExportFormat("qdpx", "qdpx", "application/zip", (EVIDENCE, STUDIES, WHOLE)),
        ExportFormat(
            "codebook-csv",
            "csv",
            "text/csv; charset=utf-8",
            (WHOLE,),
            everything="codebook",
        ),
        ExportFormat("skos", "ttl", "text/turtle; charset=utf-8", (WHOLE,), everything="skos"),
        ExportFormat("dcat", "ttl", "text/turtle; charset=utf-8", (WHOLE,), everything="dcat"),
        ExportFormat("cff", "cff", "application/yaml", (WHOLE,), everything="citation"),
        ExportFormat("annotations", "jsonld", "application/ld+json", (WHOLE,)),
    )
}


def offered(what: str) -> list[str]:
    """Names of the formats that are offered for evidence, for studies, or for all there is."""
    return [item.name for item in FORMATS.values() if what in item.offered]
