"""Whether two states of the code say the same: everything that a user can get, saved and compared.

python -m tests.bench.sameness save CODE_DIR OUT_DIR      what the code in a folder makes of its project
python -m tests.bench.sameness compare OUT_A OUT_B        what differs; exit status 1 if anything does

CODE_DIR is a checkout with its own .venv. Only the command `evidence`, files and HTTP are used.
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from urllib.parse import quote

from tests.bench.sameness_commands import BATCH, Command, commands, living_commands
from tests.bench.sameness_crawl import crawl, served
from tests.bench.sameness_projects import make_broken, make_living, make_real

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
BLOCKS = (
    "article|body|caption|dd|desc|div|dl|dt|figure|footer|g|h[1-6]|head|header|html|li|main|nav|ol|"
    "p|path|polygon|polyline|rect|section|style|svg|table|tbody|td|text|tfoot|th|thead|title|tr|ul"
)
# What two states of the code may write otherwise although a reader gets the same.
MEANT = [
    (re.compile(pattern), put)
    for pattern, put in (
        # The id of a model holds a hash of the code that made it; its suggestions are compared.
        (r"\bexamples [0-9a-f]{8}\b", "examples MODEL"),
        # Templates escape quotation marks in two ways.
        (r"&#x27;", "&#39;"),
        (r"&quot;", "&#34;"),
        # Blanks around elements that begin a line anyway.
        (rf"\s*(</?(?:{BLOCKS})\b[^<>]*>)\s*", r"\n\1\n"),
    )
]
SHOWN = 6  # lines of each difference
AROUND = 110  # characters on either side of where a line begins to differ


def today(day: datetime.date) -> str:
    """A pattern for a day as references and files write it."""
    names = {name.split()[day.month - 1] for name in MONTHS.values()}
    month = "(?:" + "|".join(sorted({*names, *(name[:3] for name in names)}, key=len)[::-1]) + ")"
    year, number = day.year, f"0?{day.day}"
    return "|".join(
        (
            rf"{year}\\?[-/]{day.month:02}\\?[-/]{day.day:02}",
            rf"\[{year}, ?{day.month}, ?{day.day}\]",
            rf"\b{number} {month}\.?,? {year}",
            rf"\b{month}\.? {number},? {year}",
            rf"\b{year},? {month}\.? {number}\b",
        )
    )


class Normal:
    """Takes out of a text what must differ between two runs, and nothing else."""

    def __init__(self, work: Path, code: Path) -> None:
        day = today(datetime.date.today())
        self.rules = [
            (re.compile(pattern), put)
            for pattern, put in (
                # Projects lie in a folder of their own at each run.
                (re.escape(quote(str(work), safe="")), "WORK"),
                (re.escape(str(work)), "WORK"),
                (re.escape(str(code)), "CODE"),
                # A free port is taken. Markdown puts a backslash before signs, here and in days.
                (r"(127\\?\.0\\?\.0\\?\.1\\?(?::|%3A))[0-9]{2,5}", r"\1PORT"),
                # Made at random for each browser.
                (r'(name="csrftoken" value=")[^"]*', r"\1TOKEN"),
                (r"(sign-in\?token=)[\w-]+", r"\1TOKEN"),
                # How long a query took.
                (r'("query_ms": )[0-9.e-]+', r"\1MS"),
                # Moments at which this run added something; then the day that files say they were
                # retrieved or references accessed.
                (rf"(?:{day})T[0-9:.]+(?:Z|\+00:00)", "NOW"),
                (day, "TODAY"),
                # Addresses of style sheets and scripts end in a hash of them; they are saved.
                (r"(/-/evidence/[a-z.]+\?)[0-9a-f]+", r"\1HASH"),
            )
        ]

    def __call__(self, text: str) -> str:
        for pattern, put in self.rules:
            text = pattern.sub(put, text)
        return text

    def of(self, data: bytes) -> str:
        """A file as text: what a ZIP file holds, and of pictures the hash."""
        if data.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                parts = [(item.filename, packed.read(item)) for item in packed.infolist()]
            return "\n".join(f"== {name}\n{self.of(held)}" for name, held in parts)
        try:
            return self(data.decode())
        except UnicodeDecodeError:
            return f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}"


class Saved:
    """A folder of what was seen, each under the address or the command that gave it."""

    def __init__(self, folder: Path, normal: Normal) -> None:
        self.folder = folder
        self.normal = normal

    def add(self, part: str, name: str, text: str) -> None:
        file = quote(self.normal(name), safe=" =&?,;")
        if len(file.encode()) > 180:
            file = f"{file[:160]}~{hashlib.sha256(file.encode()).hexdigest()[:12]}"
        path = self.folder / part / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def save_database(saved: Saved, part: str, path: Path) -> None:
    """The schema, and every row of each table and view in the order in which it is read."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    things = connection.execute(
        "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    ).fetchall()
    saved.add(part, "schema", "\n\n".join(f"{kind} {name}\n{sql}" for kind, name, sql in things))
    for kind, name, _ in things:
        if kind in ("table", "view"):
            found = connection.execute(f'SELECT * FROM "{name}"')
            lines = ["\t".join(column[0] for column in found.description)]
            lines += ["\t".join(map(repr, row)) for row in found]
            saved.add(part, name, saved.normal("\n".join(lines)))
    connection.close()


