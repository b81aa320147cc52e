"""The site over HTTP: every page answers, says what is what, and shows hostile text as text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
import yaml

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import ROOT, Site, decide, passage_id

QUERIES = yaml.safe_load((ROOT / "datasette_metadata.yml").read_text())["databases"][
    "orchestration"
]["queries"]
TABLES = yaml.safe_load((ROOT / "datasette_metadata.yml").read_text())["databases"][
    "orchestration"
]["tables"]
OURS = [
    "/",
    "/?by=phase",
    "/?count=studies&status=agreed&country=BE",
    "/evidence",
    "/evidence?role=mediator&sector=energy",
    "/evidence/eitan2023architecture-92e0e1fc-mediator",
    "/code/connector",
    "/code/energy",
    "/code/pilot",
    "/codebook",
    "/studies",
    "/studies?sector=energy&year_from=2020",
    "/method",
    "/agreement",
    "/about",
    "/search",
    "/search?q=trust",
    "/cite",
    "/cite?role=connector&style=ieee",
    "/cite?of=studies",
    "/feed.atom",
]
PAGES = [
    *OURS,
    *(f"/nl{path}" for path in OURS),
    "/nl/study/yan2018cross",
    "/nl/orchestration/evidence?role=connector",
    "/study/reypens2021hybrid",
    "/questions",
    "/orchestration",
    *(f"/orchestration/{name}" for name in TABLES),
    *(f"/orchestration/{name}" for name in QUERIES),
    "/orchestration/evidence_by_role_and_sector?role=mediator&sector=energy&status=suggested",
    "/orchestration/evidence_of_a_study?study=yan2018cross",
    "/orchestration/search_passages?words=trust",
    '/orchestration/search_passages?words="lateral influence',
    "/orchestration/passage?_search=trust",
    "/orchestration/study/yan2018cross",
    "/orchestration/code/connector",
    "/orchestration/coding?status=suggested&_facet=code",
    "/orchestration/coding.json?_shape=array",
    "/orchestration/coding.csv?_stream=on",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer(site: Site, path: str) -> None:
    response = site.get(path)
    assert response.status_code == 200, response.text[:500]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/study/nobody1999", 404),
        ("/study/~3Cscript~3Ealert(1)~3C~2Fscript~3E", 404),
        ("/nowhere", 404),
        ("/-/evidence/nothing.css", 404),
        ("/orchestration/nothing", 404),
        ("/orchestration?sql=select+1", 403),
        ("/orchestration/study?_where=1=1", 403),
    ],
)
def test_what_is_not_there_or_not_allowed(site: Site, path: str, status: int) -> None:
    response = site.get(path)
    assert response.status_code == status
    assert "<script>alert" not in response.text
    assert "Orchestration Evidence" in response.text


@pytest.mark.slow
def test_every_link_of_the_main_pages_is_alive(site: Site) -> None:
    seen = set()
    for page in (
        "/",
        "/study/reypens2021hybrid",
        "/questions",
        "/nl/about",
        "/evidence?role=framer",
    ):
        for link in re.findall(r'href="(/[^"#]*)', site.get(page).text):
            seen.add(link.replace("&amp;", "&"))
    assert len(seen) > 60
    for link in sorted(seen):
        assert site.get(link).status_code == 200, link


@pytest.fixture(scope="module")
def small_site(built_small: Project) -> Site:
    """Where roles are still only suggested."""
    return Site(built_small)


def test_suggestions_are_marked_as_such(small_site: Site) -> None:
    study = small_site.get("/study/berg2020").text
    assert "machine suggestion" in study
    assert "<mark" in study
    assert "Read from the abstract only" in study
    table = small_site.get("/orchestration/coding?status=suggested").text
    assert 'class="status status-suggested">machine suggestion' in table


def test_foreign_keys_show_names(site: Site) -> None:
    text = site.get("/orchestration/coding?code=connector").text
    assert ">Connector</a>" in text
    assert "Reypens et al. (2021)</a>" in text


def test_the_database_can_be_downloaded(site: Site) -> None:
    assert site.get("/orchestration.db").content[:15] == b"SQLite format 3"


HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\" onmouseover=\"alert(2)"


class Dangers(HTMLParser):
    """Collects scripts and event handlers that a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.runs = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.runs = tag == "script" and dict(attrs).get("type") != "application/ld+json"
        self.found += [f"{tag}.{name}" for name, _ in attrs if name.startswith("on")]
        if tag == "img" and dict(attrs).get("src") == "x":
            self.found.append(tag)
        if any((value or "").strip().startswith("javascript:") for _, value in attrs):
            self.found.append("javascript:")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.runs and "alert" in data:
            self.found.append("script")


