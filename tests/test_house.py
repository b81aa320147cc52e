"""The house itself: a reader can guess where a thing lives. (Its layers: `make test` runs lint-imports.)"""

from __future__ import annotations

import importlib
from collections import Counter

from tests.conftest import ROOT

MODULES = [path for path in (ROOT / "pipeline").rglob("*.py") if path.name != "__init__.py"]
WINGS = "ground model sources tagger build published desk web commands".split()


def test_every_module_stands_in_a_wing() -> None:
    loose = {path.stem for path in MODULES if path.parent == ROOT / "pipeline"}
    assert loose == {"bibliography", "cli"}  # the names by which others know us
    folders = {path.parent.name for path in (ROOT / "pipeline").glob("*/__init__.py")}
    assert folders == set(WINGS)


def test_no_two_modules_have_one_name() -> None:
    assert [
        name for name, count in Counter(path.name for path in MODULES).items() if count > 1
    ] == []


def test_no_module_is_long() -> None:
    long = {path.name: n for path in MODULES if (n := path.read_text().count("\n")) > 300}
    assert long == {}


def test_benchmarks_find_what_they_measure() -> None:
    for path in (ROOT / "tests" / "bench").glob("*.py"):
        importlib.import_module(f"tests.bench.{path.stem}".removesuffix(".__init__"))
