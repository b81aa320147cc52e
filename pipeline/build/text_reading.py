"""Files of the corpus read and tagged in batches, by this process or by others."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from threading import Lock

from pipeline.build.store import Kept
from pipeline.ground.problems import InputError, Mendable
from pipeline.ground.project import Project
from pipeline.model.scheme import read_scheme
from pipeline.sources.corpus import Source, read_source
from pipeline.tagger.documents import Tagged, tag, tagger_fingerprint
from pipeline.tagger.tagger_loading import load_tagger
from pipeline.tagger.tagging import Tagger

CHUNK = 500  # digests and abstracts read, tagged and kept at a time
SHARE = 100  # of these for one of several processes
_ALONE = Lock()  # a tagger serves one thread


@dataclass(frozen=True, slots=True)
class Batch:
    """Files, how problems call them, and the titles of their studies."""

    sources: tuple[Source, ...]
    names: tuple[str, ...]
    titles: Mapping[str, str]


def batches(
    project: Project, files: Iterable[Source], titles: Mapping[str, str], size: int = CHUNK
) -> Iterator[Batch]:
    """Full texts one by one, each kept as soon as it is read; of all others `size` at a time."""
    for heavy, some in groupby(files, key=lambda source: source.kind == "fulltext"):
        own = tuple(some)
        step = 1 if heavy else size
        for start in range(0, len(own), step):
            part = own[start : start + step]
            names = tuple(project.name(source.path) for source in part)
            known = {source.study: titles.get(source.study, "") for source in part}
            yield Batch(part, names, known)


def read_batch(
    tagger: Tagger, batch: Batch, reading: Callable[[int, str], None] = lambda _, __: None
) -> list[Kept]:
    """Each file of a batch, read and tagged; `reading` is told the place and name of each."""
    read = []
    for place, (name, source) in enumerate(_named(batch)):
        reading(place, name)
        read.append(read_source(source, name))
    documents = [document for document, _ in read if document is not None]
    tags = tag(tagger, documents, dict(batch.titles))
    return [
        Kept(document, problems, tags.get(document.id, Tagged()) if document else Tagged())
        for document, problems in read
    ]


@dataclass(frozen=True, slots=True)
class ReadElsewhere:
    """Reads a batch in another process that sees the project's folder.

    `base`: the tagger's fingerprint here. `far`: on a machine that may not write in the folder,
    as databases of a shared one would be damaged.
    """

    root: Path
    base: str
    far: bool = False

    def __call__(self, batch: Batch) -> list[Kept]:
        """Raises Mendable where folder or version are others than here."""
        with _ALONE:
            tagger = _tagger_of(self)
            if gone := [name for name, source in _named(batch) if not source.path.is_file()]:
                raise Mendable([f"A worker does not see {gone[0]} in {self.root}."])
            return read_batch(tagger, batch)


def read_by(
    executor: Executor, read: ReadElsewhere, parts: Iterable[Batch]
) -> Iterator[tuple[Batch, list[Kept]]]:
    """Batches in the order in which they are done."""
    asked = {executor.submit(read, batch): batch for batch in parts}
    for future in as_completed(asked):
        yield asked.pop(future), future.result()


def _named(batch: Batch) -> Iterator[tuple[str, Source]]:
    return zip(batch.names, batch.sources, strict=True)


@lru_cache(maxsize=1)
def _tagger_of(read: ReadElsewhere) -> Tagger:
    project = Project(read.root)
    try:
        project = _own_copy(project) if read.far else project
        tagger = load_tagger(project, read_scheme(project.scheme, project.name(project.scheme)))
    except (OSError, InputError) as error:
        reason = f"A worker cannot read the project in {read.root}: {error}."
        raise Mendable([reason]) from None
    if tagger_fingerprint(project, tagger) != read.base:
        reason = f"A worker has another version of the program, or of {read.root}/coding."
        raise Mendable([f"{reason} Bring it up to date and start it again."])
    return tagger


def _own_copy(project: Project) -> Project:
    """What the tagger reads, in a folder of this process, which writes its caches there."""
    folder = Path(tempfile.mkdtemp(prefix="evidence-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = Project(folder)
    shutil.copytree(project.coding, copy.coding)
    if project.models.is_dir():
        shutil.copytree(project.models, copy.models)
    if (words := project.cache / "words.db").is_file():
        copy.cache.mkdir(exist_ok=True)
        shutil.copy(words, copy.cache)
    return copy
