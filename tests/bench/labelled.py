"""Public labelled sets through `find_repeats`, beside bib-dedupe where its Python is given.

python -m tests.bench.labelled FOLDER [--peer PYTHON] [--only NAME]… [--faults]

Each folder in FOLDER is one set, in the form in which it is published (docs/benchmarks.md says
where each is). A pair counts once, after closure: what is merged with a third is merged. Both
programs get the same records, each in a process of its own that tells its time and its memory.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

Row = dict[str, str]
Pairs = set[tuple[str, str]]
COLUMNS = (
    "ID", "ENTRYTYPE", "author", "title", "year", "journal", "booktitle", "volume", "number", "pages",
    "doi", "url", "publisher", "abstract",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records by BibTeX's fields, each with an ID, and the groups of them that are one text.

    Where only the first record of each text is known, those are `firsts`: records are counted.
    """

    name: str
    rows: list[Row]
    groups: list[list[str]]
    firsts: frozenset[str] = frozenset()


def _rows(path: Path, encoding: str = "utf-8-sig") -> list[Row]:
    csv.field_size_limit(10**9)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return [{name: value or "" for name, value in row.items()} for row in csv.DictReader(file)]


def _read_bib_dedupe(folder: Path) -> Labelled:
    groups = [row["merged_ids"].split(";") for row in _rows(folder / "merged_record_ids.csv")]
    return Labelled(folder.name, _rows(folder / "records_pre_merged.csv"), groups)


def _read_asysd(folder: Path) -> Labelled:
    """The file says of each record whether it is the first of its text or a copy, not of which."""
    rows = _rows(folder / "labelled_test_set.csv", "latin-1")
    for row in rows:
        row["ID"], row["ENTRYTYPE"] = row.pop("record_id"), "article"
        for name, value in row.items():
            row[name] = "" if value == "NA" else value
        row["author"] = " and ".join(
            re.sub(r"^(.*\w) ((?:\w\.?[ -]?)+)$", r"\1, \2", name.strip())
            for name in re.split(r"(?<=\.)(?=[^\W\d_]{2})", row["author"])
        )
    firsts = frozenset(row["ID"] for row in rows if row["source"] == "unique")
    return Labelled(folder.name, rows, [], firsts)


def _read_dblp_acm(folder: Path) -> Labelled:
    rows = []
    for file in ("DBLP2.csv", "ACM.csv"):
        for row in _rows(folder / file):
            kind = (
                "journal" if re.search("journal|trans|record", row["venue"], re.I) else "booktitle"
            )
            rows.append({
                "ID": row["id"], "title": row["title"], "year": row["year"], kind: row["venue"],
                "author": row["authors"].replace(", ", " and "),
                "ENTRYTYPE": "article" if kind == "journal" else "inproceedings",
            })  # fmt: skip
    with (folder / "DBLP-ACM_perfectMapping.csv").open(encoding="utf-8", newline="") as file:
        groups = [row for row in csv.reader(file) if row[0] != "idDBLP"]
    return Labelled(folder.name, rows, groups)


def _read_curation(folder: Path) -> Labelled:
    """A curated journal: what each source said of a text, and which of them are one.

    Entries that its people have not compared with the others yet are left out.
    """
    rows: dict[str, Row] = {}
    for path in sorted((folder / "search").glob("*.bib")):
        for row in _entries(path):
            rows[f"{path.name}/{row['ID']}"] = row | {"ID": f"{path.name}/{row['ID']}"}
    groups = [
        [origin for origin in re.split(r"[;\s]+", row.get("colrev_origin", "")) if origin in rows]
        for row in _entries(folder / "records.bib")
        if row.get("colrev_status", "") not in _NOT_COMPARED
    ]
    known = {identity for group in groups for identity in group}
    known_rows = [row for key, row in rows.items() if key in known]
    return Labelled(folder.name, known_rows, [group for group in groups if group])


_NOT_COMPARED = ("md_retrieved", "md_imported", "md_needs_manual_preparation", "md_prepared")


def _entries(path: Path) -> Iterator[Row]:
    """Entries as these files write them: one field a line, or its lines indented below it."""
    text = path.read_text(encoding="utf-8")
    for kind, key, body in re.findall(r"^@(\w+)\{([^,\n]+),\n(.*?)^\}", text, re.M | re.S):
        fields = re.findall(r"^ {1,4}([\w.-]+) *= \{(.*?)\},?$", body, re.M | re.S)
        yield {"ID": key, "ENTRYTYPE": kind} | dict(fields)


# The file by which the form of a set is known, and its reader.
FORMS: Mapping[str, Callable[[Path], Labelled]] = {
    "merged_record_ids.csv": _read_bib_dedupe,
    "labelled_test_set.csv": _read_asysd,
    "DBLP-ACM_perfectMapping.csv": _read_dblp_acm,
    "records.bib": _read_curation,
}


def read_sets(folder: Path) -> Iterator[Labelled]:
    for path in sorted(path for path in folder.iterdir() if path.is_dir()):
        for name, read in FORMS.items():
            if (path / name).is_file():
                yield read(path)
                break


def joined(groups: Iterable[Iterable[str]]) -> list[list[str]]:
    """The groups, those that share a record as one."""
    leader: dict[str, str] = {}

    def find(one: str) -> str:
        while leader.setdefault(one, one) != one:
            leader[one] = one = leader[leader[one]]
        return one

    for first, *others in groups:
        for other in others:
            leader[find(other)] = find(first)
    members: dict[str, list[str]] = defaultdict(list)
    for one in list(leader):
        members[find(one)].append(one)
    return [sorted(group) for group in members.values()]


