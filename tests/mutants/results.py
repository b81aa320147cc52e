"""What came of each fault, in a file as it comes, and how many were seen."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "mutants"
HARMLESS = Path(__file__).with_name("survivors.csv")
WANTED = 0.9


def source_of(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


@dataclass(frozen=True)
class Results:
    """The results of one module, for its source as it is."""

    module: str

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.module}.jsonl"

    def begin(self) -> set[str]:
        """What was seen before, in the same source; what survived is asked again."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        state = hashlib.sha256(source_of(self.module).read_bytes()).hexdigest()
        if not self.path.exists() or self.path.read_text().partition("\n")[0] != state:
            self.path.write_text(f"{state}\n")
        return {name for name, seen in self.read().items() if seen}

    def read(self) -> dict[str, bool]:
        lines = self.path.read_text().splitlines()[1:] if self.path.exists() else []
        return dict(json.loads(line) for line in lines)

    def add(self, name: str, killed: bool) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps([name, killed]) + "\n")


def harmless() -> dict[tuple[str, str], str]:
    """Faults that change nothing that anybody can see, and why."""
    with HARMLESS.open(newline="") as file:
        return {(row["module"], row["fault"]): row["why"] for row in csv.DictReader(file)}


def summary(modules: Iterable[str]) -> int:
    """Prints a table and what survived without a reason; 1 where too little was seen."""
    known, short = harmless(), 0
    for module in modules:
        found = Results(module).read()
        left = [name for name, killed in found.items() if not killed]
        killed = len(found) - len(left)
        print(
            f"{module:48} {len(found):5} faults {killed:5} seen {killed / max(len(found), 1):6.1%}"
        )
        for name in left:
            print(f"    {known.get((module, name), 'NO REASON')} | {name}")
        short += killed < WANTED * len(found)
    return int(short > 0)