def run_commands(saved: Saved, part: str, code: Path, asked: list[Command], work: Path) -> None:
    """Commands in one process through the entry point `evidence`, and the files they write."""
    given = json.dumps([(item.arguments, item.given) for item in asked])
    done = subprocess.run(
        [str(code / ".venv/bin/python"), "-c", BATCH],
        input=given,
        cwd=work,
        text=True,
        capture_output=True,
    )
    if done.returncode:
        raise SystemExit(f"The commands of {code} could not be run:\n{done.stderr}")
    results = json.loads(done.stdout)
    for place, (item, (status, out, error)) in enumerate(zip(asked, results, strict=True)):
        said = [f"status {status}", saved.normal(out), "-- errors", saved.normal(error)]
        for path in item.files:
            held = saved.normal.of(path.read_bytes()) if path.is_file() else "was not written"
            said.append(f"-- {path.name}\n{held}")
        saved.add(part, f"{place:03} {item.name}", "\n".join(said))


def save(code: Path, folder: Path) -> None:
    """Save what the code makes of its project, of a running review of it, and of a broken one."""
    start = time.perf_counter()

    def tell(what: str) -> None:
        print(f"{time.perf_counter() - start:6.0f} s  {what}", flush=True)

    evidence = str(code / ".venv/bin/evidence")
    with tempfile.TemporaryDirectory(prefix="sameness-") as place, ThreadPoolExecutor(2) as pool:
        work = Path(place).resolve()
        saved = Saved(work / "saved", Normal(work, code))
        real = make_real(code, work / "real")
        done = subprocess.run(
            [evidence, "build", "-C", str(real)], capture_output=True, text=True, cwd=work
        )
        saved.add("commands", "evidence build", saved.normal(done.stdout + done.stderr))
        if done.returncode:
            raise SystemExit(f"{real} cannot be built:\n{done.stderr}")
        save_database(saved, "database", real / "orchestration.db")
        tell("built")
        other = shutil.copytree(real, work / "other")
        living = shutil.copytree(real, work / "living")

        def site() -> None:
            with served([evidence, "serve", "-C", str(real)], work) as (root, _):
                tell(f"{crawl(root, saved, 'site')} pages of the site")

        def rest() -> None:
            broken = make_broken(real, work / "broken")
            asked = commands(other, broken)
            run_commands(saved, "commands", code, asked, work)
            tell(f"{len(asked)} commands")
            make_living(living)
            run_commands(saved, "living", code, living_commands(living), work)
            save_database(saved, "living database", living / "orchestration.db")
            tell("a living review built")
            order = [evidence, "review", "--coder", "third", "--coder", "adjudicator"]
            with served([*order, "-C", str(living)], work) as (root, links):
                visited = crawl(root, saved, "visitor", {"/review"})
                for coder, link in links.items():
                    visited += crawl(root, saved, f"review {coder}", {"/review"}, link)
                tell(f"{visited} pages of the review")

        for part in [pool.submit(site), pool.submit(rest)]:
            part.result()
        # Only what is whole takes the place of what was saved before.
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(saved.folder, folder)
    files = sum(1 for path in folder.rglob("*") if path.is_file())
    times = os.times()
    spent = times.user + times.system + times.children_user + times.children_system
    tell(f"{files} files in {folder} ({spent:.0f} s of processor time)")


def compare(one: Path, other: Path) -> int:
    """Print what differs between two saved folders. The number of differences."""
    names = [
        {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        for folder in (one, other)
    ]
    wrong = otherwise = 0
    for name in sorted(names[0] | names[1]):
        if name not in names[1] or name not in names[0]:
            print(f"only in {one if name in names[0] else other}: {name}")
            wrong += 1
            continue
        texts = [(folder / name).read_bytes().decode() for folder in (one, other)]
        if texts[0] == texts[1]:
            continue
        lines = [meant(text) for text in texts]
        if lines[0] == lines[1]:
            otherwise += 1
            continue
        wrong += 1
        print(f"differs: {name}")
        for line in differences(*lines):
            print(f"    {line}")
    total = len(names[0] | names[1])
    if otherwise:
        print(f"{otherwise} are written otherwise and read the same.")
    print(f"{wrong} of {total} differ." if wrong else f"The same: {total} pages, tables, outputs.")
    return wrong


def meant(text: str) -> list[str]:
    """The lines of a text as far as they can make a difference to a reader."""
    for pattern, put in MEANT:
        text = pattern.sub(put, text)
    return [line for line in text.splitlines() if line]


def differences(one: list[str], other: list[str]) -> Iterator[str]:
    """The first lines that differ, each from a little before the place where it does."""
    shown = 0
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        for old, new in zip_longest(one[start:end], other[first:last], fillvalue="(nothing)"):
            if shown == SHOWN:
                yield "…"
                return
            shown += 1
            at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
            cut = slice(max(0, at - AROUND), at + AROUND)
            yield f"{start + 1}: - {old[cut]}"
            yield f"{first + 1}: + {new[cut]}"


def main() -> None:
    match sys.argv[1:]:
        case ["save", code, folder]:
            save(Path(code).resolve(), Path(folder).resolve())
        case ["compare", one, other]:
            for folder in (one, other):
                if not Path(folder).is_dir():
                    raise SystemExit(f"No folder {folder}.")
            sys.exit(1 if compare(Path(one), Path(other)) else 0)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
