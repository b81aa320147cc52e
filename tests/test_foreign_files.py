"""Files and addresses from elsewhere cost little, run nothing, and are told what is wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import pickle
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.build.recipe import build
from pipeline.ground.formulas import guarded, safe, unguarded
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from pipeline.tagger.readers.words_reader import WordsReader
from pipeline.tagger.word_vectors import WordVectors
from tests.conftest import Evidence, Site, passage_id
from tests.reviewing import Running
from tests.test_check import HEADER, SCREENING, TIME, write

DIGEST = "corpus/berg2020.md"
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


def problems(evidence: Evidence, project: Project) -> list[tuple[str, int, str]]:
    """What `evidence check` finds: file, line, kind."""
    result = evidence("check", project, "--json")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return [(item["path"], item["line"], item["kind"]) for item in json.loads(result.stdout)]


@pytest.mark.parametrize(
    ("path", "text", "line", "kind"),
    [
        ("coding/coders.yml", "coders: &a [*a]\n", 1, "yaml-alias"),
        ("coding/rounds.yml", "rounds:\n  - &r {id: a}\n  - *r\n", 2, "yaml-alias"),
        ("coding/scheme.yml", LAUGHS, 1, "yaml-alias"),
        ("corpus/settings.yml", f"# many\n{LAUGHS}", 2, "yaml-alias"),
        ("corpus/imports/a.yml", "id: a\nsource: &s S\n", 2, "yaml-alias"),
        ("corpus/fulltext/berg2020.yml", "skip: &s [*s]\n", 1, "yaml-alias"),
        ("coding/training.yml", "learned: &l [*l]\n", 1, "yaml-alias"),
        ("coding/migrations/a.yml", "why: x\nchanges: &c [*c]\n", 2, "yaml-alias"),
        ("coding/indicators/role/weaver.yml", "code: weaver\nindicators: &i [*i]\n", 2, "yaml-alias"),
        ("coding/indicators/words.yml", "parties: &p [*p]\n", 1, "yaml-alias"),
        (DIGEST, "---\nkey: berg2020\nlanguage: &l en\n---\n", 3, "yaml-alias"),
        ("coding/coders.yml", "coders: !!python/object:os.system {}\n", 1, "yaml-tag"),
        ("coding/coders.yml", "coders: !!int ''\n", 1, "yaml-tag"),
        ("coding/coders.yml", f"coders: {'[' * 60_000}\n", 1, "yaml-depth"),
        ("coding/coders.yml", f"coders:\n  {'9' * 5000}\n", 2, "yaml-number"),
        ("coding/coders.yml", f"coders: {':'.join(['59'] * 5000)}\n", 1, "yaml-number"),
        ("coding/coders.yml", "coders: 2026-13-45\n", 0, "yaml"),
    ],
)  # fmt: skip
def test_yaml_that_is_more_than_its_text_is_refused_with_its_line(
    small: Project, evidence: Evidence, path: str, text: str, line: int, kind: str
) -> None:
    if path.startswith("corpus/fulltext"):
        write("corpus/fulltext/berg2020.txt", "A text about weavers and judges.\n")(small)
    write(path, text)(small)
    begun = time.process_time()
    assert (path, line, kind) in problems(evidence, small)
    assert time.process_time() - begun < 10


def test_files_beside_the_project_refuse_aliases_too(small: Project, evidence: Evidence) -> None:
    (small.root / "CITATION.cff").write_text(f"title: T\n{LAUGHS}")
    small.metadata.write_text(f"title: T\n\n{LAUGHS}")
    found = problems(evidence, small)
    assert ("CITATION.cff", 2, "yaml-alias") in found
    assert ("datasette_metadata.yml", 3, "yaml-alias") in found
    cited = evidence("cite", small, "--database")
    served = evidence("serve", small, "--no-open", "--port", "0")
    assert (cited.exit_code, served.exit_code) == (1, 1)
    assert "CITATION.cff:2: error: '&a': aliases and anchors are not read" in cited.stderr
    assert "datasette_metadata.yml:3: error: '&a'" in served.stderr


def test_the_box_of_indicators_refuses_aliases_at_once(small: Project) -> None:
    coder = Running(small).sign_in("first")
    home = "/review/scheme/code/weaver"
    based_on = coder.get(home).text.split('name="based_on" value="')[1].split('"')[0]
    text = f"code: weaver\n{LAUGHS}indicators: []\n"
    fields = {"do": "indicators", "code": "weaver", "text": text, "based_on": based_on}
    begun = time.process_time()
    answer = coder.post("/review/scheme/preview", fields, page=home)
    assert time.process_time() - begun < 2
    assert answer.status_code == 400
    assert "weaver.yml:2: error: &#39;&amp;a&#39;: aliases and anchors are not read" in answer.text


CONFLICT = "<<<<<<< HEAD\n{}=======\n{}>>>>>>> theirs\n"
LINE = f"{TIME},berg2020,sector,energy,,,,,2,pilot,\n"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("coding/coders.yml", "coders:\n" + CONFLICT.format("  - {id: a}\n", "  - {id: b}\n"), 2),
        ("coding/decisions/second/berg2020.csv", f"{HEADER}\n{CONFLICT.format(LINE, LINE)}", 2),
        (
            "coding/consensus/berg2020.csv",
            f"{HEADER},settled_by\n{LINE}{CONFLICT.format(LINE, LINE)}",
            3,
        ),
        (
            "coding/screening/first.csv",
            f"{SCREENING}\n{CONFLICT.format('', f'{TIME},berg2020,abstract,include,,,')}",
            2,
        ),
        ("coding/places/berg2020.csv", "unit,position,of,locator,language\n>>>>>>> theirs\n", 2),
        ("coding/agreement/pilot.json", CONFLICT.format('{"a": 1}\n', '{"a": 2}\n'), 1),
        (DIGEST, "---\nkey: berg2020\n---\nText\n" + CONFLICT.format("A.\n", "B.\n"), 5),
    ],
)
def test_marks_of_a_merge_are_named_as_such(
    small: Project, evidence: Evidence, path: str, text: str, line: int
) -> None:
    write(path, text)(small)
    found = problems(evidence, small)
    assert (path, line, "merge-conflict") in found
    assert {kind for where, _, kind in found if where == path} == {"merge-conflict"}


def test_marks_of_a_merge_in_the_bibliography(small: Project, evidence: Evidence) -> None:
    text = small.references.read_text()
    start = text.index("@", 1)
    small.references.write_text(f"{text[:start]}<<<<<<< HEAD\n=======\n>>>>>>> x\n{text[start:]}")
    line = text.count("\n", 0, start) + 1
    found = problems(evidence, small)
    assert [item for item in found if item[2] == "merge-conflict"] == [
        ("references.bib", line + more, "merge-conflict") for more in (0, 1, 2)
    ]


def test_a_note_may_hold_what_looks_like_marks(small: Project, evidence: Evidence) -> None:
    line = f'{TIME},berg2020,sector,energy,,"see\n<<<<<<< this\n=======\n",,,2,pilot,\n'
    write("coding/decisions/second/berg2020.csv", f"{HEADER}\n{line}")(small)
    assert not [item for item in problems(evidence, small) if item[2] == "merge-conflict"]


# --- What is opened in a spreadsheet, and what the site does not answer ---

FORMULAS = ("=1+1", "\t=1", "\r=1", "  =1", "\u00a0@a", "-1+1", "@SUM(A1)", "＝1", "\n+1", "'=1")
RISKY = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("end", ["", "?_stream=on", "?_stream=on&_dl=1", "?_size=1"])
def test_datasettes_own_csv_is_no_formula_anywhere(small: Project, end: str) -> None:
    passage = passage_id(small, "berg2020", 1)
    path = small.decisions / "second" / "berg2020.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADER.split(","))
        for number, text in enumerate(FORMULAS):
            time_ = f"2026-11-02T09:00:{number:02}Z"
            writer.writerow(
                [time_, passage, "role", "weaver", "", guarded(text), "", "", 2, "pilot", "x"]
            )
    build(small)
    site = Site(small)
    for prefix in ("", "/nl"):
        answer = site.get(f"{prefix}/orchestration/decision.csv{end}")
        assert answer.status_code == 200
        head, *found = rows(answer.text)
        place = head.index("note")
        notes = [row[place] for row in found]
        assert not [cell for row in found for cell in row if RISKY.match(cell)]
        if "_size" not in end:
            said = {f"'{text}" if text != "'=1" else text for text in FORMULAS}
            assert said <= set(notes)


def test_csv_says_what_the_table_holds(site: Site) -> None:
    stored = site.get("/orchestration/coding.json?_shape=arrays&_size=max").json()
    sent = rows(site.get("/orchestration/coding.csv?_size=max").text)
    assert sent[0] == stored["columns"]
    held = [["" if cell is None else str(cell) for cell in row] for row in stored["rows"]]
    assert [[cell.removeprefix("'") for cell in row] for row in sent[1:]] == held


@given(st.text(alphabet="=+-@\t\r\n '＝－a1.\u00a0", max_size=6))
def test_what_is_guarded_reads_back_and_old_files_read_as_they_did(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not RISKY.match(guarded(text))
    assert safe(safe(text)) == safe(text)
    # How lines were written before more signs were known.
    kept = text.strip()
    before = f"'{kept}" if re.match(r"'*[=+\-@\t\r]", kept) else kept
    assert unguarded(before) == kept


SIGNS = "=+-@＝＋－＠"
NUMBERS = "0 7 -3 -10 -29 -0.25 -1.75 -1e9 -1e-9 -1E+10 -2E29".split()


def test_numbers_stay_numbers() -> None:
    assert [safe(text) for text in NUMBERS] == NUMBERS
    assert [safe(text) for text in ("-1-1", "-1e--9", "-1e", "-1.", "-1x", "- 1", "-", "+1")] == [
        "'-1-1", "'-1e--9", "'-1e", "'-1.", "'-1x", "'- 1", "'-", "'+1"
    ]  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0 "])
def test_a_cell_that_begins_with_a_sign_is_text(sign: str, before: str) -> None:
    text = f"{before}{sign}SUM(A1)"
    assert safe(text) == f"'{text}"
    assert guarded(text) == (f" '{text}" if before or sign in "＝＋－＠" else f"'{text}")
    assert safe(f"a{sign}1") == guarded(f"a{sign}1") == f"a{sign}1"


@pytest.mark.parametrize(
    ("text", "opened", "kept"),
    [
        ("\tx", "'\tx", "'\tx"), ("\rx", "'\rx", "'\rx"), ("\nx", "'\nx", " '\nx"),
        ("'=1", "'=1", "''=1"), ("''=1", "''=1", "'''=1"), ("'x", "'x", "'x"), ("x", "x", "x"),
        (" '=1", " '=1", " ' '=1"), (" 'x", " 'x", " 'x"), ("]x", "]x", "]x"), ("", "", ""),
    ],
)  # fmt: skip
def test_how_a_cell_is_made_text(text: str, opened: str, kept: str) -> None:
    assert safe(text) == opened
    assert guarded(text) == kept
    assert unguarded(kept) == text


@pytest.mark.parametrize(
    "page",
    ["databases", "databases.json", "threads", "threads.json", "plugins", "plugins.json", "patterns",
     "allow-debug", "messages", "permissions", "settings.json", "versions.json", "actor.json"],
)  # fmt: skip
def test_pages_about_the_server_are_not_public(site: Site, real: Project, page: str) -> None:
    for path in (f"/-/{page}", f"/nl/-/{page}"):
        answer = site.get(path)
        assert answer.status_code == 404, path
        assert str(real.root) not in answer.text


def test_styles_are_public_still(site: Site) -> None:
    assert site.get("/-/static/app.css").status_code == 200
    assert site.get("/-/evidence/site.css").status_code == 200


@pytest.mark.parametrize(
    "asked",
    ["_sort=nonsense", "_sort_desc=nonsense", "_sort=study&_sort_desc=study", "_through=nonsense",
     "_through={}", "_through=[]", '_through={"table":5,"column":"a","value":"b"}',
     '_through={"table":"coding","column":["a"],"value":{}}', "study__in=[", "_timelimit=x"],
)  # fmt: skip
def test_nonsense_in_an_address_is_400(site: Site, asked: str) -> None:
    for form in ("", ".json", ".csv"):
        answer = site.get(f"/orchestration/coding{form}?{asked}")
        assert answer.status_code == 400, (form, answer.text[:200])
        assert "Traceback" not in answer.text
    dutch = site.get(f"/nl/orchestration/coding?{asked}").text
    assert "Wat in dit adres wordt gevraagd, is niet te begrijpen." in dutch


def test_sense_in_an_address_is_answered(site: Site) -> None:
    through = '{"table":"coding","column":"study","value":"yan2018cross"}'
    answer = site.get(f"/orchestration/study.json?_shape=array&_through={through}")
    assert [row["key"] for row in answer.json()] == ["yan2018cross"]


@pytest.mark.parametrize("path", ["/", "/nl/", "/orchestration/coding", "/review", "/download/csv"])
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "FOO"])
def test_other_methods_are_405(running: Running, path: str, method: str) -> None:
    answer = running.ask(method, path)
    assert answer.status_code == 405
    allowed = {"GET", "HEAD", "OPTIONS", *(["POST"] if path == "/review" else [])}
    assert set(answer.headers["allow"].split(", ")) == allowed


@pytest.fixture(scope="module")
def running(built_small: Project, tmp_path_factory: pytest.TempPathFactory) -> Running:
    folder = tmp_path_factory.mktemp("methods") / "small"
    shutil.copytree(built_small.root, folder)
    return Running(Project(folder))


# --- What stands in .cache/ may have come with the folder ---


class Bomb:
    """What a pickle may hold: a call that is made when it is opened."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (Path.touch, (self.mark,))


