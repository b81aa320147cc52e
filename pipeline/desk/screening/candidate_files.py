"""Candidates as files for other screening programs: one function and one line a format.

They are not published: abstracts, which stay on this machine, go along to who screens.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.desk.adding.formats.record_draft import plain_pages
from pipeline.desk.desk_texts import desk_says
from pipeline.desk.review.answer_rules import Refused
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.ground.formulas import guarded
from pipeline.model.candidacy import Candidacy
from pipeline.model.csl import csl_item
from pipeline.model.records import Study
from pipeline.published.export.bibliography_entries import BibliographyEntry
from pipeline.published.export.ris_writer import TYPES, _lines, _one_line

UNDECIDED = "undecided"
STATES = (UNDECIDED, "awaiting", "conflict", "unsure", "excluded", "missing", "included")
COLUMNS = (
    "key", "title", "authors", "year", "journal", "volume", "issue", "pages", "publisher", "doi",
    "url", "language", "keywords", "abstract", "included",
)  # fmt: skip


@dataclass(frozen=True)
class CandidateRecord:
    """A candidate with its abstract; `included` is 1 or 0 once that is settled, else empty."""

    study: Study
    abstract: str
    included: str


def candidate_records(
    desk: ScreeningDesk, coder: str, stage: str = "", states: Collection[str] = ()
) -> list[CandidateRecord]:
    """Candidates at a stage and in some states, or all, as a screener may see them.

    Without a stage, what went on from the first one counts as included. Raises Refused.
    """
    stages = desk.rules.stages
    if stage and stage not in stages:
        raise Refused([desk_says("screening.there_is_no_stage", stage=stage[:40])])
    if unknown := [state for state in states if state not in STATES]:
        known = ", ".join(STATES)
        raise Refused(
            [desk_says("screening.there_is_no_state", state=unknown[0][:40], known=known)]
        )
    found = []
    for key, candidacy in desk.view(coder).candidacies.items():
        here = not stage or candidacy.stage == stage
        told = {candidacy.state, *([UNDECIDED] if candidacy.is_open else [])}
        wanted = not states or not told.isdisjoint(states)
        if candidacy.screened and here and wanted:
            abstract = desk.abstracts[key].summary if key in desk.abstracts else ""
            label = _label(candidacy, stage or stages[0])
            found.append(CandidateRecord(desk.studies[key], abstract, label))
    return found


def _label(candidacy: Candidacy, stage: str) -> str:
    if candidacy.state == "included" or candidacy.stage != stage:
        return "1"
    return "0" if candidacy.state == "excluded" else ""


def as_ris(records: Iterable[CandidateRecord]) -> str:
    """RIS with abstracts; the key is the ID."""
    text = []
    for record in records:
        study = record.study
        item = csl_item(study)
        entry = BibliographyEntry(study.key, study.type, {}, item)
        lines = [("TY", TYPES.get(item["type"], "GEN")), ("ID", study.key), *_lines(entry)]
        lines += [("KW", word) for word in study.keywords]
        lines += [("AB", record.abstract)] if record.abstract else []
        lines.append(("ER", ""))
        text.append("".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines))
    return "\r\n".join(text)


def as_csv(records: Iterable[CandidateRecord]) -> str:
    """CSV (RFC 4180) in columns that all of them know."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for record in records:
        study = record.study
        authors = "; ".join(name.sorting for name in study.people)
        cells = (
            study.key, study.title, authors, str(study.year or ""), study.container, study.volume,
            study.number, plain_pages(study.pages), study.publisher, study.doi, study.url,
            study.language, "; ".join(study.keywords), record.abstract, record.included,
        )  # fmt: skip
        writer.writerow([guarded(cell) for cell in cells])
    return text.getvalue()


CANDIDATE_FORMATS: Mapping[str, tuple[str, Callable[[Iterable[CandidateRecord]], str]]] = {
    "ris": ("application/x-research-info-systems", as_ris),
    "csv": ("text/csv; charset=utf-8", as_csv),
}
