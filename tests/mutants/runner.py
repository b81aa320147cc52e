"""The tests of one module, asked about one fault after the other.

Everything is imported and collected once. Each fault is made in a child of this process, by which
nothing of it is left; a child stops at the first test that fails.
"""

from __future__ import annotations

import ast
import gc
import inspect
import os
import resource
import shutil
import sys
import tempfile
import time
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import settings
from pydantic import BaseModel

from tests.mutants.operators import Mutant, mutants
from tests.mutants.results import Results, source_of
from tests.mutants.table import PARTS, TESTS

AT_ONCE = 2
UNCHANGED = "nothing changed"


class Runner:
    """A plugin of pytest that runs the collected tests once for each fault."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.results = Results(module)
        self.running: dict[int, tuple[Mutant, Path]] = {}
        self.seconds = 0
        self.taken: list[tuple[dict[str, Any], str]] = []

    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Passed or failed; why is dear to say, and said only where there is no fault."""
        skipped = call.excinfo is not None and call.excinfo.errisinstance(pytest.skip.Exception)
        failed = call.excinfo is not None and not skipped
        if failed and not self.taken:
            print(item.nodeid, call.excinfo.getrepr(style="short"))  # type: ignore[union-attr]
        outcome: Any = "failed" if failed else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        before = time.process_time()
        if not passes(session.items):
            pytest.exit("These tests fail without any fault.", 1)
        self.taken = takers(sys.modules[self.module])
        gc.disable()  # what children do not touch they share
        self.seconds = 2 + 3 * int(time.process_time() - before)
        source = source_of(self.module).read_text()
        self.start(Mutant("module", 0, UNCHANGED, ast.parse(source)), session)
        if self.wait():
            pytest.exit("These tests fail where the module is made anew without any fault.", 1)
        known = self.results.begin()
        for mutant in mutants(source):
            if mutant.name in known or mutant.where not in PARTS.get(self.module, (mutant.where,)):
                continue
            while len(self.running) == AT_ONCE:
                self.wait()
            self.start(mutant, session)
        while self.running:
            self.wait()
        return True

    def start(self, mutant: Mutant, session: pytest.Session) -> None:
        folder = Path(tempfile.mkdtemp(prefix="mutant-"))
        child = os.fork()
        if child:
            self.running[child] = (mutant, folder)
            return
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds))
            for number in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
            session.config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
            put_in(sys.modules[self.module], mutant.made(), self.taken)
            status = not passes(session.items)
        finally:
            os._exit(status)

    def wait(self) -> bool:
        """Wait for a child; whether a test failed in it."""
        child, status = os.wait()
        mutant, folder = self.running.pop(child)
        shutil.rmtree(folder, ignore_errors=True)
        if mutant.what != UNCHANGED:
            self.results.add(mutant.name, status != 0)
            print("." if status else f"\n{mutant.line}: {mutant.name}\n", end="", flush=True)
        return status != 0


def passes(items: list[pytest.Item]) -> bool:
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        for report in runtestprotocol(item, nextitem=following, log=False):
            if report.failed:
                return False
    return True


def takers(module: ModuleType) -> list[tuple[dict[str, Any], str]]:
    """Modules that took a name from it, and which. Looked up once: children share what they leave."""
    names = vars(module)
    ours = [
        vars(item) for name, item in sys.modules.items() if name.startswith(("pipeline", "tests"))
    ]
    return [
        (taken, name)
        for taken in ours
        for name, value in names.items()
        if not name.startswith("__") and taken.get(name) is value
    ]


def put_in(module: ModuleType, tree: ast.Module, taken: list[tuple[dict[str, Any], str]]) -> None:
    """Make a module what the tree says, also for those who took names from it before.

    Classes stay the same ones, since there are objects of them already, and get new insides.
    """
    names = vars(module)
    before = dict(names)
    exec(compile(tree, str(module.__file__), "exec"), names)
    kept: dict[type, type] = {}
    for name, old in before.items():
        new = names[name]
        if old is not new and getattr(old, "__module__", "") == module.__name__:
            _become(old, new)
            if inspect.isclass(old) and not issubclass(old, BaseModel):
                kept[new] = names[name] = old
    for value in names.values():
        if type(value) in kept:
            object.__setattr__(value, "__class__", kept[type(value)])
    for other, name in taken:
        other[name] = names[name]


def _become(old: Any, new: Any) -> bool:
    """What somebody holds does what the new one does; False where it cannot be made to."""
    if hasattr(old, "__wrapped__"):  # a class method, a function that remembers or cleans up
        if hasattr(old, "cache_clear"):
            old.cache_clear()
        return _become(old.__wrapped__, new.__wrapped__)
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        if len(old.__code__.co_freevars) != len(new.__code__.co_freevars):
            return False
        old.__code__ = new.__code__
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
        return True
    if inspect.isclass(old):
        for name, value in vars(new).items():
            if name in vars(old) and _become(vars(old)[name], value):
                continue  # and keeps the class that `super` asks for
            if isinstance(value, FunctionType) or not (
                name.startswith("__") or inspect.ismemberdescriptor(value)
            ):
                setattr(old, name, value)
        return True
    if isinstance(old, property):
        return _become(old.fget, new.fget)
    if isinstance(old, cached_property):
        return _become(old.func, new.func)
    return False


def main(module: str) -> int:
    settings.register_profile("mutants", database=None, derandomize=True, max_examples=30)
    options = (
        "-q -n 0 --assert=plain -p no:cacheprovider -p no:warnings --hypothesis-profile=mutants"
    )
    arguments = [*options.split(), *TESTS[module].split()]
    return int(pytest.main(arguments, plugins=[Runner(module)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
