"""Reports and pictures of the map, through the commands."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections import Counter
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from lxml import etree
from markdown_it import MarkdownIt

from pipeline.build.gap_reasons import REASONS
from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.ground.texts import clean, read_texts
from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index, read_index
from pipeline.published.export.export_formats import FORMATS
from pipeline.published.map_grid import Grid, GridCell, map_grid
from pipeline.published.report.map_figure import make_map
from pipeline.published.report.map_picture import draw_png, draw_svg
from pipeline.published.selection import Selection
from pipeline.published.terms import DimensionTerm, Term, Terms, Words
from tests.conftest import Evidence, decide, passage_id

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script> =1+1 *star* _low_ | pipe & `tick` [link](x)"


def opened(project: Project) -> tuple[sqlite3.Connection, Index]:
    connection = sqlite3.connect(project.database)
    return connection, read_index(connection)


def written(evidence: Evidence, command: str, project: Project, path: Path, *options: str) -> Path:
    result = evidence(command, project, "-o", str(path), *options)
    assert result.exit_code == 0, result.output
    assert [item.name for item in path.parent.iterdir() if item.name.startswith(".")] == []
    return path


def styled(document: Any, name: str) -> list[str]:
    return [item.text for item in document.paragraphs if item.style.name == name]


class Page(HTMLParser):
    """Text of a page by element, and the elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.skipped = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.skipped += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.mark.parametrize("language", ["en", "nl"])
def test_word_report_is_whole_and_real(
    real: Project, evidence: Evidence, tmp_path: Path, language: str
) -> None:
    path = written(
        evidence, "report", real, tmp_path / "r.docx", "--lang", language,
        "--address", "https://evidence.example.org/",
    )  # fmt: skip
    document = docx.Document(str(path))
    connection, index = opened(real)
    roles = [code.label.get(language) for code in index.terms.roles]
    assert [text for text in styled(document, "Heading 1") if text in roles] == roles
    quoted = Counter(styled(document, "Passage"))
    rows = connection.execute("SELECT text FROM evidence").fetchall()
    assert quoted == Counter(clean(text) for (text,) in rows)
    assert len(styled(document, "Source")) == len(rows)
    captions = styled(document, "Caption")
    say = read_texts("pipeline.published")
    assert captions[0].startswith(f"{say['label.table'][language]} 1. ")
    assert captions[1].startswith(f"{say['label.figure'][language]} 1. ")
    # All cited studies stand in the list of references, each once; then the database itself.
    references = styled(document, "Bibliography")
    titles = [row[0] for row in connection.execute("SELECT title FROM study WHERE evidence > 0")]
    assert len(references) == len(titles) + 1
    for title in titles:
        found = [item for item in references if plain(title) in plain(item)]
        assert len(found) == 1, title
    xml = document.element.xml
    assert xml.count('fldCharType="begin"') == xml.count('fldCharType="end"')
    assert f"SEQ {say['label.table'][language]} " in xml
    (picture,) = document.inline_shapes
    assert roles[0] in picture._inline.docPr.get("descr")
    assert docx.shared.Cm(16) < picture.width <= docx.shared.Cm(25.1)  # on a page across
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
    relations = document.part.rels.values()
    links = {item.target_ref for item in relations if item.is_external}
    ids = [row[0] for row in connection.execute("SELECT id FROM evidence")]
    assert {f"https://evidence.example.org/evidence/{item}" for item in ids} <= links
    locale = say["locale"][language]
    assert document.core_properties.language == locale
    assert document.core_properties.title in xml
    assert f'<w:lang w:val="{locale}"' in document.styles.element.xml
    if language == "nl":
        assert 'w:val="en-GB"' in xml  # English passages are marked as such
    assert_valid(path.read_bytes())


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()


