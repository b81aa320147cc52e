"""REFI-QDA projects: ours as others read them, those of others as we take them in."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.build.recipe import build
from pipeline.desk.codebooks.passage_places import PassagePlaces
from pipeline.desk.codebooks.qda_positions import letters
from pipeline.desk.codebooks.qdpx_reader import read_project
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from pipeline.model.passages import Stretch, make_passages
from pipeline.model.scheme import read_scheme
from tests.conftest import Evidence, Site, decide, passage_id
from tests.qdpx_files import ANNA, BO, Marked, guid, project, qdpx, source
from tests.reviewing import Running, wait, with_rounds

HERE = Path(__file__).parent
SPACE = {"q": "urn:QDA-XML:project:1.0"}
EVIDENCE = "('single', 'agreed', 'adjudicated')"
ONE_ROUND = """rounds:
  - id: whole
    title: {en: "All of it", nl: "Alles"}
    coders: [reader, rereader, model, visitor]
    blind: false
"""


def written(evidence: Evidence, project: Project, *more: str) -> bytes:
    """Our export of a project."""
    with tempfile.TemporaryDirectory() as folder:  # never in the real project
        path = Path(folder) / "out.qdpx"
        found = evidence("export", project, "-f", "qdpx", *more, "-o", str(path))
        assert found.exit_code == 0, found.output
        return path.read_bytes()


def opened(data: bytes) -> tuple[etree._Element, dict[str, str]]:
    """What a project says of itself, and its texts by GUID."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = {
            name.removeprefix("sources/").removesuffix(".txt"): archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("sources/")
        }
        return etree.fromstring(archive.read("project.qde")), texts


def rows(project: Project, query: str) -> list[Any]:
    with closing(sqlite3.connect(project.database)) as connection:
        return connection.execute(query).fetchall()


def lines(project: Project) -> set[tuple[str, str, str, str, str, str]]:
    """Who answered what, in all decision files."""
    return {
        (path.parent.name, row["unit"], row["dimension"], row["codes"], row["quote"], row["note"])
        for path in project.decisions.glob("*/*.csv")
        for row in csv.DictReader(path.open(newline="", encoding="utf-8"))
    }


# Out.


def test_our_project_is_as_the_standard_has_it(evidence: Evidence, published: Project) -> None:
    schema = etree.XMLSchema(etree.parse(HERE / "standards" / "project.xsd"))
    for language in ("en", "nl"):
        root, texts = opened(written(evidence, published, "--lang", language))
        schema.assertValid(root)
        guids = [item.get("guid") for item in root.iter() if item.get("guid")]
        assert len(set(guids)) == len(guids)
        assert {item.get("targetGUID") for item in root.iter("{*}CodeRef")} <= set(guids)
        users = {item.get("guid") for item in root.iter("{*}User")}
        assert {item.get("creatingUser") for item in root.iter("{*}Coding")} == users
        named = {item.get("plainTextPath").removeprefix("internal://") for item in root.iter("{*}TextSource")}  # fmt: skip
        assert named == {f"{name}.txt" for name in texts}
    assert written(evidence, published) == written(evidence, published)


def test_every_piece_of_evidence_is_marked_where_its_words_stand(
    evidence: Evidence, published: Project
) -> None:
    root, texts = opened(written(evidence, published))
    codes = {item.get("guid"): item.get("name") for item in root.iter("{*}Code")}
    users = {item.get("guid"): item.get("id") for item in root.iter("{*}User")}
    quotes = {tuple(named): quote for *named, quote in rows(
        published, "SELECT unit, coder, dimension, quote FROM decision WHERE standing = 'current'")}  # fmt: skip
    found = set()
    for item in root.iter("{*}PlainTextSelection"):
        text = texts[item.getparent().get("guid")]
        words = text[int(item.get("startPosition")) : int(item.get("endPosition"))]
        # As a line of the text, behind the locator, or as marked within such a line.
        for coding in item.iterfind("q:Coding", SPACE):
            code = codes[coding.find("q:CodeRef", SPACE).get("targetGUID")]
            found.add((words, code, users[item.get("creatingUser")]))
    expected = set()
    for text, passage, dimension, label, coders in rows(published, f"""
        SELECT coding.text, passage, coding.dimension, label_en, value FROM coding
        JOIN code ON code.id = coding.code, json_each(coding.coders)
        WHERE passage IS NOT NULL AND status IN {EVIDENCE}
          AND coding.study IN (SELECT study FROM evidence)"""):  # fmt: skip
        quote = quotes.get((passage, coders, dimension), "")
        expected.add((quote or text, label, coders))
    assert expected <= found
    assert {who for *_, who in found - expected} <= {":settled"}