def pairs_of(groups: Iterable[Iterable[str]]) -> Pairs:
    """Every pair of records that belong together, be it by way of others."""
    return {pair for group in joined(groups) for pair in combinations(group, 2)}


def compare(labelled: Labelled, groups: list[list[str]]) -> tuple[Pairs, Pairs, int]:
    """Pairs that are wrong, pairs that are missing, and how many are right."""
    if not labelled.firsts:
        found, truth = pairs_of(groups), pairs_of(labelled.groups)
        return found - truth, truth - found, len(found & truth)
    alone = [[row["ID"]] for row in labelled.rows]
    wrong: Pairs = set()
    missed: Pairs = set()
    for group in joined([*alone, *groups]):
        firsts = [one for one in group if one in labelled.firsts]
        wrong |= {(firsts[0], other) for other in firsts[1:]}
        missed |= {(group[0], group[0])} if not firsts else set()
    copies = len(labelled.rows) - len(labelled.firsts)
    return wrong, missed, copies - len(missed)


def find_ours(rows: list[Row]) -> list[list[str]]:
    """What this project takes for one text, and the time that it took."""
    from pipeline.desk.adding.duplicates import find_repeats
    from pipeline.desk.adding.formats.names import read_name
    from pipeline.model.records import Study

    def study(row: Row) -> Study:
        names = re.split(r"\s+and\s+", row.get("author", "").strip())
        year = re.search(r"\d{4}", row.get("year", ""))
        return Study(
            key=row["ID"], type=row.get("ENTRYTYPE") or "misc", title=row.get("title", ""),
            authors=tuple(filter(None, map(read_name, names))),
            year=int(year[0]) if year else 0, line=1,
            container=row.get("journal", "") or row.get("booktitle", ""),
            volume=row.get("volume", ""), number=row.get("number", ""),
            pages=row.get("pages", ""), doi=row.get("doi", ""), url=row.get("url", ""),
            publisher=row.get("publisher", ""),
        )  # fmt: skip

    found = find_repeats([study(row) for row in rows])
    return [
        [rows[place]["ID"], rows[match.other]["ID"]]
        for place, matches in enumerate(found)
        for match in matches
    ]


# Run by the peer's own Python, which knows nothing of this project.
PEER = """
import contextlib, json, os, resource, sys, time
import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep
frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
start = time.perf_counter()
with contextlib.redirect_stdout(sys.stderr):
    records = prep(frame, verbosity_level=0)
    pairs = block(records, verbosity_level=0)
    groups = cluster(match(pairs, verbosity_level=0))
spent = time.perf_counter() - start
print(json.dumps({"groups": groups, "seconds": spent, "memory": max(
    resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
) / 1024}))
"""


@dataclass(frozen=True, slots=True)
class Result:
    """Pairs merged wrongly and not at all, the seconds, the peak of memory in MB."""

    wrong: Pairs
    missed: Pairs
    right: int
    seconds: float
    memory: float

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + len(self.wrong) + len(self.missed), 1)


def measure(labelled: Labelled, command: list[str]) -> Result:
    """Run a program on the file of the records and compare what it merges."""
    with TemporaryDirectory() as place:
        path = Path(place) / "records.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(labelled.rows)
        done = subprocess.run([*command, str(path)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    value = json.loads(done.stdout.splitlines()[-1])
    wrong, missed, right = compare(labelled, value["groups"])
    return Result(wrong, missed, right, value["seconds"], value["memory"])


def _print(name: str, who: str, result: Result) -> None:
    print(
        f"{name:24} {who:12} FP {len(result.wrong):5} FN {len(result.missed):5} "
        f"F1 {result.f1:.4f}  {result.seconds:7.2f} s {result.memory:6.0f} MB",
        flush=True,
    )


def _print_faults(labelled: Labelled, result: Result) -> None:
    rows = {row["ID"]: row for row in labelled.rows}
    for what, pairs in (("wrong", result.wrong), ("missed", result.missed)):
        for pair in sorted(pairs):
            print(f"\n{what}")
            for identity in pair:
                row = rows[identity]
                where = "{journal}{booktitle} {volume}({number}) {pages} doi {doi}".format_map(
                    defaultdict(str, row)
                )
                author = row.get("author", "")[:90]
                print(f"   {identity} {author} {row.get('year')} | {row.get('title')} | {where}")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", default="", help="a Python that has bib-dedupe")
    parser.add_argument("--only", action="append", default=[], help="a set, by its folder's name")
    parser.add_argument("--faults", action="store_true", help="print the pairs that are wrong")
    given = parser.parse_args(arguments)
    for labelled in read_sets(given.folder):
        if given.only and labelled.name not in given.only:
            continue
        name = f"{labelled.name} ({len(labelled.rows):,})"
        ours = measure(labelled, [sys.executable, "-m", "tests.bench.labelled", "--run"])
        _print(name, "evidence", ours)
        if given.faults:
            _print_faults(labelled, ours)
        if given.peer:
            _print(name, "bib-dedupe", measure(labelled, [given.peer, "-c", PEER]))


def _run(path: str) -> None:
    import pipeline.desk.adding.duplicates  # like the peer's, not counted  # noqa: F401

    rows = _rows(Path(path))
    start = time.perf_counter()
    groups = find_ours(rows)
    spent = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"groups": groups, "seconds": spent, "memory": memory}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        _run(sys.argv[2])
    else:
        main(sys.argv[1:])
