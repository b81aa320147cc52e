"""Benchmarks of coding beside the pages of a long PDF: 600 pages, 6,000 sentences."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tests.texts.article import sentences
from tests.texts.pdfs import Set, write_pdf

PAGES, EACH = 600, 10
SMALL = Path(__file__).parent.parent / "small"


def make_long_project(folder: Path) -> Path:
    """The small project with a PDF of many pages."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SMALL, folder)
    shutil.copy(SMALL.parent.parent / "datasette_metadata.yml", folder)
    (folder / "corpus" / "fulltext").mkdir()
    made = iter(sentences(PAGES * EACH))
    pages = [
        [Set(text, 60, 720 - 30 * n, 9) for n, text in enumerate(islice(made, EACH))]
        for _ in range(PAGES)
    ]
    write_pdf(folder / "corpus" / "fulltext" / "berg2020.pdf", pages)
    return folder


def bench_long_text(folder: Path, show: Callable[..., None], seconds: Callable[..., float]) -> None:
    """The coding page and the page beside it against Datasette's table page."""
    from pipeline.build.recipe import build
    from pipeline.desk.review.accounts import Accounts
    from pipeline.desk.review.review_desk import open_desk
    from pipeline.ground.project import Project
    from pipeline.web.review.review_session import Review
    from pipeline.web.serve import make_review

    project = Project(folder)
    build(project)
    review = Review(open_desk(project), Accounts())
    site = make_review(project, review)
    loop = asyncio.new_event_loop()
    cookies = {"ds_actor": site.sign({"a": {"id": "first"}}, "actor")}

    def ask(path: str) -> Any:
        answer = loop.run_until_complete(site.client.get(path, cookies=cookies))
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    def timed(paths: Iterator[str]) -> float:
        start = time.perf_counter()
        ask(next(paths))
        return time.perf_counter() - start

    document = next(d for d in review.desk.documents["berg2020"] if d.kind == "fulltext")
    middle = [passage for passage in document.passages if passage.page > PAGES // 2]
    units = (f"/review/pilot/unit/{passage.id}" for passage in middle[:: 2 * EACH])
    table = seconds(lambda: ask("/orchestration/passage?_nofacet=1"), 15)
    print(f"{PAGES} pages, {len(document.passages):,} passages: table page {table * 1000:.0f} ms")
    first = sorted(timed(units) for _ in range(9))[4]
    show("  coding page, a page nobody looked at before", first / table, "")
    unit = f"/review/pilot/unit/{middle[0].id}"
    show("  coding page beside its page", seconds(lambda: ask(unit), 15) / table, "<= 1.5")
    for name in ("drawn", "kept"):
        picture = timed(iter(["/review/page/berg2020/10.png"]))
        show(f"  picture of a page, {name}", picture / table, "")
