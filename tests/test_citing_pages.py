"""Pages and reports that list references: numbers, links, the language of the page."""

from __future__ import annotations

import re

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


def test_reports_number_and_link_too(small: Project, evidence: Evidence) -> None:
    out = small.root / "r.docx"
    said = evidence("report", small, "--style", "ieee", "-o", str(out))
    assert said.exit_code == 0, said.output
    document = docx.Document(str(out))
    listed = [
        one
        for one in document.paragraphs
        if one.style.name == "Bibliography" and one.text.startswith("[")
    ]
    assert [one.text.split()[0] for one in listed] == ["[1]", "[2]"]
    assert "https://doi.org/10.1234/weave" in {
        link.address for one in listed for link in one.hyperlinks
    }
