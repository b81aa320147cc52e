"""Where candidates stand, what screeners see, and the flow that is counted from it."""

from __future__ import annotations

import csv
import io
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.build.prisma_flow import flow_of
from pipeline.ground.project import Project
from pipeline.model.candidacy import (
    VERDICTS,
    Candidacy,
    ScreeningLine,
    at_stage,
    candidacies,
    followed,
    standing,
    to_screen,
)
from pipeline.model.scheme import Screening, read_scheme
from pipeline.sources.screening.screened import read_screened
from tests.conftest import Evidence, Site
from tests.reviewing import Running, with_rounds

SAMPLES = Path(__file__).parent / "imports"
RULES = """screening:
  stages: [abstract, full]
  screeners: {screeners}
  blind: {blind}
  reasons:
    - id: off_topic
      label: {{en: "Off topic", nl: "Buiten het onderwerp"}}
"""


def line(
    coder: str, verdict: str | None, minute: int = 0, stage: str = "abstract", settles: bool = False
) -> ScreeningLine:
    said = next((known for known in VERDICTS if known == verdict), None)
    return ScreeningLine(
        f"2026-11-24T09:{minute:02}:00Z",
        coder,
        "a",
        stage,
        said,
        "",
        "",
        settles,
        f"{coder}.csv",
        minute,
    )


@pytest.mark.parametrize(
    ("screeners", "lines", "stage", "state"),
    [
        (1, [], "abstract", "awaiting"),
        (1, [line("x", "include")], "full", "awaiting"),
        (1, [line("x", "exclude")], "abstract", "excluded"),
        (1, [line("x", "unsure")], "abstract", "unsure"),
        (1, [line("x", "exclude"), line("x", None, 1)], "abstract", "awaiting"),
        (1, [line("x", "exclude"), line("x", "include", 1)], "full", "awaiting"),
        (1, [line("x", "include"), line("x", "include", 1, "full")], "full", "included"),
        (1, [line("x", "include"), line("x", "missing", 1, "full")], "full", "missing"),
        (2, [line("x", "include")], "abstract", "awaiting"),
        (2, [line("x", "include"), line("y", "include")], "full", "awaiting"),
        (2, [line("x", "include"), line("y", "exclude")], "abstract", "conflict"),
        (2, [line("x", "include"), line("y", "exclude"), line("y", "exclude", 2, settles=True)], "abstract", "excluded"),
        (2, [line("x", "include"), line("y", "exclude"), line("x", "include", 2, settles=True)], "full", "awaiting"),
        (2, [line("x", "include"), line("y", "exclude"), line("x", "include", 2, settles=True), line("y", "exclude", 3, settles=True)], "abstract", "excluded"),
    ],
)  # fmt: skip
def test_where_a_candidate_stands(
    screeners: int, lines: list[ScreeningLine], stage: str, state: str
) -> None:
    rules = Screening(screeners=screeners)
    for order in (lines, lines[::-1]):
        found = candidacies(["a", "b"], {"a"}, standing(order), rules)
        assert (found["a"].stage, found["a"].state) == (stage, state)
        assert (found["b"].state, found["b"].screened) == ("included", False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("xyz"), st.sampled_from([*VERDICTS, None]), st.integers(0, 59),
            st.sampled_from(["abstract", "full"]), st.booleans(),
        ),
        max_size=12,
        unique_by=lambda item: (item[0], item[2]),
    ),
    st.sampled_from([1, 2]),
)  # fmt: skip
def test_any_lines_give_one_state_in_any_order(
    given_lines: list[tuple[str, str | None, int, str, bool]], screeners: int
) -> None:
    lines = [line(*item) for item in given_lines]
    rules = Screening(screeners=screeners)
    first = candidacies(["a"], {"a"}, standing(lines), rules)
    assert first == candidacies(["a"], {"a"}, standing(lines[::-1]), rules)
    if first["a"].state == "included":
        assert any(item.verdict == "include" for item in lines)


def said(key: str, coder: str, verdict: str | None, minute: int = 0, **more: Any) -> ScreeningLine:
    return replace(line(coder, verdict, minute), study=key, **more)


