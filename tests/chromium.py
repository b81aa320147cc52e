"""The Chromium of the browser tests: the one that is here, else Playwright's own, else Debian's.

python -m tests.chromium     say which it is; where there is none, fetch one

Ends with 1 where none can be had and BROWSER_TESTS=required.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
NONE = "there is no Chromium here, and none could be fetched (on Debian: apt install chromium)"
DEBIAN = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"


def find() -> str | None:
    """The first that starts."""
    return next(filter(_starts, _known()), None)


def _known() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(path: str) -> bool:
    if not Path(path).is_file():
        return False
    return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0


def _fetch() -> str | None:
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append(["sh", "-c", DEBIAN])
    patience = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000", **os.environ}  # ms
    for way in ways:
        print(f"No Chromium yet: {' '.join(way[-3:])} …", flush=True)
        subprocess.run(way, env=patience, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if path := find():
            return path
    return None


def main() -> int:
    if path := find() or _fetch():
        print(f"Browser tests use {path}.")
        return 0
    print(f"Browser tests will not run: {NONE}.", flush=True)
    return int(os.environ.get("BROWSER_TESTS") == "required")


if __name__ == "__main__":
    raise SystemExit(main())
