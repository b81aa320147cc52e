"""Passages in the other language: beside the original, found, taken along, and told apart from it."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from html import unescape
from typing import Any

import openpyxl
import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import Evidence, Site, decide
from tests.reviewing import Running
from tests.test_joined import take

WEAVER, CHAIR = "berg2020-7597ec21", "berg2020-0f10a566"
ORIGINAL = "The network office brought farmers, banks and ministries together at one table."
DUTCH = "Het netwerkkantoor bracht boeren, banken en ministeries bijeen."
SETTLED = "De voorzitter slechtte de ruzie over kosten."
SAID = "Nederlandse vertaling: Vertaler (taalmodel); het origineel staat hieronder"
FRONT = "---\nkey: berg2020\nlanguage: nl\nby: {name: {en: Translator, nl: Vertaler}, nature: model}\n---\n"


def with_gists(project: Project) -> Project:
    project.gists.mkdir()
    lines = f"- [{WEAVER}] {DUTCH}\n- [{CHAIR}] De voorzitter slechtte\n  de ruzie over kosten.\n"
    (project.gists / "berg2020.nl.md").write_text(FRONT + lines)
    (project.gists / "smit2021.en.md").write_text(
        "---\nkey: smit2021\nlanguage: en\nby: first\n---\n"
        "- [smit2021-2035c4a3] The enquiry went on for three years.\n"
    )
    return project


@pytest.fixture
def told(small: Project) -> Project:
    """The small project with gists, and a piece of evidence that has one."""
    with_gists(small)
    decide(
        small, "first", "berg2020", f"2026-11-02T09:00:00Z,{WEAVER},role,weaver,,,,hidden,2,pilot,"
    )
    build(small)
    return small


def parts(html: str) -> list[tuple[str, str]]:
    """Each gist and by whom it is, and the words behind it."""
    found = re.findall(
        r'<div class="gist"><p lang="(?:..)" dir="auto">(.*?)</p><p class="by">(.*?)</p>', html
    )
    return [(unescape(words), unescape(by)) for words, by in found]


def place(html: str, words: str) -> int:
    assert words in html
    return html.index(words)


@pytest.mark.parametrize(
    "path", ["/evidence", f"/evidence/{WEAVER}-weaver", "/study/berg2020", "/search?q=farmers"]
)
def test_readers_see_the_gist_before_the_original(told: Project, path: str) -> None:
    site = Site(told)
    dutch, english = site.get(f"/nl{path}").text, site.get(path).text
    assert (DUTCH, SAID) in parts(dutch)
    plain = re.sub("</?mark[^>]*>", "", dutch).partition("<main")[2]
    assert place(plain, DUTCH) < place(plain, ORIGINAL)
    assert ORIGINAL in re.sub("</?mark[^>]*>", "", english)
    assert parts(english) == []


def test_an_english_reader_sees_what_a_dutch_digest_says(told: Project) -> None:
    english = parts(Site(told).get("/study/smit2021").text)
    who = "English rendering: First coder (person); the original is below"
    assert english == [("The enquiry went on for three years.", who)]


def test_a_gist_is_found_and_marked_in_either_site(told: Project) -> None:
    site = Site(told)
    for path in ("/nl/search?q=ruzies", "/search?q=ruzies"):
        ((words, _),) = parts(site.get(path).text)
        assert words == "De voorzitter slechtte de <mark>ruzie</mark> over kosten."
    assert "The chair resolved the" in site.get("/nl/search?q=ruzies").text
    # The filter of lists, downloads and maps asks the same.
    assert WEAVER in site.get("/evidence?q=netwerkkantoor").text
    assert WEAVER not in site.get("/evidence?q=enquiry").text


def test_both_languages_go_along_in_columns(told: Project) -> None:
    site = Site(told)
    (row,) = csv.DictReader(io.StringIO(site.get("/download/csv").text))
    assert (row["text"], row["text_en"], row["text_nl"]) == (ORIGINAL, ORIGINAL, DUTCH)
    (item,) = json.loads(site.get("/download/json").content)
    assert (item["text"], item["text_en"], item["text_nl"]) == (ORIGINAL, ORIGINAL, DUTCH)
    assert "gists" not in item
    book = openpyxl.load_workbook(io.BytesIO(site.get("/download/xlsx").content))
    head, first = list(book.worksheets[1].values)
    found: dict[Any, Any] = dict(zip(head, first, strict=True))
    assert (found["text_en"], found["text_nl"]) == (ORIGINAL, DUTCH)


def test_a_report_and_a_feed_say_it_in_their_language(told: Project, evidence: Evidence) -> None:
    target = told.root / "report.md"
    for language, there in (("nl", True), ("en", False)):
        evidence("report", told, "--role", "weaver", "--lang", language, "-o", str(target))
        text = target.read_text()
        assert (DUTCH in text) is there
        assert (SAID in text) is there
        assert ORIGINAL in text
    site = Site(told)
    assert f"<p>{DUTCH} ({SAID})</p>" in site.get("/nl/feed.atom").text
    assert DUTCH not in site.get("/feed.atom").text


def test_a_gist_older_than_its_passage_is_told_and_not_shown(
    told: Project, evidence: Evidence
) -> None:
    digest = told.corpus / "berg2020.md"
    digest.write_text(digest.read_text().replace("at one table.", "at a table."))
    problems = json.loads(evidence("check", told, "--json").stdout)
    assert {item["kind"] for item in problems} == {"gist-outdated", "no-gist", "orphan"}
    build(told)
    assert DUTCH not in Site(told).get("/nl/study/berg2020").text


def test_passages_joined_in_a_running_review_have_the_gists_of_their_parts(
    reviewed: Project,
) -> None:
    with_gists(reviewed)
    build(reviewed)
    running = Running(reviewed)
    first = running.sign_in("first")
    assert take(first, WEAVER, CHAIR, "weaver", item="pilot").status_code == 303
    first.get("/")
    live = running.ask("GET", "/search?q=netwerkkantoor").text
    build(reviewed)
    anew = Site(reviewed).get("/search?q=netwerkkantoor").text
    for html in (live, anew):
        found = [re.sub("</?mark>", "", words) for words, _ in parts(html)]
        assert sorted(found) == [DUTCH, f"{DUTCH} {SETTLED}"]
    connection = sqlite3.connect(running.review.copy)
    connection.execute("INSERT INTO passage_fts (passage_fts, rank) VALUES ('integrity-check', 1)")
    connection.close()