def test_what_is_said_of_whole_studies_goes_along(
    evidence: Evidence, built_golden: Project
) -> None:
    root, _ = opened(written(evidence, built_golden))
    (own,) = root.xpath("//q:TextSource[contains(@name, 'cole2019')]", namespaces=SPACE)
    codes = {item.get("guid"): item.get("name") for item in root.iter("{*}Code")}
    given = {codes[item.get("targetGUID")] for item in own.iterfind("q:Coding/q:CodeRef", SPACE)}
    assert given == {"Energy", "Care"}
    # And as variables, which other programs read where they have no codes of whole texts.
    names = {item.get("guid"): item.get("name") for item in root.iter("{*}Variable")}
    values = {
        names[item.find("q:VariableRef", SPACE).get("targetGUID")]: item.findtext("q:TextValue", namespaces=SPACE)
        for item in own.iterfind("q:VariableValue", SPACE)
    }  # fmt: skip
    assert values == {"Sector": "Energy; Care"}


def test_retired_codes_cannot_be_given_unless_they_are(
    evidence: Evidence, golden_project: Project
) -> None:
    def codable() -> dict[str, str]:
        root, _ = opened(written(evidence, golden_project))
        return {item.get("name"): item.get("isCodable") for item in root.iter("{*}Code")}

    assert codable()["Herald"] == "false"
    assert codable()["Weaver"] == "true"
    text = golden_project.scheme.read_text()
    scribe = "label: {en: Scribe, nl: Schrijver}"
    text = text.replace("version: 2", "version: 3").replace(scribe, f"retired: 3\n        {scribe}")
    golden_project.scheme.write_text(text)
    assert codable()["Scribe"] == "true"  # the evidence of it would have no code otherwise


def test_never_a_full_text(evidence: Evidence, small: Project) -> None:
    """Of a researcher's own copy only the passage that is coded, in quotation marks."""
    small.fulltext.mkdir()
    (small.fulltext / "berg2020.txt").write_text(
        "Secret opening words of the authors stand here at length.\n\n"
        "The broker of the grid joined three towns and their banks.\n\n"
        "Secret closing words of the authors stand here at length.\n"
    )
    build(small)
    full = next(unit for (unit,) in _units(small, "broker"))
    quote = "joined three towns"
    decide(small, "first", "berg2020",
           f'2026-11-02T09:00:00Z,{full},role,weaver,,see 😀,"{quote}",hidden,2,pilot,')  # fmt: skip
    build(small)
    root, texts = opened(written(evidence, small))
    (text,) = texts.values()
    assert "Secret" not in text
    assert "“The broker of the grid joined three towns and their banks.”" in text
    (item,) = root.iter("{*}PlainTextSelection")
    assert text[int(item.get("startPosition")) : int(item.get("endPosition"))] == quote
    assert item.findtext("q:Description", namespaces=SPACE) == "see 😀"
    assert item.get("creationDateTime") == "2026-11-02T09:00:00Z"
    # And of that only what is chosen.
    chair = passage_id(small, "berg2020", 2)
    decide(
        small, "first", "berg2020", f"2026-11-02T09:01:00Z,{chair},role,judge,,,,hidden,2,pilot,"
    )
    build(small)
    _, texts = opened(written(evidence, small, "--role", "judge"))
    (text,) = texts.values()
    assert "The chair resolved" in text
    assert "broker of the grid" not in text


