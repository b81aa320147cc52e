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

from tests.mutants.operators import Mutant, mutants
from tests.mutants.results import Results, source_of
from tests.mutants.table import TESTS

AT_ONCE = 2


class Runner:
    """A plugin of pytest that runs the collected tests once for each fault."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.results = Results(module)
        self.running: dict[int, tuple[Mutant, Path]] = {}
        self.seconds = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        before = time.process_time()
        if not passes(session.items):
            pytest.exit("These tests fail without any fault.", 1)
        gc.freeze()  # what children do not touch they share
        self.seconds = 4 + 5 * int(time.process_time() - before)
        known = self.results.begin()
        for mutant in mutants(source_of(self.module).read_text()):
            if mutant.name in known:
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
            put_in(sys.modules[self.module], mutant.tree)
            status = not passes(session.items)
        finally:
            os._exit(status)

    def wait(self) -> None:
        child, status = os.wait()
        mutant, folder = self.running.pop(child)
        shutil.rmtree(folder, ignore_errors=True)
        self.results.add(mutant.name, status != 0)
        print("." if status else f"\n{mutant.line}: {mutant.name}\n", end="", flush=True)


def passes(items: list[pytest.Item]) -> bool:
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        for report in runtestprotocol(item, nextitem=following, log=False):
            if report.failed:
                return False
    return True


def put_in(module: ModuleType, tree: ast.Module) -> None:
    """Make a module what the tree says, also for those who took names from it before."""
    names = vars(module)
    before = dict(names)
    exec(compile(tree, str(module.__file__), "exec"), names)
    for name, old in before.items():
        if old is not names[name] and getattr(old, "__module__", "") == module.__name__:
            _become(old, names[name], set())
    for other in [
        item for name, item in sys.modules.items() if name.startswith(("pipeline", "tests"))
    ]:
        for name, value in list(vars(other).items()):
            if name in before and value is before[name] and not name.startswith("__"):
                setattr(other, name, names[name])


def _become(old: Any, new: Any, seen: set[int]) -> None:
    """Functions that somebody holds do what the new ones do."""
    if id(old) in seen:
        return
    seen.add(id(old))
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        if len(old.__code__.co_freevars) == len(new.__code__.co_freevars):
            old.__code__ = new.__code__
            old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    elif inspect.isclass(old):
        for name, value in vars(old).items():
            if name in vars(new):
                _become(value, vars(new)[name], seen)
    elif isinstance(old, property):
        _become(old.fget, new.fget, seen)
    elif isinstance(old, cached_property):
        _become(old.func, new.func, seen)
    elif isinstance(old, (staticmethod, classmethod)) or hasattr(old, "__wrapped__"):
        if hasattr(old, "cache_clear"):
            old.cache_clear()
        _become(old.__wrapped__, new.__wrapped__, seen)


def main(module: str) -> int:
    settings.register_profile("mutants", database=None, derandomize=True, max_examples=30)
    options = "-q -n 0 -p no:cacheprovider -p no:warnings --hypothesis-profile=mutants"
    arguments = [*options.split(), *TESTS[module].split()]
    return int(pytest.main(arguments, plugins=[Runner(module)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
