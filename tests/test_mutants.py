"""What `make mutants` asks: faults that are faults, modules and tests that are there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import ROOT
from tests.mutants.operators import mutants
from tests.mutants.results import harmless, source_of
from tests.mutants.table import PARTS, TESTS

SOURCE = '''
LIMITS = (1, "low")
NAMES: dict[str, int] = {"a": 1, "b": 2}

class Box:
    """What is said to readers stays."""

    @property
    def is_full(self) -> bool:
        return self.count >= 3 and not self.lid

def longest(words, given=None):
    for word in sorted(words, key=len):
        if word in given:
            continue
        yield f"{word[-1]}!" if word.strip() else ""
'''


def test_faults_at_the_top_in_properties_and_in_functions() -> None:
    assert [mutant.name for mutant in mutants(SOURCE)] == [
        "module: (1, 'low') -> ('low',)",
        "module: (1, 'low') -> (1,)",
        "module: 1 -> 2",
        "module: 'low' -> 'XXlowXX'",
        "module: {'a': 1, 'b': 2} -> {'b': 2}",
        "module: {'a': 1, 'b': 2} -> {'a': 1}",
        "module: 'a' -> 'XXaXX'",
        "module: 'b' -> 'XXbXX'",
        "module: 1 -> 2 #2",
        "module: 2 -> 3",
        "Box.is_full: return self.count >= 3 and (not self.lid) -> nothing",
        "Box.is_full: self.count >= 3 and (not self.lid) -> self.count >= 3 or not self.lid",
        "Box.is_full: self.count >= 3 and (not self.lid) -> not self.lid",
        "Box.is_full: self.count >= 3 and (not self.lid) -> self.count >= 3",
        "Box.is_full: self.count >= 3 -> self.count > 3",
        "Box.is_full: self.count >= 3 -> self.count < 3",
        "Box.is_full: 3 -> 4",
        "Box.is_full: not self.lid -> self.lid",
        "longest: sorted(words, key=len) -> sorted(words)",
        "longest: sorted(words, key=len) -> list(words)",
        "longest: word in given -> word not in given",
        "longest: continue -> nothing",
        """longest: yield (f'{word[-1]}!' if word.strip() else '') -> nothing""",
        """longest: f'{word[-1]}!' if word.strip() else '' -> f'{word[-1]}!' if not word.strip() else ''""",
        "longest: word.strip() -> word",
        "longest: -1 -> 1",
        "longest: 1 -> 2",
        "longest: '' -> 'XX'",
    ]


def test_one_fault_at_a_time() -> None:
    whole = ast.unparse(ast.parse(SOURCE)).splitlines()
    for mutant in mutants(SOURCE):
        changed = ast.unparse(mutant.made()).splitlines()
        differing = [pair for pair in zip(whole, changed, strict=True) if pair[0] != pair[1]]
        assert len(differing) == 1, mutant.name


@pytest.mark.parametrize("module", TESTS)
def test_the_modules_and_tests_that_are_named_are_there(module: str) -> None:
    source = source_of(module).read_text()
    for name in TESTS[module].split():
        file, _, function = name.partition("::")
        assert f"def {function}(" in (ROOT / file).read_text() or not function, name
    assert set(PARTS.get(module, ())) <= {mutant.where for mutant in mutants(source)}


def test_what_is_harmless_is_a_fault_with_a_reason() -> None:
    known = {
        module: {mutant.name for mutant in mutants(source_of(module).read_text())}
        for module in TESTS
    }
    for (module, fault), why in harmless().items():
        assert fault in known[module], fault
        assert re.search(r"\w", why)
