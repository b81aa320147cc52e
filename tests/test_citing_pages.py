"""Pages and reports that list references: numbers, links, the language of the page."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest

from pipeline.ground.project import Project
from tests.conftest import Evidence, Site

REFERENCE = re.compile(
    r'<p class="reference">(?:<a [^>]*class="spoken">[^<]*</a>)?(.*?)</p>', re.DOTALL
)


def references(site: Site, path: str) -> list[str]:
    """The references of a page, as HTML."""
    answer = site.get(path)
    assert answer.status_code == 200
    return REFERENCE.findall(answer.text)


@pytest.mark.parametrize(
    ("style", "first"), [("ieee", "[1] "), ("vancouver", "[1] "), ("apa", "Assan")]
)
def test_lists_are_numbered_where_the_style_is(site: Site, style: str, first: str) -> None:
    found = references(site, f"/cite?of=studies&style={style}")
    assert len(found) == 20
    assert found[0].startswith(first)
    numbers = [re.match(r"\[(\d+)\]", one) for one in found]
    if style != "apa":
        assert [int(one[1]) for one in numbers if one] == list(range(1, 21))


@pytest.mark.parametrize("style", ["apa", "chicago", "harvard", "vancouver", "ieee"])
def test_dois_are_links_in_every_list(site: Site, style: str) -> None:
    with_doi = [one for one in references(site, f"/cite?of=studies&style={style}") if "10." in one]
    assert with_doi
    for one in with_doi:
        assert re.search(r'<a href="https://doi\.org/10\.[^"]+">', one), one


def test_a_study_shows_every_style_with_its_link(site: Site) -> None:
    text = site.get("/study/yan2018cross").text
    shown = re.findall(r'id="style-\w+" class="reference">(.*?)</p>', text, re.DOTALL)
    assert len(shown) == 5
    assert all('<a href="https://doi.org/' in one for one in shown)


def test_the_page_says_in_which_language(site: Site) -> None:
    english = references(site, "/cite?of=studies&style=harvard")
    dutch = references(site, "/nl/cite?of=studies&style=harvard")
    assert any("Available at: <a" in one for one in english)
    assert any("Beschikbaar op: <a" in one for one in dutch)
    assert any(" en " in one.partition("(")[0] for one in dutch)


def test_reports_number_and_link_too(
    built_golden: Project, evidence: Evidence, tmp_path: Path
) -> None:
    out = tmp_path / "report.docx"
    said = evidence("report", built_golden, "--style", "ieee", "-o", str(out))
    assert said.exit_code == 0, said.output
    entries = docx.Document(str(out)).paragraphs
    paragraphs = [one for one in entries if one.style.name == "Bibliography"]
    listed = [one for one in paragraphs if re.match(r"\[\d+\] ", one.text)]
    numbers = [int(one.text[1 : one.text.index("]")]) for one in listed]
    assert numbers == list(range(1, len(listed) + 1))
    assert len(numbers) > 1
    links = {link.address for one in listed for link in one.hyperlinks}
    assert "https://doi.org/10.5555/example.1" in links


def test_several_references_are_numbered_by_the_command(real: Project, evidence: Evidence) -> None:
    names = ("reypens2021hybrid", "yan2018cross")
    lines = evidence("cite", real, *names, "--style", "ieee").stdout.splitlines()
    assert [line[:8] for line in lines] == ["[1] C. R", "[2] X. Y"]
    (alone,) = evidence("cite", real, names[0], "--style", "ieee").stdout.splitlines()
    assert alone.startswith("C. Reypens")
    both = evidence("cite", real, *names).stdout.splitlines()
    assert [line[:3] for line in both] == ["Rey", "Yan"]


def test_what_was_read_instead_is_a_link_on_the_page_of_a_piece(built_golden: Project) -> None:
    page = Site(built_golden).get("/evidence/cole2019-1e3c073a-weaver").text
    read = re.search(r"<dt>How much was read</dt><dd>(.*?)</dd>", page)
    assert read
    assert '<a href="https://example.org/talk">https://example.org/talk</a>' in read[1]