def assert_valid(data: bytes) -> None:
    """Every part is XML, every relationship is there, every bookmark once, every link leads."""
    with zipfile.ZipFile(BytesIO(data)) as file:
        assert file.testzip() is None
        trees = {
            name: etree.fromstring(file.read(name))
            for name in file.namelist()
            if name.endswith((".xml", ".rels"))
        }
    tree = trees["word/document.xml"]
    marks = [item.get(f"{W}name") for item in tree.iter(f"{W}bookmarkStart")]
    assert len(marks) == len(set(marks))
    anchors = {item.get(f"{W}anchor") for item in tree.iter(f"{W}hyperlink")} - {None}
    assert anchors <= set(marks)
    relations = {item.get("Id") for item in trees["word/_rels/document.xml.rels"]}
    used = {
        value
        for item in tree.iter()
        for key, value in item.attrib.items()
        if "officeDocument/2006/relationships" in key
    }
    assert used <= relations
    styles = {item.get(f"{W}styleId") for item in trees["word/styles.xml"].iter(f"{W}style")}
    named = {item.get(f"{W}val") for name in ("pStyle", "rStyle") for item in tree.iter(W + name)}
    assert named <= styles


@pytest.mark.parametrize("language", ["en", "nl"])
def test_html_report_stands_by_itself(
    real: Project, evidence: Evidence, tmp_path: Path, language: str
) -> None:
    path = written(evidence, "report", real, tmp_path / "r.html", "--lang", language)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    names = [name for name, _ in page.tags]
    assert "script" not in names
    assert "link" not in names
    attributes = dict(page.tags)
    assert str(attributes["html"]["lang"]).startswith(language)
    assert attributes["svg"]["role"] == "img"
    assert "desc" in names
    assert names.count("h1") == 1
    sources = [
        value
        for name, values in page.tags
        for key, value in values.items()
        if key in ("src", "href") and name != "a"
    ]
    assert sources == []
    anchors = {values["id"] for _, values in page.tags if "id" in values}
    inner = {
        str(values["href"])[1:]
        for name, values in page.tags
        if name == "a" and str(values.get("href")).startswith("#")
    }
    assert inner <= anchors
    connection, _ = opened(real)
    for (words,) in connection.execute("SELECT DISTINCT text FROM evidence"):
        assert clean(words) in page.words


def test_dutch_reports_hold_no_english_of_ours(
    real: Project, evidence: Evidence, tmp_path: Path
) -> None:
    # A text is told by its longest part without values; what is alike in both languages is not.
    parts = {
        max(re.split(r"\{\w+\}", words["en"]), key=len).strip(" .;,:()")
        for words in read_texts("pipeline.published").values()
        if words["en"] != words["nl"]
    } - {"a language model", "language model"}  # which coders say of themselves, in English
    english = [part for part in parts if len(part) > 12]
    assert len(english) > 60
    for suffix in ("html", "md"):
        path = written(evidence, "report", real, tmp_path / f"r.{suffix}", "--lang", "nl")
        shown = Page(path.read_text(encoding="utf-8")).words
        assert [part for part in english if part in shown] == []
    document = docx.Document(
        str(written(evidence, "report", real, tmp_path / "r.docx", "--lang", "nl"))
    )
    shown = "\n".join(item.text for item in document.paragraphs)
    assert [part for part in english if part in shown] == []


def test_every_text_is_in_both_languages_with_the_same_values() -> None:
    for key, words in read_texts("pipeline.published").items():
        assert set(words) == {"en", "nl"}, key
        values = [sorted(set(re.findall(r"\{(\w+)\}", words[name]))) for name in ("en", "nl")]
        assert values[0] == values[1], key


