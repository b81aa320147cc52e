"""The map, lists and pages of evidence: what is counted is what is shown, in both languages."""

from __future__ import annotations

import json
import re
import sqlite3
from html import unescape
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import pytest
import yaml

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.ground.texts import read_texts
from pipeline.published.choice import Choice, UnknownChoice, read_choice
from pipeline.published.evidence_index import read_index
from pipeline.published.map_grid import map_grid
from tests.conftest import ROOT, Site, decide, passage_id

TEXTS = read_texts("pipeline.web")
PIECE = "eitan2023architecture-92e0e1fc-mediator"
ATOM = "{http://www.w3.org/2005/Atom}"


class Cells(HTMLParser):
    """The map's numbers by role and column, as a screen reader comes across them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.columns: list[str] = []
        self.rows: dict[str, list[tuple[str, str]]] = {}
        self._in = ""
        self._words = ""
        self._href = ""
        self._role = ""
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "table":
            self._inside = "map" in (found.get("class") or "").split()
        if tag in ("th", "td"):
            self._in, self._words = (found.get("scope") or "cell"), ""
        if tag == "a":
            self._href = found.get("href") or ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._inside = False
        if not self._inside or tag not in ("th", "td"):
            return
        words = " ".join(self._words.split())
        if self._in == "col":
            self.columns.append(words)
        elif self._in == "row":
            self._role = words
            self.rows[words] = []
        else:
            self.rows[self._role].append((words, self._href))


def counted(words: str) -> int:
    match = re.search(r"(?:pieces of evidence|bewijsstukken): ([\d.,]+)", words)
    assert match, words
    return int(re.sub("[.,]", "", match[1]))


@pytest.fixture(scope="module")
def small_site(built_small: Project) -> Site:
    return Site(built_small)


@pytest.mark.parametrize(
    "query", ["", "?status=agreed", "?access=abstract&year_from=2019", "?sector=energy&sector=cities",
              "?confidence=high&role=connector&role=mediator", "?q=trust"]
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "/nl"])
def test_every_cell_opens_as_many_pieces_as_it_counts(site: Site, query: str, prefix: str) -> None:
    cells = Cells(site.get(f"{prefix}/{query}").text)
    seen = 0
    for row in cells.rows.values():
        for words, href in row[::3]:
            listed = site.get(href).text
            count = counted(words)
            shown = re.search(r"<b>([\d.,]+) (?:pieces? of evidence|bewijsstuk)", listed)
            assert (int(shown[1]) if shown else 0) == count, href
            seen += count
    assert seen


def test_totals_count_what_is_in_two_columns_once(site: Site, real: Project) -> None:
    cells = Cells(site.get("/").text)
    with sqlite3.connect(real.database) as connection:
        total = connection.execute("SELECT count(*) FROM evidence").fetchone()[0]
        by_role = dict(connection.execute(
            "SELECT code.label_en, count(*) FROM evidence JOIN code ON code.id = evidence.role GROUP BY 1"
        ))  # fmt: skip
    *columns, everything = (counted(words) for words, _ in cells.rows["All"])
    assert everything == total
    assert sum(columns) > total
    for role, count in by_role.items():
        assert counted(cells.rows[role][-1][0]) == count


def test_the_map_agrees_with_the_table_of_cells(real: Project, built_golden: Project) -> None:
    for project in (real, built_golden):
        connection = sqlite3.connect(project.database)
        index = read_index(connection)
        grid = map_grid(index, connection, Choice(), index.terms.map)
        rows = connection.execute(
            "SELECT role, sector, evidence, evidence_studies, suggested, disputed, reason FROM cell"
        ).fetchall()
        for role, sector, *counts, reason in rows:
            if sector is None and "undecided" not in grid.present:
                assert not any(counts)
                assert reason == "no-study"
                continue
            if role not in grid.rows:  # out of use, and nobody gave it
                assert not any(counts)
                continue
            cell = grid.cells[role, sector or "undecided"]
            assert [cell.evidence, cell.studies, cell.suggested, cell.disputed] == counts
            assert cell.reason == reason, (role, sector)
        connection.close()
        assert rows


def test_counting_studies_says_so(site: Site) -> None:
    text = site.get("/?count=studies").text
    assert "Each cell counts <b>studies</b>" in text
    cell = Cells(text).rows["Connector"][-1][0]
    shown = re.match(r"(\d+)", cell)
    studies = re.search(r"studies: (\d+)", cell)
    assert shown
    assert studies
    assert shown[1] == studies[1]


def test_an_empty_cell_says_why_and_where_it_leads(site: Site) -> None:
    cells = Cells(site.get("/").text)
    _, href = next(cell for cell in cells.rows["Framer"] if "none shows the role" in cell[0])
    page = site.get(href).text
    assert "coders saw the role in none of them" in page
    assert "The studies concerned" in page
    empty = site.get("/evidence?role=framer&sector=mobility").text
    assert "No study in the database has been placed here" in empty
    hidden = site.get("/evidence?role=framer&year_to=1990").text
    assert "No study" in hidden or "Nothing fits" in hidden


def test_suggestions_and_disputes_are_marked_not_counted(small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    decide(
        small,
        "first",
        "berg2020",
        f"2026-11-02T09:00:00Z,{unit},role,weaver,high,,,hidden,2,pilot,",
    )
    decide(small, "second", "berg2020", f"2026-11-02T09:00:00Z,{unit},role,none,,,,hidden,2,pilot,")
    build(small)
    site = Site(small)
    text = site.get("/").text
    assert "only disputed" in text
    assert "disputed: 1" in text
    listed = site.get("/evidence?status=disputed").text
    assert "1 piece of evidence from 1 study" in listed
    piece = site.get(f"/evidence/{unit}-weaver")
    assert piece.status_code == 200
    assert "not evidence until that is settled" in piece.text


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/?by=nothing", "sector"),
        ("/?count=lines", "studies"),
        ("/?role=nobody", "connector"),
        ("/evidence?sector=moon&status=sure&year_from=soon", "energy"),
        ("/evidence?colour=red", "confidence"),
        ("/evidence?page=99", "1"),
        ("/evidence?page=x", "1"),
        ("/evidence?country=XX", "BE"),
        ("/studies?access=none", "abstract"),
        ("/feed.atom?role=nobody", "connector"),
        ("/cite?style=nonsense", "apa"),
        ("/download/csv?role=nobody", "connector"),
        ("/search?q=trust&page=77", "1"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/nl"])
def test_what_does_not_exist_is_said_with_what_does(
    site: Site, prefix: str, path: str, known: str
) -> None:
    response = site.get(prefix + path)
    assert response.status_code == 400
    assert known in response.text
    assert 'role="alert"' in response.text


@pytest.mark.parametrize(
    "path",
    ["/code/nobody", "/evidence/nobody-12345678-x", "/study/nobody", "/download/nothing", "/xx"],
)
@pytest.mark.parametrize("prefix", ["", "/nl"])
def test_pages_that_are_not_there(site: Site, prefix: str, path: str) -> None:
    response = site.get(prefix + path)
    assert response.status_code == 404
    assert ("Niet gevonden" if prefix else "Not found") in response.text


def test_a_role_that_is_not_given_any_more_leads_to_its_passage(site: Site) -> None:
    response = site.get(f"/evidence/{PIECE.removesuffix('mediator')}framer")
    assert response.status_code == 404
    assert "No longer evidence" in response.text
    assert "/study/eitan2023architecture" in response.text


def test_a_renamed_key_still_leads_to_study_and_evidence(small: Project) -> None:
    unit = passage_id(small, "berg2020", 1)
    decide(
        small, "first", "berg2020", f"2026-11-02T09:00:00Z,{unit},role,weaver,,,,hidden,2,pilot,"
    )
    bib = small.references.read_text()
    small.references.write_text(
        bib.replace("{berg2020,", "{berg2020,\n  ids = {old1999, berg},", 1)
    )
    build(small)
    site = Site(small)
    digits = unit.rpartition("-")[2]
    for prefix in ("", "/nl"):
        old = site.get(f"{prefix}/evidence/old1999-{digits}-weaver")
        assert old.status_code == 301
        assert old.headers["location"] == f"{prefix}/evidence/{unit}-weaver"
        assert site.get(f"{prefix}/study/berg").headers["location"] == f"{prefix}/study/berg2020"


def test_a_piece_says_who_decided_under_which_version(site: Site) -> None:
    text = site.get(f"/evidence/{PIECE}").text
    for words in (
        "two language models agree · no person has checked it",
        "scheme version",
        "Permanent link",
        "In context",
        "From",
        "Cite",
    ):
        assert words.lower() in text.lower(), words
    assert f"/evidence/{PIECE}" in text
    assert "negotiated inside the communities" in text


def test_the_language_switch_keeps_the_place(site: Site) -> None:
    for path in ("/evidence?role=connector&sector=energy&page=1", "/study/yan2018cross",
                 "/orchestration/coding?status=agreed&_sort=year", f"/evidence/{PIECE}"):  # fmt: skip
        english = site.get(path).text.replace("&amp;", "&")
        assert f'href="/nl{path}" lang="nl"' in english
        dutch = site.get(f"/nl{path}").text.replace("&amp;", "&")
        assert f'href="{path}" lang="en"' in dutch
        assert '<html lang="nl">' in dutch
        links = re.findall(r'href="(/[^"]*)"', dutch)
        away = [link for link in links if not link.startswith("/nl/") and link != path]
        assert away == [], away


def test_every_text_is_there_in_both_languages_and_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for wing in ("web", "published")
        for path in (ROOT / "pipeline" / wing).rglob("*.*")
        if path.suffix in (".html", ".py", ".atom")
    )
    built = {"evidence", "studies"}
    for key, words in TEXTS.items():
        assert set(words) == {"en", "nl"}, key
        assert all(words.values()), key
        names = [set(re.findall(r"{(\w+)}", text)) for text in words.values()]
        assert names[0] == names[1], key
        stem = key.rpartition(".")[0]
        used = f'"{key}"' in sources or f"'{key}'" in sources
        made = f'"{stem}." ~' in sources or f'f"{stem}.{{' in sources or stem.startswith("language")
        made = (
            made
            or (f'"{stem.rpartition(".")[0]}." ~' in sources)
            or (f'f"{stem.rpartition(".")[0]}.{{' in sources)
            or key.rpartition(".")[2] in built
        )
        assert used or made, key
    for key in re.findall(r"""\bt\(["']([\w. -]+)["'][,)]""", sources):
        assert key in TEXTS, key


def test_dutch_pages_speak_dutch(site: Site) -> None:
    for path, words in {
        "/": "Wie laat innovatie tussen sectoren slagen?",
        "/code/connector": "Verbinder",
        "/method": "Hoe dit bewijs tot stand kwam",
        "/evidence": "Zekerheid van de codeurs",
        "/agreement": "Overeenstemming tussen codeurs",
    }.items():
        text = site.get(f"/nl{path}").text
        assert words.lower() in text.lower(), path
        for english in (
            "Skip to the content",
            "pieces of evidence",
            "two language models agree · no person has checked it",
            "More filters",
        ):
            assert english not in text, (path, english)


def test_search_marks_its_hits_and_narrows(site: Site) -> None:
    text = site.get("/search?q=trust").text
    assert "<mark>trust</mark>" in text
    narrowed = site.get("/search?q=trust&role=connector").text
    assert 0 < narrowed.count("<mark>") < text.count("<mark>")
    assert "Nothing found" in site.get("/search?q=xylophone").text
    for strange in ('"', '"""', "a OR b", "NEAR(", "*", "(", "text:trust", "' --", "\x02<b>"):
        assert site.get(f"/search?{urlencode({'q': strange})}").status_code == 200, strange


def test_the_feed_is_atom_and_narrows(site: Site) -> None:
    for path, wanted in (
        ("/feed.atom", 50),
        ("/feed.atom?role=framer", 5),
        ("/nl/feed.atom?role=framer", 5),
    ):
        response = site.get(path)
        assert response.headers["content-type"].startswith("application/atom+xml")
        root = ElementTree.fromstring(response.content)
        entries = root.findall(f"{ATOM}entry")
        assert len(entries) == wanted
        moments = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
        assert moments == sorted(moments, reverse=True)
        assert root.findtext(f"{ATOM}updated") == moments[0]
        assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == wanted


def test_every_page_is_sent_under_a_strict_policy(site: Site) -> None:
    for path in (
        "/",
        "/nl/",
        "/orchestration/evidence",
        "/nowhere",
        "/download/csv",
        "/-/evidence/site.css",
    ):
        headers = site.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    text = "".join(
        path.read_text() for path in Path(ROOT / "pipeline/web/templates").rglob("*.html")
    )
    assert not re.search(r"\sstyle=|\son\w+=|javascript:", text)


def test_filters_combine_as_they_say(real: Project) -> None:
    connection = sqlite3.connect(real.database)
    index = read_index(connection)
    for role, sector, status in product(
        ["connector", "mediator"], ["energy", "cities"], ["agreed", ""]
    ):
        pairs = [("role", role), ("sector", sector), ("status", status)]
        choice = read_choice(pairs, index.terms)
        assert read_choice(choice.pairs(), index.terms) == choice
        found = index.select(connection, choice)
        wanted = connection.execute(
            "SELECT count(*) FROM evidence WHERE role = ? AND (? = '' OR status = ?) AND study IN "
            "(SELECT study FROM study_sector WHERE sector = ?)", [role, status, status, sector]
        ).fetchone()[0]  # fmt: skip
        assert len(found) == wanted
    with pytest.raises(UnknownChoice) as wrong:
        read_choice([("role", "x"), ("status", "y"), ("zzz", "1")], index.terms)
    assert len(wrong.value.unknown) == 3
    connection.close()


def test_the_tables_have_dutch_names(site: Site) -> None:
    english = yaml.safe_load((ROOT / "datasette_metadata.yml").read_text(encoding="utf-8"))
    dutch = yaml.safe_load((ROOT / "datasette_metadata.nl.yml").read_text(encoding="utf-8"))
    for kind in ("tables", "queries"):
        own, other = (item["databases"]["orchestration"][kind] for item in (english, dutch))
        assert set(own) == set(other)
        assert all(entry["title"] for entry in other.values())
    page = site.get("/nl/questions").text
    assert "Wat zeggen de studies over een rol" in page
    assert "Leemten en hun redenen" in page
    assert ">Verbinder</a>" in site.get("/nl/orchestration/evidence?role=connector").text.replace(
        "De verbinder", "Verbinder"
    )


def test_study_pages_tell_machines_what_they_are_about(site: Site, real: Project) -> None:
    page = site.get("/study/yan2018cross").text
    with sqlite3.connect(real.database) as connection:
        title, doi, year = connection.execute(
            "SELECT title, doi, year FROM study WHERE key = 'yan2018cross'"
        ).fetchone()
    tags = dict(re.findall(r'<meta name="(citation_\w+)" content="([^"]*)">', page))
    assert unescape(tags["citation_title"]) == title
    assert tags["citation_doi"] == doi
    assert tags["citation_publication_date"].startswith(str(year))
    authors = re.findall(r'<meta name="citation_author" content="([^"]*)">', page)
    assert authors[0].startswith("Yan")
    assert len(authors) > 1
    span = re.search(r'<span class="Z3988" title="([^"]*)">', page)
    assert span
    fields = dict(parse_qsl(unescape(span[1])))
    assert fields["ctx_ver"] == "Z39.88-2004"
    assert fields["rft.atitle"] == title
    assert fields["rft_id"] == f"info:doi/{doi}"
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    about = json.loads(found[1])["about"]
    assert about["name"] == title
    assert about["sameAs"] == f"https://doi.org/{doi}"
