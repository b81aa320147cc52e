"""Rules of studies, their texts, their keys, and the imports that brought them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.build.inputs import Inputs
from pipeline.ground.problems import Problem, errors
from pipeline.ground.project import file_name, key_of
from pipeline.model.older_keys import older_keys


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
            hint = f"Write corpus/{file_name(study.key)}.md; until then it has no passages."
            yield Problem(
                "references.bib", study.line, "no-document", message, hint, severity="warning"
            )


def absent_texts(inputs: Inputs) -> Iterator[Problem]:
    """Full texts that are not here; what was coded in them is published all the same."""
    unreadable = {
        key_of(Path(problem.path))
        for problem in errors(inputs.corpus.problems)
        if problem.path.startswith("corpus/fulltext/")
    }
    for document in inputs.corpus.documents:
        if document.absent and document.study not in unreadable:
            message = f"the full text of '{document.study}' is not on this machine"
            hint = (
                f"Its {len(document.passages)} coded passages are published from the decision "
                "lines. To code on, put the text into corpus/fulltext/."
            )
            path = f"coding/places/{file_name(document.study)}.csv"
            yield Problem(path, 0, "text-absent", message, hint, severity="warning")


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