def test_what_screeners_said_stands_oldest_first() -> None:
    """By time wherever a clock was, then by screener, then by line."""
    lines = [
        said("a", "z", "include", 4),
        said("a", "y", "include", 1),
        said("a", "y", "exclude", 5),  # takes the place of her first line, and comes last
        said("a", "x", "unsure", 4),
        said("a", "w", "unsure", decided_at="2026-11-24T11:03:00+02:00"),
        said("a", "v", None, 6),
        said("b", "x", "include", 3, number=7),
        said("b", "x", "missing", 3, number=6),
        said("b", "x", "exclude", 2, stage="full"),
    ]
    for order in (lines, lines[::-1]):
        found = standing(order)
        assert found.keys() == {("a", "abstract"), ("b", "abstract"), ("b", "full")}
        given = {
            place: [(c, at.verdict) for c, at in told.items()] for place, told in found.items()
        }
        assert given["a", "abstract"] == [
            ("w", "unsure"), ("x", "unsure"), ("z", "include"), ("y", "exclude")
        ]  # fmt: skip
        assert given["b", "abstract"] == [("x", "include")]
        assert given["b", "full"] == [("x", "exclude")]


@pytest.mark.parametrize(
    ("screeners", "lines", "found"),
    [
        (1, [("x", "exclude", "late")], ("excluded", "late")),
        (1, [("x", "exclude", "")], ("excluded", "")),
        (1, [("x", "missing", "")], ("missing", "")),
        (1, [("x", "unsure", "")], ("unsure", "")),
        (1, [("x", "include", "")], ("included", "")),
        (1, [], ("awaiting", "")),
        (2, [("x", "exclude", "late")], ("awaiting", "")),
        (2, [("x", "exclude", "late"), ("y", "exclude", "late")], ("excluded", "late")),
        (2, [("x", "exclude", ""), ("y", "exclude", "late")], ("excluded", "late")),
        (2, [("x", "exclude", "late"), ("y", "exclude", "far")], ("conflict", "")),
        (2, [("x", "include", "late"), ("y", "include", "far")], ("included", "late")),
        (2, [("x", "unsure", ""), ("y", "unsure", "")], ("unsure", "")),
        (2, [("x", "unsure", ""), ("y", "include", "")], ("conflict", "")),
        (2, [("x", "settled", "late")], ("excluded", "late")),
        (2, [("x", "settled", "late"), ("y", "settled", "far")], ("excluded", "far")),
        (2, [("x", "settled", "late"), ("y", "include", "")], ("excluded", "late")),
    ],
)
def test_what_answers_come_to_and_why(
    screeners: int, lines: list[tuple[str, str, str]], found: tuple[str, str]
) -> None:
    given = {
        coder: said(
            "a", coder, "exclude" if verdict == "settled" else verdict,
            reason=reason, settles=verdict == "settled",
        )
        for coder, verdict, reason in lines
    }  # fmt: skip
    assert at_stage(given, Screening(screeners=screeners)) == found
    told = candidacies(["a"], {"a"}, {("a", "abstract"): given}, Screening(screeners=screeners))[
        "a"
    ]
    state, reason = found
    coders = tuple(sorted(given))
    assert told == (
        Candidacy("a", "awaiting", "full", "", ())
        if state == "included"
        else Candidacy("a", state, "abstract", reason, coders)
    )
    assert told.is_open == (state in ("awaiting", "conflict", "unsure", "included"))


def test_a_study_that_came_through_stands_at_the_last_stage() -> None:
    given = {
        ("a", "abstract"): {"x": said("a", "x", "include")},
        ("a", "full"): {"z": said("a", "z", "include"), "y": said("a", "y", "include")},
    }
    found = candidacies(["a", "b"], {"a"}, given, Screening())
    assert found == {
        "a": Candidacy("a", "included", "full", "", ("y", "z")),
        "b": Candidacy("b", "included", "full", screened=False),
    }
    assert [(item.reason, item.screened) for item in found.values()] == [("", True), ("", False)]
    assert not found["a"].is_open
    alone = candidacies(["a", "b"], {"a"}, given, Screening(stages=("abstract",)))
    assert [item.stage for item in alone.values()] == ["abstract", "abstract"]


