"""What Zotero and other reference managers read from pages: unAPI, COinS, Highwire tags."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
import rispy

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from pipeline.web.citable import MOST, citable
from pipeline.web.openurl import coins
from pipeline.web.study_metadata import highwire
from tests.conftest import Site

HOST = "http://localhost"
KINDS = """
@article{kok2020, title={An article}, author={Kok, Lia and de Vries, Anna}, journal={Innovation},
  volume={3}, number={2}, pages={1--9}, year={2020}, doi={10.1000/a}}
@book{bos2019, title={A book}, author={{City of Ghent}}, publisher={Press}, year={2019}}
@incollection{smit2018, title={A chapter}, author={Smit, Jo}, booktitle={The book}, pages={5--7},
  publisher={Press}, year={2018}}
@inproceedings{berg2017, title={A paper}, author={van den Berg, Jan}, booktitle={Proceedings},
  year={2017}}
@phdthesis{pim2016, title={A thesis}, author={Bos, Pim}, school={Delft}, year={2016}}
@techreport{tno2015, title={A report}, author={{TNO}}, institution={TNO}, year={2015}}
@online{lia2014, title={A page}, author={Kok, Lia}, url={https://example.org/x}, year={2014}}
"""
# What the registered formats of OpenURL have: journal, book, dissertation, Dublin Core.
REGISTERED = {
    "journal": "atitle jtitle date volume issue pages issn isbn genre au",
    "book": "btitle atitle date place pub edition series tpages pages isbn issn genre au",
    "dissertation": "title date inst degree tpages au",
    "dc": "title creator publisher date type source language identifier",
}


@pytest.fixture(scope="module")
def kinds(built_small: Project, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with a study of each kind beside those of the small project."""
    import shutil

    folder = tmp_path_factory.mktemp("kinds") / "small"
    project = Project(shutil.copytree(built_small.root, folder))
    with project.references.open("a") as file:
        file.write(KINDS)
    build(project)
    return Site(project)


def ids(site: Site, path: str) -> list[str]:
    """What a page offers, and the server it names."""
    page = site.get(path).text
    server = re.findall(
        r'<link rel="unapi-server" type="application/xml" [^>]*href="([^"]*)">', page
    )
    assert server == [f"{HOST}/{'nl/' if path.startswith('/nl/') else ''}unapi"]
    return [
        unescape(found) for found in re.findall(r'<abbr class="unapi-id" title="([^"]*)">', page)
    ]


def test_every_page_offers_its_studies_and_the_database(kinds: Site) -> None:
    every = {"study/berg2020", "study/smit2021", "study/kok2020", "study/bos2019", "study/smit2018",
             "study/berg2017", "study/pim2016", "study/tno2015", "study/lia2014"}  # fmt: skip
    for path in ("/", "/studies", "/cite?of=studies", "/nl/", "/nl/studies"):
        assert set(ids(kinds, path)) == every | {"about"}, path
    assert ids(kinds, "/study/kok2020") == ["study/kok2020"]
    assert "study/kok2020" in ids(kinds, "/search?q=article")
    for path in (
        "/about",
        "/method",
        "/codebook",
        "/questions",
        "/orchestration/study",
        "/nl/about",
    ):
        assert ids(kinds, path) == ["about"], path


def test_lists_of_evidence_offer_the_studies_behind_it(site: Site) -> None:
    (piece, *_) = site.get("/download/json?study=yan2018cross").json()
    of_piece = ["study/yan2018cross", "about"]
    assert ids(site, f"/evidence/{piece['id']}") == of_piece
    assert ids(site, "/evidence?study=yan2018cross") == of_piece
    assert ids(site, "/cite?study=yan2018cross") == of_piece
    assert of_piece[0] in ids(site, f"/code/{piece['role']['id']}")


def test_ids_need_no_quoting_and_are_bounded() -> None:
    assert citable(["a/b+c:d", "a/b+c:d"]) == ["study/a~2Fb~2Bc~3Ad", "about"]
    assert len(citable(map(str, range(5000)))) == MOST + 1


def test_unapi_as_its_specification_says(kinds: Site) -> None:
    names = {"bibtex", "ris", "csl-json"}
    for query, status, about in (("", 200, None), ("?id=study/kok2020", 300, "study/kok2020")):
        answer = kinds.get(f"/unapi{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/xml")
        root = ET.fromstring(answer.text)
        assert (root.tag, root.get("id")) == ("formats", about)
        assert {item.get("name") for item in root} >= names
        assert all(item.get("type") for item in root)
    for query, status in (
        ("id=study/nobody", 404),
        ("id=nothing&format=ris", 404),
        ("id=study/kok2020&format=pdf", 406),
        ("id=about&format=csv", 406),
    ):
        assert kinds.get(f"/unapi?{query}").status_code == status, query


def test_unapi_gives_one_study_or_the_database(kinds: Site) -> None:
    (study,) = rispy.loads(kinds.get("/unapi?id=study/kok2020&format=ris").text)
    assert (study["type_of_reference"], study["title"]) == ("JOUR", "An article")
    assert study["authors"] == ["Kok, Lia", "de Vries, Anna"]
    (item,) = kinds.get("/unapi?id=study/bos2019&format=csl-json").json()
    assert (item["id"], item["type"]) == ("bos2019", "book")
    (database,) = rispy.loads(kinds.get("/unapi?id=about&format=ris").text)
    assert database["type_of_reference"] == "DATA"
    assert database["title"].startswith("Orchestration Evidence")
    assert HOST in database["urls"][0]
    bib = kinds.get("/unapi?id=about&format=bibtex").text
    assert re.search(r"@\w+\{orchestration-evidence,", bib)
    assert f"{{{HOST}" in bib


def context_object(page: str) -> list[tuple[str, str]]:
    (title,) = re.findall(r'<span class="Z3988" title="([^"]*)"></span>', page)
    return parse_qsl(unescape(title), strict_parsing=True, keep_blank_values=True)


@pytest.mark.parametrize(
    ("key", "form", "genre", "wanted"),
    [
        ("kok2020", "journal", "article", {"atitle": "An article", "jtitle": "Innovation",
         "volume": "3", "issue": "2", "pages": "1-9", "date": "2020"}),
        ("bos2019", "book", "book", {"btitle": "A book", "pub": "Press", "au": "City of Ghent"}),
        ("smit2018", "book", "bookitem", {"atitle": "A chapter", "btitle": "The book", "pages": "5-7"}),
        ("berg2017", "book", "proceeding", {"atitle": "A paper", "btitle": "Proceedings",
         "au": "van den Berg, Jan"}),
        ("pim2016", "dissertation", None, {"title": "A thesis", "inst": "Delft", "au": "Bos, Pim"}),
        ("tno2015", "book", "report", {"btitle": "A report", "pub": "TNO"}),
        ("lia2014", "dc", None, {"title": "A page", "creator": "Kok, Lia", "type": "webpage",
         "identifier": "https://example.org/x"}),
    ],
)  # fmt: skip
def test_coins_are_pairs_of_the_registered_formats(
    kinds: Site, key: str, form: str, genre: str | None, wanted: dict[str, str]
) -> None:
    pairs = context_object(kinds.get(f"/study/{key}").text)
    found = dict(pairs)
    assert found["ctx_ver"] == "Z39.88-2004"
    assert found["rft_val_fmt"] == f"info:ofi/fmt:kev:mtx:{form}"
    assert found.get("rft.genre") == genre
    assert found | {f"rft.{name}": value for name, value in wanted.items()} == found
    own = {name.removeprefix("rft.") for name, _ in pairs if name.startswith("rft.")}
    assert own <= set(REGISTERED[form].split())
    assert all(value for _, value in pairs)
    repeated = [name for name, _ in pairs if name not in ("rft.au", "rft.creator")]
    assert len(repeated) == len(set(repeated))


def test_coins_name_every_author_and_the_doi(kinds: Site) -> None:
    pairs = context_object(kinds.get("/study/kok2020").text)
    assert [value for name, value in pairs if name == "rft.au"] == ["Kok, Lia", "de Vries, Anna"]
    assert ("rft_id", "info:doi/10.1000/a") in pairs


def test_coins_escape_once() -> None:
    item: dict[str, Any] = {"type": "book", "title": "A & B = “C” 100%"}
    assert ("rft.btitle", item["title"]) in parse_qsl(coins(item))


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("kok2020", {"journal_title": "Innovation", "volume": "3", "issue": "2", "firstpage": "1",
         "lastpage": "9", "doi": "10.1000/a", "publication_date": "2020"}),
        ("smit2018", {"inbook_title": "The book", "publisher": "Press"}),
        ("berg2017", {"conference_title": "Proceedings"}),
        ("pim2016", {"dissertation_institution": "Delft"}),
        ("tno2015", {"technical_report_institution": "TNO", "author": "TNO"}),
    ],
)  # fmt: skip
def test_highwire_tags_say_what_kind_of_work(kinds: Site, key: str, wanted: dict[str, str]) -> None:
    page = kinds.get(f"/study/{key}").text
    tags = re.findall(r'<meta name="citation_(\w+)" content="([^"]*)">', page)
    found = {name: unescape(content) for name, content in tags}
    assert found | wanted == found
    assert found["public_url"] == f"{HOST}/study/{key}"
    containers = {"journal_title", "inbook_title", "conference_title"} & set(found)
    assert containers <= set(wanted)


def test_the_digest_is_said_to_be_ours(site: Site) -> None:
    for path, whose in (("/study/", "not of the authors"), ("/nl/study/", "niet van de auteurs")):
        page = site.get(f"{path}yan2018cross").text
        (abstract,) = re.findall(r'<meta name="citation_abstract" content="([^"]*)">', page)
        summary = re.findall(r'<p class="summary" lang="en">([^<]*)</p>', page)[0]
        assert abstract.endswith(summary)
        assert whose in abstract
    nothing = highwire({"type": "book", "title": "x"}, "", "")
    assert [name for name, _ in nothing] == ["citation_title"]
