"""Ways of stopping on labelled reviews: how often the target was reached, and the work saved.

python -m tests.bench.stopping FOLDER     a folder of CSV files with title, abstract and
                                          label_included (docs/screening.md says where they are)
"""

from __future__ import annotations

import csv
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from pipeline.desk.screening.ranking import Ranker
from pipeline.desk.screening.simulation import RULES, Trial, simulate
from pipeline.model.stopping import Aim

SEEDS = (1, 2, 3)
BATCH = 10  # decisions between two rankings
TARGETS = (90, 95)


def labelled(path: Path) -> tuple[dict[str, str], set[str]]:
    """The texts of a review by key, and which of them are relevant."""
    csv.field_size_limit(10**7)
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = list(csv.DictReader(file))
    texts, relevant = {}, set()
    for place, row in enumerate(rows):
        key = f"{place:06}"
        texts[key] = " ".join((row["title"], row["title"], row["abstract"]))
        if row["label_included"].strip() in ("1", "1.0"):
            relevant.add(key)
    return texts, relevant


def screened(ranker: Ranker, texts: Mapping[str, str], relevant: set[str], seed: int) -> list[bool]:
    """All candidates in the order of screening, begun with one of each kind."""
    chance = random.Random(seed)
    yes = {chance.choice(sorted(relevant))}
    no = {chance.choice(sorted(set(texts) - relevant))}
    order = [True, False]
    while len(order) < len(texts):
        for key, _ in ranker.rank(yes, no).undecided[:BATCH]:
            (yes if key in relevant else no).add(key)
            order.append(key in relevant)
    return order


def show(trials: list[Trial], target: int) -> None:
    """One line a rule: runs stopped, of these with the target, share found, work saved."""
    print(f"\ntarget {target} %")
    for name in RULES:
        runs = [trial for trial in trials if trial.rule == name and trial.aim.target == target]
        ended = [trial for trial in runs if trial.at is not None]
        recalls = [trial.found / trial.known for trial in ended] or [1.0]
        print(
            f"{name:10} stopped {len(ended):3} of {len(runs):3}, with the target "
            f"{sum(trial.reached for trial in ended):3}; lowest {min(recalls):.3f}, mean "
            f"{statistics.mean(recalls):.3f}; saved {statistics.mean(t.saved for t in runs):.3f}"
        )


def main(folder: Path) -> None:
    trials: list[Trial] = []
    needed: dict[int, list[float]] = defaultdict(list)
    for path in sorted(folder.glob("*.csv")):
        texts, relevant = labelled(path)
        ranker = Ranker(texts)
        for seed in SEEDS:
            order = screened(ranker, texts, relevant, seed)
            for target in TARGETS:
                found = simulate(tuple(order), 0, Aim(target), seed)
                trials += found
                enough = -(-target * len(relevant) // 100)
                at = [place for place, said in enumerate(order, 1) if said][enough - 1]
                needed[target].append(1 - at / len(order))
                said = " ".join(f"{t.rule} {t.at or '-'} {t.found / t.known:.2f}" for t in found)
                print(
                    f"{path.stem} {len(texts)} {len(relevant)} {seed} {target}: {said}", flush=True
                )
    for target in TARGETS:
        show(trials, target)
        print(f"an oracle that stops at the target saves {statistics.mean(needed[target]):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
