"""The pages of manual review. They answer only where a review is running."""

from __future__ import annotations

from dataclasses import replace

from pipeline.desk.adding.reference_files import MOST_BYTES
from pipeline.desk.codebooks.codebook_formats import LARGEST as LARGEST_CODEBOOK
from pipeline.sources.fulltexts.fulltext_bytes import LARGEST as LARGEST_TEXT
from pipeline.web.review.codebook_import_page import codebook_import, uploaded_book
from pipeline.web.review.coding_page import next_page, unit_page
from pipeline.web.review.import_pages import (
    add_page,
    columns_page,
    preview_page,
    undo_import,
)
from pipeline.web.review.merge_pages import merge_page, undo_merge
from pipeline.web.review.new_round_page import new_round
from pipeline.web.review.orphans_page import orphans_page
from pipeline.web.review.pdf_pages import page_file, page_page, page_picture
from pipeline.web.review.reading_page import reading_page
from pipeline.web.review.rereading import read_again, rereading_page, unless_rereading
from pipeline.web.review.returned_pages import (
    candidates_file,
    returned_page,
    returned_preview_page,
    undo_returned,
)
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
from pipeline.web.review.synthesis_pages import syntheses_page, synthesis_page
from pipeline.web.review.text_page import leave_passage_out, text_page
from pipeline.web.site_page import Page

_CODE = r"(?P<code>[a-z][a-z0-9_]*)"
_STUDY = r"(?P<study>[^/]+)"
_ROUND = r"(?P<round>[a-z][a-z0-9_]*)"
_PAGE = rf"{_STUDY}/(?P<number>[1-9][0-9]{{0,4}})"
FORM = 1_000_000  # bytes: four notes of the greatest length, in any script, percent-encoded
_PAGES = (
    Page(r"^/review$", start_page),
    Page(r"^/review/sign-in$", sign_in_page),
    Page(r"^/review/new-link$", new_link),
    Page(r"^/review/sign-out$", sign_out),
    Page(r"^/review/undo$", undo),
    Page(r"^/review/read-again$", read_again),
    Page(r"^/review/orphans$", orphans_page),
    Page(r"^/review/rounds/new$", new_round),
    Page(r"^/review/add$", add_page, room=MOST_BYTES + FORM, takes_files=True),
    Page(r"^/review/add/(?P<token>[\w-]+)$", preview_page),
    Page(r"^/review/add/(?P<token>[\w-]+)/columns$", columns_page),
    Page(r"^/review/imports/undo$", undo_import),
    Page(r"^/review/merge$", merge_page),
    Page(r"^/review/merge/undo$", undo_merge),
    Page(r"^/review/candidates$", candidates_file),
    Page(r"^/review/returned$", returned_page, room=MOST_BYTES + FORM, takes_files=True),
    Page(r"^/review/returned/undo$", undo_returned),
    Page(r"^/review/returned/(?P<token>[\w-]+)$", returned_preview_page),
    Page(r"^/review/screen$", screen_page),
    Page(r"^/review/screen/undo$", undo_screening),
    Page(
        rf"^/review/screen/{_STUDY}/text$", attach_page, room=LARGEST_TEXT + FORM, takes_files=True
    ),
    Page(rf"^/review/screen/{_STUDY}$", candidate_page),
    Page(r"^/review/stopping$", stopping_page),
    Page(r"^/review/scheme$", scheme_page),
    Page(r"^/review/scheme/new$", new_form),
    Page(r"^/review/scheme/preview$", preview_change, room=LARGEST_CODEBOOK),
    Page(r"^/review/scheme/save$", save_change, room=LARGEST_CODEBOOK),
    Page(r"^/review/scheme/take-back$", take_change_back),
    Page(r"^/review/scheme/import$", codebook_import, room=LARGEST_TEXT + FORM, takes_files=True),
    Page(r"^/review/scheme/import/(?P<digest>[0-9a-f]{16})$", uploaded_book),
    Page(rf"^/review/scheme/code/{_CODE}$", code_form),
    Page(r"^/review/synthesis$", syntheses_page),
    Page(r"^/review/synthesis/(?P<codes>[a-z][a-z0-9_-]*)$", synthesis_page),
    Page(rf"^/review/page/{_PAGE}$", page_page),
    Page(rf"^/review/page/{_PAGE}\.png$", page_picture),
    Page(rf"^/review/fulltext/{_STUDY}$", page_file),
    Page(r"^/review/history/(?P<unit>[^/]+)$", history_page),
    Page(rf"^/review/text/{_STUDY}$", text_page),
    Page(rf"^/review/{_ROUND}/next$", next_page),
    Page(rf"^/review/{_ROUND}/unit/(?P<unit>[^/]+)$", unit_page),
    Page(rf"^/review/{_ROUND}/unit/(?P<unit>[^/]+)/leave-out$", leave_passage_out),
    Page(rf"^/review/{_ROUND}/study/(?P<study>[^/]+)$", reading_page),
    Page(rf"^/review/{_ROUND}/state$", state_change),
    Page(rf"^/review/{_ROUND}/compare$", compare_page),
    Page(rf"^/review/{_ROUND}/compare/undo$", unsettle),
    Page(rf"^/review/{_ROUND}/compare/(?P<unit>[^/]+)$", settle_page),
    Page(rf"^/review/{_ROUND}/agreement$", agreement_in_review),
)
REVIEW_PAGES = (
    Page(r"^/review/working$", rereading_page),
    *(replace(page, view=unless_rereading(page.view)) for page in _PAGES),
)
