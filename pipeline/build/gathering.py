"""Reading a project: every file once, and what is new of it tagged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from pipeline.build.inputs import Inputs
from pipeline.build.rows.agreement_rows import read_reports
from pipeline.build.store import Kept, Store, key_of
from pipeline.ground.caches import state_of
from pipeline.ground.problems import Problem, errors
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, Tell, silent
from pipeline.ground.settings import read_settings
from pipeline.ground.yamlfile import faults_of
from pipeline.model.answers import standing
from pipeline.model.joined_passages import suggested_of_joined
from pipeline.model.records import Document, Passage, Study, Suggestion
from pipeline.model.same_words import led
from pipeline.sources.bibliography.references import References, read_references
from pipeline.sources.corpus import Corpus, Source, read_source, repeated, sources
from pipeline.sources.decisions import read_codings
from pipeline.sources.fulltexts.fulltext_options import options_of
from pipeline.sources.gist_files import read_gists
from pipeline.sources.joined_lines import JoinedLines, come_apart, read_joined, with_joined
from pipeline.sources.merges import follow, one_corpus
from pipeline.sources.migrations.kept_versions import kept_versions
from pipeline.sources.migrations.migration_files import read_migrations
from pipeline.sources.places import absent_texts, read_places
from pipeline.sources.reader_state import readers_fingerprint
from pipeline.sources.running_text import read_marks, without_marked
from pipeline.sources.screening.screened import read_screened
from pipeline.tagger.documents import tag, tagger_fingerprint
from pipeline.tagger.tagging import Tagger

CHUNK = 500  # digests and abstracts read, tagged and kept at a time


@dataclass(slots=True)
class GatheredTexts:
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

    def leave_out_marked(self, answered: Collection[str]) -> None:
        """Full texts without what is marked as no running text and is not `answered`."""
        self.documents = [without_marked(item, answered) for item in self.documents]

    def take_joined(self, lines: JoinedLines, words: Mapping[str, str]) -> None:
        """What was joined of passages, and what is suggested of it."""
        for place, document in enumerate(self.documents):
            if document.study in lines:
                self.documents[place] = with_joined(document, lines[document.study], words)
                self.suggestions |= suggested_of_joined(self.documents[place], self.suggestions)


def gather(
    project: Project,
    tagger: Tagger,
    tell: Tell = lambda _: None,
    progress: Progress = silent,
) -> tuple[Inputs, GatheredTexts]:
    """Read everything and tag what is new; files known by their bytes come from the store."""

    store = Store(project.cache / "store.db")
    try:
        name = project.name(project.references)
        if not project.references.is_file():
            key = b""
            problem = Problem(name, 0, "missing-file", "this file is missing", "Add it.")
            references = References((), (problem,), 0, 0)
        else:
            key = key_of("bib", readers_fingerprint(), name, project.references.read_bytes())
            kept = store.get([key], References)
            references = kept[key] if kept else read_references(project.references, name)
            if not kept:
                store.put({key: references})
        titles = {study.key: study for study in references.studies}
        marks, wrong_marks = read_marks(project)
        files = sources(project, marks)
        texts, keys = _read_texts(project, files, titles, tagger, store, progress)
        store.keep_only([*keys, key])
        problems = [*wrong_marks, *texts.problems, *repeated(texts.documents)]
    finally:
        store.close()
    reports, found = read_reports(project)
    settings, faults = read_settings(project)
    for path in project.texts_of_site:
        faults += faults_of(path, project.name(path))
    migrations = read_migrations(project)
    faults += migrations.problems
    versions = () if errors(faults) else kept_versions(project, migrations, tagger.scheme)
    codings = read_codings(project, tagger.scheme)
    screened = read_screened(project, references.studies, tagger.scheme.screening)
    kept_studies = screened.imports.merges.kept
    references = replace(
        references,
        studies=tuple(item for item in references.studies if item.key not in kept_studies),
    )
    texts.take_as_one(kept_studies)
    places, wrong = read_places(project, kept_studies)
    lines, unread = read_joined(project, kept=kept_studies)
    absent = absent_texts(
        places, texts.documents, codings.never_shown, kept_studies.values(), lines
    )
    texts.documents = one_corpus([*texts.documents, *absent], {})
    joined = {line.unit for own in lines.values() for line in own}
    said = {line.unit: line.text for line in codings.never_shown if line.unit in joined}
    texts.take_joined(lines, said)
    codings = codings.of_lines(led(codings.never_shown, _coded_passages(texts.documents)))
    if found_again := sum(bool(line.coded_as) for line in codings.never_shown):
        tell(f"Decisions found again at passages that read otherwise now: {found_again}.")
    # Also blind answers count: nobody's answer is lost, and nobody is told whose it is.
    texts.leave_out_marked({line.unit for line in standing(codings.never_shown)})
    problems += [*found, *faults, *wrong, *unread]
    corpus = Corpus(
        tuple(texts.documents), tuple(sorted(problems)), come_apart(lines, texts.documents)
    )
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
        read_gists(project, kept_studies),
    )
    return inputs, texts


def _batches(files: Iterable[Source]) -> Iterator[list[Source]]:
    """Full texts one by one, each kept as soon as it is read; of all others many at a time."""
    for heavy, some in groupby(files, key=lambda source: source.kind == "fulltext"):
        own = list(some)
        step = 1 if heavy else CHUNK
        yield from (own[start : start + step] for start in range(0, len(own), step))


def _coded_passages(documents: Iterable[Document]) -> dict[str, Passage]:
    """By id what there is to code; abstracts are kept for screening."""
    return {
        passage.id: passage
        for document in documents
        if document.kind != "abstract"
        for passage in document.units
    }


def _read_texts(
    project: Project,
    files: list[Source],
    studies: dict[str, Study],
    tagger: Tagger,
    store: Store,
    progress: Progress,
) -> tuple[GatheredTexts, list[bytes]]:

    base = tagger_fingerprint(project, tagger)
    keys = {}
    for source in files:
        title = studies[source.study].title if source.study in studies else ""
        name = project.name(source.path)
        state = repr(state_of(source.path))
        if source.kind == "fulltext":
            state += repr((state_of(options_of(source.path)), source.marks))
        keys[source.path] = key_of(base, source.kind, name, title, state)
    kept = store.get(keys.values(), Kept)
    missing = [source for source in files if keys[source.path] not in kept]
    done = len(files) - len(missing)
    progress(done, len(files))
    tagged = 0
    for batch in _batches(missing):
        fresh = {}
        read: list[tuple[Source, Document | None, list[Problem]]] = []
        for source in batch:
            progress(done + len(read), len(files), project.name(source.path))
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
    texts = GatheredTexts(tagged=tagged)
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
