"""The tagger as a component of any spaCy pipeline, found by its name and saved with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

# spaCy imports this module in every process that makes a pipeline: what is heavy comes later.
if TYPE_CHECKING:
    from pipeline.model.records import Suggestion
    from pipeline.tagger.tagging import Tagger

FACTORY = "evidence_suggestions"


@Language.factory(
    FACTORY,
    default_config={"project": "", "spans_key": "evidence"},
    assigns=["doc.cats", "doc.spans"],
)
def make_suggester(nlp: Language, name: str, project: str, spans_key: str) -> Suggester:
    """Suggests by the tagger of a project's folder, or by the one that it is loaded with."""
    return Suggester(Path(project) if project else None, spans_key)


class Suggester:
    """Sets `doc.cats`, the score of each code, and `doc.spans`: the words of what is suggested.

    Each span has the code as its label and the indicator (or reader) as its id; the scores of all
    stand in the group's `attrs["scores"]`, as spaCy's own span categoriser has it.
    """

    def __init__(self, folder: Path | None, spans_key: str) -> None:
        self.spans_key = spans_key
        self._folder = folder
        self._exported = False
        self._tagger: Tagger | None = None

    @property
    def tagger(self) -> Tagger:
        """Read when it is first needed. Raises Mendable, and ValueError where it has none."""
        if self._tagger is None:
            if self._folder is None:
                raise ValueError(
                    f"'{FACTORY}' has no tagger: add it with config={{'project': FOLDER}}."
                )
            self._tagger = _exported(self._folder) if self._exported else _of(self._folder)
        return self._tagger

    def take(self, folder: Path, tagger: Tagger) -> None:
        """Use the tagger of a project's folder that is read already."""
        self._folder, self._exported, self._tagger = folder, False, tagger

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 512) -> Iterator[Doc]:
        """Whole batches are read at once, which is many times faster."""
        from pipeline.tagger.suggest import Asked, suggest_for

        texts = iter(stream)
        while docs := list(islice(texts, batch_size)):
            asked = [Asked("", doc.lang_, doc.text) for doc in docs]
            answers = suggest_for(self.tagger, asked)
            for doc, (suggestions, scores) in zip(docs, answers, strict=True):
                doc.cats = {**doc.cats, **{item.code: item.score for item in suggestions}, **scores}
                doc.spans[self.spans_key] = self._spans(doc, suggestions)
                yield doc

    def _spans(self, doc: Doc, suggestions: Iterable[Suggestion]) -> SpanGroup:
        spans, scores = [], []
        for item in suggestions:
            for mark in item.spans:
                place = (mark.start, mark.end, item.code)
                span = doc.char_span(*place, span_id=mark.indicator, alignment_mode="expand")
                if span is not None:
                    spans.append(span)
                    scores.append(item.score)
        return SpanGroup(doc, name=self.spans_key, spans=spans, attrs={"scores": scores})

    def to_disk(self, path: Path, exclude: Iterable[str] = ()) -> None:
        """Write the tagger into a folder, with which the pipeline runs away from the project."""
        from pipeline.ground.project import Project
        from pipeline.tagger.exported_tagger import export_tagger

        tagger = self.tagger
        assert self._folder is not None
        shutil.rmtree(path, ignore_errors=True)
        if self._exported:
            shutil.copytree(self._folder, path)
        else:
            export_tagger(Project(self._folder), tagger, Path(path))

    def from_disk(self, path: Path, exclude: Iterable[str] = ()) -> Suggester:
        """Take the tagger from the folder that `to_disk` wrote."""
        self._folder, self._exported, self._tagger = Path(path), True, None
        return self


def _of(folder: Path) -> Tagger:
    from pipeline.ground.project import find_project
    from pipeline.model.scheme import read_scheme
    from pipeline.tagger.tagger_loading import load_tagger

    project = find_project(folder)
    return load_tagger(project, read_scheme(project.scheme, project.name(project.scheme)))


def _exported(folder: Path) -> Tagger:
    from pipeline.tagger.exported_tagger import open_exported

    return open_exported(folder)
