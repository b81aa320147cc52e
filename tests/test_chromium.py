"""Where there is no Chromium the other tests run, and it is said what did not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The surroundings of a machine on which nothing is installed and nothing can be reached."""
    away = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "none")}
    here = {name: value for name, value in os.environ.items() if name != "BROWSER_TESTS"}
    return {**here, **away, "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9"}


def run(bare: dict[str, str], *command: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *command], env=bare, cwd=ROOT, capture_output=True, text=True
    )
    return done.returncode, done.stdout


def test_it_is_said_first_and_is_no_error_unless_demanded(bare: dict[str, str]) -> None:
    state, said = run(bare, "tests.chromium")
    assert state == 0
    assert said.splitlines()[-1].startswith("Browser tests will not run: there is no Chromium")
    assert run({**bare, "BROWSER_TESTS": "required"}, "tests.chromium")[0] == 1


def test_the_end_says_how_many_did_not_run(bare: dict[str, str]) -> None:
    name = "test_no_page_asks_another_host"
    state, said = run(bare, "pytest", "-p", "no:cacheprovider", f"tests/test_browser.py::{name}")
    assert state == 0
    assert "Browser tests that did not run: 1, since there is no Chromium here" in said