def test_a_choice_holds_for_everything_in_the_report(
    real: Project, evidence: Evidence, tmp_path: Path
) -> None:
    connection, index = opened(real)
    role, sector = index.terms.roles[0], index.terms.by_id[index.terms.map].codes[5]
    path = written(
        evidence, "report", real, tmp_path / "r.md", "--role", role.id, "--sector", sector.id
    )
    text = path.read_text(encoding="utf-8")
    choice = Choice(codes=((index.terms.evidence, (role.id,)), (index.terms.map, (sector.id,))))
    number = len(index.select(connection, choice))
    assert number
    assert len(re.findall('^<a id="piece-', text, re.M)) == number
    assert index.terms.roles[1].label.en not in re.findall("^## (.*)", text, re.M)
    assert f"Sector: {sector.label.en}" in text


def test_a_piece_in_two_sectors_is_quoted_once_and_referred_to(
    small: Project, evidence: Evidence, tmp_path: Path
) -> None:
    passage = passage_id(small, "berg2020", 1)
    decide(
        small, "second", "berg2020",
        "2026-11-02T10:00:00Z,berg2020,sector,energy;care,high,,,hidden,2,pilot,",
        f"2026-11-02T10:00:00Z,{passage},role,weaver,high,,,hidden,2,pilot,",
    )  # fmt: skip
    (small.decisions / "first" / "berg2020.csv").unlink()
    text = written(evidence, "report", small, tmp_path / "r.md").read_text(encoding="utf-8")
    assert text.count("\n\nThe network office brought") == 1
    assert re.search(r"### Energy\n\n<a id=\"piece-1\"></a>\n\nThe network", text)
    assert re.search(r"### Care\n\nGiven above too: \[.*1.*\]\(<#piece-1>\) .*, under Energy", text)


@pytest.fixture
def hostile(small: Project) -> Project:
    """Text that means something to HTML, Markdown, spreadsheets and XML."""
    digest = small.corpus / "berg2020.md"
    digest.write_text(
        digest.read_text().replace(
            "- [abstract] The network office", f"- [abstract] {HOSTILE}\u0085"
        )
    )
    scheme = yaml.safe_load(small.scheme.read_text())
    for dimension in scheme["dimensions"]:
        code = dimension["codes"][0]
        code["label"] = {"en": f"{code['id']} <b>|*x*", "nl": f"{code['id']} <b>|*x*"}
        code["definition"] = {"en": HOSTILE, "nl": HOSTILE}
    small.scheme.write_text(yaml.safe_dump(scheme))
    small.references.write_text(
        small.references.read_text().replace("Weaving energy networks", "Weaving <img> 1*2*3 \\& 4")
    )
    passage = passage_id(small, "berg2020", 1)
    decide(small, "first", "berg2020",
           f"2026-11-02T10:00:00Z,{passage},role,weaver,high,,,hidden,2,pilot,")  # fmt: skip
    build(small)
    return small


def test_hostile_text_stays_text(hostile: Project, evidence: Evidence, tmp_path: Path) -> None:
    path = written(evidence, "report", hostile, tmp_path / "r.html")
    page = Page(path.read_text(encoding="utf-8"))
    assert {"script", "img", "b"} - {name for name, _ in page.tags} >= {"script", "img"}
    assert HOSTILE in page.words
    assert "<img>" in page.words
    path = written(evidence, "report", hostile, tmp_path / "r.md")
    shown = Page(MarkdownIt("commonmark").enable("table").render(path.read_text(encoding="utf-8")))
    assert {"script", "img"}.isdisjoint(name for name, _ in shown.tags)
    assert HOSTILE in shown.words
    assert "weaver <b>|*x*" in shown.words
    path = written(evidence, "report", hostile, tmp_path / "r.docx")
    assert_valid(path.read_bytes())
    assert any(HOSTILE in text for text in styled(docx.Document(str(path)), "Passage"))
    for suffix in ("svg", "html", "png"):
        path = written(evidence, "map", hostile, tmp_path / f"m.{suffix}")
    tree = etree.fromstring((tmp_path / "m.svg").read_bytes())
    assert "weaver <b>|*x*" in shown_words(tree)
    assert tree.find(f".//{SVG}script") is None


