"""Benchmarks of the site at 100,000 pieces of evidence: pages, downloads, citations."""

from __future__ import annotations

import asyncio
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.corpus import make_project
from tests.bench.review import COLUMNS

CODER = "bench"
BASE = "/orchestration/evidence?_nofacet=1"


def make_site_project(folder: Path, studies: int, passages: int) -> Path:
    """A project in which every passage is evidence: one decision each, by one coder."""
    from pipeline.ground.project import Project
    from pipeline.model.scheme import read_scheme
    from pipeline.sources.corpus import read_digest

    make_project(folder, studies, passages)
    project = Project(folder)
    project.coders.write_text(
        f'coders:\n  - {{id: {CODER}, name: {{en: "{CODER}", nl: "{CODER}"}}, kind: bench}}\n'
    )
    project.rounds.write_text(
        "rounds:\n  - id: bench\n    title: {en: Bench, nl: Bench}\n"
        f"    coders: [{CODER}]\n    blind: false\n    suggestions: shown\n"
    )
    scheme = read_scheme(project.scheme)
    target, places = scheme.dimension(scheme.evidence), scheme.dimension(scheme.map)
    path = project.decisions / CODER
    path.mkdir(parents=True, exist_ok=True)
    for number in range(studies):
        key = f"study{number:05}"
        if (path / f"{key}.csv").is_file():
            continue
        document, _ = read_digest(project.corpus / f"{key}.md", key)
        assert document is not None
        sector = places.codes[number % len(places.codes)].id
        lines = [
            COLUMNS,
            f"2026-11-01T09:00:00Z,{key},{places.id},{sector},,,,none,{scheme.version},bench,",
        ]
        for place, passage in enumerate(document.passages):
            code = target.codes[(place * 7 + number) % len(target.codes)].id
            sure = ("high", "medium", "low", "")[place % 4]
            lines.append(
                f"2026-11-01T09:{place % 60:02}:00Z,{passage.id},{target.id},{code},{sure},,,none,"
                f'{scheme.version},bench,"{passage.text.replace(chr(34), chr(34) * 2)}"'
            )
        (path / f"{key}.csv").write_text("\n".join(lines) + "\n")
    return folder


def bench_site(folder: Path, show: Callable[..., None], seconds: Callable[..., float]) -> None:
    """Every page of ours against Datasette's own table page of the evidence, without its facets."""
    from pipeline.build.recipe import build
    from pipeline.ground.project import Project
    from pipeline.web.serve import make_site

    project = Project(folder)
    build(project)
    site = make_site(project)
    loop = asyncio.new_event_loop()

    def ask(path: str) -> Any:
        response = loop.run_until_complete(site.client.get(path))
        assert response.status_code == 200, (path, response.status_code, response.text[:300])
        return response

    def get(path: str) -> Callable[[], Any]:
        return lambda: ask(path)

    rows = ask("/orchestration/evidence.json?_shape=array&_size=1").json()
    piece = rows[0]["id"]
    count = ask("/orchestration/evidence.json?_size=0").json()["filtered_table_rows_count"]
    start = time.perf_counter()
    ask("/")
    print(
        f"{count:,} pieces of evidence; the first page after a start: {time.perf_counter() - start:.1f} s"
    )
    table = seconds(get(BASE), 15)
    facets = seconds(get("/orchestration/evidence"), 5)
    print(
        f"Datasette's table page: {table * 1000:.0f} ms; with the facets of the metadata {facets * 1000:.0f} ms"
    )
    years = iter(range(1000, 2000))
    changing = {
        # Never the same filter twice, so that nothing is remembered.
        "the map under a new filter": lambda: ask(f"/?year_from={next(years)}"),
        "the list under a new filter": lambda: ask(f"/evidence?year_from={next(years)}"),
    }
    for name, action in changing.items():
        show(f"  {name}", seconds(action, 15) / table, "<= 1.5")
    for path in (
        "/", "/?count=studies", "/evidence", "/evidence?role=connector&sector=energy",
        "/evidence?page=3000", f"/evidence/{piece}", "/code/connector", "/code/energy", "/code/mediator--energy",
        "/codebook", "/studies", "/study/study00007", "/method", "/agreement", "/search?q=trust",
        "/search?q=trust&role=connector", "/about", "/cite?role=connector", "/feed.atom",
        "/feed.atom?role=connector", "/questions", "/nl/", "/nl/evidence",
        "/orchestration/evidence_by_role_and_sector?role=connector&sector=&status=",
        "/orchestration/gaps_and_reasons", "/orchestration/search_passages?words=trust",
    ):  # fmt: skip
        show(f"  {path[:54]}", seconds(get(path), 9) / table, "<= 1.5")
    bench_exports(project, show)


def bench_exports(project: Any, show: Callable[..., None]) -> None:
    """Peak memory of writing 100,000 rows against 10,000; citations formatted once."""
    import sqlite3

    from pipeline.published.choice import Choice
    from pipeline.published.citation.reference_formatter import Citations
    from pipeline.published.evidence_index import read_index
    from pipeline.published.export.export_formats import FORMATS
    from pipeline.published.selection import Selection

    connection = sqlite3.connect(project.database)
    index = read_index(connection)
    tenth = Choice(year_from=2024)

    def peak(name: str, choice: Choice) -> tuple[float, float, int]:
        chosen = FORMATS[name]
        selection = Selection(connection, index, choice)
        tracemalloc.start()
        start = time.perf_counter()
        size = sum(len(block) for block in chosen.write(selection))
        spent = time.perf_counter() - start
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most / 1e6, spent, size

    for name in FORMATS:
        if name in ("word", "qdc", "skos"):
            continue
        small, _, _ = peak(name, tenth)
        large, spent, size = peak(name, Choice())
        show(
            f"  export {name}: peak MB, all against a tenth",
            large / max(small, 1.0),
            "<= 1.5",
            f"{large:.1f} MB, {size / 1e6:.1f} MB written in {spent:.1f} s (traced)",
        )
    keys = [str(key) for key in index.studies.index]
    cache = project.cache / "citations.db"
    cache.unlink(missing_ok=True)
    times = []
    for _ in range(2):
        start = time.perf_counter()
        Citations(connection, cache).bibliography(keys, "apa", "en")
        times.append(time.perf_counter() - start)
    show(
        f"  citations of {len(keys):,} studies: again / first time",
        statistics.median(times[1:]) / times[0],
        "<= 0.05",
        f"first {times[0]:.1f} s",
    )