def holding(path: Path, value: bytes) -> None:
    """Let every value of an SQLite cache be this one."""
    with closing(sqlite3.connect(path)) as connection, connection:
        (table,) = connection.execute("SELECT name FROM sqlite_master").fetchone()
        column = {"item": "value", "vector": "vector", "formatted": "html"}[table]
        assert connection.execute(f"UPDATE {table} SET {column} = ?", [value]).rowcount > 0


def test_a_cache_from_elsewhere_runs_nothing(small: Project, evidence: Evidence) -> None:
    mark = small.root / "ran"
    holding(small.cache / "store.db", pickle.dumps(Bomb(mark)))
    small.scheme.touch()
    result = evidence("build", small)
    assert result.exit_code == 0, result.output
    assert not mark.exists()
    assert result.stderr.count("store.db was damaged") == 1
    assert titles(small) == ["berg2020", "smit2021"]


@pytest.mark.parametrize("name", ["store.db", "citations.db"])
@pytest.mark.parametrize(
    "spoilt", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000, "half", "kind", "value"]
)
def test_a_damaged_cache_is_made_again_with_one_line(
    small: Project, evidence: Evidence, name: str, spoilt: bytes | str
) -> None:
    assert evidence("cite", small, "berg2020").exit_code == 0
    said = evidence("cite", small, "berg2020").stdout
    path = small.cache / name
    whole = path.read_bytes()
    if spoilt == "value":
        holding(path, b"\xc1\xff\xff")
    elif spoilt == "kind":
        path.unlink()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE VIEW item AS SELECT 1 AS key, 2 AS value")
            connection.execute("CREATE VIEW formatted AS SELECT 1 AS key, 2 AS html")
    else:
        path.write_bytes(whole[: len(whole) // 2 + 7] if spoilt == "half" else spoilt)  # type: ignore[arg-type]
    small.scheme.touch()
    result = evidence("cite", small, "berg2020")
    assert (result.exit_code, result.stdout) == (0, said)
    assert result.stderr.count("was damaged") <= 1
    assert titles(small) == ["berg2020", "smit2021"]
    again = evidence("cite", small, "berg2020")
    assert (again.stdout, again.stderr.count("was damaged")) == (said, 0)


def test_a_damaged_model_is_learned_again(tmp_path: Path) -> None:
    for data in (b"", b"PK\x03\x04 not whole", pickle.dumps(Bomb(tmp_path / "ran"))):
        path = tmp_path / "role-1.npz"
        path.write_bytes(data)
        assert WordsReader.load(path, WordVectors(tmp_path / "words.db")) is None
        assert not path.exists()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("spoilt", [b"no database" * 100, "value"])
def test_damaged_vectors_of_words_are_made_again(tmp_path: Path, spoilt: Any) -> None:
    path = tmp_path / "words.db"
    before = WordVectors(path).of(["weaver"])["weaver"]
    if spoilt == "value":
        holding(path, b"short")
    else:
        path.write_bytes(spoilt)
    assert (WordVectors(path).of(["weaver"])["weaver"] == before).all()
    assert (WordVectors(path).of(["weaver"])["weaver"] == before).all()


def titles(project: Project) -> list[str]:
    with closing(sqlite3.connect(project.database)) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM study ORDER BY key")]


# --- Links ---

SECRET = "the words of a private letter"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the project."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "letter.txt").write_text(f"Dear Anna, {SECRET}, and nobody brought us together.\n")
    (folder / "berg2020.csv").write_text(f"{HEADER}\n")
    return folder


@pytest.mark.parametrize(
    ("link", "to", "kind"),
    [
        ("corpus/fulltext/berg2020.txt", "../../../outside/letter.txt", "foreign-link"),
        ("corpus/abstracts/berg2020.txt", "{outside}/letter.txt", "foreign-link"),
        ("corpus/fulltext", "../../outside", "foreign-link"),
        ("coding/decisions/third", "../../../outside", "foreign-link"),
        ("coding/instructions/a.md", "/etc/hostname", "foreign-link"),
        ("coding/indicators/role/judge.yml", "/dev/zero", "foreign-link"),
        ("corpus/imports", "/nowhere/at/all", "foreign-link"),
        ("corpus/fulltext/berg2020.txt", "berg2020.txt", "link-loop"),
        ("corpus/fulltext", "../corpus", "link-loop"),
        ("coding/decisions/third", "..", "link-loop"),
        ("corpus/nobody.md", "nobody2.md", "dead-link"),
        (".journal", "../outside", "foreign-link"),
    ],
)
def test_links_out_of_the_project_are_told_and_not_read(
    small: Project, evidence: Evidence, outside: Path, link: str, to: str, kind: str
) -> None:
    path = small.root / link
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(to.format(outside=outside))
    before = sorted(outside.iterdir())
    assert problems(evidence, small) == [(link, 0, kind)]
    for command in ("build", "agreement", "imports"):
        result = evidence(command, small)
        assert result.exit_code == 1
        assert f"{link}: error: " in result.stderr
        assert SECRET not in result.output
    assert SECRET.encode() not in small.database.read_bytes()
    assert sorted(outside.iterdir()) == before


def test_links_within_the_project_are_read(small: Project) -> None:
    (small.root / "texts").mkdir()
    (small.root / "texts" / "berg2020.txt").write_text(f"{SECRET}.\n")
    small.fulltext.mkdir(exist_ok=True)
    (small.fulltext / "berg2020.txt").symlink_to("../../texts/berg2020.txt")
    assert build(small).tagged == 1


def test_what_is_no_file_is_told_rather_than_waited_for(small: Project, evidence: Evidence) -> None:
    os.mkfifo(small.corpus / "smit2022.md")
    assert problems(evidence, small) == [("corpus/smit2022.md", 0, "no-file")]


def test_a_running_review_reads_no_link(small: Project, outside: Path) -> None:
    running = Running(small)
    coder = running.sign_in("first")
    small.fulltext.mkdir(exist_ok=True)
    (small.fulltext / "berg2020.txt").symlink_to(outside / "letter.txt")
    with pytest.raises(InputError) as refused:
        build(small)
    assert [problem.kind for problem in refused.value.problems] == ["foreign-link"]
    assert coder.get("/").status_code == 200


@pytest.mark.parametrize(
    "plan",
    [
        [{"path": "../outside/letter.txt", "staged": "0.new"}],
        [{"path": "{outside}/letter.txt", "staged": ""}],
        [{"path": ".git/hooks/post-checkout", "staged": "0.new"}],
        [{"path": "references.bib", "staged": "../../outside/letter.txt"}],
        [{"path": 5, "staged": ""}],
        {"a": 1},
        "no JSON",
    ],
)
def test_a_journal_from_elsewhere_changes_nothing(
    small: Project, evidence: Evidence, outside: Path, plan: Any
) -> None:
    small.journal.mkdir(exist_ok=True)
    (small.journal / "0.new").write_text("#!/bin/sh\n")
    text = plan if isinstance(plan, str) else json.dumps(plan).replace("{outside}", str(outside))
    (small.journal / "plan.json").write_text(text)
    before = small.references.read_bytes()
    result = evidence("check", small)
    assert result.exit_code == 1
    assert ".journal/plan.json: error: " in result.stderr
    assert SECRET in (outside / "letter.txt").read_text()
    assert small.references.read_bytes() == before
    assert not (small.root / ".git").exists()


# --- Imports of any size ---

PEOPLE = [f"Name{number}, A." for number in range(50_000)]


def ris(title: str, people: list[str]) -> str:
    names = "".join(f"AU  - {name}\n" for name in people)
    return f"TY  - JOUR\nTI  - {title}\n{names}PY  - 2020\nJO  - J\nER  - \n\n"


def bib(title: str, people: list[str]) -> str:
    key = f"k{len(title)}x{len(people)}"
    names = " and ".join(people)
    return (
        f"@article{{{key},\n title={{{title}}},\n author={{{names}}}, year=2020, journal={{J}}}}\n"
    )


def table(title: str, people: list[str]) -> str:
    return f'"{title}",2020,"{"; ".join(people)}"\n'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "head", "write_"),
    [("a.ris", "", ris), ("a.bib", "", bib), ("a.csv", "title,year,authors\n", table)],
)
def test_enormous_records_are_broken_and_spoil_nothing(
    small: Project, evidence: Evidence, name: str, head: str, write_: Any
) -> None:
    text = head + write_("word " * 800_000, ["Smit, J."])
    text += write_("A list", PEOPLE) + write_("A title", ["Smit, J."])
    (small.root / name).write_text(text)
    begun = time.process_time()
    result = evidence("add", small, str(small.root / name), "--json")
    assert time.process_time() - begun < 30
    (preview,) = json.loads(result.stdout)
    said = [item.get("message", "") for item in preview["records"]]
    assert said[0].startswith(("a field of 3,999,999 characters", "a field of 4,000,000"))
    assert said[1] == "50,000 people; up to 10,000 are taken"
    assert preview["records"][2]["state"] == "new"
    assert len(result.stdout) < 200_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "head", "record"),
    [("a.ris", "", ris), ("a.bib", "", bib), ("a.csv", "title,year,authors\n", table)],
)
def test_too_many_records_are_refused(
    small: Project, evidence: Evidence, name: str, head: str, record: Any
) -> None:
    (small.root / name).write_text(head + record("A title", ["Smit, J."]) * 100_000)
    begun = time.process_time()
    result = evidence("add", small, str(small.root / name))
    assert time.process_time() - begun < 20
    assert result.exit_code == 1
    assert "more than 50,000 records" in result.stderr


def test_the_browser_names_the_command_for_many_records(small: Project) -> None:
    coder = Running(small).sign_in("first")
    text = "".join(ris(f"Title {number}", ["Smit, J."]) for number in range(10_001))
    answer = coder.post("/review/add", {"text": text, "source": "S", "kind": "database"})
    assert answer.status_code == 400
    assert "10,001 records; up to 10,000 are taken in here" in answer.text
