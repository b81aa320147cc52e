"""The flow of a review as CSV, after the template of the PRISMA2020 package for R.

Columns and row names are those of the template of the package and its web application (Haddaway
et al. 2022, Campbell Systematic Reviews 18:e1230), which refuse a file that lacks one. What the
template has no place for stands in rows of its own, which they do not look for. All databases and
registers are listed as databases, and other methods together as citation searching, under the
heading of that half; studies that were in without screening are those of a previous version.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pipeline.ground.formulas import safe
from pipeline.ground.texts import clean
from pipeline.model.prisma import Counts, Flow, total
from pipeline.model.screening_texts import Wording

TEMPLATE = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
NOTHING = "NA"  # how the template says that there is no such number


def draw_csv(flow: Flow, language: str) -> bytes:
    """The numbers as the template has them; no cell can be taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(TEMPLATE)
    for data, node, box, label, number in _rows(flow, Wording(language)):
        shown = safe(label)
        cells = (data, node, box, shown, shown, shown if node != NOTHING else NOTHING, NOTHING)
        writer.writerow((*cells, number if isinstance(number, int) else safe(number)))
    return text.getvalue().encode()


Row = tuple[str, str, str, str, int | str]


def _rows(flow: Flow, say: Wording) -> Iterator[Row]:
    others, earlier = bool(flow.other_sources), bool(flow.earlier)
    yield NOTHING, "node4", "prevstud", say("heading.earlier"), 0
    before = total(flow.earlier) if earlier else NOTHING
    yield "previous_studies", "node5", "box1", say("earlier"), before
    yield "previous_reports", NOTHING, "box1", NOTHING, NOTHING
    yield "earlier_specific", NOTHING, "box1", say("earlier"), _listed(flow.earlier)
    yield NOTHING, "node6", "newstud", say("heading.main"), 0
    yield NOTHING, "node16", "othstud", say("heading.other"), 0
    for phase, node in (("identification", 1), ("screening", 2), ("included", 3)):
        yield phase, f"node{node}", phase, say(f"phase.{phase}"), 0
    yield "database_results", "node7", "box2", say("databases"), flow.identified
    yield "database_specific_results", NOTHING, "box2", say("identified"), _listed(flow.sources)
    yield "register_results", NOTHING, "box2", NOTHING, NOTHING
    yield "register_specific_results", NOTHING, "box2", NOTHING, NOTHING
    yield "website_results", "node17", "box11", NOTHING, NOTHING
    yield "organisation_results", NOTHING, "box11", NOTHING, NOTHING
    found = total(flow.other_sources) if others else NOTHING
    yield "citations_results", NOTHING, "box11", say("other_methods"), found
    yield "other_specific", NOTHING, "box11", say("identified"), _listed(flow.other_sources)
    yield "duplicates", "node8", "box3", say("duplicates"), flow.duplicates
    yield "seen_before", NOTHING, "box3", say("seen_before"), flow.seen_before
    yield "excluded_automatic", NOTHING, "box3", NOTHING, NOTHING
    yield "excluded_other", NOTHING, "box3", say("left_out"), flow.unreadable + flow.left_out
    yield "awaiting_records", NOTHING, "box4", say("awaiting"), flow.awaiting
    yield "records_screened", "node9", "box4", say("screened"), flow.screened
    yield "records_excluded", "node10", "box5", say("excluded"), total(flow.excluded)
    yield "reasons_title_abstract", NOTHING, "box5", say("excluded"), _listed(flow.excluded)
    yield "dbr_sought_reports", "node11", "box6", say("sought"), flow.sought
    yield "dbr_notretrieved_reports", "node12", "box7", say("not_retrieved"), flow.not_retrieved
    yield "awaiting_reports", NOTHING, "box8", say("awaiting_full"), flow.awaiting_full
    yield "dbr_assessed", "node13", "box8", say("assessed"), flow.assessed
    yield "dbr_excluded", "node14", "box9", say("excluded_full"), _listed(flow.excluded_full)
    yield "other_sought_reports", "node18", "box12", say("sought"), flow.other_sought
    missing = flow.other_not_retrieved
    yield "other_notretrieved_reports", "node19", "box13", say("not_retrieved"), missing
    yield "awaiting_other", NOTHING, "box14", say("awaiting_full"), flow.other_awaiting_full
    yield "other_assessed", "node20", "box14", say("assessed"), flow.other_assessed
    yield "other_excluded", "node21", "box15", say("excluded_full"), _listed(flow.other_excluded)
    label = say("newly_included" if earlier else "included")
    yield "new_studies", "node15", "box10", label, flow.newly_included
    yield "new_reports", NOTHING, "box10", NOTHING, NOTHING
    yield "via_main", NOTHING, "box10", say("included_new"), flow.included_new
    yield "via_other", NOTHING, "box10", say("included_other"), flow.included_other
    whole = flow.included if earlier else NOTHING
    yield "total_studies", "node22", "box16", say("all"), whole
    yield "total_reports", NOTHING, "box16", say("all_reports"), whole
    yield "total_studies_ma", "node23", "box17", NOTHING, NOTHING
    yield "total_reports_ma", NOTHING, "box17", NOTHING, NOTHING


def _listed(counts: Counts) -> str | int:
    """In one cell, `Label, 3; Label, 4`; signs that part labels are no part of them."""
    plain = str.maketrans(",;", "··")
    return "; ".join(f"{clean(label).translate(plain)}, {n}" for label, n in counts) or 0