def test_hostile_text_is_shown_as_text(small: Project) -> None:
    bib = small.references.read_text()
    for field in ("Weaving energy networks", "Journal of Networks", "Smit, Jo"):
        bib = bib.replace(field, f"{HOSTILE} {field}", 1)
    bib = bib.replace(
        "doi     = {10.1234/weave}",
        'doi = {10.1234/"><script>alert(1)</script>},'
        "\n  url = {javascript:alert(1)},\n  note = {" + HOSTILE + "}",
    )
    small.references.write_text(bib)
    digest = small.corpus / "berg2020.md"
    text = digest.read_text().replace("brought farmers", f"brought {HOSTILE} farmers")
    text = (
        text.replace("[p. 4]", f"[{HOSTILE}]")
        .replace("A summary", f"{HOSTILE} A summary")
        .replace('"energy networks"', json.dumps(HOSTILE))
    )
    digest.write_text(text)
    scheme = small.scheme.read_text().replace("Weaver", HOSTILE.replace('"', "'"))
    small.scheme.write_text(
        scheme.replace("{en: <script", '{en: "<script').replace("alert(2), nl", 'alert(2)", nl')
    )
    unit = passage_id(small, "berg2020", 1)
    decide(
        small,
        "first",
        "berg2020",
        f'2026-11-02T09:00:00Z,{unit},role,weaver,,"{HOSTILE.replace(chr(34), chr(34) * 2)}",,'
        "hidden,2,pilot,",
    )
    build(small)
    site = Site(small)
    pages = [
        "/",
        "/nl/",
        "/evidence",
        "/nl/evidence?status=suggested",
        f"/evidence/{unit}-weaver",
        "/code/weaver",
        "/codebook",
        "/studies",
        "/method",
        "/agreement",
        "/about",
        "/search?q=networks",
        f"/search?q={quote(HOSTILE)}",
        "/cite",
        "/nl/cite?of=studies",
        "/study/berg2020",
        "/nl/study/berg2020",
        "/orchestration",
        "/orchestration/study/berg2020",
        *(f"/orchestration/{name}" for name in (*TABLES, *QUERIES)),
        f"/orchestration/evidence_by_role_and_sector?role={HOSTILE}&sector=&status=",
        f"/orchestration/search_passages?words={HOSTILE}",
        "/orchestration/evidence_of_a_study?study=berg2020",
    ]
    for path in pages:
        response = site.get(path)
        assert response.status_code == 200, path
        dangers = Dangers()
        dangers.feed(response.text)
        assert dangers.found == [], path
    assert "&lt;script&gt;alert" in site.get("/study/berg2020").text


@pytest.mark.slow
def test_works_with_plain_datasette(real: Project) -> None:
    import subprocess
    import sys
    from pathlib import Path

    command = [
        str(Path(sys.executable).parent / "datasette"),
        "-i",
        str(real.database),
        "-m",
        str(real.metadata),
        "--get",
        "/orchestration/gap.json?_shape=array",
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout)[0]["role"]


def test_agreement_goes_by_the_order_of_the_scheme_in_both_languages(site: Site) -> None:
    for own, first, last in (("", "Role", "Barrier"), ("/nl", "Rol", "Belemmering")):
        found = re.findall(r"<caption>(.*?)</caption>", site.get(f"{own}/agreement").text)
        assert (found[0], found[5], found[6]) == (first, last, first)  # then the older round
    assert "niet te berekenen: geen variatie" in site.get("/nl/agreement").text
    assert "not computable" not in site.get("/nl/agreement").text


def test_two_decimals_are_written_as_the_language_does(site: Site) -> None:
    english, dutch = (
        re.findall(r"(?<![\w.,])-?\d[.,]\d\d(?![\w.,])", site.get(f"{own}/agreement").text)
        for own in ("", "/nl")
    )
    assert english
    assert [value.replace(".", ",") for value in english] == dutch
