"""Eight coders with five hundred saves each, over the same passages, while others read."""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench.review import CODERS, make_review_project

SAVES = 500  # of each coder
PASSAGES = 20  # of each study
SYNC = 0.015  # seconds that the disk takes


def bench_together(folder: Path, show: Callable[..., None]) -> None:
    """No save fails, all are on disk once, and the database is that of a build."""
    from pipeline.build.recipe import build
    from pipeline.desk.review.accounts import Accounts
    from pipeline.desk.review.review_desk import open_desk
    from pipeline.ground.project import Project
    from pipeline.sources.decisions import read_codings
    from pipeline.web.review.review_session import Review
    from pipeline.web.serve import make_review
    from tests.test_review_desk import everything

    make_review_project(folder, SAVES // PASSAGES, PASSAGES, answered=0)
    project = Project(folder)
    build(project)
    review = Review(open_desk(project), Accounts())
    site = make_review(project, review)
    assert review.copy is not None
    scheme = review.desk.scheme
    codes = [code.id for code in scheme.dimension(scheme.evidence).codes]
    units = list(review.desk.passages)
    left = CODERS
    took: list[float] = []

    async def ask(cookies: dict[str, str], method: str, path: str, **body: str) -> Any:
        return await site.client.request(
            method,
            path,
            content=urlencode(body),
            cookies=cookies,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )

    async def code(number: int) -> Counter[int]:
        nonlocal left
        cookies = {"ds_actor": site.sign({"a": {"id": f"coder{number}"}}, "actor")}
        page = await ask(cookies, "GET", f"/review/bench/unit/{units[0]}")
        cookies.update(dict(page.cookies))
        token = re.search(r'name="csrftoken" value="([^"]*)"', page.text)
        assert token
        found: Counter[int] = Counter()
        for place, unit in enumerate(units):
            body = {
                "csrftoken": token[1],
                f"codes.{scheme.evidence}": codes[(place + number) % len(codes)],
            }
            start = time.perf_counter()
            answer = await ask(cookies, "POST", f"/review/bench/unit/{unit}", **body)
            took.append(time.perf_counter() - start)
            found[answer.status_code] += 1
        left -= 1
        return found

    async def read(number: int) -> Counter[int]:
        cookies = {"ds_actor": site.sign({"a": {"id": f"coder{number}"}}, "actor")}
        found: Counter[int] = Counter()
        place = number
        while left:
            unit = units[place % len(units)]
            for path in (f"/review/bench/unit/{unit}", f"/review/bench/study/{unit[:-9]}"):
                found[(await ask(cookies, "GET", path)).status_code] += 1
                await asyncio.sleep(0.25)
            place += 1
        return found

    async def together() -> Any:
        return await asyncio.gather(*map(code, range(CODERS)), *map(read, range(3)))

    sync = os.fsync
    os.fsync = lambda file: (time.sleep(SYNC), sync(file))[1]  # type: ignore[assignment]
    try:
        found = asyncio.run(together())
    finally:
        os.fsync = sync
    print(f"{CODERS} x {SAVES} saves on a disk of {SYNC * 1000:.0f} ms: {sum(found, Counter())}")
    show("  a save, median in seconds", statistics.median(took), "")
    written = read_codings(project).decisions.open
    names = Counter((line.coder, line.unit) for line in written)
    print(f"  on disk {len(written)}, each once: {set(names.values()) == {1}}")
    live = everything(review.copy)
    build(project)
    print(f"  the database is that of a build: {live == everything(project.database)}")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        bench_together(Path(temporary) / "p", lambda *words: print(*words))