def test_control_characters_are_dropped() -> None:
    assert clean("a\x00b\x0bc\x1f d\ud800e\ufffe\n f") == "ab c d e f".replace("d e", "de")


def shown_words(tree: Any) -> list[str]:
    return ["".join(item.itertext()) for item in tree.iter(f"{SVG}text")]


@pytest.mark.parametrize("count", ["evidence", "studies"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_map_shows_the_numbers_of_the_grid(
    real: Project, evidence: Evidence, tmp_path: Path, count: str, language: str
) -> None:
    connection, index = opened(real)
    grid = map_grid(index, connection, Choice(), index.terms.map)
    options = ("--count", count, "--lang", language)
    path = written(evidence, "map", real, tmp_path / "m.svg", *options)
    shown = [column for column in grid.columns if column in grid.present]
    expected = Counter(
        str(getattr(grid.cells[row, column], count))
        for row in (*grid.rows, "")
        for column in (*shown, "")
        if getattr(grid.cells[row, column], count)
    )
    tree = etree.fromstring(path.read_bytes())
    words = shown_words(tree)
    assert Counter(text for text in words if text.isdecimal() and text != "0") == expected
    for row in grid.rows:
        assert index.terms.codes[row].label.get(language) in words
    said = tree.find(f"{SVG}desc").text
    assert all(
        f"{index.terms.codes[column].label.get(language)} {getattr(grid.cells[row, column], count)}"
        in said
        for row in grid.rows
        for column in shown
        if getattr(grid.cells[row, column], count)
    )
    # The page has the picture and, row by row, the same numbers.
    page = written(evidence, "map", real, tmp_path / "m.html", *options).read_text(encoding="utf-8")
    assert "<script" not in page
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)
    for row, line in zip((*grid.rows, ""), rows, strict=True):
        cells = [text.split()[0] for text in re.findall(">([^<]*)</td>", line)]
        numbers = [int(text) if text.isdecimal() else 0 for text in cells]
        assert numbers == [getattr(grid.cells[row, column], count) for column in (*shown, "")]
    assert written(evidence, "map", real, tmp_path / "m.png").read_bytes()[:4] == b"\x89PNG"


def test_the_map_can_be_filtered_and_turned(
    real: Project, evidence: Evidence, tmp_path: Path
) -> None:
    connection, index = opened(real)
    other = index.terms.columns()[1]
    role = index.terms.roles[2]
    options = ("--by", other.id, "--role", role.id, "--status", "agreed")
    path = written(evidence, "map", real, tmp_path / "m.html", *options)
    choice = Choice(codes=((index.terms.evidence, (role.id,)),), status=("agreed",))
    grid = map_grid(index, connection, choice, other.id)
    text = path.read_text(encoding="utf-8")
    assert str(grid.cells[role.id, ""].evidence) in re.findall('number">([^<]*)</td>', text)
    assert role.label.en in text
    assert index.terms.roles[0].label.en not in text


def test_what_is_only_suggested_is_not_called_evidence(
    small: Project, evidence: Evidence, tmp_path: Path
) -> None:
    path = written(evidence, "map", small, tmp_path / "m.html", "--status", "suggested")
    text = path.read_text(encoding="utf-8")
    assert "pieces of evidence" not in text
    assert "codings, also undecided ones" in text
    assert "suggested by machine, not reviewed" in text


def many(rows: int, columns: int) -> tuple[Grid, Terms]:
    def term(dimension: str, place: int) -> Term:
        none = Words("", "")
        label = Words(f"A rather long name of {dimension} {place}", f"Lange naam {place}")
        return Term(f"{dimension}{place}", dimension, place, None, 1, None, label, *[none] * 4)

    roles = tuple(term("role", place) for place in range(rows))
    sectors = tuple(term("sector", place) for place in range(columns))
    dimensions = (
        DimensionTerm("role", "passage", True, Words("Role", "Rol"), Words("", ""), roles),
        DimensionTerm("sector", "study", True, Words("Sector", "Sector"), Words("", ""), sectors),
    )
    reasons = [name for name in REASONS if name != "evidence"]
    cells = {}
    for row in (*(code.id for code in roles), ""):
        for place, column in enumerate((*(code.id for code in sectors), "")):
            number = place % 3 * 7
            reason = "evidence" if number else reasons[place % len(reasons)]
            cells[row, column] = GridCell(number, number, 0, place % 2, place % 5 == 1, reason)
    ids = tuple(code.id for code in sectors)
    grid = Grid(tuple(code.id for code in roles), ids, cells, frozenset(ids))
    return grid, Terms(dimensions, "role", "sector", {})


@pytest.mark.slow
def test_a_large_map_and_an_empty_one_can_be_drawn() -> None:
    grid, terms = many(12, 60)
    found = make_map(grid, terms, "en", "sector")
    tree = etree.fromstring(draw_svg(found, "en").encode())
    words = shown_words(tree)
    assert sum("name of sector" in text for text in words) == 60
    assert sum("name of role" in text for text in words) == 12
    assert words.count("14") == 12 * 20 + 20
    assert len(draw_png(found)) > 10_000
    assert len(found.legend) >= 4
    for rows, columns in ((3, 0), (0, 0)):
        grid, terms = many(rows, columns)
        found = make_map(grid, terms, "nl", "sector")
        assert etree.fromstring(draw_svg(found, "nl").encode()) is not None
        assert draw_png(found)


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("report", ("-o", "r.odt"), ".docx, .pdf, .md, .html"),
        ("report", ("-o", "r.md", "--date", "5 October"), "%Y-%m-%d"),
        ("report", ("-o", "r.md", "--role", "nobody"), "weaver"),
        ("report", ("-o", "r.md", "--sector", "nowhere"), "energy"),
        ("report", ("-o", "r.md", "--lang", "de"), "en, nl"),
        ("report", ("-o", "r.md", "--style", "no-such-style"), "apa"),
        ("report", ("-o", "r.md", "--address", "example"), "https://"),
        ("report", ("-o", "nowhere/r.md"), "folder"),
        ("map", ("-o", "m.gif"), ".svg, .png, .html"),
        ("map", ("-o", "m.svg", "--by", "role"), "sector"),
        ("map", ("-o", "m.svg", "--count", "apples"), "evidence, studies"),
        ("map", ("-o", "m.svg", "--status", "sure"), "agreed"),
        ("map", ("-o", "m.svg", "--role", "nobody"), "weaver"),
    ],
)
def test_what_does_not_exist_is_named(
    small: Project, evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    command: str, options: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    result = evidence(command, small, *options)
    assert result.exit_code == 2
    assert said in result.output
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_choice_without_evidence_makes_a_report_too(
    small: Project, evidence: Evidence, tmp_path: Path
) -> None:
    for suffix in ("md", "html", "docx"):
        written(evidence, "report", small, tmp_path / f"r.{suffix}")
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "There is no evidence of this role" in text
    assert "No study is cited." in text


def test_word_export_holds_the_chosen_evidence(real: Project) -> None:
    connection, index = opened(real)
    selection = Selection(connection, index, Choice(), address="https://evidence.example.org")
    data = b"".join(FORMATS["word"].write(selection))
    assert_valid(data)
    document = docx.Document(BytesIO(data))
    assert len(styled(document, "Passage")) == len(selection.positions)
    assert len(styled(document, "Bibliography")) == len(selection.study_keys) + 1
    of_studies = Selection(connection, index, Choice(), studies=tuple(selection.study_keys[:3]))
    document = docx.Document(BytesIO(b"".join(FORMATS["word"].write(of_studies))))
    assert (len(styled(document, "Passage")), len(styled(document, "Bibliography"))) == (0, 4)
