"""Benchmarks: each figure as a ratio measured in one run, since machines differ.

make bench                     all of it, with corpora of 1,000 and 10,000 studies
python -m tests.bench 1000     the corpus of 1,000 studies only
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.corpus import ROOT, bibliography, make_project, sentences
from tests.bench.duplicates import bench_duplicates
from tests.bench.living import bench_import, bench_indicators
from tests.bench.long_text import bench_long_text, make_long_project
from tests.bench.review import bench_review, make_review_project
from tests.bench.site import bench_site, make_site_project
from tests.bench.spread import bench_spread

WORK = ROOT / ".bench"
EVIDENCE = str(Path(sys.executable).parent / "evidence")


def seconds(action: Callable[[], Any], runs: int = 5) -> float:
    """The median time of several runs after one that does not count."""
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def show(name: str, value: float, bound: str, note: str = "") -> None:
    print(f"{name:58} {value:8.3f}   {bound:10} {note}", flush=True)


def bench_bibliography() -> None:
    from bibtexparser.entrypoint import parse_string

    from pipeline.sources.bibliography.references import parse_references

    logging.disable(logging.WARNING)
    texts = [bibliography(5000, seed) for seed in range(4)]
    bare, ours = [], []
    parse_string(texts[3])
    for text in texts[:3]:
        start = time.perf_counter()
        parse_string(text)
        bare.append(time.perf_counter() - start)
        start = time.perf_counter()
        result = parse_references(text)
        ours.append(time.perf_counter() - start)
        assert len(result.studies) == 5000
    ratio = statistics.median(a / b for a, b in zip(bare, ours, strict=True))
    show("read 5,000 entries: records/s of bare parser", ratio, ">= 0.5")


def bench_tagging() -> None:
    from pipeline.ground.project import Project
    from pipeline.model.indicators import read_indicators
    from pipeline.model.scheme import read_scheme
    from pipeline.tagger.components import indicator_pipeline
    from pipeline.tagger.tagger_loading import load_tagger
    from pipeline.tagger.tagging import TextUnit
    from pipeline.tagger.words import blank_pipeline

    project = Project(ROOT)
    scheme = read_scheme(project.scheme)
    sets = read_indicators(project.indicators, scheme, "coding/indicators")
    texts = sentences() * 5
    blank = blank_pipeline("en")
    words = sum(len(doc) for doc in blank.pipe(texts))
    roles, _ = indicator_pipeline(
        "en", [item for item in sets if item.dimension == scheme.evidence]
    )
    every, _ = indicator_pipeline("en", sets)
    tagger = load_tagger(project, scheme)
    units = [TextUnit("en", text) for text in texts]
    tagger.suggest(units[:2000])
    base = seconds(lambda: [None for _ in blank.pipe(texts)])
    print(f"blank tokenizer, sentencizer, lemmatizer: {words / base:,.0f} words/s")
    ratio = base / seconds(lambda: [None for _ in roles.pipe(texts)])
    show("tag English, role indicators: words/s of blank", ratio, ">= 0.5")
    ratio = base / seconds(lambda: [None for _ in every.pipe(texts)])
    show("  the same with the sector indicators", ratio, "")
    ratio = base / seconds(lambda: tagger.suggest(units))
    show("  the whole tagger, with examples and meaning", ratio, "")


def bench_sentences() -> None:
    import spacy

    from pipeline.model.sentence_splitter import sentences as split

    texts = sentences()
    paragraphs = [" ".join(texts[at : at + 6]) for at in range(0, len(texts), 6)] * 5
    bare = spacy.blank("en")
    bare.add_pipe("sentencizer")
    base = seconds(lambda: [[part.text for part in bare(text).sents] for text in paragraphs])
    ratio = seconds(lambda: [split(text, "en") for text in paragraphs]) / base
    show("cut into sentences: time of spaCy's sentencizer", ratio, "<= 2")


def run(*arguments: str, folder: Path) -> tuple[float, float]:
    """Wall seconds and peak memory (MB) of a command."""
    before = time.perf_counter()
    process = subprocess.Popen(arguments, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments} failed in {folder}")
    return time.perf_counter() - before, usage.ru_maxrss / 1024


def warm(folder: Path) -> None:
    """An empty cache, but for what is done once for any corpus: model and word vectors."""
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    shutil.copytree(ROOT / ".cache" / "models", folder / ".cache" / "models")
    shutil.copy(ROOT / ".cache" / "words.db", folder / ".cache")


def bench_build(studies: int) -> None:
    folder = make_project(WORK / f"project-{studies}", studies)
    warm(folder)
    (folder / "orchestration.db").unlink(missing_ok=True)
    tagging, _ = run(sys.executable, "-m", "tests.bench.tag", str(folder), folder=ROOT)
    full, memory = run(EVIDENCE, "build", folder=folder)
    name = f"{studies:,} studies"
    print(f"{name}: tagging alone {tagging:.1f} s, full build {full:.1f} s")
    show(f"build {name}: wall time of tagging them", full / tagging, "<= 2")
    show(f"build {name}: peak memory, GB", memory / 1024, "<= 1.5")
    again = statistics.median(run(EVIDENCE, "build", folder=folder)[0] for _ in range(3))
    show(f"build {name} again: share of the full build", again / full, "<= 0.03")
    shares = []
    for turn in range(3):
        digest = folder / "corpus" / f"study{turn:05}.md"
        digest.write_text(digest.read_text() + f"- [p. 99] One more statement, {time.time()}.\n")
        shares.append(run(EVIDENCE, "build", folder=folder)[0] / full)
    show(f"build {name}, one digest changed", statistics.median(shares), "<= 0.08")


def bench_help() -> None:
    ours = [run(EVIDENCE, "--help", folder=ROOT)[0] for _ in range(6)][1:]
    typer = [run(sys.executable, "-c", "import typer", folder=ROOT)[0] for _ in range(6)][1:]
    show(
        "evidence --help: time of python -c 'import typer'",
        statistics.median(ours) / statistics.median(typer),
        "<= 2",
    )


def bench_pages(studies: int) -> None:
    from pipeline.ground.project import Project
    from pipeline.web.serve import make_site

    folder = WORK / f"project-{studies}"
    site = make_site(Project(folder))
    loop = asyncio.new_event_loop()

    def get(path: str) -> Callable[[], Any]:
        def action() -> None:
            response = loop.run_until_complete(site.client.get(path))
            assert response.status_code == 200, (path, response.status_code)

        return action

    table = seconds(get("/orchestration/passage?_nofacet=1"), 15)
    print(f"Datasette's table page over the passages of {studies:,} studies: {table * 1000:.0f} ms")
    for path in (
        "/",
        "/study/study00007",
        "/orchestration/evidence_by_role_and_sector?role=connector&sector=&status=",
        "/orchestration/gaps_and_reasons",
        "/orchestration/search_passages?words=trust",
        "/questions",
    ):
        show(f"  {path[:54]}", seconds(get(path), 15) / table, "<= 1.5")


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or [1000, 10000]
    print(f"{'figure':58} {'measured':>8}   {'to hold':10}")
    bench_bibliography()
    bench_tagging()
    bench_sentences()
    bench_help()
    bench_duplicates(show)
    bench_import(show)
    for size in sizes:
        bench_build(size)
        bench_pages(size)
    bench_spread(WORK / f"project-{max(sizes)}", show)
    bench_indicators(WORK / f"project-{max(sizes)}", show)
    folder = make_review_project(WORK / "review", min(1000, sizes[0]), 100)
    warm(folder)
    bench_review(folder, show, seconds)
    bench_long_text(make_long_project(WORK / "long"), show, seconds)
    folder = make_site_project(WORK / "site", max(sizes), 10)
    warm(folder)
    bench_site(folder, show, seconds)


if __name__ == "__main__":
    main()
