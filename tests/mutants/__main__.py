"""Faults are put into the modules that decide, one at a time, and the tests have to see them.

    python -m tests.mutants [MODULE ...]     # all of TESTS, or those of these names

Results stand in `.cache/mutants/`, one line each as they come; what was seen
once is not asked again until the module changes (delete the folder to ask everything). Ends with 1 where less than nine of ten faults of a module are seen.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.mutants.results import summary
from tests.mutants.table import TESTS


def main(names: list[str]) -> int:
    chosen = [module for module in TESTS if not names or module.rpartition(".")[2] in names]
    for module in chosen:
        command = [sys.executable, "-m", "tests.mutants.runner", module]
        subprocess.run(
            command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        )
    return summary(chosen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