def test_lines_follow_the_study_that_was_kept() -> None:
    lines = [said("old", "x", "include"), said("a", "x", "exclude")]
    moved = followed(lines, {"old": "a", "other": "b"})
    assert [(item.study, item.entry) for item in moved] == [("a", "old"), ("a", "")]


def test_who_has_to_be_screened() -> None:
    """Who came in for it, or was spoken of; of entries that are one study, only where all have to."""
    entries = ["came", "spoken", "withdrawn", "here", "double", "twin", "lone", "mate"]
    lines = [
        said("spoken", "x", "include"),
        said("withdrawn", "x", "include"),
        said("withdrawn", "x", None, 1),
        said("twin", "x", None, 1, stage="full"),
        said("twin", "x", "exclude"),
        said("lone", "x", "exclude", 3, entry="mate"),
        said("lone", "y", None, 4, entry="mate"),
    ]
    kept = {"double": "twin", "mate": "lone"}
    assert to_screen(entries, {"came"}, lines, {}) == {"came", "spoken", "twin", "mate"}
    assert to_screen(entries, {"came", "double"}, lines, kept) == {"came", "spoken", "twin"}
    assert to_screen(entries, {"came", "lone"}, lines[::-1], kept) == {"came", "spoken", "lone"}


def prepared(small: Project, evidence: Evidence, screeners: int, blind: bool) -> Running:
    text = small.scheme.read_text()
    rules = RULES.format(screeners=screeners, blind=str(blind).lower())
    small.scheme.write_text(text.replace("dimensions:\n", f"{rules}dimensions:\n", 1))
    added = evidence(
        "add", small, str(SAMPLES / "ten.ris"), "--yes", "--source", "Scopus", "--abstracts"
    )
    assert added.exit_code == 0, added.output
    return Running(with_rounds(small))


@pytest.mark.parametrize("blind", [True, False])
def test_two_screeners(small: Project, evidence: Evidence, blind: bool) -> None:
    running = prepared(small, evidence, 2, blind)
    first, second = running.sign_in("first"), running.sign_in("second")
    path = "/review/screen/okafor2020learning"
    fields = {
        "stage": "abstract",
        "decision": "exclude",
        "reason": "off_topic",
        "note": "=SECRET <b>words</b>",
    }
    refused = first.post(path, {**fields, "reason": ""})
    assert refused.status_code == 400
    assert "Choose why" in refused.text
    assert first.post(path, fields).status_code == 303
    everywhere = (
        "/review/screen",
        "/method",
        "/orchestration/candidate",
        "/orchestration/flow",
        "/prisma.csv",
    )
    assert ("SECRET" in second.get(path).text) != blind
    for place in everywhere:
        assert "SECRET" not in second.get(place).text
    assert "SECRET" in first.get(path).text
    assert "&lt;b&gt;words" in first.get(path).text
    assert second.post(path, {"stage": "abstract", "decision": "include"}).status_code == 303
    for session in (first, second):
        page = session.get(path).text
        assert "in dispute" in page
        assert "exclude" in page
    assert "1 in dispute" in second.get("/review/screen").text
    settled = second.post(
        path, {"stage": "abstract", "decision": "exclude", "reason": "off_topic", "settles": "1"}
    )
    assert settled.status_code == 303
    assert "left out" in first.get(path).text
    written = (small.screening / "first.csv").read_text()
    assert "'=SECRET" in written
    assert "Off topic" in first.get("/orchestration/candidate").text
    assert "0 error(s)" in evidence("check", small).output
    # A second window that has not seen the end of it.
    stale = first.post(path, {"stage": "full", "decision": "include"})
    assert stale.status_code == 400
    assert "further meanwhile" in stale.text


def test_nobody_screens_who_is_not_signed_in(small: Project, evidence: Evidence) -> None:
    running = prepared(small, evidence, 1, True)
    visitor = running.visitor()
    for path in (
        "/review/add", "/review/screen", "/review/screen/okafor2020learning", "/review/scheme",
        "/review/scheme/code/judge", "/review/scheme/new", "/review/scheme/import", "/review/rounds/new", "/review/working",
    ):  # fmt: skip
        assert visitor.get(path).status_code == 403, path
    coder = running.sign_in("first")
    assert coder.get("/review/screen/nobody").status_code == 404
    assert coder.get("/review/add/none").status_code == 404
    assert coder.get("/review/scheme/code/nobody").status_code == 404
    foreign = coder.post(
        "/review/screen/okafor2020learning", {"coder": "second", "decision": "include"}
    )
    assert foreign.status_code == 403
    assert not (small.screening / "first.csv").exists()


