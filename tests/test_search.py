"""Search finds what is there, in whatever form of the words, and says what it looked for."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import Site
from tests.reviewing import Running, with_rounds

ENGLISH = (
    "The chair negotiated with the banks.",
    "Negotiations about costs took two years.",
    "A mediator kept the peace between cross-sectoral partners.",
    "Mediation by an organization of farmers failed.",
    "The study was a happy one.",
    "Farmers undertook what the city rebuilt and found.",
)
DUTCH = (
    "De voorzitter onderhandelt met de banken.",
    "Onderhandelingen over kosten duurden twee jaar.",
    "Een bemiddelaar bracht de gemeenten samen.",
    "De coördinatoren faciliteren wat de regio heeft gecoördineerd.",
    "Zij menen dat het kan.",
    "Wat is samengebracht, ondernomen en gevonden, gold met zorg.",
)


@pytest.fixture(scope="module")
def site(built_small: Project, tmp_path_factory: pytest.TempPathFactory) -> Site:
    import shutil

    folder = tmp_path_factory.mktemp("search") / "small"
    shutil.copytree(built_small.root, folder)
    project = Project(folder)
    for key, sentences in (("berg2020", ENGLISH), ("smit2021", DUTCH)):
        with (project.corpus / f"{key}.md").open("a") as file:
            file.write("".join(f"- [abstract] {sentence}\n" for sentence in sentences))
    build(project)
    return Site(project)


def marks(site: Site, words: str, **more: str) -> set[str]:
    """What is marked of the passages found."""
    text = site.get(f"/search?{urlencode({'q': words, **more})}").text
    passages = text.partition('<ol class="hits"')[2]
    return set(re.findall("<mark>(.*?)</mark>", passages))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("negotiate", {"negotiated", "Negotiations"}),
        ("negotiation", {"negotiated", "Negotiations"}),
        ("mediat*", {"mediator", "Mediation"}),
        ("mediate", {"mediator", "Mediation"}),
        ("organisations", {"organization"}),
        ("studies", {"study"}),
        ("cross-sector", {"cross-sectoral"}),
        ("onderhandelen", {"onderhandelt", "Onderhandelingen"}),
        ("bemiddelen", {"bemiddelaar"}),
        ("bemiddel*", {"bemiddelaar"}),
        ("gemeente", {"gemeenten"}),
        ("coordineren", {"gecoördineerd"}),
        ("facilitee*", set()),
        ("maan", set()),
        ("gefaciliteerd", {"faciliteren"}),
        ("bring", {"brought"}),
        ("brengen", {"bracht"}),
        ("gebracht", {"bracht"}),
        ("brachten", {"bracht"}),
        ("samenbrengt", {"samengebracht"}),
        ("undertake", {"undertook"}),
        ("rebuild", {"rebuilt"}),
        ("finding", {"found"}),
        ("founded", {"found"}),
        ("ondernemen", {"ondernomen"}),
        ("vindt", {"gevonden"}),
        ("gelden", {"gold"}),
        ("meet", set()),
        ("bringt*", set()),
        ('"negotiate"', set()),
        ('"two years"', {"two years"}),
        ("negotiate costs", {"Negotiations", "costs"}),
        ("negotiate peace", set()),
    ],
)
def test_words_are_found_in_all_their_forms(site: Site, words: str, found: set[str]) -> None:
    assert marks(site, words) == found


def test_exact_words_stay_exact_in_the_address(site: Site) -> None:
    assert marks(site, "negotiations", exact="1") == {"Negotiations"}
    assert marks(site, "negotiat*", exact="1") == {"negotiated", "Negotiations"}
    page = site.get("/search?q=negotiate&exact=1").text
    assert re.search(r'name="exact" value="1" checked', page)
    inexact = re.search(r'<a href="([^"]*)">negotiate, in any form of the words', page)
    assert inexact
    assert unescape(inexact[1]) == "/search?q=negotiate"
    found = site.get("/search?q=negotiate").text
    assert "Also searched for: negotiated, negotiations." in found
    assert 'href="/search?q=negotiate&amp;exact=1"' in found
    page = site.get("/evidence?q=chair&exact=1&status=suggested").text
    assert "chair (exactly so)" in page
    assert "/cite?status=suggested&amp;q=chair&amp;exact=1" in page


def test_every_list_searches_alike(site: Site) -> None:
    for words, exact, count in (("conflicts", "", 1), ("conflicts", "1", 0), ("resolv*", "1", 1)):
        query = urlencode({"q": words, "exact": exact, "status": "suggested"})
        pieces = json.loads(site.get(f"/download/json?{query}").text)
        assert len(pieces) == count
        listed = site.get(f"/nl/evidence?{query}").text
        assert ("1 bewijsstuk uit 1 studie" in listed) is bool(count)
    rows = site.get("/orchestration/search_passages.json?words=negotiate&_shape=array").json()
    assert {row["passage"] for row in rows} == set(ENGLISH[:2])
    rows = site.get("/orchestration/search_passages.json?words=&_shape=array").json()
    assert rows == []


def test_codes_are_found_in_all_forms_of_their_words(site: Site) -> None:
    page = site.get("/search?q=weavers").text
    assert 'href="/code/weaver"' in page.partition('id="codes"')[2]
    assert 'href="/code/weaver"' in site.get("/search?q=partij").text


def test_nothing_found_says_what_was_looked_for(site: Site) -> None:
    page = site.get("/search?q=negotiate+xylophones").text
    assert "Nothing found for negotiate xylophones." in page
    assert "titles, authors and summaries of studies, and in the codebook" in page
    assert '<a href="/search?q=negotiate">negotiate</a> (negotiated, negotiations): 2' in page
    assert "<li>xylophones: 0</li>" in page
    page = site.get("/search?q=farmers&sector=sport").text
    assert '<a href="/search?q=farmers">farmers, without the other filters</a>' in page
    page = site.get("/nl/search?q=onderhandelingsproces").text
    assert "Niets gevonden voor onderhandelingsproces." in page
    assert "minder woorden" in page


def test_an_empty_list_names_no_studies_that_it_is_not_about(site: Site) -> None:
    for query in ("role=scribe", "q=xylophones", "role=scribe&q=xylophones", "status=agreed"):
        page = site.get(f"/evidence?{query}").text
        assert "No evidence here" in page
        assert "The studies concerned" not in page, query
    page = site.get("/evidence?q=xylophones&role=scribe").text
    assert "coders saw the role in none of them" not in page
    assert 'href="/search?role=scribe&amp;q=xylophones"' in page
    page = site.get("/evidence?role=scribe&study=berg2020").text
    concerned = page.partition("The studies concerned")[2]
    assert "berg2020" in concerned
    assert "smit2021" not in concerned


def test_a_running_review_finds_alike(small: Project) -> None:
    running = Running(with_rounds(small))
    coder = running.sign_in("first")
    assert "<mark>conflict</mark>" in coder.get("/search?q=conflicts").text
