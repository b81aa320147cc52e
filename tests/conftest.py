"""What several tests share: a small project to break, and the real one to trust."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from typer.testing import CliRunner

from pipeline.build.recipe import build
from pipeline.commands.evidence import app
from pipeline.ground.project import Project
from pipeline.web.serve import make_site
from tests import chromium

ROOT = Path(__file__).parent.parent
SMALL = Path(__file__).parent / "small"
GOLDEN = Path(__file__).parent / "golden" / "project"
WRITTEN = (
    "references.bib",
    "datasette_metadata.yml",
    "datasette_metadata.nl.yml",
    "corpus",
    "coding",
)
KEPT = (".cache/models", ".cache/passed", ".cache/store.db", ".cache/words.db")
HEADER = "decided_at,unit,dimension,codes,confidence,note,quote,shown,scheme,round,text"

Evidence = Callable[..., Any]

# Without a file of examples, and without a watch: two workers and a browser share the machine.
settings.register_profile(
    "tests", database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")
# Commands are put together once rather than for each that is run.
typer.testing._get_command = cache(typer.testing._get_command)
typer.testing._get_command(app)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as there are processors; none for tests that are named, which start at once."""
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    return 0 if named else os.cpu_count() or 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests are slow, and the files that hold slow ones begin."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def built_small(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project, built once. Only to be copied."""
    folder = tmp_path_factory.mktemp("built") / "small"
    shutil.copytree(SMALL, folder)
    shutil.copy(ROOT / "datasette_metadata.yml", folder)
    build(Project(folder))
    return Project(folder)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 at its least in this process: nobody's password is guarded here."""
    usual = PasswordHasher.__init__.__defaults__
    PasswordHasher.__init__.__defaults__ = (1, 8, 1, *usual[3:])  # time, memory in KiB, threads
    yield
    PasswordHasher.__init__.__defaults__ = usual


@pytest.fixture
def small(built_small: Project, tmp_path: Path) -> Project:
    """A copy of the small project: two studies, three roles, indicators without examples."""
    shutil.copytree(built_small.root, tmp_path / "small")
    return Project(tmp_path / "small")


@pytest.fixture(scope="session")
def built_golden(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The golden project, built once. Only to be read, or copied."""
    project = Project(shutil.copytree(GOLDEN, tmp_path_factory.mktemp("built") / "golden"))
    build(project)
    return project


@pytest.fixture
def golden_project(built_golden: Project, tmp_path: Path) -> Project:
    """A copy of a project with everything that tests tend to forget.

    People and a model, three coders of one passage, a closed round with consensus, an open one and
    a blind one, guarded notes, withdrawn and late lines, a retired and a younger code, undecided
    sectors, two languages, a study read in place of another, an unread one and one left out.
    """
    return Project(shutil.copytree(built_golden.root, tmp_path / "golden"))


@pytest.fixture(scope="session")
def built_review(built_small: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project with rounds and a third coder, built once. Only to be copied."""
    from tests.reviewing import with_rounds

    folder = tmp_path_factory.mktemp("review") / "small"
    return with_rounds(Project(Path(shutil.copytree(built_small.root, folder))))


@pytest.fixture
def reviewed(built_review: Project, tmp_path: Path) -> Project:
    """A copy of the small project with rounds and a third coder."""
    return Project(Path(shutil.copytree(built_review.root, tmp_path / "small")))


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same for all of its workers."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base


@pytest.fixture(scope="session")
def real(shared: Path) -> Project:
    """The project in this repository, built."""
    project = Project(ROOT)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # what one worker builds is there for the others
        build(project)
        if not (shared / "real").exists():
            copy_files(project, shared / "real")
    return project


@pytest.fixture(params=["real", "built_golden"])
def published(request: pytest.FixtureRequest) -> Project:
    """Each of two built projects: the real one, and the one that forgets nothing."""
    found: Project = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def fresh(real: Project, shared: Path, tmp_path: Path) -> Project:
    """The project in this repository, with what it has learned and read, to be changed."""
    shutil.copytree(shared / "real", tmp_path, dirs_exist_ok=True)
    return Project(tmp_path)


def copy_files(project: Project, folder: Path) -> None:
    """What is written by hand, but for full texts, and what was learned and read from it."""
    kept = (name for name in KEPT if (project.root / name).exists())
    for name in (*WRITTEN, *kept):
        source, copy = project.root / name, folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("fulltext"))
        else:
            shutil.copy2(source, copy)


@pytest.fixture
def evidence() -> Evidence:
    """The command, run in this process: evidence("check", project, "--json")."""

    def run(command: str, project: Project, *arguments: str, given: str | None = None) -> Any:
        return CliRunner().invoke(
            app, [command, *arguments, "--project", str(project.root)], input=given
        )

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if left := [report for report in skipped if chromium.NONE in str(report.longrepr)]:
        said = f"Browser tests that did not run: {len(left)}, since {chromium.NONE}."
        terminalreporter.write_line(said)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.NONE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


def run_apart(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run in a thread of its own, since the browser's loop may be running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


class Site:
    """A site over a project's database, asked over HTTP without a network."""

    def __init__(self, project: Project, **how: Any) -> None:
        self._site = make_site(project, **how)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        return run_apart(self._site.client.request(method, path, **more))

    def get(self, path: str) -> Any:
        return self.ask("GET", path)


@pytest.fixture(scope="session")
def site(real: Project) -> Site:
    return Site(real)


def passage_id(project: Project, study: str, position: int) -> str:
    """The id of a passage by its place."""
    from pipeline.sources.corpus import read_digest

    document, _ = read_digest(project.corpus / f"{study}.md", study)
    assert document is not None
    return document.passages[position - 1].id


def decide(project: Project, coder: str, study: str, *lines: str) -> None:
    """Append lines to a decision file."""
    path = project.decisions / coder / f"{study}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if path.exists() else HEADER + "\n"
    path.write_text(before + "".join(f"{line}\n" for line in lines))
