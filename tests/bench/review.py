"""Benchmarks of a running review: pages, and a decision that is durable and visible."""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench.corpus import make_project

CODERS = 8
EACH = 5000  # answers that every coder has given before
COLUMNS = "decided_at,unit,dimension,codes,confidence,note,quote,shown,scheme,round,text"


def make_review_project(folder: Path, studies: int, passages: int, answered: int = EACH) -> Path:
    """A project with eight coders in the middle of an open round."""
    from pipeline.ground.project import Project
    from pipeline.model.scheme import read_scheme
    from pipeline.sources.corpus import read_digest

    make_project(folder, studies, passages)
    project = Project(folder)
    names = [f"coder{n}" for n in range(CODERS)]
    project.coders.write_text(
        "coders:\n"
        + "".join(f'  - {{id: {n}, name: {{en: "{n}", nl: "{n}"}}, kind: bench}}\n' for n in names)
    )
    project.rounds.write_text(
        "rounds:\n  - id: bench\n    title: {en: Bench, nl: Bench}\n"
        f"    coders: [{', '.join(names)}]\n    blind: false\n    suggestions: shown\n"
        "    dimensions: [role]\n"
    )
    scheme = read_scheme(project.scheme)
    target = scheme.dimension(scheme.evidence)
    codes = [code.id for code in target.codes] + ["none"] * 10
    for number in range(answered // passages + 1 if answered else 0):
        key = f"study{number:05}"
        document, _ = read_digest(project.corpus / f"{key}.md", key)
        assert document is not None
        for turn, name in enumerate(names):
            lines = [COLUMNS]
            for place, passage in enumerate(document.passages):
                code = codes[(place * 7 + number + turn) % len(codes)]
                lines.append(
                    f"2026-11-01T09:00:00Z,{passage.id},{target.id},{code},,,,none,"
                    f'{scheme.version},bench,"{passage.text.replace(chr(34), chr(34) * 2)}"'
                )
            path = project.decisions / name / f"{key}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n")
    return folder


def bench_review(folder: Path, show: Callable[..., None], seconds: Callable[..., float]) -> None:
    """Start page and coding page against a table page; a decision against fsync and a row page."""
    from pipeline.build.recipe import build
    from pipeline.desk.review.accounts import Accounts
    from pipeline.desk.review.queue import Order
    from pipeline.desk.review.review_desk import open_desk
    from pipeline.ground.project import Project
    from pipeline.web.review.review_session import Review
    from pipeline.web.serve import make_review

    project = Project(folder)
    build(project)
    review = Review(open_desk(project), Accounts())
    site = make_review(project, review)
    loop = asyncio.new_event_loop()
    cookies = {"ds_actor": site.sign({"a": {"id": "coder0"}}, "actor")}

    def ask(method: str, path: str, **more: Any) -> Any:
        return loop.run_until_complete(site.client.request(method, path, cookies=cookies, **more))

    def get(path: str) -> Callable[[], Any]:
        def action() -> None:
            answer = ask("GET", path)
            assert answer.status_code == 200, (path, answer.status_code)

        return action

    desk = review.desk
    item = desk.rounds["bench"]
    units = review.queue.units(item, Order())
    open_units = [unit for unit in units if not desk.is_done(item, "coder0", unit)]
    table = seconds(get("/orchestration/passage?_nofacet=1"), 15)
    name = f"{len(desk.studies):,} studies, {len(desk.passages):,} passages, {CODERS} coders"
    print(f"{name}: Datasette's table page {table * 1000:.0f} ms")
    show("  review start page", seconds(get("/review"), 15) / table, "<= 1.5")
    show("  coding page", seconds(get(f"/review/bench/unit/{open_units[0]}"), 15) / table, "<= 1.5")
    study = "/review/bench/study/study00900"
    show("  whole-study page", seconds(get(study), 15) / table, "<= 1.5")

    row = seconds(get(f"/orchestration/passage/{open_units[0]}"), 15)
    scratch = os.open(folder / "scratch", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    line = b"x" * 400 + b"\n"

    def append() -> None:
        os.write(scratch, line)
        os.fsync(scratch)

    bare = seconds(append, 31) + row
    page = ask("GET", f"/review/bench/unit/{open_units[0]}")
    cookies.update(dict(page.cookies))
    token = re.search(r'name="csrftoken" value="([^"]*)"', page.text)
    assert token
    target = desk.scheme.evidence
    code = desk.scheme.dimension(target).codes[0].id
    decided, visible = [], []
    for unit in open_units[:60]:
        body = urlencode(
            {"csrftoken": token[1], "seen": "", f"codes.{target}": code, "then": "stay"}
        )
        start = time.perf_counter()
        answer = ask(
            "POST",
            f"/review/bench/unit/{unit}",
            content=body,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        decided.append(time.perf_counter() - start)
        assert answer.status_code == 303, answer.text
        # Visible: on the passage's row page of the public tables, which the decision has reached.
        seen = ask("GET", f"/orchestration/coding/{unit}-{code}")
        visible.append(time.perf_counter() - start)
        assert seen.status_code == 200, unit
    print(f"fsync append and row page {bare * 1000:.1f} ms (row page {row * 1000:.1f})")
    show("  decision durable and in the database", statistics.median(decided[5:]) / bare, "")
    show("  decision durable and visible on a page", statistics.median(visible[5:]) / bare, "<= 2")
