"""The pages of manual review. They answer only where a review is running."""

from __future__ import annotations

from typing import Any

from pipeline.desk.adding.reference_files import MOST_BYTES
from pipeline.desk.codebooks.codebook_formats import LARGEST as LARGEST_CODEBOOK
from pipeline.sources.fulltexts.fulltext_bytes import LARGEST as LARGEST_TEXT
from pipeline.web.review.codebook_import_page import codebook_import
from pipeline.web.review.coding_page import next_page, unit_page
from pipeline.web.review.import_pages import add_page, preview_page, undo_import
from pipeline.web.review.merge_pages import merge_page, undo_merge
from pipeline.web.review.new_round_page import new_round
from pipeline.web.review.orphans_page import orphans_page
from pipeline.web.review.reading_page import reading_page
from pipeline.web.review.rereading import rereading_page, unless_rereading
from pipeline.web.review.round_pages import agreement_in_review, state_change
from pipeline.web.review.scheme_change_pages import preview_change, save_change, take_change_back
from pipeline.web.review.scheme_pages import code_form, new_form, scheme_page
from pipeline.web.review.screening_pages import (
    attach_page,
    candidate_page,
    screen_page,
    undo_screening,
)
from pipeline.web.review.settle_page import compare_page, settle_page, unsettle
from pipeline.web.review.sign_in_page import new_link, sign_in_page, sign_out
from pipeline.web.review.start_page import history_page, start_page, undo
from pipeline.web.review.stopping_page import stopping_page

_CODE = r"(?P<code>[a-z][a-z0-9_]*)"
_STUDY = r"(?P<study>[^/]+)"
_ROUND = r"(?P<round>[a-z][a-z0-9_]*)"
_PAGES: list[tuple[str, Any]] = [
    (r"^/review$", start_page),
    (r"^/review/sign-in$", sign_in_page),
    (r"^/review/new-link$", new_link),
    (r"^/review/sign-out$", sign_out),
    (r"^/review/undo$", undo),
    (r"^/review/orphans$", orphans_page),
    (r"^/review/rounds/new$", new_round),
    (r"^/review/add$", add_page),
    (r"^/review/add/(?P<token>[\w-]+)$", preview_page),
    (r"^/review/imports/undo$", undo_import),
    (r"^/review/merge$", merge_page),
    (r"^/review/merge/undo$", undo_merge),
    (r"^/review/screen$", screen_page),
    (r"^/review/screen/undo$", undo_screening),
    (rf"^/review/screen/{_STUDY}/text$", attach_page),
    (rf"^/review/screen/{_STUDY}$", candidate_page),
    (r"^/review/stopping$", stopping_page),
    (r"^/review/scheme$", scheme_page),
    (r"^/review/scheme/new$", new_form),
    (r"^/review/scheme/preview$", preview_change),
    (r"^/review/scheme/save$", save_change),
    (r"^/review/scheme/take-back$", take_change_back),
    (r"^/review/scheme/import$", codebook_import),
    (rf"^/review/scheme/code/{_CODE}$", code_form),
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
FORM = 1_000_000  # bytes: four notes of the greatest length, in any script, percent-encoded
FORMS = ((r"^/review/scheme/(preview|save)$", LARGEST_CODEBOOK),)  # new codes of an import
UPLOADS = (
    (r"^/review/add$", MOST_BYTES + FORM),
    (rf"^/review/screen/{_STUDY}/text$", LARGEST_TEXT + FORM),
    (r"^/review/scheme/import$", LARGEST_CODEBOOK + FORM),
)
ROUTES: list[tuple[str, Any]] = [
    (r"^/review/working$", rereading_page),
    *((pattern, unless_rereading(view)) for pattern, view in _PAGES),
]
