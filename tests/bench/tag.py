"""Tag the passages of a project and nothing else: what a build is measured against."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.build.text_reading import CHUNK
from pipeline.ground.project import Project
from pipeline.model.scheme import read_scheme
from pipeline.sources.bibliography.references import read_references
from pipeline.sources.corpus import read_corpus
from pipeline.tagger.documents import tag
from pipeline.tagger.tagger_loading import load_tagger


def main() -> None:
    project = Project(Path(sys.argv[1]))
    scheme = read_scheme(project.scheme)
    titles = {study.key: study.title for study in read_references(project.references).studies}
    tagger = load_tagger(project, scheme)
    documents = read_corpus(project).documents
    for start in range(0, len(documents), CHUNK):
        tag(tagger, documents[start : start + CHUNK], titles)


if __name__ == "__main__":
    main()
