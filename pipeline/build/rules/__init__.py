"""Rules across files: what a compiler would say of the whole project. The registry is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.build.inputs import Inputs
from pipeline.build.rules.decision_rules import (
    orphans,
    quotes_outside,
    retired_codes,
    unknown_names_in_decisions,
)
from pipeline.build.rules.gist_rules import (
    gists_in_the_wrong_language,
    gists_of_nothing,
    missing_gists,
    unknown_translators,
)
from pipeline.build.rules.joined_rules import (
    joined_as_one_sentence,
    joined_studies_gone,
    unknown_joiners,
    words_coded_twice,
)
from pipeline.build.rules.round_rules import (
    late_decisions,
    outside_their_round,
    unknown_people_in_rounds,
)
from pipeline.build.rules.running_text_rules import (
    marked_studies_gone,
    marks_of_nothing,
    unknown_markers,
)
from pipeline.build.rules.screening_line_rules import orphaned_screening, unknown_names_in_screening
from pipeline.build.rules.study_rules import (
    absent_texts,
    documents_without_study,
    imported_studies_gone,
    merged_studies_gone,
    older_keys_in_use,
    studies_without_digest,
)
from pipeline.build.rules.synthesis_rules import (
    one_language_only,
    pieces_that_changed,
    unknown_names_in_syntheses,
    withdrawn_studies,
)
from pipeline.ground.problems import Problem

Rule = Callable[[Inputs], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    documents_without_study,
    studies_without_digest,
    older_keys_in_use,
    imported_studies_gone,
    merged_studies_gone,
    unknown_names_in_screening,
    orphaned_screening,
    unknown_names_in_decisions,
    retired_codes,
    orphans,
    absent_texts,
    unknown_people_in_rounds,
    outside_their_round,
    late_decisions,
    quotes_outside,
    unknown_joiners,
    joined_studies_gone,
    joined_as_one_sentence,
    words_coded_twice,
    unknown_markers,
    marked_studies_gone,
    marks_of_nothing,
    unknown_translators,
    gists_of_nothing,
    gists_in_the_wrong_language,
    missing_gists,
    unknown_names_in_syntheses,
    one_language_only,
    pieces_that_changed,
    withdrawn_studies,
)


def check(inputs: Inputs) -> list[Problem]:
    """All problems: those of single files, then those that only show across files."""
    problems = [
        *inputs.references.problems,
        *inputs.corpus.problems,
        *inputs.codings.problems,
        *inputs.screened.problems,
        *inputs.gists.problems,
        *inputs.syntheses.problems,
    ]
    for rule in RULES:
        problems += rule(inputs)
    return sorted(problems)
