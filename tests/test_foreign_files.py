"""Files from elsewhere cost little, run nothing, and are named when they cannot be used."""

from __future__ import annotations

import json
import time

import pytest

from pipeline.project import Project
from tests.conftest import Evidence
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
    begun = time.monotonic()
    assert (path, line, kind) in problems(evidence, small)
    assert time.monotonic() - begun < 10


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
    begun = time.monotonic()
    answer = coder.post("/review/scheme/preview", fields, page=home)
    assert time.monotonic() - begun < 2
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
