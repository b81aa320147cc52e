"""The recipe: read, check, tag, resolve, write. What has not changed is not done again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.adding.merges import follow, one_corpus
from pipeline.garbage import garbage_left_alone
from pipeline.links import refuse_links
from pipeline.problems import InputError, Problem, errors
from pipeline.project import Project

if TYPE_CHECKING:
    from pipeline.checks import Inputs
    from pipeline.corpus import Source
    from pipeline.records import Document, Study, Suggestion
    from pipeline.store import Store
    from pipeline.tagger.tagger import Tagger

Tell = Callable[[str], None]
Progress = Callable[[int, int], None]
CHUNK = 500  # documents read, tagged and kept at a time


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    path: Path
    fresh: bool
    problems: tuple[Problem, ...] = ()
    studies: int = 0
    passages: int = 0
    tagged: int = 0


@dataclass(slots=True)
class Texts:
    """Documents with their suggestions by unit."""

    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    suggestions: dict[str, tuple[Suggestion, ...]] = field(default_factory=dict)
    tagged: int = 0

    def take_as_one(self, kept: Mapping[str, str]) -> None:
        """Documents and suggestions of merged studies under the key that is kept."""
        if kept:
            self.documents = one_corpus(self.documents, kept)
            for unit, own in list(self.suggestions.items()):
                self.suggestions.setdefault(follow(unit, kept), own)


def build(
    project: Project,
    output: Path | None = None,
    tell: Tell = lambda _: None,
    progress: Progress = lambda done, total: None,
) -> Built:
    """Make the database. Raises InputError, and leaves the old one, when an input has errors."""
    refuse_links(project)
    output = output or project.database
    state = _state(project, output)
    stamp = (
        project.cache
        / "builds"
        / f"{hashlib.blake2b(str(output.resolve()).encode(), digest_size=8).hexdigest()}.json"
    )
    if _unchanged(stamp, state, output):
        return Built(output, fresh=False)
    # Everything heavy is imported here, so that an unchanged project is answered at once.
    from pipeline.database import write_database
    from pipeline.resolve import resolve
    from pipeline.rows import make_rows
    from pipeline.screening.screened import of_review
    from pipeline.standing import Answers
    from pipeline.tagger.tagger import load_tagger

    with garbage_left_alone():
        scheme = _scheme(project)
        tagger = load_tagger(project, scheme, tell)
        inputs, texts = gather(project, tagger, tell, progress)
        problems = all_problems(project, inputs, tagger)
        if errors(problems):
            raise InputError(problems)
        if number := keep_places(project, inputs, problems):
            tell(f"Places of {number} coded passages written to coding/places/: commit them.")
            state = _state(project, output)
        tell("Writing the database …")
        answers = Answers(scheme, inputs.codings)
        codings = resolve(scheme, texts.suggestions, answers)
        rows = make_rows(inputs, tagger.sets, texts.suggestions, codings, answers)
        write_database(output, rows)
    published = of_review(inputs)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps({"state": state, "output": _file_state(output)}))
    return Built(
        output,
        True,
        tuple(problems),
        len(published.references.studies),
        sum(len(document.passages) for document in published.corpus.documents),
        texts.tagged,
    )


def keep_places(project: Project, inputs: Inputs, problems: list[Problem]) -> int:
    """Write down where coded passages of full texts stand, so that no clone loses them; how many.

    Where that cannot be written it is a problem among the others, and nothing else is lost.
    """
    from pipeline.places import record_places
    from pipeline.review.ledger import NotSaved

    lines = inputs.codings.never_shown
    try:
        return record_places(project, inputs.corpus.documents, lines)
    except NotSaved as error:
        hint = "Without it, what was coded in a full text is missing where the text is."
        problems.append(Problem(error.name, 0, "not-saved", error.reason, hint, "", "warning"))
        return 0


def all_problems(project: Project, inputs: Inputs, tagger: Tagger) -> list[Problem]:
    """Everything `evidence check` reports once scheme and indicators could be read."""
    from pipeline.checks import check
    from pipeline.tagger.tagger import check_indicators

    # The sentences of the indicators are put to the tagger once for each state of it.
    passed = project.cache / "passed" / tagger_fingerprint(project, tagger)
    found = [] if passed.is_file() else check_indicators(tagger)
    if not found and not passed.is_file():
        shutil.rmtree(passed.parent, ignore_errors=True)
        passed.parent.mkdir(parents=True)
        passed.touch()
    return sorted([*check(inputs), *found])


def gather(
    project: Project,
    tagger: Tagger,
    tell: Tell = lambda _: None,
    progress: Progress = lambda done, total: None,
) -> tuple[Inputs, Texts]:
    """Read everything and tag what is new; files known by their bytes come from the store."""
    from pipeline.agreement.rows import read_reports
    from pipeline.bibliography import References, read_references
    from pipeline.checks import Inputs
    from pipeline.corpus import Corpus, repeated, sources
    from pipeline.decisions import read_codings
    from pipeline.migrations.files import read_migrations
    from pipeline.migrations.rows import version_rows
    from pipeline.places import absent_texts, read_places
    from pipeline.screening.screened import read_screened
    from pipeline.settings import read_settings
    from pipeline.store import Store, key_of
    from pipeline.yamlfile import faults_of

    store = Store(project.cache / "store.db")
    try:
        name = project.name(project.references)
        if not project.references.is_file():
            key = b""
            problem = Problem(name, 0, "missing-file", "this file is missing", "Add it.")
            references = References((), (problem,), 0, 0)
        else:
            key = key_of("bib", _code(), name, project.references.read_bytes())
            kept = store.get([key], References)
            references = kept[key] if kept else read_references(project.references, name)
            if not kept:
                store.put({key: references})
        titles = {study.key: study for study in references.studies}
        texts, keys = _read_texts(project, sources(project), titles, tagger, store, progress)
        store.keep_only([*keys, key])
        problems = [*texts.problems, *repeated(texts.documents)]
    finally:
        store.close()
    reports, found = read_reports(project)
    settings, faults = read_settings(project)
    for path in project.texts_of_site:
        faults += faults_of(path, project.name(path))
    migrations = read_migrations(project)
    faults += migrations.problems
    versions = () if errors(faults) else version_rows(project, migrations, tagger.scheme)
    codings = read_codings(project, tagger.scheme)
    screened = read_screened(project, references.studies, tagger.scheme.screening)
    kept_studies = screened.imports.merges.kept
    references = replace(
        references,
        studies=tuple(item for item in references.studies if item.key not in kept_studies),
    )
    texts.take_as_one(kept_studies)
    places, wrong = read_places(project, kept_studies)
    absent = absent_texts(places, texts.documents, codings.never_shown, kept_studies.values())
    texts.documents = one_corpus([*texts.documents, *absent], {})
    problems += [*found, *faults, *wrong]
    corpus = Corpus(tuple(texts.documents), tuple(sorted(problems)))
    inputs = Inputs(
        references,
        corpus,
        tagger.scheme,
        codings,
        reports,
        tagger.training,
        screened,
        settings,
        versions,
    )
    return inputs, texts


def _read_texts(
    project: Project,
    files: list[Source],
    studies: dict[str, Study],
    tagger: Tagger,
    store: Store,
    progress: Progress,
) -> tuple[Texts, list[bytes]]:
    from pipeline.corpus import read_source
    from pipeline.fulltexts.options import options_of
    from pipeline.store import Kept, key_of

    base = tagger_fingerprint(project, tagger)
    keys = {}
    for source in files:
        title = studies[source.study].title if source.study in studies else ""
        name = project.name(source.path)
        state = repr(_file_state(source.path))
        if source.kind == "fulltext":
            state += repr(_file_state(options_of(source.path)))
        keys[source.path] = key_of(base, source.kind, name, title, state)
    kept = store.get(keys.values(), Kept)
    missing = [source for source in files if keys[source.path] not in kept]
    done = len(files) - len(missing)
    progress(done, len(files))
    tagged = 0
    for start in range(0, len(missing), CHUNK):
        fresh = {}
        read = []
        for source in missing[start : start + CHUNK]:
            document, problems = read_source(source, project.name(source.path))
            read.append((source, document, problems))
        documents = [document for _, document, _ in read if document is not None]
        tags = tag(tagger, documents, {key: study.title for key, study in studies.items()})
        tagged += sum(len(document.passages) for document in documents)
        for source, document, problems in read:
            own = tags.get(document.id, {}) if document else {}
            fresh[keys[source.path]] = Kept(document, problems, own)
        store.put(fresh)
        kept |= fresh
        done += len(fresh)
        progress(done, len(files))
    texts = Texts(tagged=tagged)
    unread: list[dict[str, tuple[Suggestion, ...]]] = []
    for source in files:
        item = kept[keys[source.path]]
        document, own = item.document, item.suggestions
        texts.problems += item.problems
        if document is not None:
            texts.documents.append(document)
            if document.access == "none":
                unread.append(own)
                continue
        for unit, suggestions in own.items():
            # A study's own codes are suggested from its digest; a full text adds passages only.
            texts.suggestions.setdefault(unit, suggestions)
    for own in unread:
        for unit, suggestions in own.items():
            texts.suggestions.setdefault(unit, suggestions)
    return texts, list(keys.values())


def tag(
    tagger: Tagger, documents: Iterable[Document], titles: dict[str, str]
) -> dict[str, dict[str, tuple[Suggestion, ...]]]:
    """Suggestions by document and unit. A pure function of its arguments."""
    from pipeline.tagger.tagger import TITLE_WEIGHT, TextUnit

    units: list[TextUnit] = []
    owners: list[tuple[Document, str]] = []
    for document in documents:
        title = titles.get(document.study, "")
        for text, weight in ((title, TITLE_WEIGHT), (document.summary, 1.0)):
            if text:
                units.append(TextUnit(document.language, text, weight))
                owners.append((document, ""))
        for item in document.passages:
            units.append(TextUnit(item.language, item.text))
            owners.append((document, item.id))
    result: dict[str, dict[str, tuple[Suggestion, ...]]] = {}
    of_study: dict[str, tuple[list[TextUnit], list[Any]]] = {}
    for unit, (document, passage), (suggestions, found) in zip(
        units, owners, tagger.read(units), strict=True
    ):
        own = result.setdefault(document.id, {})
        if passage and suggestions:
            own[passage] = suggestions
        texts, founds = of_study.setdefault(document.id, ([], []))
        texts.append(unit)
        founds.append(found)
    for document in {id(item): item for item, _ in owners}.values():
        suggestions = tagger.of_study(*of_study[document.id])
        if suggestions:
            result[document.id][document.study] = suggestions
    return result


def tagger_fingerprint(project: Project, tagger: Tagger) -> str:
    """Changes when any suggestion could change."""
    from pipeline.tagger.tagger import source_fingerprint

    digest = hashlib.blake2b(digest_size=12)
    digest.update((source_fingerprint() + _code() + tagger.scheme.model_dump_json()).encode())
    digest.update(tagger.training.model_dump_json().encode())
    for model in tagger.reviewed.values():
        digest.update(model.origin.encode())
    for folder in (project.indicators, project.examples):
        for path in sorted(folder.rglob("*.*")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _scheme(project: Project) -> Any:
    from pipeline.scheme import read_scheme

    return read_scheme(project.scheme, project.name(project.scheme))


def _unchanged(stamp: Path, state: str, output: Path) -> bool:
    try:
        known = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return False
    return known == {"state": state, "output": _file_state(output)} and output.is_file()


def _state(project: Project, output: Path) -> str:
    """A hash over name, size and time of every input and of our own code."""
    digest = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent
    for folder, pattern in (
        (project.root, "references.bib"),
        (project.corpus, "**/*"),
        (project.coding, "**/*"),
        (package, "**/*.py"),
        (package, "**/*.sql"),
    ):
        for name, size, time in _files(folder, pattern):
            digest.update(f"{name}\0{size}\0{time}\n".encode())
    return digest.hexdigest()


def _files(folder: Path, pattern: str) -> list[tuple[str, int, int]]:
    if pattern.startswith("**/"):
        found = []
        suffix = pattern.removeprefix("**/*")
        stack = [str(folder)]
        while stack:
            try:
                entries = list(os.scandir(stack.pop()))
            except OSError:
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        stack.append(entry.path)
                elif entry.name.endswith(suffix):
                    stat = entry.stat()
                    found.append((entry.path, stat.st_size, stat.st_mtime_ns))
        return sorted(found)
    path = folder / pattern
    size, time = _file_state(path)
    return [(str(path), size, time)] if path.is_file() else []


def _file_state(path: Path) -> list[int]:
    try:
        stat = path.stat()
    except OSError:
        return [0, 0]
    return [stat.st_size, stat.st_mtime_ns]


def _code() -> str:
    """Changes when the readers do."""
    digest = hashlib.blake2b(digest_size=12)
    here = Path(__file__).parent
    for path in sorted((*here.glob("*.py"), *here.glob("fulltexts/*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()
