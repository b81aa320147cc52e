"""The order of screening on public labelled reviews, beside ASReview's if its Python is given.

python -m tests.bench.ranking FOLDER                          a CSV file for each review
python -m tests.bench.ranking FOLDER --peer asreview/bin/python

A file has the columns title, abstract and label_included (0 or 1); docs/screening.md says where
the reviews are. Each is screened to its end from one relevant and one irrelevant record, drawn
by a seed, and ranked anew after each of the first twenty decisions, then after each hundredth
part. What has been measured is kept in FOLDER/results-*.json and not measured again.

FOLDER/titles.json may say what each review is called, {"Smid_2020": "Bayesian versus ..."}: then
the share found in the first tenth is shown too when nothing but that title is known.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

SEEDS = (1, 2, 3)
FIGURES = {"recall at 10 %": max, "WSS@95": max, "ATD": min, "all found at": min}

Rank = Callable[[Sequence[int], Sequence[int]], Sequence[int]]  # relevant, irrelevant: best first


def ours(titles: Sequence[str], abstracts: Sequence[str]) -> Rank:
    from pipeline.desk.screening.ranking import Ranker

    keys = [f"{place:06}" for place in range(len(titles))]
    texts = (" ".join((one, one, other)) for one, other in zip(titles, abstracts, strict=True))
    ranker = Ranker(dict(zip(keys, texts, strict=True)))

    def rank(relevant: Sequence[int], irrelevant: Sequence[int]) -> Sequence[int]:
        ranking = ranker.rank([keys[n] for n in relevant], [keys[n] for n in irrelevant])
        return [int(key) for key, _ in ranking.undecided]

    return rank


def elas_u4(titles: Sequence[str], abstracts: Sequence[str]) -> Rank:
    """What `asreview simulate --ai elas_u4` ranks with."""
    import numpy as np
    import pandas as pd
    from asreview import ActiveLearningCycle
    from asreview.models.models import get_ai_config

    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    rows = cycle.transform(pd.DataFrame({"title": titles, "abstract": abstracts})).tocsr()

    def rank(relevant: Sequence[int], irrelevant: Sequence[int]) -> Sequence[int]:
        places = [*relevant, *irrelevant]
        answers = np.array([1] * len(relevant) + [0] * len(irrelevant))
        cycle.fit(rows[places], answers)
        left = np.setdiff1d(np.arange(len(titles)), places)
        return left[cycle.rank(rows[left])].tolist()

    return rank


RANKERS = {"ours": ours, "elas_u4": elas_u4}


def read(path: Path) -> tuple[list[str], list[str], list[bool]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return (
        [row["title"] for row in rows],
        [row["abstract"] for row in rows],
        [float(row["label_included"]) == 1 for row in rows],
    )


def screen(rank: Rank, truth: Sequence[bool], seed: int) -> list[int]:
    """The places in the order of screening at which something relevant was found."""
    rng = random.Random(seed)
    relevant = [rng.choice([n for n, yes in enumerate(truth) if yes])]
    irrelevant = [rng.choice([n for n, yes in enumerate(truth) if not yes])]
    found: list[int] = []
    read_so_far = 0
    while len(relevant) < sum(truth):
        batch = 1 if read_so_far < 20 else max(1, len(truth) // 100)
        for n in rank(relevant, irrelevant)[:batch]:
            read_so_far += 1
            (relevant if truth[n] else irrelevant).append(n)
            if truth[n]:
                found.append(read_so_far)
    return found


def figures(found: Sequence[int], number: int) -> dict[str, float]:
    """Shares of the records that were to be screened, `number`."""
    at_95 = found[math.ceil(0.95 * len(found)) - 1]
    return {
        "recall at 10 %": sum(place <= 0.1 * number for place in found) / len(found),
        "WSS@95": 0.95 - at_95 / number,
        "ATD": fmean(found) / number,
        "all found at": found[-1] / number,
    }


def measure(folder: Path, name: str) -> None:
    """All reviews that were not yet measured with a ranker, each kept at once."""
    kept = folder / f"results-{name}.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    for path in sorted(folder.glob("*.csv"), key=lambda path: path.stat().st_size):
        if path.stem in results:
            continue
        titles, abstracts, truth = read(path)
        start = time.process_time()
        rank = RANKERS[name](titles, abstracts)
        first = time.process_time() - start
        runs = [figures(screen(rank, truth, seed), len(truth) - 2) for seed in SEEDS]
        results[path.stem] = {
            **{figure: fmean(run[figure] for run in runs) for figure in FIGURES},
            "records": len(truth),
            "relevant": sum(truth),
            "seconds of the processor until there are vectors": first,
            "seconds of the processor": time.process_time() - start,
        }
        kept.write_text(json.dumps(results, indent=1))


def cost(folder: Path, name: str) -> None:
    """Seconds of the processor, and memory, for the first 10,000 records of all reviews."""
    reviews = [read(path) for path in sorted(folder.glob("*.csv"))]
    titles, abstracts, truth = (
        [item for review in reviews for item in review[part]][:10_000] for part in range(3)
    )
    start = time.process_time()
    rank = RANKERS[name](titles, abstracts)
    print(f"{name}: {time.process_time() - start:.2f} s to vectors of {len(titles):,}")
    for decisions in (200, 1000, 3000):
        relevant = [n for n, yes in enumerate(truth[:decisions]) if yes]
        irrelevant = [n for n, yes in enumerate(truth[:decisions]) if not yes]
        start = time.process_time()
        rank(relevant, irrelevant)
        print(f"  {time.process_time() - start:.3f} s to rank after {decisions:,} decisions")
    print(f"  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")


def show(folder: Path, names: Sequence[str]) -> None:
    """A table of all reviews, ranker beside ranker, and the means."""
    kept = {name: json.loads((folder / f"results-{name}.json").read_text()) for name in names}
    reviews = sorted(set.intersection(*(set(results) for results in kept.values())))
    print(f"| review (records, relevant) | {' | '.join(FIGURES)} |  <!-- {' / '.join(names)} -->")
    print("|---|" + "---|" * len(FIGURES))
    for review in reviews:
        first = kept[names[0]][review]
        cells = (
            " / ".join(f"{kept[name][review][figure]:.3f}" for name in names) for figure in FIGURES
        )
        label = f"{review} ({first['records']:,}, {first['relevant']:,})"
        print(f"| {label} | {' | '.join(cells)} |")
    means = (
        " / ".join(f"{fmean(kept[name][r][figure] for r in reviews):.3f}" for name in names)
        for figure in FIGURES
    )
    print(f"| mean of {len(reviews)} | {' | '.join(means)} |")
    for figure, better in FIGURES.items():
        won = sum(
            better((kept[name][r][figure], name == names[0]) for name in names)[1] for r in reviews
        )
        if len(names) > 1:
            print(f"{figure}: {names[0]} at least as good in {won} of {len(reviews)}")
    for name in names:
        took = fmean(kept[name][r]["seconds of the processor"] for r in reviews)
        print(f"{name}: {took:.1f} s of the processor a review")


def cold(folder: Path) -> None:
    """What comes first by likeness to the title of the review alone, as by a codebook."""
    from pipeline.desk.screening.ranking import rank

    path = folder / "titles.json"
    if not path.exists():
        return
    shares = []
    for review, title in json.loads(path.read_text(encoding="utf-8")).items():
        titles, abstracts, truth = read(folder / f"{review}.csv")
        texts = {
            f"{place:06}": " ".join((one, one, other))
            for place, (one, other) in enumerate(zip(titles, abstracts, strict=True))
        }
        order = [truth[int(key)] for key, _ in rank(texts, (), (), [title])]
        shares.append(sum(order[: len(order) // 10]) / sum(order))
        print(f"{review}: {shares[-1]:.3f} in the first tenth, by its title alone")
    print(f"mean of {len(shares)}: {fmean(shares):.3f}, where chance finds 0.100")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", help="a Python that has asreview 3")
    parser.add_argument("--cost", action="store_true", help="seconds and memory instead")
    parser.add_argument("--ranker", choices=RANKERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    task = cost if options.cost else measure
    if options.ranker:
        task(options.folder, options.ranker)
        return
    # Each in a process of its own, so that the memory is its own.
    for python, name in ((sys.executable, "ours"), (options.peer, "elas_u4")):
        if python:
            each = [python, __file__, str(options.folder), "--ranker", name]
            subprocess.run([*each, "--cost"] if options.cost else each, check=True)
    if options.cost:
        return
    show(options.folder, ["ours", "elas_u4"] if options.peer else ["ours"])
    cold(options.folder)


if __name__ == "__main__":
    main()
