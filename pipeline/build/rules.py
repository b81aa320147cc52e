"""Rules across files: what a compiler would say of the whole project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from rapidfuzz import fuzz, process

from pipeline.build.inputs import Inputs
from pipeline.ground.problems import Problem, Severity, first_line
from pipeline.model.answers import CONSENSUS, MOVED, is_passage, latest, standing, study_of
from pipeline.model.candidacy import standing as said_in_screening
from pipeline.model.people import moment, stamp
from pipeline.model.records import Decision, older_keys
from pipeline.sources.import_records import ImportRecord

Rule = Callable[[Inputs], Iterator[Problem]]


def check(inputs: Inputs) -> list[Problem]:
    """All problems: those of single files, then those that only show across files."""
    problems = [
        *inputs.references.problems,
        *inputs.corpus.problems,
        *inputs.codings.problems,
        *inputs.screened.problems,
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
        if study.key not in known and inputs.screened.includes(study.key):
            message = f"'{study.key}' has no document in corpus/"
            hint = f"Write corpus/{study.key}.md; until then it has no passages."
            yield Problem(
                "references.bib", study.line, "no-document", message, hint, severity="warning"
            )


def older_keys_in_use(inputs: Inputs) -> Iterator[Problem]:
    kept = inputs.screened.imports.merges.kept
    taken = {study.key: study.key for study in inputs.references.studies} | kept
    # Those of merged entries come last: what is published leads on.
    for study in sorted(inputs.screened.entries, key=lambda item: item.key in kept):
        for alias in older_keys(study):
            own = kept.get(study.key, study.key)
            owner = taken.setdefault(alias, own)
            if owner != own or alias == study.key:
                message = f"older key '{alias}' of '{study.key}' belongs to '{owner}'"
                hint = "Take it out of ids; a key leads to one study only."
                yield Problem("references.bib", study.line, "alias-taken", message, hint)
    for record in inputs.screened.imports.standing:
        for merged in record.merged:
            if merged.key and taken.setdefault(merged.key, merged.into) != merged.into:
                message = f"merged key '{merged.key}' belongs to '{taken[merged.key]}'"
                hint = f"Take it out of the import; it cannot lead to {merged.into} too."
                path = f"corpus/imports/{record.id}.yml"
                yield Problem(path, 0, "alias-taken", message, hint)


def imported_studies_gone(inputs: Inputs) -> Iterator[Problem]:
    """Imports that name studies which references.bib does not have."""
    known = {study.key for study in inputs.references.studies}
    for record in inputs.screened.imports.standing:
        named = {*record.keys, *(merged.into for merged in record.merged)}
        for key in sorted(named - known):
            message = f"no study '{key}' in references.bib"
            hint = "Put its entry back, or undo the import: evidence imports --undo."
            path = f"corpus/imports/{record.id}.yml"
            yield Problem(path, 0, "import-gone", message, hint, severity="warning")


def merged_studies_gone(inputs: Inputs) -> Iterator[Problem]:
    """Merges whose study is not in references.bib, or is two; the file is read as it stands."""
    known = {study.key for study in inputs.references.studies}
    into: dict[str, str] = {}
    for item in inputs.screened.imports.merges.standing:
        if into.setdefault(item.key, item.into) != item.into:
            message = f"'{item.key}' is merged into '{into[item.key]}' and into '{item.into}'"
            hint = f"Take out one of them, or take it back: evidence merge {item.key} --undo."
            yield Problem("corpus/merges.yml", 0, "merged-twice", message, hint)
        if inputs.screened.imports.merges.kept.get(item.key) not in known:
            message = f"'{item.key}' is merged into '{item.into}', which is no study"
            hint = f"Correct the keys, or take it back: evidence merge {item.key} --undo."
            yield Problem("corpus/merges.yml", 0, "merge-gone", message, hint)


def unknown_names_in_screening(inputs: Inputs) -> Iterator[Problem]:
    """Screeners' lines about a study, stage, reason or by a coder that is not there."""
    known = {study.key for study in inputs.references.studies} | {*_came_with(inputs)}
    coders = {coder.id for coder in inputs.codings.coders}
    rules = inputs.scheme.screening
    reasons = {reason.id for reason in rules.reasons}
    for line in inputs.screened.lines:
        row = line.number + 1
        if line.study not in known:
            hint = "Correct the key, or add the study."
            message = f"no study '{line.study}' in references.bib"
            yield Problem(line.path, row, "unknown-study", message, hint)
        if line.coder not in coders:
            hint = f"Add {line.coder} to coding/coders.yml, or rename the file."
            yield Problem(line.path, row, "unknown-coder", f"coder '{line.coder}'", hint)
        if line.stage not in rules.stages:
            hint = f"Stages are {', '.join(rules.stages)} (screening in coding/scheme.yml)."
            yield Problem(line.path, row, "unknown-stage", f"stage '{line.stage}'", hint)
        if line.reason and line.reason not in reasons:
            hint = f"Reasons are {', '.join(sorted(reasons))} (screening in coding/scheme.yml)."
            yield Problem(line.path, row, "unknown-reason", f"reason '{line.reason}'", hint)