def _units(project: Project, word: str) -> list[tuple[str]]:
    from pipeline.sources.corpus import read_corpus

    return [(item.id,) for document in read_corpus(project).documents
            for item in document.passages if word in item.text]  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "codes", "studies"),
    [
        (("--role", "judge"), {"Judge"}, 2),
        (("--role", "judge", "--status", "disputed"), {"Judge"}, 2),
        (("--status", "suggested"), {"Weaver", "Judge", "Scribe"}, 2),
        (("--where", "study=adem2020"), {"Weaver", "Scribe"}, 1),
        (("--studies",), {"Weaver", "Scribe", "Judge", "Sport"}, 5),
    ],
)
def test_filters_choose_what_is_coded(
    evidence: Evidence,
    built_golden: Project,
    chosen: tuple[str, ...],
    codes: set[str],
    studies: int,
) -> None:
    root, texts = opened(written(evidence, built_golden, *chosen))
    names = {item.get("guid"): item.get("name") for item in root.iter("{*}Code")}
    marked = root.xpath("//q:PlainTextSelection/q:Coding/q:CodeRef", namespaces=SPACE)
    assert {names[item.get("targetGUID")] for item in marked} - {"Sport"} == codes - {"Sport"}
    assert len(texts) == studies
    users = {item.get("name") for item in root.iter("{*}User")}
    assert ("machine suggestion" in users) == ("suggested" in chosen)


def test_codes_of_one_name_are_told_apart(evidence: Evidence, small: Project) -> None:
    text = small.scheme.read_text().replace("{en: Sport, nl: Sport}", "{en: Weaver, nl: Weven}")
    small.scheme.write_text(text)
    build(small)
    root, _ = opened(written(evidence, small))
    names = [item.get("name") for item in root.iter("{*}Code") if item.get("isCodable") == "true"]
    assert names == ["Weaver (Role)", "Judge", "Scribe", "Energy", "Care", "Weaver (Sector)"]


def test_the_codebook_as_a_table_is_what_taguette_imports(
    evidence: Evidence, published: Project, tmp_path: Path
) -> None:
    """One of the columns tag, name and path, and description; names once, none of them empty."""
    text = evidence("export", published, "-f", "codebook-csv").stdout
    found = list(csv.DictReader(io.StringIO(text)))
    assert len({"tag", "name", "path"} & {*found[0]}) == 1
    assert "description" in found[0]
    scheme = read_scheme(published.scheme)
    used = [code for code in scheme.codes.values() if code.retired is None]
    assert sorted(row["name"] for row in found) == sorted(code.label.en for code in used)
    assert all(0 < len(row["name"]) <= 200 for row in found)
    seen = {""}
    for row in found:
        assert row["parent"] in seen  # none before what it is nested in
        seen.add(row["id"])
    (tmp_path / "book.csv").write_text(text)
    answer = evidence("scheme", published, "import", str(tmp_path / "book.csv"))
    assert f"0 new of {len(used)}." in answer.output
    assert " | " not in answer.output  # nothing differs


def test_the_site_offers_the_project(built_golden: Project) -> None:
    site = Site(built_golden)
    assert "/download/qdpx" in site.get("/about").text
    assert "/download/qdpx?role=judge" in site.get("/evidence?role=judge").text
    answer = site.get("/download/qdpx?role=judge")
    assert re.search(r'filename="judge-[\d-]+\.qdpx"', answer.headers["content-disposition"])
    assert len(opened(answer.content)[1]) == 2


# Out and in again.


def test_our_own_project_comes_back(
    evidence: Evidence, built_golden: Project, tmp_path: Path
) -> None:
    """The same codes, the same codings: by coder, unit, marked words."""
    data = tmp_path / "ours.qdpx"
    data.write_bytes(written(evidence, built_golden, "--studies"))
    empty = Project(shutil.copytree(built_golden.root, tmp_path / "empty"))
    for name in ("decisions", "consensus", "agreement"):
        shutil.rmtree(empty.coding / name)
    empty.rounds.write_text(ONE_ROUND)
    look = evidence("review", empty, "import-project", str(data))
    assert look.exit_code == 0, look.output
    assert "Codes: 11 are here, 0 would be new" in look.output
    assert "Nothing was changed" in look.output
    assert not empty.decisions.exists()
    done = evidence("review", empty, "import-project", str(data), "--yes")
    assert done.exit_code == 0, done.output
    expected = {}
    for unit, dimension, code, coder in rows(built_golden, f"""
        SELECT coalesce(passage, study), dimension, code, value FROM coding, json_each(coders)
        WHERE status IN {EVIDENCE}"""):  # fmt: skip
        expected.setdefault((coder, unit, dimension), set()).add(code)
    found = {line[:3]: set(line[3].split(";")) for line in lines(empty)}
    assert found == expected
    quotes = {line[4] for line in lines(empty)}
    assert quotes == {"", "brought farmers and banks together"}
    again = evidence("review", empty, "import-project", str(data), "--yes")
    assert f"Answers that stand already: {len(expected)}" in again.output
    assert "0 answer(s)." in again.output


