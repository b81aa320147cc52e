"""Tagging spread over two processes of one thread each, against one such process.

python -m tests.bench.spread            100,000 passages, as in make bench
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.corpus import ROOT, make_project

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def bench_spread(folder: Path, show: Callable[..., None]) -> None:
    """How many times as fast two processes read and tag a project as one; caches are warm."""
    from pipeline.build.spreading import Spread
    from pipeline.build.text_reading import SHARE, ReadElsewhere, batches, read_by
    from pipeline.ground.project import Project
    from pipeline.model.scheme import read_scheme
    from pipeline.sources.corpus import sources
    from pipeline.tagger.documents import tagger_fingerprint
    from pipeline.tagger.tagger_loading import load_tagger

    project = Project(folder)
    base = tagger_fingerprint(project, load_tagger(project, read_scheme(project.scheme)))
    parts = list(batches(project, sources(project), {}, SHARE))
    usual = {name: os.environ.get(name, "") for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))  # for the processes that are begun
    seconds = {}
    for workers in (1, 2):
        with Spread(workers).executor() as executor:
            read = ReadElsewhere(project.root, base)
            list(read_by(executor, read, parts[:workers]))  # they start, and load the tagger
            start = time.perf_counter()
            count = sum(
                len(item.document.passages)
                for _, found in read_by(executor, read, parts)
                for item in found
                if item.document
            )
            seconds[workers] = time.perf_counter() - start
    os.environ.update({name: value for name, value in usual.items() if value})
    for name in (name for name, value in usual.items() if not value):
        del os.environ[name]
    note = f"{seconds[1]:.1f} s and {seconds[2]:.1f} s"
    show(
        f"tag {count:,} passages: two processes, times one", seconds[1] / seconds[2], ">= 1.6", note
    )


if __name__ == "__main__":
    from tests.bench.__main__ import WORK, show, warm

    bench_folder = make_project(WORK / "project-10000", 10000)
    if (ROOT / ".cache" / "models").is_dir():
        warm(bench_folder)
    bench_spread(bench_folder, show)
