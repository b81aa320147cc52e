"""The pages of manual review. They answer only where a review is running."""

from __future__ import annotations

from typing import Any

from pipeline.web.review.coding import next_page, unit_page
from pipeline.web.review.comparing import compare_page, settle_page, unsettle
from pipeline.web.review.orphaned import orphans_page
from pipeline.web.review.reading import reading_page
from pipeline.web.review.rounds import agreement_in_review, state_change
from pipeline.web.review.sign_in import new_link, sign_in_page, sign_out
from pipeline.web.review.start import history_page, start_page, undo

_ROUND = r"(?P<round>[a-z][a-z0-9_]*)"
ROUTES: list[tuple[str, Any]] = [
    (r"^/review$", start_page),
    (r"^/review/sign-in$", sign_in_page),
    (r"^/review/new-link$", new_link),
    (r"^/review/sign-out$", sign_out),
    (r"^/review/undo$", undo),
    (r"^/review/orphans$", orphans_page),
    (r"^/review/history/(?P<unit>[^/]+)$", history_page),
    (rf"^/review/{_ROUND}/next$", next_page),
    (rf"^/review/{_ROUND}/unit/(?P<unit>[^/]+)$", unit_page),
    (rf"^/review/{_ROUND}/study/(?P<study>[^/]+)$", reading_page),
    (rf"^/review/{_ROUND}/state$", state_change),
    (rf"^/review/{_ROUND}/compare$", compare_page),
    (rf"^/review/{_ROUND}/compare/undo$", unsettle),
    (rf"^/review/{_ROUND}/compare/(?P<unit>[^/]+)$", settle_page),
    (rf"^/review/{_ROUND}/agreement$", agreement_in_review),
]