@pytest.mark.parametrize("described", [True, False])
def test_our_project_comes_back_from_a_program_that_gives_new_guids(
    evidence: Evidence, built_golden: Project, tmp_path: Path, described: bool
) -> None:
    """As QualCoder writes it: codes, users and texts are known by their names and words."""
    made: dict[str, str] = {}

    def other(text: str) -> str:
        return re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                      lambda item: made.setdefault(item[0], guid(len(made) + 1)), text)  # fmt: skip

    data = io.BytesIO()
    more = ["--studies"] if described else []
    ours = zipfile.ZipFile(io.BytesIO(written(evidence, built_golden, *more)))
    with zipfile.ZipFile(data, "w") as archive:
        for name in ours.namelist():
            text = other(ours.read(name).decode())
            if not described:
                text = text.replace("in the words of", "")
            archive.writestr(other(name), text if name == "project.qde" else f"\ufeff{text}")
    empty = Project(shutil.copytree(built_golden.root, tmp_path / "empty"))
    for name in ("decisions", "consensus", "agreement"):
        shutil.rmtree(empty.coding / name)
    empty.rounds.write_text(ONE_ROUND)
    done = evidence("review", empty, "import-project", put(empty, data.getvalue()), "--yes")
    count = 26 if described else 24
    assert f"Taken in: 0 full text(s), {count} answer(s)" in done.output, done.output
    assert not empty.fulltext.exists()  # a digest is no full text


def test_our_codes_come_back_into_another_scheme(evidence: Evidence, built_golden: Project, small: Project) -> None:  # fmt: skip
    data = small.root / "ours.qdpx"
    data.write_bytes(written(evidence, built_golden))
    answer = evidence("scheme", small, "import", str(data), "--why", "From the other project")
    assert answer.exit_code == 0, answer.output
    after, there = read_scheme(small.scheme), read_scheme(built_golden.scheme)
    for dimension in ("role", "sector"):
        ours = {code.id: code.label.en for code in there.dimension(dimension).codes}
        assert ours.items() <= {code.id: code.label.en for code in after.dimension(dimension).codes}.items()  # fmt: skip


# In.

TEXT = (
    "Brokers at work\r\n\r\n"
    "The first broker brought two towns together at one long table.\r\n"
    "A second one settled what the banks had quarrelled about for years.\r\n\r\n"
    "Nobody wrote anything of it down in those days.\r\n"
)
WEAVER, JUDGE, NEWCOMER = guid(1), guid(2), guid(3)
CODES = (
    f'<Code guid="{WEAVER}" name="Weaver" isCodable="true"/>'
    f'<Code guid="{JUDGE}" name="Judge" isCodable="true"/>'
    f'<Code guid="{NEWCOMER}" name="Bell ringer" isCodable="true"/>'
)
TITLE = "Energy networks and their offices"


@pytest.fixture
def ready(small: Project) -> Project:
    """The small project; its first study has a title of some length."""
    text = small.references.read_text().replace("Weaving energy networks", TITLE)
    small.references.write_text(text)
    build(small)
    return small


def put(project: Project, data: bytes) -> str:
    path = project.root / "their.qdpx"
    path.write_bytes(data)
    return str(path)


