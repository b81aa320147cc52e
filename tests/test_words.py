"""Nobody takes our words for the authors': what is copied and exported says whose words they are."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shutil
import sqlite3
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
import rispy
from pybtex.database import parse_bytes

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import ROOT, Evidence, Site, decide, passage_id

TODAY = datetime.date.today().isoformat()
ADDRESS = "http://localhost"
EXCERPT = "The office wove the networks of banks and farmers together over three years."
ATOM = "{http://www.w3.org/2005/Atom}"
RELATED = """based_on:
  what: {en: "the abstract of a talk", nl: "de abstract van een praatje"}
  type: online
  authors: ["Smit, Jo", "Jansen"]
  title: "Care talk"
  container: "Care Days"
  date: 2019-05-06
  url: https://example.org/talk
  unconfirmed: [pages]
"""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, built_small: Project) -> Project:
    """Four pieces: of a digest, of a full text, disputed, and of a digest of something else."""
    folder = tmp_path_factory.mktemp("words") / "small"
    shutil.copytree(built_small.root, folder)
    shutil.copy(ROOT / "CITATION.cff", folder)
    project = Project(folder)
    project.fulltext.mkdir(exist_ok=True)
    (project.fulltext / "berg2020.txt").write_text(f"{EXCERPT}\n")
    bib = project.references.read_text()
    bib = bib.replace("{2020},", "{2020},\n  number = {3},\n  pages = {527--547},")
    project.references.write_text(bib)
    digest = project.corpus / "berg2020.md"
    digest.write_text(digest.read_text().replace("[volume]", "[year, volume]"))
    related = project.corpus / "smit2021.md"
    related.write_text(
        related.read_text().replace("access: partial\n", f"access: partial\n{RELATED}")
    )
    own = passage_id(project, "berg2020", 1)
    torn = passage_id(project, "berg2020", 2)
    other = passage_id(project, "smit2021", 1)
    excerpt = _fulltext_id(project)
    line = "2026-11-02T09:00:00Z,{},role,{},high,,,hidden,2,pilot,{}"
    decide(project, "first", "berg2020", line.format(own, "weaver", ""), line.format(torn, "judge", ""),
           line.format(excerpt, "weaver", f'"{EXCERPT}"'))  # fmt: skip
    decide(project, "second", "berg2020", line.format(torn, "none", ""))
    decide(project, "first", "smit2021", line.format(other, "weaver", ""))
    build(project)
    return project


def _fulltext_id(project: Project) -> str:
    from pipeline.sources.corpus import read_fulltext

    document, _ = read_fulltext(project.fulltext / "berg2020.txt", "x")
    assert document is not None
    return document.passages[0].id


@pytest.fixture(scope="module")
def shown(mixed: Project) -> Site:
    return Site(mixed)


@pytest.fixture(scope="module")
def ids(mixed: Project) -> dict[str, str]:
    """Ids of the pieces, by what they are."""
    with sqlite3.connect(mixed.database) as connection:
        found = {
            (study, kind, status): identity
            for identity, study, kind, status in connection.execute(
                "SELECT coding.id, coding.study, document.kind, coding.status FROM coding "
                "JOIN passage ON passage.id = coding.passage "
                "JOIN document ON document.id = passage.document "
                "WHERE coding.dimension = 'role' AND coding.status != 'suggested'"
            )
        }
    return {
        "own": found["berg2020", "digest", "single"],
        "excerpt": found["berg2020", "fulltext", "single"],
        "disputed": found["berg2020", "digest", "disputed"],
        "instead": found["smit2021", "digest", "single"],
    }


def copied(page: str) -> str:
    """The words that the button Copy takes."""
    (found,) = re.findall(r'<p id="passage-cited"[^>]*>(.*?)</p>', page, re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", found))


# What is copied.


def test_only_an_excerpt_is_copied_as_a_quotation(shown: Site, ids: dict[str, str]) -> None:
    for path in ("/evidence/{}", "/cite?id={}&status=single&status=disputed"):
        own = copied(shown.get(path.format(ids["own"])).text)
        assert "“" not in own
        assert own.startswith("The network office brought farmers, banks and ministries together")
        assert "in the words of Orchestration Evidence, not of the authors" in own
        quoted = copied(shown.get(path.format(ids["excerpt"])).text)
        assert quoted.startswith(f"“{EXCERPT}” (van der Berg & Smit, 2020, ")
        assert "quoted from the full text of the study, " in quoted
        assert "not of the authors" not in quoted


def test_what_is_copied_says_all_that_is_needed(shown: Site, ids: dict[str, str]) -> None:
    said = copied(shown.get(f"/evidence/{ids['own']}").text)
    for part in (
        "only the abstract was read",
        "not confirmed of the study's reference: year, volume",
        "Weaver: one person · checked by a person",
        "coding scheme version 2",
        "decided 2026-11-02",
        f"{ADDRESS}/evidence/{ids['own']}",
        f"retrieved {TODAY}",
        "CC BY 4.0",
    ):
        assert part in said
    assert "Judge: disputed" in copied(shown.get(f"/evidence/{ids['disputed']}").text)
    excerpt = copied(shown.get(f"/evidence/{ids['excerpt']}").text)
    assert "CC BY 4.0 for the coding, not for the words quoted" in excerpt
    dutch = copied(shown.get(f"/nl/evidence/{ids['own']}").text)
    assert "in de woorden van Orchestration Evidence, niet van de auteurs" in dutch
    assert "alleen de abstract is gelezen" in dutch
    assert f"opgehaald op {TODAY}" in dutch


def test_pages_set_only_excerpts_as_quotations(shown: Site, ids: dict[str, str]) -> None:
    page = shown.get("/evidence").text
    assert len(re.findall("<blockquote", page)) == 1
    assert f"<p>“{EXCERPT}”</p></blockquote>" in page
    assert "<blockquote" not in shown.get(f"/evidence/{ids['own']}").text


def test_the_command_says_the_same_as_the_page(
    evidence: Evidence, mixed: Project, shown: Site, ids: dict[str, str]
) -> None:
    result = evidence(
        "cite", mixed, ids["own"], ids["excerpt"], ids["instead"], "--address", ADDRESS
    )
    assert result.exit_code == 0, result.output
    for name in ("own", "excerpt", "instead"):
        assert copied(shown.get(f"/evidence/{ids[name]}").text) in result.output.splitlines()


# What is exported.


def rows(site: Site, path: str = "/download/csv") -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in csv.DictReader(io.StringIO(site.get(path).text))}


def test_csv_has_a_column_a_fact(shown: Site, ids: dict[str, str]) -> None:
    text = shown.get("/download/csv?role=weaver").text
    assert text.splitlines()[0].startswith("id,role,role_id,status,")
    found = rows(shown, "/download/csv?role=weaver")
    own, excerpt, instead = (found[ids[name]] for name in ("own", "excerpt", "instead"))
    assert (own["quotation"], excerpt["quotation"], instead["quotation"]) == ("no", "yes", "no")
    assert own["words"] == "in the words of Orchestration Evidence, not of the authors"
    assert excerpt["words"].startswith("quoted from the full text of the study, ")
    assert (own["read"], own["read_instead"]) == ("only the abstract was read", "")
    assert own["unconfirmed"] == "year, volume"
    assert (own["decided"], own["scheme_version"]) == ("2026-11-02", "2")
    assert (own["retrieved"], own["licence"]) == (TODAY, "CC BY 4.0")
    assert own["selection"] == "evidence chosen by Role: Weaver"
    assert own["selection_link"] == f"{ADDRESS}/evidence?role=weaver"
    assert "only the abstract was read of" in own["limits"]
    assert own["text"].startswith("The network office")


def test_csv_is_read_by_pandas(shown: Site, ids: dict[str, str]) -> None:
    import pandas as pd

    frame = pd.read_csv(io.StringIO(shown.get("/download/csv").text), index_col="id")
    assert len(frame) == 3
    assert frame.loc[ids["own"], "quotation"] == "no"


def test_json_has_the_same_facts(shown: Site) -> None:
    table = rows(shown)
    for item in json.loads(shown.get("/download/json").text):
        row = table[item["id"]]
        for name in ("quotation", "words", "read", "read_instead", "notice", "unconfirmed", "decided",
                     "scheme_version", "retrieved", "licence", "link"):  # fmt: skip
            assert item[name] == row[name]
        assert item["file"]["selection_link"] == f"{ADDRESS}/evidence"
        assert item["file"]["method"]


def test_annotations_have_facts_of_their_own(shown: Site, ids: dict[str, str]) -> None:
    page = json.loads(shown.get("/download/annotations").text)
    assert page["rights"] == "https://creativecommons.org/licenses/by/4.0/"
    assert page["oe:selection_link"] == f"{ADDRESS}/evidence"
    items = {item["id"].rpartition("/")[2]: item for item in page["items"]}
    assert items[ids["own"]]["oe:quotation"] == "no"
    assert items[ids["excerpt"]]["oe:quotation"] == "yes"
    assert items[ids["own"]]["oe:scheme_version"] == "2"
    assert items[ids["instead"]]["oe:read_instead"].startswith("Smit, J., & Jansen. (2019, May 6)")
    said = items[ids["own"]]["body"][2]
    assert said["purpose"] == "describing"
    assert "not of the authors" in said["value"]


def test_notes_of_ris_say_whose_words(shown: Site, ids: dict[str, str]) -> None:
    read = {item["id"]: item for item in rispy.loads(shown.get("/download/ris").text)}
    notes = read["berg2020"]["notes"]
    (own,) = [note for note in notes if ids["own"] in note]
    assert own.startswith("Weaver: The network office brought")
    assert "“" not in own
    assert "in the words of Orchestration Evidence, not of the authors" in own
    assert "one person" in own
    (excerpt,) = [note for note in notes if ids["excerpt"] in note]
    assert f"“{EXCERPT}”" in excerpt
    assert any("not confirmed: year" in note and "volume" in note for note in notes)
    assert any(f"{ADDRESS}/evidence on {TODAY}" in note for note in notes)


def test_markdown_sets_only_excerpts_as_quotations(shown: Site, ids: dict[str, str]) -> None:
    text = shown.get("/download/markdown?role=weaver").text
    assert re.findall(r"^> (.*)", text, re.M)[0].startswith("“The office wove")
    plain = text.replace("\\", "")
    assert "\n\nThe network office brought" in plain
    assert "in the words of Orchestration Evidence, not of the authors" in plain
    assert f"<{ADDRESS}/evidence/{ids['own']}>" in text
    assert f"Taken from {ADDRESS}/evidence?role=weaver on {TODAY}" in plain
    assert "A machine" not in plain
    assert "Coders decide, passage by passage" in plain


def test_the_feed_says_whose_words(shown: Site, ids: dict[str, str]) -> None:
    root = ElementTree.fromstring(shown.get("/feed.atom").content)
    found = {entry.findtext(f"{ATOM}id"): entry for entry in root.findall(f"{ATOM}entry")}
    own = found[f"{ADDRESS}/evidence/{ids['own']}"]
    summary = own.find(f"{ATOM}summary")
    assert summary is not None
    words = " ".join(summary.itertext())
    assert "in the words of Orchestration Evidence, not of the authors" in words
    assert "only the abstract was read" in words
    assert "coding scheme version 2" in words
    assert "“" not in words
    assert TODAY not in words  # else every entry would look new every day
    excerpt = found[f"{ADDRESS}/evidence/{ids['excerpt']}"]
    assert f"“{EXCERPT}”" in "".join(excerpt.itertext())
    assert excerpt.findtext(f"{ATOM}rights") == "CC BY 4.0 for the coding, not for the words quoted"


def test_json_ld_of_a_page_says_whose_words(shown: Site, ids: dict[str, str]) -> None:
    def data(path: str) -> dict[str, Any]:
        (found,) = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', shown.get(path).text, re.DOTALL
        )
        read: dict[str, Any] = json.loads(found)
        return read

    own = data(f"/evidence/{ids['own']}")
    assert own["@type"] == "Claim"
    assert "not of the authors" in own["creditText"]
    assert own["version"] == "2"
    excerpt = data(f"/evidence/{ids['excerpt']}")
    assert excerpt["@type"] == "Quotation"
    assert "license" not in excerpt
    study = data("/study/smit2021")
    assert study["isBasedOn"]["description"].startswith("Smit, J., & Jansen. (2019, May 6)")
    assert "not of the authors" in study["creditText"]


def test_word_says_what_the_report_says(shown: Site, ids: dict[str, str]) -> None:
    document = docx.Document(io.BytesIO(shown.get("/download/word?role=weaver").content))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Quote"] == [f"“{EXCERPT}”"]
    assert len(by_style["Passage"]) == 2
    assert any(f"{ADDRESS}/evidence/{ids['own']}" in text for text in by_style["Source"])
    whole = "\n".join(text for texts in by_style.values() for text in texts)
    assert (
        f"Evidence chosen by Role: Weaver. Taken from {ADDRESS}/evidence?role=weaver on {TODAY}"
        in whole
    )
    for heading in ("Method and limits", "Limits", "Coders", "Citing this database"):
        assert heading in by_style["Heading 1"] + by_style["Heading 2"]
    assert "coding scheme version 2" in whole
    assert "CC BY 4.0" in whole
    assert "the digest rests not on the study itself, but on the abstract of a talk" in whole


# What was read in place of a study.

INSTEAD = "the digest rests not on the study itself, but on the abstract of a talk: Smit, J., & Jansen. (2019, May 6). Care talk. Care Days. https://example.org/talk [left out, since not confirmed: pages]"


def test_what_was_read_is_cited_in_place_of_the_study(shown: Site, ids: dict[str, str]) -> None:
    words = copied(shown.get(f"/evidence/{ids['instead']}").text)
    assert "(Smit & Jansen, 2019, samenvatting, read in place of Smit, 2021)" in words
    assert INSTEAD in words
    assert "part of the study was read" not in words
    dutch = copied(shown.get(f"/nl/evidence/{ids['instead']}").text)
    assert "(Smit & Jansen, 2019, samenvatting, gelezen in plaats van Smit, 2021)" in dutch
    assert (
        "onze weergave berust niet op de studie zelf, maar op de abstract van een praatje" in dutch
    )


def test_every_list_and_export_says_what_was_read(shown: Site, ids: dict[str, str]) -> None:
    assert rows(shown)[ids["instead"]]["read"] == INSTEAD.partition(":")[0]
    assert rows(shown)[ids["instead"]]["read_instead"] == INSTEAD.partition(": ")[2]
    for path in ("/evidence", "/studies", "/study/smit2021", "/cite", "/cite?of=studies"):
        page = shown.get(path).text
        assert (
            "the digest rests not on the study itself, but on the abstract of a talk"
            in page.lower()
        ), path
    item = {item["id"]: item for item in json.loads(shown.get("/download/csl-json").text)}[
        "smit2021"
    ]
    assert INSTEAD in item["note"]
    for name in ("bibtex", "biblatex"):
        entry = parse_bytes(shown.get(f"/download/{name}?of=studies").content, "bibtex").entries[
            "smit2021"
        ]
        assert (
            "the digest rests not on the study itself, but on the abstract of a talk: Smit"
            in entry.fields["note"]
        )
    notes = rispy.loads(shown.get("/download/ris?of=studies").text)[1]["notes"]
    assert any(INSTEAD in note for note in notes)
    text = shown.get("/download/markdown").text.replace("\\", "")
    assert "(Smit & Jansen, 2019, samenvatting, read in place of Smit, 2021) [@{smit2021}]" in text


def test_prose_alone_is_said_too(small: Project) -> None:
    digest = small.corpus / "smit2021.md"
    digest.write_text(
        digest.read_text().replace(
            "access: partial\n", 'access: partial\nbased_on: "a talk of <b>theirs</b>"\n'
        )
    )
    unit = passage_id(small, "smit2021", 1)
    decide(
        small, "first", "smit2021", f"2026-11-02T09:00:00Z,{unit},role,weaver,,,,hidden,2,pilot,"
    )
    build(small)
    page = Site(small).get(f"/evidence/{unit}-weaver").text
    assert (
        "(Smit, 2021, samenvatting, in a related publication, not in the study itself)"
        in copied(page)
    )
    assert "the digest rests not on the study itself, but on a talk of <b>theirs</b>" in copied(
        page.replace("<b>theirs", "lost")
    )


def test_what_is_wrong_with_a_related_publication_has_its_line(
    evidence: Evidence, small: Project
) -> None:
    digest = small.corpus / "smit2021.md"
    digest.write_text(
        digest.read_text().replace(
            "access: partial\n",
            "access: partial\nbased_on:\n  what: a talk\n  date: May\n  url: javascript:x\n  colour: red\n",
        )
    )
    result = evidence("check", small, "--json")
    found = {(item["line"], item["kind"]) for item in json.loads(result.output)}
    assert {(7, "bad-value"), (8, "bad-value"), (9, "unknown-key")} <= found


def test_the_real_digests_name_what_they_rest_on(site: Site) -> None:
    page = site.get("/study/assan2019bridging").text
    assert "Bridging Organization As a Vehicle for Sustainable Development" in page
    assert "(2018, April 7)" in page
    page = site.get("/study/kilelu2013unravelling").text
    assert "(n.d.)" in page
    assert "gender.cgiar.org" in page


# References.


@pytest.mark.parametrize("style", ["apa", "chicago", "harvard", "vancouver", "ieee"])
def test_no_reference_prints_a_gap_as_if_it_were_complete(site: Site, style: str) -> None:
    page = unescape(re.sub(r"<[^>]*>", "", site.get(f"/cite?of=studies&style={style}").text))
    assert ", (3)" not in page
    assert ". (3)" not in page
    assert "no. 3," not in page
    assert "no. 3:" not in page
    assert "ahead of print" not in page
    assert not re.search(r"[a-z]\., (p\.)?\d", page)
    assert "[not confirmed: year; left out, since not confirmed: volume]" in page  # of Manning
    dutch = unescape(site.get(f"/nl/cite?of=studies&style={style}").text)
    assert "[niet bevestigd: jaar; weggelaten, want niet bevestigd: jaargang]" in dutch


def test_an_issue_without_its_volume_is_left_out(shown: Site) -> None:
    page = unescape(re.sub(r"<[^>]*>", "", shown.get("/studies").text))
    assert (
        "Weaving energy networks. Journal of Networks, 527–547. https://doi.org/10.1234/weave "
        "[not confirmed: year; left out, since not confirmed: volume]" in page
    )
    entry = parse_bytes(shown.get("/download/bibtex?of=studies").content, "bibtex").entries[
        "berg2020"
    ]
    assert entry.fields["number"] == "3"  # the fact itself is not lost
    assert "not confirmed: year" in entry.fields["note"]


# Files.


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/download/word?role=weaver&sector=energy", f"weaver-energy-{TODAY}.docx"),
        ("/download/csv", f"evidence-{TODAY}.csv"),
        ("/download/bibtex?of=studies&sector=energy", f"studies-energy-{TODAY}.bib"),
        ("/download/ris?q=%22a%2F..%2Fb%22%0D%0Ax", f"a-b-x-{TODAY}.ris"),
        ("/download/qdc?role=weaver", f"refi-qda-codebook-{TODAY}.qdc"),
        ("/orchestration/coding.ris", f"studies-{TODAY}.ris"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_tells_what_is_in_it(shown: Site, path: str, name: str) -> None:
    header = shown.get(path).headers["content-disposition"]
    assert header == f'attachment; filename="{name}"'


def test_files_of_references_say_what_they_hold(shown: Site, tmp_path: Path) -> None:
    text = shown.get("/download/bibtex?role=weaver").text
    head = text[: text.index("@article")]
    assert all(line.startswith("%") or not line for line in head.splitlines())
    assert f"Taken from {ADDRESS}/evidence?role=weaver on {TODAY}" in head
    assert "coding scheme version 2" in head
    (item, *_) = json.loads(shown.get("/download/csl-json?role=weaver").text)
    assert item["custom"]["selection"] == "evidence chosen by Role: Weaver"
    listed = shown.get("/orchestration/coding.ris?code=weaver&_size=1").text
    where = "/orchestration/coding?code=weaver"
    assert f"studies named at {where}. Taken from {ADDRESS}{where} on {TODAY}" in listed
