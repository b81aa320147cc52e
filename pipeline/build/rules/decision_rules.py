"""Rules of decision lines: names that are not there, codes, and the passages they are about."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.build.inputs import Inputs
from pipeline.build.rules.decision_fault import fault
from pipeline.ground.problems import Problem
from pipeline.ground.project import file_name
from pipeline.model.answers import is_passage, latest, standing, study_of
from pipeline.model.marked_words import places
from pipeline.model.records import Decision
from pipeline.model.same_words import nearest


def unknown_names_in_decisions(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    rounds = {item.id for item in inputs.codings.rounds}
    scheme = inputs.scheme
    for item in inputs.codings.never_shown:
        dimension = scheme.by_id.get(item.dimension)
        if coders and item.path.count("/") > 2 and item.coder not in coders:
            hint = f"Add {item.coder} to coding/coders.yml, or rename the folder."
            yield fault(item, "unknown-coder", f"coder '{item.coder}'", hint)
        if item.round and item.round not in rounds:
            hint = f"Rounds are {', '.join(sorted(rounds))}."
            yield fault(item, "unknown-round", f"round '{item.round}'", hint)
        if item.scheme > scheme.version:
            hint = f"The scheme is at version {scheme.version}."
            yield fault(item, "future-scheme", f"scheme version {item.scheme}", hint)
        if dimension is None:
            hint = f"Dimensions are {', '.join(scheme.by_id)}."
            yield fault(item, "unknown-dimension", f"dimension '{item.dimension}'", hint)
            continue
        for code in sorted((item.as_written or frozenset()) - dimension.code_ids):
            hint = f"Codes of {dimension.id} are {', '.join(sorted(dimension.code_ids))}."
            yield fault(item, "unknown-code", f"code '{code}'", hint)
        if not dimension.many and len(item.codes or ()) > 1:
            yield fault(
                item, "too-many-codes", f"{dimension.id} takes one code", "Keep one of them."
            )
        if dimension.unit == "passage" and not is_passage(item.unit):
            hint = "Give it to a passage of the study."
            yield fault(item, "wrong-unit", f"{dimension.id} codes passages", hint)
        if dimension.unit == "study" and is_passage(item.unit) and not dimension.overridable:
            yield fault(
                item, "wrong-unit", f"{dimension.id} codes studies", "Give it to the study."
            )


def retired_codes(inputs: Inputs) -> Iterator[Problem]:
    retired = {
        code.id: code.retired
        for dimension in inputs.scheme.dimensions
        for code in dimension.codes
        if code.retired
    }
    for item in inputs.codings.never_shown:
        for code in sorted(item.as_written or ()):
            if code in retired and item.scheme >= retired[code]:
                message = f"'{code}' was retired in version {retired[code]}"
                yield fault(item, "retired-code", message, "Choose another code.")


def orphans(inputs: Inputs) -> Iterator[Problem]:
    """Decisions whose passage is no longer in the corpus. They are kept, and never guessed at."""
    studies = {study.key for study in inputs.references.studies}
    with_text = {item.study for item in inputs.corpus.documents if item.kind == "fulltext"}
    units = studies | {
        passage.id for document in inputs.corpus.documents for passage in document.units
    }
    for item in standing(inputs.codings.never_shown):
        if item.unit in units:
            continue
        if study_of(item.unit) not in studies:
            hint = "Correct the key, or add the study to references.bib."
            yield fault(item, "unknown-study", f"no study '{study_of(item.unit)}'", hint)
        else:
            hint = "Its words have changed: move or withdraw it at /review/orphans."
            if item.unit in inputs.corpus.apart:
                hint = (
                    "It joined several passages, and not all of them are there any more: move or "
                    "withdraw it at /review/orphans, or join them anew."
                )
            elif why := inputs.corpus.left_out.get(item.unit):
                hint = (
                    f"Its words stand in the full text still, but are left out of it ({why}): take "
                    f"them back at /review/text/{file_name(study_of(item.unit))}, or move or "
                    "withdraw it at /review/orphans."
                )
            elif study_of(item.unit) not in with_text:
                hint = (
                    "Its words have changed, or it was coded in a full text that is not here: put "
                    "the text into corpus/fulltext/, or move or withdraw it at /review/orphans."
                )
            if near := _most_similar(item, inputs):
                hint += f" Most similar now: {near}."
            yield fault(item, "orphan", f"no passage '{item.unit}' any more", hint, warning=True)


def quotes_outside(inputs: Inputs) -> Iterator[Problem]:
    texts = {
        passage.id: passage.text
        for document in inputs.corpus.documents
        for passage in document.units
    }
    for item in latest(inputs.codings.never_shown).values():
        text = texts.get(item.unit)
        if item.quote and text is not None and not places(item.quote, text):
            hint = "Copy the words as they stand in the passage; between stretches stands ' … '."
            yield fault(item, "quote-not-found", "the quote is not in the passage", hint)


def _most_similar(item: Decision, inputs: Inputs) -> str:
    texts = {
        passage.id: passage.text
        for document in inputs.corpus.documents
        if document.study == study_of(item.unit)
        for passage in document.passages
    }
    found = nearest(item.text, texts, 1) if item.text else []
    return f"{found[0][0]} ({found[0][1]:.0f} % alike)" if found else ""