def test_a_project_of_another_program_is_taken_in(evidence: Evidence, ready: Project) -> None:
    towns, banks = "brought two towns together", "settled what the banks had quarrelled about"
    said = source(
        10, f"Berg 2020 - {TITLE}.docx", TEXT,
        Marked(towns, WEAVER, note="by ear"),
        Marked(banks, JUDGE, user=BO),
        Marked("Nobody wrote", NEWCOMER),
        Marked("Brokers at work", WEAVER),
    ) + source(11, "Interview 1", "No study.", Marked("No study", WEAVER))  # fmt: skip
    data = qdpx(project(CODES, said), {f"{guid(10)}.txt": TEXT.encode(), f"{guid(11)}.txt": b"No study."})  # fmt: skip
    path = put(ready, data)
    before = lines(ready)
    look = evidence(
        "review", ready, "import-project", path, "--user", "Anna=first", "--round", "pilot"
    )
    assert look.exit_code == 0, look.output
    assert (
        "berg2020 (it is named by the title); full text corpus/fulltext/berg2020.txt" in look.output
    )
    assert "'Interview 1': no study here" in look.output
    assert "Answers of 'first' in the round 'pilot': 1" in look.output
    assert "Answers of 'second' in the round 'pilot': 1" in look.output
    assert "Left: 'Bell ringer' in 'Berg 2020 - Energy networks and their offices.docx' “Nobody wrote”: its code is none of the scheme" in look.output  # fmt: skip
    assert "“Brokers at work”: no passage holds these words" in look.output
    assert "“No study”: the source is no study here" in look.output
    assert (lines(ready), ready.fulltext.exists()) == (before, False)
    done = evidence("review", ready, "import-project", path, "--user", "Anna=first", "--round", "pilot", "--yes")  # fmt: skip
    assert "Taken in: 1 full text(s), 2 answer(s)" in done.output, done.output
    assert (ready.fulltext / "berg2020.txt").read_bytes() == TEXT.encode()
    new = {(who, dimension, codes, quote, note) for who, _, dimension, codes, quote, note in lines(ready) - before}  # fmt: skip
    assert new == {
        ("first", "role", "weaver", towns, "by ear"),
        ("second", "role", "judge", banks, ""),
    }
    assert evidence("check", ready).exit_code == 0
    # The code that was not there can be one of ours, or added first.
    third = evidence("review", ready, "import-project", path, "--coder", "first", "--user", "Second coder=second",
                     "--round", "pilot", "--as", "Bell ringer=scribe", "--yes")  # fmt: skip
    assert "Taken in: 0 full text(s), 1 answer(s)" in third.output, third.output


def test_nothing_is_written_over(evidence: Evidence, ready: Project) -> None:
    ready.fulltext.mkdir()
    (ready.fulltext / "berg2020.txt").write_text(
        "Our own copy of this study says something else altogether."
    )
    unit = passage_id(ready, "berg2020", 1)
    passage = "The network office brought farmers, banks and ministries together at one table."
    decide(ready, "first", "berg2020", f"2026-11-02T09:00:00Z,{unit},role,judge,,,,hidden,2,pilot,")
    build(ready)
    said = source(10, "berg2020", passage, Marked("brought farmers", WEAVER))
    path = put(ready, qdpx(project(CODES, said), {f"{guid(10)}.txt": passage.encode()}))
    before = lines(ready)
    done = evidence("review", ready, "import-project", path, "--coder", "first", "--round", "pilot", "--yes")  # fmt: skip
    assert "Taken in: 0 full text(s), 0 answer(s)" in done.output, done.output
    assert f"Left: {unit} role: Another answer stands there already; it stays." in done.output
    assert lines(ready) == before
    assert "Our own copy" in (ready.fulltext / "berg2020.txt").read_text()


@pytest.mark.parametrize(
    ("name", "description", "text", "why"),
    [
        ("berg2021.txt", "", "x", ""),
        ("BERG2020.docx", "", "x", "it is named by the key"),
        ("Berg & Smit (2020) [berg2020]", "", "x", "it is named by the key"),
        ("10.1234_weave.pdf", "", "x", "it has the DOI"),
        ("Paper 3", "See https://doi.org/10.1234/WEAVE", "x", "it has the DOI"),
        ("Paper 3", "", "Journal of Grids. doi:10.1234/weave\nAbstract", "it has the DOI"),
        (TITLE.upper(), "", "x", "it is named by the title"),
        ("Berg - 2020 - Energy networks and their", "", "x", "it is named by the title"),
        ("Energy", "", "x", ""),
    ],
)
def test_sources_are_studies(
    evidence: Evidence, ready: Project, name: str, description: str, text: str, why: str
) -> None:
    said = source(10, name, text, description=description)
    path = put(ready, qdpx(project(CODES, said), {f"{guid(10)}.txt": text.encode()}))
    look = evidence("review", ready, "import-project", path)
    assert look.exit_code == 0, look.output
    assert (f"berg2020 ({why})" if why else "no study here") in look.output
    told = evidence("review", ready, "import-project", path, "--source", f"{name}=smit2021")
    assert "smit2021 (so it was said)" in told.output


