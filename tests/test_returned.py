"""Candidates given to other screening programs, and their decisions taken in."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
import rispy

from pipeline.desk.adding.reference_files import read_shipment
from pipeline.desk.screening.returned import returned_files
from pipeline.desk.screening.returned.returned_record import ReturnedRecord, Said, ScreeningProgram
from pipeline.ground.project import Project
from tests.conftest import Evidence
from tests.reviewing import Running, wait, with_rounds
from tests.test_adding import files
from tests.test_tables import book

RIS = Path(__file__).parent / "imports" / "ten.ris"
CASES = Path(__file__).parent / "cases" / "returned"
SCREENING = """screening:
  stages: [abstract, full]
  screeners: {screeners}
  blind: true
  reasons:
    - id: off_topic
      label: {{en: "Off topic", nl: "Buiten het onderwerp"}}
    - id: no_study
      label: {{en: "No study", nl: "Geen onderzoek"}}
"""
VERMEER, OKAFOR, FERREIRA = "vermeer2021brokering", "okafor2020learning", "ferreira2023rules"
HADDAD, BAKKER, TANAKA = "haddad2022price", "bakker2022who", "tanaka2021integrating"
WAITING = {
    BAKKER, FERREIRA, OKAFOR, "calzada2020democratising", "yan2018cross",
    "stichtingregionalesamenwerking2019samen",
}  # fmt: skip
PRICE = "The price of lithium futures in thin markets"
RULES = "Rules that move: policy entrepreneurs in regional hydrogen alliances"


def with_candidates(project: Project, evidence: Evidence, screeners: int = 1) -> Project:
    """Nine candidates, two stages, two reasons."""
    scheme = project.scheme.read_text()
    project.scheme.write_text(
        scheme.replace("dimensions:", f"{SCREENING.format(screeners=screeners)}dimensions:", 1)
    )
    answer = evidence("add", project, str(RIS), "--yes", "--source", "Scopus")
    assert answer.exit_code == 0, answer.output
    return project


@pytest.fixture
def candidates(small: Project, evidence: Evidence) -> Project:
    return with_candidates(small, evidence)


def lines(project: Project, coder: str = "first") -> list[dict[str, str]]:
    path = project.screening / f"{coder}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def said(project: Project, coder: str = "first") -> dict[str, tuple[str, str]]:
    return {line["study"]: (line["decision"], line["reason"]) for line in lines(project, coder)}


def take_in(
    evidence: Evidence,
    project: Project,
    name: str,
    data: str | bytes,
    *more: str,
    exit_code: int = 0,
) -> str:
    path = project.root / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    answer = evidence("screening", project, "import", str(path), "--coder", "first", *more)
    assert answer.exit_code == exit_code, answer.output
    return str(answer.output)


# Out.


def test_candidates_go_out_as_ris_and_csv(candidates: Project, evidence: Evidence) -> None:
    first, other = VERMEER, HADDAD
    take_in(
        evidence,
        candidates,
        "a.csv",
        f"key,decision,reason\n{first},include,\n{other},exclude,off_topic\n",
        "--yes",
    )
    answer = evidence("screening", candidates, "export", "-f", "csv")
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(answer.stdout))}
    assert len(rows) == 9
    row = rows[first]
    assert row["authors"] == "Vermeer, Anna; de Wit, Kees"
    assert (row["year"], row["volume"], row["issue"], row["pages"]) == ("2021", "4", "2", "101-119")
    assert row["doi"] == "10.55555/jlec.2021.0042"
    assert row["abstract"].startswith("A district agency convened")
    assert (row["included"], rows[other]["included"], rows[OKAFOR]["included"]) == ("1", "0", "")
    assert "berg2020" not in rows  # in the review without screening
    path = candidates.root / "out.ris"
    answer = evidence("screening", candidates, "export", "-f", "ris", "-o", str(path))
    assert "9 candidates" in answer.output
    read = {entry["id"]: entry for entry in rispy.loads(path.read_text("utf-8"))}
    assert set(read) == set(rows)
    assert read[first]["doi"] == "10.55555/jlec.2021.0042"
    assert read[first]["authors"] == ["Vermeer, Anna", "de Wit, Kees"]
    assert read[first]["abstract"] == row["abstract"]
    assert read[first]["keywords"] == ["heat networks", "intermediaries"]
    ours = {item.study.key: item.study for item in read_shipment(path.read_bytes(), "o").records}
    assert ours[BAKKER].editors[0].reading == "Petra Jansen"


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        (("--state", "undecided"), {VERMEER, TANAKA, *WAITING}),
        (("--state", "excluded"), {HADDAD}),
        (("--stage", "full"), {VERMEER}),
        (("--stage", "full", "--state", "excluded"), set()),
        (("--stage", "abstract", "--state", "awaiting", "--state", "excluded"), {HADDAD, TANAKA, *WAITING}),
        (("--state", "unsure"), set()),  # that somebody wavers is told to nobody else
        (("--state", "unsure", "--coder", "first"), {TANAKA}),
        (("--state", "included"), set()),
    ],
)  # fmt: skip
def test_candidates_by_stage_and_state(
    candidates: Project, evidence: Evidence, options: tuple[str, ...], keys: set[str]
) -> None:
    text = (
        f"key,decision,reason\n{VERMEER},include,\n{HADDAD},exclude,Off topic\n{TANAKA},unsure,\n"
    )
    take_in(evidence, candidates, "a.csv", text, "--yes")
    answer = evidence("screening", candidates, "export", "-f", "csv", *options)
    found = {row["key"] for row in csv.DictReader(io.StringIO(answer.stdout))}
    assert found == keys


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-f", "docx"), "Formats are ris, csv."),
        (("-f", "csv", "--stage", "titles"), "There is no stage 'titles'."),
        (("-f", "csv", "--state", "gone"), "States are undecided, awaiting, conflict"),
        (("-f", "csv", "--coder", "nobody"), "No active coder 'nobody'."),
    ],
)
def test_what_cannot_be_exported(
    candidates: Project, evidence: Evidence, options: tuple[str, ...], message: str
) -> None:
    answer = evidence("screening", candidates, "export", *options)
    assert answer.exit_code in (1, 2)
    assert message in answer.output


def test_a_formula_in_a_title_is_none_and_comes_back(
    candidates: Project, evidence: Evidence
) -> None:
    text = 'title,authors,year\n=SUM(A1),"Berg, A",2021\n'
    path = candidates.root / "formula.csv"
    path.write_text(text)
    assert evidence("add", candidates, str(path), "--yes").exit_code == 0
    out = evidence("screening", candidates, "export", "-f", "csv").stdout
    assert ",'=SUM(A1)," in out
    back = out.replace("included\n", "asreview_label\n", 1)
    rows = list(csv.reader(io.StringIO(back)))
    rows = [rows[0], *([*row[:-1], "1"] for row in rows[1:] if row[1].startswith("'="))]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    said_of = take_in(evidence, candidates, "back.csv", text.getvalue())
    assert "1 records: 1 to be saved" in said_of


# In.


def test_decisions_of_asreview_come_back(candidates: Project, evidence: Evidence) -> None:
    out = evidence("screening", candidates, "export", "-f", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(out)))
    labels = {VERMEER: "1", OKAFOR: "1.0", HADDAD: "0"}
    text = io.StringIO()
    writer = csv.DictWriter(
        text, ["record_id", *rows[0], "asreview_label", "asreview_time", "asreview_note"]
    )
    writer.writeheader()
    for number, row in enumerate(rows):
        writer.writerow(
            {
                **row,
                "record_id": number,
                "asreview_label": labels.get(row["key"], ""),
                "asreview_note": "about prices" if row["key"] == HADDAD else "",
            }
        )
    before = files(candidates)
    output = take_in(evidence, candidates, "asreview.csv", text.getvalue())
    assert "asreview.csv (ASReview), 9 records" in output
    assert "2 to be saved" in output
    assert "1 without a reason of ours" in output
    assert "6 without a decision" in output
    assert "no reason given. Say which of these each one is: Off topic (off_topic), " in output
    assert "Nothing was changed" in output
    after = files(candidates)
    assert {name for name in after if after[name] != before.get(name)} == {"asreview.csv"}
    output = take_in(
        evidence, candidates, "asreview.csv", text.getvalue(), "--reason", "=off_topic", "--yes"
    )
    assert "3 decision(s) saved" in output
    assert said(candidates) == {
        VERMEER: ("include", ""),
        OKAFOR: ("include", ""),
        HADDAD: ("exclude", "off_topic"),
    }
    assert lines(candidates)[2]["note"] == "ASReview, asreview.csv: about prices"
    assert {line["stage"] for line in lines(candidates)} == {"abstract"}
    assert "0 error(s), 0 warning(s)" in evidence("check", candidates).output
    # Once more: what stands is said, and nothing is saved twice.
    output = take_in(evidence, candidates, "asreview.csv", text.getvalue(), "--yes", exit_code=1)
    assert "3 said by you already" in output
    assert "There is nothing to save." in output
    assert len(lines(candidates)) == 3
    # Taken back in one step; the lines are only ever added to.
    when = lines(candidates)[0]["decided_at"]
    listed = evidence("screening", candidates, "undo", "--coder", "first").output
    assert f"{when}  3 decisions" in listed
    answer = evidence("screening", candidates, "undo", when, "--coder", "first")
    assert "3 decision(s) were taken back" in answer.output
    assert len(lines(candidates)) == 6
    assert set(said(candidates).values()) == {("", "")}
    answer = evidence("screening", candidates, "undo", when, "--coder", "first")
    assert "There is nothing left to take back" in answer.output
    open_ = evidence("screening", candidates, "export", "-f", "csv", "--state", "undecided")
    assert open_.stdout.count("\n") == 10


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ris"])
def test_files_that_asreview_itself_wrote(
    candidates: Project, evidence: Evidence, suffix: str
) -> None:
    """Of our candidates, by the writers of ASReview 3.0.8."""
    data = (CASES / f"asreview.{suffix}").read_bytes()
    take_in(evidence, candidates, f"a.{suffix}", data, "--reason", "=off_topic", "--yes")
    assert said(candidates) == {
        VERMEER: ("include", ""),
        OKAFOR: ("include", ""),
        HADDAD: ("exclude", "off_topic"),
    }
    assert {line["note"] for line in lines(candidates)} == {
        f"ASReview, a.{suffix}",
        f"ASReview, a.{suffix}: only prices",
    }
    found = read_shipment(data, f"a.{suffix}").records[0].study
    assert (found.title[:14], found.volume, found.number) == ("Brokering heat", "4", "2")


def test_asreviews_notes_in_ris(candidates: Project, evidence: Evidence) -> None:
    ris = evidence("screening", candidates, "export", "-f", "ris").stdout
    notes = {VERMEER: "relevant", OKAFOR: "irrelevant", TANAKA: "not_seen"}
    for key, label in notes.items():
        ris = ris.replace(f"ID  - {key}\n", f"ID  - {key}\nN1  - ASReview_{label}\n")
    take_in(evidence, candidates, "a.ris", ris, "--yes", "--reason", "=no_study")
    assert said(candidates) == {VERMEER: ("include", ""), OKAFOR: ("exclude", "no_study")}


RAYYAN = f'''key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,notes,doi
rayyan-1,"Brokering heat: how a district agency brought housing corporations and grid operators together",2021,1,1,J,,4,2,,"Vermeer, Anna",,,,,,"RAYYAN-INCLUSION: {{""Kofi""=>""Included"", ""Ada""=>""Excluded""}} | RAYYAN-LABELS: heat,brokers",10.55555/JLEC.2021.0042
rayyan-2,"{PRICE}",2022,1,1,J,,,,,"Haddad, L",,,,,,"RAYYAN-INCLUSION: {{""Kofi""=>""Excluded""}} | RAYYAN-EXCLUSION-REASONS: wrong topic,foreign language | USER-NOTES: {{""Kofi""=>[""only prices""]}}",
rayyan-3,"{RULES}",2023,1,1,J,,,,,"Ferreira, I",,,,,,"RAYYAN-INCLUSION: {{""Kofi""=>""Maybe""}}",10.55555/tp.2023.7
rayyan-4,Something else,2020,1,1,J,,,,,"Bos, P",,,,,,"RAYYAN-INCLUSION: {{""Kofi""=>""Included""}}",10.1000/none
rayyan-5,"Learning across ports: a pilot of shared charging for inland ships",2020,1,1,J,,,,,O,,,,,,,
'''


def test_decisions_of_rayyan_come_back(candidates: Project, evidence: Evidence) -> None:
    output = take_in(evidence, candidates, "articles.csv", RAYYAN)
    assert "articles.csv (Rayyan), 5 records" in output
    assert "Several people answered in it: Kofi, Ada. Say whose answers these are." in output
    kofi = ("--person", "Kofi")
    output = take_in(evidence, candidates, "articles.csv", RAYYAN, *kofi)
    assert "2 to be saved" in output
    assert "1 doubtful: is it the study shown?" in output  # by its title alone
    assert "1 no study here" in output
    assert "1 without a decision" in output
    assert f"= {HADDAD} (same title): {PRICE}" in output
    assert "include: Something else" in output
    output = take_in(evidence, candidates, "articles.csv", RAYYAN, *kofi, "--take", "2")
    assert "Reasons in it that are none of ours: wrong topic." in output
    told = (*kofi, "--take", "2", "--reason", "wrong topic=off_topic", "--yes")
    take_in(evidence, candidates, "articles.csv", RAYYAN, *told)
    assert said(candidates) == {
        VERMEER: ("include", ""),
        HADDAD: ("exclude", "off_topic"),
        FERREIRA: ("unsure", ""),
    }
    assert lines(candidates)[1]["note"] == "Rayyan (Kofi), articles.csv: only prices"
    # The same in RIS, of the other.
    ris = "".join(
        f"TY  - JOUR\nTI  - {row['title']}\nPY  - {row['year']}\nAU  - X, Y\n"
        f"N1  - {row['notes']}\nDO  - {row['doi']}\nER  - \n\n"
        for row in csv.DictReader(io.StringIO(RAYYAN))
    )
    output = take_in(evidence, candidates, "articles.ris", ris, "--person", "Ada")
    assert "1 answered otherwise by you already" in output
    assert "exclude: Brokering heat" in output
    assert "here: include" in output


def test_lists_of_covidence_come_back(candidates: Project, evidence: Evidence) -> None:
    head = "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags\n"
    included = (
        head + f'"{RULES}","Ferreira, I",,2023,,J,,,,,10.55555/tp.2023.7,,#1,Ferreira 2023,,\n'
    )
    output = take_in(evidence, candidates, "included.csv", included)
    assert "included.csv (Covidence), 1 records: 1 without a decision" in output
    assert "Say what all its records are: include, exclude, unsure or missing." in output
    output = take_in(evidence, candidates, "included.csv", included, "--as", "include", "--yes")
    assert said(candidates) == {FERREIRA: ("include", "")}
    excluded = (
        head + f'"{RULES}",,,2023,,J,,,,,10.55555/TP.2023.7,,#1,F,Exclusion reason: No study; ,\n'
        f'"{PRICE}","Haddad, L",,2022,,J,,,,,,,#2,Haddad 2022,Exclusion reason: Off topic; ,\n'
    )
    output = take_in(
        evidence, candidates, "excluded.csv", excluded, "--stage", "full", "--take", "2"
    )
    assert "1 to be saved" in output
    assert "1 not at this stage yet" in output
    take_in(evidence, candidates, "excluded.csv", excluded, "--stage", "full", "--yes")
    assert said(candidates) == {FERREIRA: ("exclude", "no_study")}


def test_lists_of_eppi_reviewer_come_back(candidates: Project, evidence: Evidence) -> None:
    ris = evidence("screening", candidates, "export", "-f", "ris").stdout
    output = take_in(evidence, candidates, "included.ris", ris)
    assert "no marks of a screening program" in output
    take_in(evidence, candidates, "included.ris", ris, "--as", "include", "--yes")
    assert {verdict for verdict, _ in said(candidates).values()} == {"include"}
    assert len(said(candidates)) == 9
    coded = ris.replace("ER  - ", "KW  - EXCLUDE on off topic\r\nER  - ", 1)
    output = take_in(evidence, candidates, "coded.ris", coded)
    assert "coded.ris (EPPI-Reviewer)" in output
    assert "1 answered otherwise by you already" in output
    sheet = [
        ["ItemId", "Title", "DOI", "I/E/D/S", "Code"],
        [1, RULES, "10.55555/tp.2023.7", "E", "EXCLUDE on no study"],
        [2, "Brokering heat", "10.55555/jlec.2021.0042", "I", ""],
    ]
    take_in(evidence, candidates, "eppi.xlsx", book(sheet), "--stage", "full", "--yes")
    full = [line for line in lines(candidates) if line["stage"] == "full"]
    assert [(line["study"], line["decision"], line["reason"]) for line in full] == [
        (FERREIRA, "exclude", "no_study"),
        (VERMEER, "include", ""),
    ]


def test_nothing_is_overwritten_and_everything_is_named(
    candidates: Project, evidence: Evidence
) -> None:
    text = f"key,decision\n{VERMEER},include\n"
    take_in(evidence, candidates, "a.csv", text, "--yes")
    kept = (candidates.screening / "first.csv").read_bytes()
    more = (
        "key,doi,title,decision,reason\n"
        f"{VERMEER},,,exclude,Buiten het onderwerp\n"  # answered otherwise
        "berg2020,,,include,\n"  # in the review without screening
        "nobody2020,,,include,\n"  # no study
        f"{OKAFOR},,Another title,include,\n"  # a key of somebody else's
        f"{HADDAD},10.55555/tp.2023.7,,include,\n"  # a DOI of one, the key of another
        f"{TANAKA},,,include,\n"
        f"{TANAKA},,,exclude,no_study\n"  # twice
        f"{BAKKER},,,,\n"
    )
    output = take_in(evidence, candidates, "b.csv", more, "--yes")
    for words in (
        "1 to be saved", "1 answered otherwise by you already", "1 no study here",
        "1 in the review without screening", "2 doubtful: is it the study shown?",
        "1 the same study as an earlier record", "1 without a decision",
    ):  # fmt: skip
        assert words in output
    assert "here: include" in output
    now = (candidates.screening / "first.csv").read_bytes()
    assert now.startswith(kept)
    assert said(candidates) == {VERMEER: ("include", ""), TANAKA: ("include", "")}


def test_merged_and_older_keys_lead_to_the_study(candidates: Project, evidence: Evidence) -> None:
    assert evidence("merge", candidates, HADDAD, TANAKA, "--yes").exit_code == 0
    text = f"key,decision\n{HADDAD},include\n"
    take_in(evidence, candidates, "a.csv", text, "--yes")
    assert said(candidates) == {TANAKA: ("include", "")}


def test_what_another_screener_said_blind_is_not_told(small: Project, evidence: Evidence) -> None:
    project = with_candidates(small, evidence, screeners=2)
    text = f"key,decision,reason\n{VERMEER},exclude,off_topic\n{OKAFOR},include,\n"
    path = project.root / "a.csv"
    path.write_text(text)
    for coder in ("second", "first"):
        before = evidence("screening", project, "export", "-f", "csv", "--coder", "first").stdout
        assert before.count(",0\n") == 0
        dry = evidence("screening", project, "import", str(path), "--coder", coder).output
        assert "2 to be saved" in dry
        answer = evidence("screening", project, "import", str(path), "--coder", coder, "--yes")
        assert "2 decision(s) saved" in answer.output
    after = evidence("screening", project, "export", "-f", "csv", "--coder", "first").stdout
    assert after.count(",0\n") == 1
    assert said(project, "second") == said(project, "first")
    # A third comes when both have said it.
    with_rounds(project)
    third = evidence("screening", project, "import", str(path), "--coder", "third").output
    assert "2 settled already at this stage" in third


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--stage", "titles"), "There is no stage 'titles'."),
        (("--as", "perhaps"), "Say include, exclude, unsure or missing."),
        (("--reason", "x=none_such"), "There is no reason 'none_such'."),
        (("--reason", "x"), "Write --reason like"),
        (("--take", "x"), "'x' is no number of a record."),
    ],
)
def test_options_that_cannot_be(
    candidates: Project, evidence: Evidence, more: tuple[str, ...], message: str
) -> None:
    path = candidates.root / "a.csv"
    path.write_text(f"key,decision\n{VERMEER},include\n")
    answer = evidence("screening", candidates, "import", str(path), "--coder", "first", *more)
    assert answer.exit_code in (1, 2)
    assert message in answer.output
    assert not lines(candidates)


def test_a_program_is_one_file_and_one_line(
    candidates: Project, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reads(record: ReturnedRecord) -> Said | None:
        return Said({"": "include"}) if record.first("stars") == "5" else None

    programs = (*returned_files.PROGRAMS, ScreeningProgram("Stars", reads))
    monkeypatch.setattr(returned_files, "PROGRAMS", programs)
    text = f"key,title,stars\n{VERMEER},,5\n{OKAFOR},,1\n"
    output = take_in(evidence, candidates, "a.csv", text, "--yes")
    assert "a.csv (Stars), 2 records: 1 to be saved, 1 without a decision" in output
    assert said(candidates) == {VERMEER: ("include", "")}


# In the browser.


def sent_file(session: Any, name: str, data: bytes, **fields: str) -> Any:
    html = session.get("/review/returned").text
    token = re.search(r'name="csrftoken" value="([^"]*)"', html)
    assert token
    return session.running.ask(
        "POST",
        "/review/returned",
        data={"csrftoken": token[1], **fields},
        files={"file": (name, data)},
        cookies=session.cookies,
    )


def test_decisions_come_back_in_the_browser(candidates: Project) -> None:
    with_rounds(candidates)
    coder = Running(candidates).sign_in("first")
    out = coder.get("/review/candidates?format=csv&stage=&state=undecided")
    assert out.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="candidates.csv"' in out.headers["content-disposition"]
    assert len(list(csv.DictReader(io.StringIO(out.text)))) == 9
    assert coder.get("/review/candidates?format=ris").text.count("TY  - ") == 9
    assert coder.get("/review/candidates?format=docx").status_code == 404
    assert coder.get("/review/candidates?format=csv&state=gone").status_code == 400
    assert "/review/returned" in coder.get("/review/screen").text
    sent = sent_file(coder, "articles.csv", RAYYAN.encode(), stage="abstract")
    page = sent.headers["location"]
    html = coder.get(page).text
    assert "Say whose answers these are" in html
    fields = {"stage": "abstract", "person": "Kofi", "as": ""}
    shown = coder.post(page, {**fields, "take": "2"}, page)
    assert shown.status_code == 200
    assert not lines(candidates)
    assert re.search(r'name="given.0" value="wrong topic"', shown.text)
    assert re.search(r'name="take" value="2" checked', shown.text)
    told = {**fields, "take": "2", "given.0": "wrong topic", "reason.0": "off_topic"}
    shown = coder.post(page, told, page)
    assert "Save 3 decisions as mine" in shown.text
    saved = coder.post(page, {**told, "save": "1"}, page)
    assert saved.headers["location"].endswith("/review/returned?saved=3")
    assert said(candidates)[HADDAD] == ("exclude", "off_topic")
    html = coder.get("/review/returned?saved=3").text
    assert "3 decisions were saved" in html
    assert "Rayyan (Kofi), articles.csv" in html
    when = lines(candidates)[0]["decided_at"]
    undone = coder.post("/review/returned/undo", {"when": when}, "/review/returned")
    assert undone.headers["location"].endswith("undone=3")
    assert said(candidates)[HADDAD] == ("", "")
    again = coder.post("/review/returned/undo", {"when": when}, "/review/returned")
    assert again.status_code == 400
    assert "There is nothing left to take back" in again.text
    assert coder.get("/review/returned/none").status_code == 404


def test_a_study_that_comes_into_the_review_so_is_there_at_once(candidates: Project) -> None:
    with_rounds(candidates)
    coder = Running(candidates).sign_in("first")
    data = f"key,decision\n{VERMEER},include\n".encode()
    for stage in ("abstract", "full"):
        page = sent_file(coder, "a.csv", data, stage=stage).headers["location"]
        assert "1" in coder.get(page).text
        saved = coder.post(page.partition("?")[0], {"stage": stage, "save": "1"}, page)
        if stage == "full":
            assert "1 decisions were saved" in wait(coder, saved)
    assert VERMEER in coder.running.review.desk.studies
    assert coder.get(f"/study/{VERMEER}").status_code == 200
    when = lines(candidates)[-1]["decided_at"]
    undone = coder.post("/review/returned/undo", {"when": when}, "/review/returned")
    assert "1 decisions were taken back" in wait(coder, undone)
    assert VERMEER not in coder.running.review.desk.studies


def test_a_page_without_a_file_says_so(candidates: Project) -> None:
    coder = Running(candidates).sign_in("first")
    answer = sent_file(coder, "", b"")
    assert answer.status_code == 400
    assert "Choose a file" in answer.text
