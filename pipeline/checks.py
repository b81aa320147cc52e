"""Rules across files: what a compiler would say of the whole project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.agreement.report import Report
from pipeline.bibliography import References
from pipeline.corpus import Corpus
from pipeline.decisions import Codings, is_passage, latest, study_of
from pipeline.problems import Problem, Severity, first_line
from pipeline.records import Decision
from pipeline.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that was read."""

    references: References
    corpus: Corpus
    scheme: Scheme
    codings: Codings
    reports: tuple[Report, ...] = ()


Rule = Callable[[Inputs], Iterator[Problem]]


def check(inputs: Inputs) -> list[Problem]:
    """All problems: those of single files, then those that only show across files."""
    problems = [
        *inputs.references.problems,
        *inputs.corpus.problems,
        *inputs.codings.problems,
    ]
    for rule in RULES:
        problems += rule(inputs)
    return sorted(problems)


def documents_without_study(inputs: Inputs) -> Iterator[Problem]:
    known = {study.key for study in inputs.references.studies}
    for document in inputs.corpus.documents:
        if document.study not in known:
            near = next((key for key in known if key.lower() == document.study.lower()), "")
            hint = f"Rename it to {near}." if near else "Add the study to references.bib."
            message = f"no study '{document.study}' in references.bib"
            yield Problem(document.path, 0, "unknown-study", message, hint)


def studies_without_digest(inputs: Inputs) -> Iterator[Problem]:
    known = {document.study for document in inputs.corpus.documents}
    for study in inputs.references.studies:
        if study.key not in known:
            message = f"'{study.key}' has no document in corpus/"
            hint = f"Write corpus/{study.key}.md; until then it has no passages."
            yield Problem(
                "references.bib", study.line, "no-document", message, hint, severity="warning"
            )


def unknown_names_in_decisions(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    rounds = {item.id for item in inputs.codings.rounds}
    scheme = inputs.scheme
    for item in _all(inputs.codings):
        dimension = scheme.by_id.get(item.dimension)
        if coders and item.path.count("/") > 2 and item.coder not in coders:
            hint = f"Add {item.coder} to coding/coders.yml, or rename the folder."
            yield _fault(item, "unknown-coder", f"coder '{item.coder}'", hint)
        if item.round and item.round not in rounds:
            hint = f"Rounds are {', '.join(sorted(rounds))}."
            yield _fault(item, "unknown-round", f"round '{item.round}'", hint)
        if item.scheme > scheme.version:
            hint = f"The scheme is at version {scheme.version}."
            yield _fault(item, "future-scheme", f"scheme version {item.scheme}", hint)
        if dimension is None:
            hint = f"Dimensions are {', '.join(scheme.by_id)}."
            yield _fault(item, "unknown-dimension", f"dimension '{item.dimension}'", hint)
            continue
        for code in sorted((item.codes or frozenset()) - dimension.code_ids):
            hint = f"Codes of {dimension.id} are {', '.join(sorted(dimension.code_ids))}."
            yield _fault(item, "unknown-code", f"code '{code}'", hint)
        if not dimension.many and len(item.codes or ()) > 1:
            yield _fault(
                item, "too-many-codes", f"{dimension.id} takes one code", "Keep one of them."
            )
        if dimension.unit == "passage" and not is_passage(item.unit):
            hint = "Give it to a passage of the study."
            yield _fault(item, "wrong-unit", f"{dimension.id} codes passages", hint)
        if dimension.unit == "study" and is_passage(item.unit) and not dimension.overridable:
            yield _fault(
                item, "wrong-unit", f"{dimension.id} codes studies", "Give it to the study."
            )


def retired_codes(inputs: Inputs) -> Iterator[Problem]:
    retired = {
        code.id: code.retired
        for dimension in inputs.scheme.dimensions
        for code in dimension.codes
        if code.retired
    }
    for item in _all(inputs.codings):
        for code in sorted(item.codes or ()):
            if code in retired and item.scheme >= retired[code]:
                message = f"'{code}' was retired in version {retired[code]}"
                yield _fault(item, "retired-code", message, "Choose another code.")


def orphans(inputs: Inputs) -> Iterator[Problem]:
    """Decisions whose passage is no longer in the corpus. They are kept, and never guessed at."""
    studies = {study.key for study in inputs.references.studies}
    units = studies | {
        passage.id for document in inputs.corpus.documents for passage in document.passages
    }
    for item in latest((*inputs.codings.decisions, *inputs.codings.consensus)).values():
        if item.codes is None or item.unit in units:
            continue
        if study_of(item.unit) not in studies:
            hint = "Correct the key, or add the study to references.bib."
            yield _fault(item, "unknown-study", f"no study '{study_of(item.unit)}'", hint)
        else:
            hint = "Its words have changed: decide the new passage, and withdraw this one."
            yield _fault(item, "orphan", f"no passage '{item.unit}' any more", hint, warning=True)


def quotes_outside(inputs: Inputs) -> Iterator[Problem]:
    texts = {
        passage.id: passage.text
        for document in inputs.corpus.documents
        for passage in document.passages
    }
    for item in latest((*inputs.codings.decisions, *inputs.codings.consensus)).values():
        if item.quote and item.unit in texts and item.quote not in texts[item.unit]:
            hint = "Copy the words as they stand in the passage."
            yield _fault(item, "quote-not-found", "the quote is not in the passage", hint)


RULES: tuple[Rule, ...] = (
    documents_without_study,
    studies_without_digest,
    unknown_names_in_decisions,
    retired_codes,
    orphans,
    quotes_outside,
)


def _all(codings: Codings) -> Iterator[Decision]:
    yield from codings.decisions
    yield from codings.consensus


def _fault(item: Decision, kind: str, message: str, hint: str, warning: bool = False) -> Problem:
    raw = first_line(item.quote or item.text)
    severity: Severity = "warning" if warning else "error"
    return Problem(item.path, item.line, kind, message, hint, raw, severity)
