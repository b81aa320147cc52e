"""Reading a project: every file once, and what is new of it tagged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from pipeline.build.inputs import Inputs
from pipeline.build.rows.agreement_rows import read_reports
from pipeline.build.spreading import ALONE, Spread
from pipeline.build.store import Kept, Store, key_of
from pipeline.build.text_reading import SHARE, Batch, ReadElsewhere, batches, read_batch, read_by
from pipeline.ground.caches import state_of
from pipeline.ground.problems import Problem, errors
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, Tell, silent
from pipeline.ground.settings import read_settings
from pipeline.ground.yamlfile import faults_of
from pipeline.model.answers import Codings, is_passage, standing, study_of
from pipeline.model.records import Document, Passage, Study
from pipeline.model.same_words import led
from pipeline.sources.bibliography.references import References, read_references
from pipeline.sources.corpus import Corpus, Source, repeated, sources
from pipeline.sources.decisions import read_codings
from pipeline.sources.fulltexts.fulltext_options import states_of
from pipeline.sources.fulltexts.left_out import left_out_of
from pipeline.sources.gist_files import read_gists
from pipeline.sources.joined_lines import JoinedLines, come_apart, read_joined, with_joined
from pipeline.sources.merges import follow, one_corpus
from pipeline.sources.migrations.kept_versions import kept_versions
from pipeline.sources.migrations.migration_files import read_migrations
from pipeline.sources.places import absent_texts, read_places
from pipeline.sources.reader_state import readers_fingerprint
from pipeline.sources.running_text import read_marks, without_marked
from pipeline.sources.screening.screened import read_screened
from pipeline.sources.syntheses import read_syntheses
from pipeline.tagger.documents import Tagged, tagger_fingerprint
from pipeline.tagger.tagging import Tagger


@dataclass(slots=True)
class GatheredTexts:
    """Documents, and what is said of their units."""

    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    said: Tagged = field(default_factory=Tagged)
    tagged: int = 0

    def take_as_one(self, kept: Mapping[str, str]) -> None:
        """Documents and suggestions of merged studies under the key that is kept."""
        if kept:
            self.documents = one_corpus(self.documents, kept)
            for said in (self.said.suggestions, self.said.scores):
                for unit, own in list(said.items()):
                    said.setdefault(follow(unit, kept), own)  # type: ignore[arg-type]

    def leave_out_marked(self, answered: Collection[str]) -> None:
        """Full texts without what is marked as no running text and is not `answered`."""
        self.documents = [without_marked(item, answered) for item in self.documents]

    def take_joined(self, lines: JoinedLines, words: Mapping[str, str]) -> None:
        """What was joined of passages, and what is suggested of it."""
        for place, document in enumerate(self.documents):
            if document.study in lines:
                self.documents[place] = with_joined(document, lines[document.study], words)
                self.said.take_joined(self.documents[place])


def gather(
    project: Project,
    tagger: Tagger,
    tell: Tell = lambda _: None,
    progress: Progress = silent,
    spread: Spread = ALONE,
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
        states = {
            project.name(item.path): states_of(item.path)
            for item in files
            if item.kind == "fulltext"
        }
        texts, keys = _read_texts(project, files, titles, tagger, store, progress, spread)
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
        tuple(texts.documents),
        tuple(sorted(problems)),
        come_apart(lines, texts.documents),
        lines,
        marks,
        _left_out(project, files, codings, texts.documents, kept_studies),
        states,
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
        read_syntheses(project).following(kept_studies),
    )
    return inputs, texts


def _left_out(
    project: Project,
    files: Iterable[Source],
    codings: Codings,
    documents: Iterable[Document],
    kept: Mapping[str, str],
) -> dict[str, str]:
    """Why the words of answers without a passage are left out of their text, where they are."""
    units = _coded_passages(documents)
    orphans: dict[str, dict[str, str]] = defaultdict(dict)
    for line in standing(codings.never_shown):
        if is_passage(line.unit) and line.unit not in units:
            orphans[study_of(line.unit)][line.unit] = line.text
    found: dict[str, str] = {}
    for source in files:
        if source.kind == "fulltext" and (own := orphans.get(follow(source.study, kept))):
            name = project.name(source.path)
            found |= left_out_of(source.path, name, source.kept, source.marks, own)
    return found


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
    spread: Spread,
) -> tuple[GatheredTexts, list[bytes]]:

    base = tagger_fingerprint(project, tagger)
    keys = {}
    for source in files:
        title = studies[source.study].title if source.study in studies else ""
        name = project.name(source.path)
        state = repr(state_of(source.path))
        if source.kind == "fulltext":
            state = repr((states_of(source.path), source.marks))
        keys[source.path] = key_of(base, source.kind, name, title, state)
    kept = store.get(keys.values(), Kept)
    missing = [source for source in files if keys[source.path] not in kept]
    done = len(files) - len(missing)
    progress(done, len(files))
    tagged = 0
    titles = {key: study.title for key, study in studies.items()}

    def reading(before: int, at: int, name: str) -> None:
        progress(len(files) - len(missing) + before + at, len(files), name)

    for batch, read in _read(project, missing, titles, tagger, base, reading, spread):
        fresh = {keys[source.path]: item for source, item in zip(batch.sources, read, strict=True)}
        tagged += sum(len(item.document.passages) for item in read if item.document)
        store.put(fresh)
        kept |= fresh
        done += len(fresh)
        progress(done, len(files))
    texts = GatheredTexts(tagged=tagged)
    unread: list[Tagged] = []
    for source in files:
        item = kept[keys[source.path]]
        texts.problems += item.problems
        if item.document is not None:
            texts.documents.append(item.document)
            if item.document.access == "none":
                unread.append(item.tagged)
                continue
        # A study's own codes are suggested from its digest; a full text adds passages only.
        texts.said.take(item.tagged)
    for own in unread:
        texts.said.take(own)
    return texts, list(keys.values())


def _read(
    project: Project,
    files: list[Source],
    titles: Mapping[str, str],
    tagger: Tagger,
    base: str,
    reading: Callable[[int, int, str], None],
    spread: Spread,
) -> Iterator[tuple[Batch, list[Kept]]]:
    """What is missing, batch by batch in any order, here or where it is spread to."""
    if spread and files:
        read = ReadElsewhere(project.root, base, far=bool(spread.dask))
        with spread.executor() as executor:
            yield from read_by(executor, read, batches(project, files, titles, SHARE))
        return
    done = 0
    for batch in batches(project, files, titles):
        yield batch, read_batch(tagger, batch, partial(reading, done))
        done += len(batch.sources)