def test_the_flow_adds_up_whatever_happens(
    small: Project, evidence: Evidence, tmp_path: Path
) -> None:
    running = prepared(small, evidence, 1, True)
    chance = random.Random(7)
    other = tmp_path / "more.ris"
    other.write_text(
        "TY  - JOUR\nAU  - Snow, Ball\nTI  - Found in a list of references\nJO  - Lists\nPY  - 2024\nER  - \n"
    )
    evidence("add", small, str(other), "--yes", "--kind", "other", "--source", "Snowballing")
    scheme = read_scheme(small.scheme)
    desk = running.review.screening
    from pipeline.desk.screening.screening_desk import ScreeningDesk
    from pipeline.sources.bibliography.references import read_references

    for _ in range(60):
        references = read_references(small.references)
        screened = read_screened(small, references.studies, scheme.screening)
        for language in ("en", "nl"):
            flow = flow_of(screened, scheme, language)
            assert not list(flow.faults(language)), list(flow.faults(language))
        assert flow.included == sum(
            item.state == "included" for item in screened.candidacies.values()
        )
        from dataclasses import replace

        inputs = replace(desk.inputs, references=references, screened=screened)
        now = ScreeningDesk(small, inputs)
        key = chance.choice(now.screened)
        stage = now.candidacies[key].stage
        verdict = chance.choice(
            ["include", "include", "exclude", "unsure", *(["missing"] if stage == "full" else [])]
        )
        if chance.random() < 0.15 and (last := now.last("first")):
            now.save("first", last.study, "", stage=last.stage)
        else:
            now.save(
                "first", key, verdict, "off_topic" if verdict == "exclude" else "", stage=stage
            )
    table = tmp_path / "flow.csv"
    assert evidence("prisma", small, "-o", str(table)).exit_code == 0
    numbers = {row["data"]: row["n"] for row in csv.DictReader(io.StringIO(table.read_text()))}
    assert numbers["database_results"] == "10"
    assert evidence("build", small).exit_code == 0
    site = Site(small)
    assert site.get("/prisma.csv").text.replace("\r\n", "\n") == table.read_text().replace(
        "\r\n", "\n"
    )
    said = re.search(r"Total studies included in review \(n = (\d+)\)", site.get("/method").text)
    assert said
    assert said[1] == numbers["total_studies"]
    assert int(said[1]) == int(numbers["previous_studies"]) + int(numbers["new_studies"])
    for kind in ("svg", "png"):
        assert (
            evidence(
                "prisma", small, "-o", str(tmp_path / f"flow.{kind}"), "--lang", "nl"
            ).exit_code
            == 0
        )
    assert evidence("prisma", small, "-o", str(tmp_path / "flow.gif")).exit_code == 2


def test_excerpts_are_as_long_as_the_operator_says(small: Project, evidence: Evidence) -> None:
    from pipeline.sources.corpus import read_fulltext
    from tests.conftest import decide

    sentence = (
        "The agency "
        + "patiently and repeatedly " * 8
        + "brought the farmers and the banks to one table."
    )
    path = small.fulltext / "berg2020.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{sentence}\n")
    document, _ = read_fulltext(path, "x")
    assert document is not None
    unit = document.passages[0].id
    decide(
        small,
        "second",
        "berg2020",
        f'2026-11-02T09:00:00Z,{unit},role,weaver,,,,hidden,2,pilot,"{sentence}"',
    )
    settings = small.corpus / "settings.yml"
    settings.write_text("excerpt: 80\n")
    assert evidence("build", small).exit_code == 0
    page = Site(small).get(f"/evidence/{unit}-weaver").text
    assert sentence[:79] + "…" in page
    assert "to one table" not in page
    settings.write_text("excerpts: 80\n")
    checked = evidence("check", small)
    assert checked.exit_code == 1
    assert "corpus/settings.yml:1" in checked.output
