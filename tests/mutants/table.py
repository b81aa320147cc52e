"""Which modules decide what is published or seen, and which tests have to notice, quick ones first."""

from __future__ import annotations

_STANDING = " ".join(
    f"tests/test_truth.py::test_{name}"
    for name in """the_latest_closed_round_stands
    the_same_coder_may_read_again_without_a_dispute an_open_round_of_models_changes_nothing
    only_open_rounds_are_taken_together a_person_lifts_and_disputes_what_models_settled
    a_person_who_settles_checks models_who_settle_do_not_overrule_a_person_of_their_round
    a_later_round_of_models_does_not_overrule_a_person a_check_is_held_against_what_it_checks
    a_code_that_means_something_else_now_is_asked_again
    open_rounds_of_models_never_change_what_closed_ones_hold
    nothing_is_checked_that_no_person_gave_and_nothing_stands_that_a_person_denied
    later_rounds_of_models_leave_a_persons_answer
    codes_merged_into_a_newer_one_keep_their_evidence a_model_does_not_overrule_a_person_who_settled
    what_a_person_settles_ends_what_people_said_before""".split()
)
_ANSWERS = f"tests/test_standing.py tests/test_resolve.py {_STANDING}"
_TABLES = "tests/test_golden.py::test_table"
_WHO = "tests/test_who_may.py"

TESTS = {
    "pipeline.model.resolve": f"{_ANSWERS} {_TABLES}",
    "pipeline.model.candidacy": " ".join(
        f"tests/test_screening_rules.py::test_{name}"
        for name in """where_a_candidate_stands what_screeners_said_stands_oldest_first
        what_answers_come_to_and_why a_study_that_came_through_stands_at_the_last_stage
        lines_follow_the_study_that_was_kept who_has_to_be_screened""".split()
    ),
    "pipeline.model.readings": "tests/test_readings.py",
    "pipeline.model.secrecy": "tests/test_secrecy.py::test_lines_cannot_be_gone_through "
    "tests/test_secrecy.py::test_who_sees_which_lines",
    "pipeline.model.coefficients": "tests/test_agreement.py tests/test_golden.py::test_agreement",
    "pipeline.model.prisma": " ".join(
        f"tests/test_prisma.py::test_{name}"
        for name in """every_box_and_the_whole_flow_in_words
        boxes_without_numbers_are_drawn_where_nothing_is_left_to_do each_number_below_zero_is_named
        numbers_that_add_up_have_no_faults a_sum_that_does_not_come_out a_number_below_zero
        readers_of_screens_hear_the_whole_flow""".split()
    ),
    "pipeline.build.gap_reasons": "tests/test_gap_reasons.py",
    "pipeline.build.rows.totals": f"tests/test_totals.py {_TABLES}",
    "pipeline.model.answers": f"tests/test_answers.py {_ANSWERS}",
    "pipeline.model.standing": f"{_ANSWERS} {_TABLES}",
    "pipeline.model.round_agreement": "tests/test_agreement.py tests/test_golden.py::test_agreement "
    "tests/test_golden.py::test_what_was_frozen_is_what_is_measured",
    "pipeline.ground.formulas": "tests/test_foreign_files.py::test_numbers_stay_numbers "
    "tests/test_foreign_files.py::test_a_cell_that_begins_with_a_sign_is_text "
    "tests/test_foreign_files.py::test_how_a_cell_is_made_text "
    "tests/test_foreign_files.py::test_what_is_guarded_reads_back_and_old_files_read_as_they_did "
    "tests/test_review_desk.py::test_no_text_is_a_formula_and_none_is_lost",
    "pipeline.published.choice": "tests/test_choice.py",
    "pipeline.desk.review.orphans": "tests/test_orphans.py",
    "pipeline.desk.review.answer_rules": "tests/test_answer_rules.py",
    "pipeline.desk.review.accounts": "tests/test_accounts.py",
    "pipeline.web.review.review_session": f"{_WHO}::test_who_is_signed_in "
    f"{_WHO}::test_nobody_answers_for_somebody_else",
    "pipeline.web.review.review_page": f"{_WHO}::test_what_of_a_review_is_whose",
    "pipeline.sources.screening.screener_view": "tests/test_blind_views.py",
}

# Of modules that do more than that: what says who may.
PARTS = {
    "pipeline.web.review.review_session": ("coder_of", "read_form"),
    "pipeline.web.review.review_page": ("Visit.coder", "Visit.round", "Visit.laid_open"),
}