WIDE = (
    "😀 A mark 𝔘 first.\r\n\r\nThe first broker brought two towns together at one long table.\r\n"
)
WORDS = "brought two towns together"


@pytest.mark.parametrize(
    ("counted", "origin", "named"),
    [
        (WIDE, "NVivo", True),
        (WIDE, "NVivo", False),  # as the standard says
        (WIDE.replace("\r\n", "\n"), "ATLAS.ti", False),
        (WIDE.replace("\r\n", "\n"), "Another", True),
        ("\ufeff" + WIDE, "Another", True),
        ("".join(sign + "~" * (len(sign.encode("utf-16-le")) // 2 - 1) for sign in WIDE), "Another", True),
    ],
)  # fmt: skip
def test_positions_are_what_the_program_means(counted: str, origin: str, named: bool) -> None:
    said = source(10, "x", WIDE, Marked(WORDS, WEAVER, named=named), counted=counted)
    (found,) = read_project(
        qdpx(project(CODES, said, origin), {f"{guid(10)}.txt": b"\xef\xbb\xbf" + WIDE.encode()}),
        "x",
    ).sources
    (item,) = found.selections
    assert found.text[item.start : item.end] == WORDS


def test_a_selection_over_several_passages_is_an_answer_on_each() -> None:
    passages, _ = make_passages("k", "en", [Stretch(text) for text in (
        "The first broker brought two towns together.",
        "A second one settled the quarrel of the banks.",
        "Nobody wrote it down.",
    )], "x")  # fmt: skip
    text = (
        "The first bro-\nker brought  two towns to\u00adgether. A second one settled\n"
        "the quarrel of the banks.\nNobody wrote it down."
    )
    places = PassagePlaces(text, passages)

    def parts(start: str, end: str) -> list[str]:
        found = places.parts(text.index(start), text.index(end) + len(end))
        return [part.quote or "*" for part in found]

    assert parts("two towns", "the banks.") == ["two towns together.", "*"]
    assert parts("brought", "A second") == ["brought two towns together."]  # two words hang over
    assert parts("the quarrel", "banks.") == ["the quarrel of the banks."]
    assert parts("The first", "Nobody wrote it down.") == ["*", "*", "*"]
    # Words that moved: found where they stand once.
    moved = PassagePlaces(f"Preface. {passages[0].text[4:]}", passages)
    assert [part.quote for part in moved.parts(9, 20)] == ["first broke"]
    assert moved.parts(0, 7) == []


@settings(max_examples=150)
@given(
    st.lists(st.text("abcé ß.-–\u00ad“”😀", min_size=1, max_size=30), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n", " \n\n", "-\n", " "]),
    st.data(),
)
def test_what_is_placed_are_words_of_the_selection(
    sentences: list[str], end: str, data: st.DataObject
) -> None:
    passages, _ = make_passages("k", "en", [Stretch(text) for text in sentences], "x")
    text = end.join(sentences)
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    for part in PassagePlaces(text, passages).parts(first, last):
        assert part.quote in part.passage.text
        own = letters(part.quote or part.passage.text)[0]
        assert own
        assert own in letters(text[first:last])[0]


# What is refused, and what is only left out.

FAULTS: list[tuple[str, bytes, str]] = [
    ("cut off", qdpx(project(CODES, source(10, "x", "abc")))[:-30], "bad-zip"),
    ("no project", qdpx("")[:0] + b"PK\x03\x04 .qde", "bad-zip"),
    ("empty", qdpx(""), "bad-xml"),
    ("another root", qdpx("<rss/>"), "unknown-xml"),
    ("another namespace", qdpx('<Project xmlns="urn:other"/>'), "unknown-xml"),
    ("a document type", qdpx('<!DOCTYPE x [<!ENTITY a "b">]><Project/>'), "doctype"),
    ("broken off", qdpx(project(CODES, "")[:-20]), "bad-xml"),
    ("not UTF-8", qdpx(project('<Code guid="a" name="Zoë"/>', "").encode("latin-1")), "not-utf8"),
    ("no name", qdpx(project('<Code guid="a"/>', "")), "no-name"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), [item[1:] for item in FAULTS], ids=[item[0] for item in FAULTS])  # fmt: skip
def test_a_broken_project_is_refused_with_a_hint(data: bytes, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        read_project(data, "their.qdpx")
    (problem,) = caught.value.problems
    assert (problem.kind, problem.path) == (kind, "their.qdpx")
    assert problem.hint


def test_bombs_and_locked_archives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.desk.codebooks import qdpx_archive

    monkeypatch.setattr(qdpx_archive, "LARGEST_PROJECT", 1_000_000)
    bomb = qdpx(project(CODES, "") + " " * 30_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(InputError, match="problem") as caught:
        read_project(bomb, "x")
    assert caught.value.problems[0].kind == "too-large"
    locked = bytearray(qdpx(project(CODES, "")))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError) as caught:
        read_project(bytes(locked), "x")
    assert caught.value.problems[0].kind == "encrypted"
    # All sources together have a limit too; what is over it is left out, with a warning.
    monkeypatch.setattr(qdpx_archive, "MOST_READ", 2_000_000)
    said = source(10, "one", "a") + source(11, "two", "b")
    files = {f"{guid(number)}.txt": b"a" * 1_500_000 for number in (10, 11)}
    found = read_project(qdpx(project(CODES, said), files), "x")
    assert [len(item.text) for item in found.sources] == [1_500_000, 0]
    assert [item.kind for item in found.warnings] == ["too-large"]


def test_what_cannot_be_read_is_named() -> None:
    other = (
        f'<PictureSource guid="{guid(20)}" name="Photo" path="internal://p.png"><PictureSelection '
        f'guid="{guid(21)}" firstX="0" firstY="0" secondX="9" secondY="9"><Coding guid="{guid(22)}">'
        f'<CodeRef targetGUID="{WEAVER}"/></Coding></PictureSelection></PictureSource>'
        f'<TextSource guid="{guid(23)}" name="Away" plainTextPath="relative:///away.txt"/>'
        f'<TextSource guid="{guid(24)}" name="Gone" plainTextPath="internal://gone.txt"/>'
        f'<TextSource guid="{guid(25)}" name="Bad"><PlainTextContent>Some words.</PlainTextContent>'
        f'<PlainTextSelection guid="{guid(26)}" startPosition="x" endPosition="3"/></TextSource>'
    )
    found = read_project(qdpx(project(CODES, other), folder="Sources"), "x")
    assert [item.kind for item in found.warnings] == ["outside", "no-source", "bad-position"]
    assert [item.kind for item in found.sources] == ["PictureSource"] + ["TextSource"] * 3
    assert [len(item.unread) for item in found.sources] == [1, 0, 0, 0]
    assert found.sources[3].text == "Some words."


def test_notes_come_along() -> None:
    note = f'<Notes><Note guid="{guid(30)}"><PlainTextContent>A memo.</PlainTextContent></Note></Notes>'
    said = source(10, "x", "Some words.", Marked("words", WEAVER, note="Said"))
    said = said.replace("<CodeRef", f'<CodeRef targetGUID="{JUDGE}"/><NoteRef targetGUID="{guid(30)}"/><CodeRef')  # fmt: skip
    found = read_project(
        qdpx(project(CODES, said, more=note), {f"{guid(10)}.txt": b"Some words."}), "x"
    )
    assert {item.note for item in found.sources[0].all_codings} == {"Said\n\nA memo."}


@settings(max_examples=150)
@given(st.data())
def test_damaged_projects_raise_nothing_else(data: st.DataObject) -> None:
    said = source(10, "x", "Some words.", Marked("words", WEAVER))
    whole = qdpx(project(CODES, said), {f"{guid(10)}.txt": b"Some words."})
    place, gone = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 60))
    damaged = whole[:place] + data.draw(st.binary(max_size=4)) + whole[place + gone :]
    with suppress(InputError):
        read_project(damaged, "x")


# In the browser.


def send(session: Any, data: bytes, name: str) -> Any:
    token = re.search(
        r'name="csrftoken" value="([^"]*)"', session.get("/review/scheme/import").text
    )
    assert token is not None
    return session.running.ask(
        "POST", "/review/scheme/import", cookies=session.cookies,
        headers={"x-csrftoken": token[1]}, data={"csrftoken": token[1], "dimension": "role"},
        files={"file": (name, data)},
    )  # fmt: skip


def test_a_codebook_is_mapped_by_hand_in_the_browser(small: Project) -> None:
    book = (
        "name,description,parent\nWeavers,Joins,\nBell ringer,Warns,\nTower,,Bell ringer\nJudge,,\n"
    )
    session = Running(with_rounds(small)).sign_in("first")
    page = send(session, book.encode(), "their.csv")
    assert page.status_code == 200, page.text
    assert "– choose –" in page.text
    place = re.search(r'action="(/review/scheme/import/[0-9a-f]{16})"', page.text)
    assert place is not None
    assert session.get(place[1]).status_code == 200
    assert session.running.sign_in("second").get(place[1]).status_code == 404
    answer = session.post(place[1], {
        "do": "codes", "entry.0": "weaver", "entry.1": "leave", "entry.2": "new", "entry.3": "new",
    })  # fmt: skip
    assert answer.status_code == 200, answer.text
    changes = re.findall(r'name="change" value="([^"]*)"', answer.text)
    assert ["tower" in item for item in changes] == [True, False]
    assert ["judge_2" in item for item in changes] == [False, True]
    assert not [item for item in changes if "bell_ringer" in item]
    # What was added under the choice "new" is there then, and is not new once more.
    done = session.post(
        "/review/scheme/save",
        {"change": [html.unescape(item) for item in changes], "why": "Ours too"},
        "/review/scheme",
    )
    after = wait(session, done)
    assert "tower" in read_scheme(small.scheme).codes, after
    states = re.findall(r"<th scope=\"row\" dir=\"auto\">([^<]*)</th><td>([^<]*)</td>", session.get(place[1]).text)  # fmt: skip
    assert ("Bell ringer &gt; Tower", "the same") in states
    wrong = session.post(place[1], {"do": "codes", "entry.0": "nothing"})
    assert (wrong.status_code, "no code &#39;nothing&#39;" in wrong.text) == (400, True)


def test_a_project_is_taken_in_in_the_browser(ready: Project) -> None:
    text = TEXT.replace("\r\n", "\n")
    said = source(10, TITLE, text, Marked("brought two towns together", WEAVER), Marked("Nobody wrote", JUDGE, user=BO))  # fmt: skip
    data = qdpx(project(CODES, said), {f"{guid(10)}.txt": text.encode()})
    session = Running(with_rounds(ready)).sign_in("second")
    page = send(session, data, "their.qdpx")
    assert page.status_code == 200, page.text
    place = re.search(r'action="(/review/scheme/import/[0-9a-f]{16})"', page.text)
    assert place is not None
    assert "Would become the full text berg2020.txt" in page.text
    assert "Take in the full texts (1)" in page.text
    # Who is known by name is chosen already; whose codings become mine is mine to say.
    assert re.search(rf'value="{BO}" checked', page.text)
    assert not re.search(rf'value="{ANNA}" checked', page.text)
    fields = {"source.0": "berg2020", "round": "pilot", "user": [ANNA]}
    page_after = wait(session, session.post(place[1], {**fields, "do": "texts"}))
    assert (ready.fulltext / "berg2020.txt").read_text() == text
    assert "Save as your answers (1)" in page_after
    answer = session.post(place[1], {**fields, "do": "answers"})
    assert answer.status_code == 303, answer.text
    assert "Saved as your answers: 1." in session.get(answer.headers["location"]).text
    new = {line for line in lines(ready) if line[4]}
    assert {(who, codes, quote) for who, _, _, codes, quote, _ in new} == {("second", "weaver", "brought two towns together")}  # fmt: skip
    assert {who for who, *_ in lines(ready)} - {"first", "second", "model"} == set()
    lost = session.post(place[1], {**fields, "source.0": "nobody", "do": "look"})
    assert (lost.status_code, "There is no study &#39;nobody&#39;" in lost.text) == (400, True)