def orphaned_screening(inputs: Inputs) -> Iterator[Problem]:
    """Screeners' lines that stand about studies that were here once. They are kept."""
    known = {study.key for study in inputs.references.studies}
    came = {key: item for key, item in _came_with(inputs).items() if key not in known}
    for (study, _), said in said_in_screening(inputs.screened.lines).items():
        if study not in came:
            continue
        if came[study].undone:
            message = f"'{study}' came with {came[study].id}, which was taken back"
        else:
            message = f"'{study}' is not in references.bib any more"
        hint = "It counts again if the study comes back under this key; or withdraw it."
        for line in said.values():
            row = line.number + 1
            yield Problem(line.path, row, "orphaned-line", message, hint, severity="warning")


def unknown_names_in_decisions(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    rounds = {item.id for item in inputs.codings.rounds}
    scheme = inputs.scheme
    for item in inputs.codings.never_shown:
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
        for code in sorted((item.as_written or frozenset()) - dimension.code_ids):
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
    for item in inputs.codings.never_shown:
        for code in sorted(item.as_written or ()):
            if code in retired and item.scheme >= retired[code]:
                message = f"'{code}' was retired in version {retired[code]}"
                yield _fault(item, "retired-code", message, "Choose another code.")


def orphans(inputs: Inputs) -> Iterator[Problem]:
    """Decisions whose passage is no longer in the corpus. They are kept, and never guessed at."""
    studies = {study.key for study in inputs.references.studies}
    with_text = {item.study for item in inputs.corpus.documents if item.kind == "fulltext"}
    units = studies | {
        passage.id for document in inputs.corpus.documents for passage in document.passages
    }
    for item in standing(inputs.codings.never_shown):
        if item.unit in units:
            continue
        if study_of(item.unit) not in studies:
            hint = "Correct the key, or add the study to references.bib."
            yield _fault(item, "unknown-study", f"no study '{study_of(item.unit)}'", hint)
        else:
            hint = "Its words have changed: move or withdraw it at /review/orphans."
            if study_of(item.unit) not in with_text:
                hint = (
                    "Its words have changed, or it was coded in a full text that is not here: put "
                    "the text into corpus/fulltext/, or move or withdraw it at /review/orphans."
                )
            if near := _most_similar(item, inputs):
                hint += f" Most similar now: {near}."
            yield _fault(item, "orphan", f"no passage '{item.unit}' any more", hint, warning=True)


def absent_texts(inputs: Inputs) -> Iterator[Problem]:
    """Full texts that are not here; what was coded in them is published all the same."""
    for document in inputs.corpus.documents:
        if document.absent:
            message = f"the full text of '{document.study}' is not on this machine"
            hint = (
                f"Its {len(document.passages)} coded passages are published from the decision "
                "lines. To code on, put the text into corpus/fulltext/."
            )
            path = f"coding/places/{document.study}.csv"
            yield Problem(path, 0, "text-absent", message, hint, severity="warning")


def outside_their_round(inputs: Inputs) -> Iterator[Problem]:
    """Decisions by somebody, or about something, that their round does not include."""
    rounds = {item.id: item for item in inputs.codings.rounds}
    for item in inputs.codings.decisions.never_shown:
        found = rounds.get(item.round)
        if found is None or item.codes is None:
            continue
        study = study_of(item.unit)
        overridden = inputs.scheme.by_id.get(item.dimension)
        if item.coder not in found.coders:
            message = f"{item.coder} does not code in the round '{found.id}'"
            hint = "Add the coder to it in coding/rounds.yml, or name another round."
            yield _fault(item, "not-in-round", message, hint, warning=True)
        elif not found.includes(study):
            message = f"the round '{found.id}' does not include {study}"
            hint = "Add the study to it in coding/rounds.yml, or name another round."
            yield _fault(item, "not-in-round", message, hint, warning=True)
        elif (
            found.dimensions
            and item.dimension not in found.dimensions
            and not (is_passage(item.unit) and overridden is not None and overridden.overridable)
        ):
            message = f"the round '{found.id}' does not ask {item.dimension}"
            hint = "Add the dimension to it in coding/rounds.yml, or name another round."
            yield _fault(item, "not-in-round", message, hint, warning=True)


def late_decisions(inputs: Inputs) -> Iterator[Problem]:
    """Decisions made after their round was laid open, or in the future."""
    opened = {item.id: item.opened_at for item in inputs.codings.rounds}
    now = stamp(datetime.now(UTC) + timedelta(days=1))
    for item in inputs.codings.never_shown:
        time = moment(item.decided_at)
        until = opened.get(item.round)
        if time > now:
            hint = "Correct the time: it says which of two answers is the later."
            yield _fault(item, "future-time", f"decided at {item.decided_at}", hint, warning=True)
        elif (
            item.codes is not None
            and item.coder != CONSENSUS
            and until is not None
            and time > until
            and MOVED not in item.note
        ):
            message = f"decided after the round '{item.round}' was opened for comparison"
            hint = "It counts as an answer, but not in the agreement of the round."
            yield _fault(item, "late", message, hint, warning=True)


def unknown_people_in_rounds(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    studies = {study.key for study in inputs.references.studies}
    for item in inputs.codings.rounds:
        named = (*item.people, *item.hidden_from, *((item.checks,) if item.checks else ()))
        for name in sorted({*named} - coders):
            hint = f"Coders are {', '.join(sorted(coders))}."
            message = f"round '{item.id}': coder '{name}'"
            yield Problem("coding/rounds.yml", 0, "unknown-coder", message, hint)
        for name in sorted({*item.dimensions} - {*inputs.scheme.by_id}):
            hint = f"Dimensions are {', '.join(inputs.scheme.by_id)}."
            message = f"round '{item.id}': dimension '{name}'"
            yield Problem("coding/rounds.yml", 0, "unknown-dimension", message, hint)
        if item.studies != "all":
            for name in sorted({*item.studies} - studies):
                message = f"round '{item.id}': no study '{name}' in references.bib"
                hint = "Correct the key, or add the study."
                yield Problem("coding/rounds.yml", 0, "unknown-study", message, hint)


def quotes_outside(inputs: Inputs) -> Iterator[Problem]:
    texts = {
        passage.id: passage.text
        for document in inputs.corpus.documents
        for passage in document.passages
    }
    for item in latest(inputs.codings.never_shown).values():
        if item.quote and item.unit in texts and item.quote not in texts[item.unit]:
            hint = "Copy the words as they stand in the passage."
            yield _fault(item, "quote-not-found", "the quote is not in the passage", hint)


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
)


def _came_with(inputs: Inputs) -> dict[str, ImportRecord]:
    """The import that names a study, by its key; one that stands rather than one undone."""
    records = sorted(inputs.screened.imports.records, key=lambda item: item.undone is None)
    merged = {item.into: record for record in records for item in record.merged}
    return merged | {key: record for record in records for key in record.keys}


def _most_similar(item: Decision, inputs: Inputs) -> str:
    texts = {
        passage.id: passage.text
        for document in inputs.corpus.documents
        if document.study == study_of(item.unit)
        for passage in document.passages
    }
    found = process.extractOne(item.text, texts, scorer=fuzz.ratio) if item.text else None
    return f"{found[2]} ({found[1]:.0f} % alike)" if found else ""


def _fault(item: Decision, kind: str, message: str, hint: str, warning: bool = False) -> Problem:
    raw = first_line(item.quote or item.text)
    severity: Severity = "warning" if warning else "error"
    return Problem(item.path, item.line, kind, message, hint, raw, severity)
