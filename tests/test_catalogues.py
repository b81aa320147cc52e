"""What catalogues of data and search engines are told; and Datasette 1.0."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF

from pipeline.build.datasette_file import HEAD
from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import Evidence, Site

HOST = "http://localhost"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"


def described(site: Site, path: str) -> dict[str, Any]:
    page = site.get(path).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    said: dict[str, Any] = json.loads(found[1])
    return said


def test_home_and_about_describe_a_dataset(site: Site) -> None:
    for path, part in (
        ("/", "cross-sector innovation"),
        ("/nl/about", "innovatie tussen sectoren"),
    ):
        said = described(site, path)
        assert (said["@context"], said["@type"]) == ("https://schema.org", "Dataset")
        assert said["name"].startswith("Orchestration Evidence")
        assert part in said["description"]
        assert 50 <= len(said["description"]) <= 5000  # what Google's dataset search takes
        assert said["license"] == CC_BY
        assert said["creator"][0]["@type"] in ("Organization", "Person")
        files = {item["name"]: item for item in said["distribution"]}
        assert files["datapackage"]["contentUrl"] == f"{HOST}/download/datapackage"
        assert files["datapackage"]["encodingFormat"] == "application/zip"
        assert files["sqlite"]["contentUrl"] == f"{HOST}/orchestration.db"
    assert described(site, "/")["keywords"][0] == "Connector"
    assert described(site, "/nl/")["keywords"][0] == "Verbinder"


def test_dcat_says_the_same(site: Site) -> None:
    assert (
        '<link rel="alternate" type="text/turtle" href="/download/dcat"' in site.get("/about").text
    )
    graph = Graph().parse(data=site.get("/download/dcat").text, format="turtle")
    own = URIRef(f"{HOST}/about#dataset")
    assert (own, RDF.type, DCAT.Dataset) in graph
    assert (own, DCTERMS.license, URIRef(CC_BY)) in graph
    assert (own, DCAT.keyword, Literal("Verbinder", lang="nl")) in graph
    languages = {text.language for text in graph.objects(own, DCTERMS.description)}  # type: ignore[attr-defined]
    assert languages == {"en", "nl"}
    said = described(site, "/about")
    files = {str(graph.value(item, DCAT.downloadURL)): str(graph.value(item, DCAT.mediaType))
             for item in graph.objects(own, DCAT.distribution)}  # fmt: skip
    assert files == {
        item["contentUrl"]: f"https://www.iana.org/assignments/media-types/{item['encodingFormat']}"
        for item in said["distribution"]
    }
    for item in graph.objects(own, DCAT.distribution):
        assert (
            site.ask("HEAD", str(graph.value(item, DCAT.accessURL)).removeprefix(HOST)).status_code
            == 200
        )


def test_dcat_of_a_project_without_an_address(small: Project, evidence: Evidence) -> None:
    done = evidence("export", small, "-f", "dcat")
    graph = Graph().parse(data=done.stdout, format="turtle")
    (own,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert str(own) == "urn:orchestration-evidence:database"
    assert not list(graph.objects(own, DCAT.distribution))


def test_datasette_1_0_gets_a_file_of_its_own(small: Project) -> None:
    path = small.root / "datasette.yml"
    said = yaml.safe_load(path.read_text())
    meant = yaml.safe_load(small.metadata.read_text())
    own, other = said["databases"]["orchestration"], meant["databases"]["orchestration"]
    assert own["queries"] == other["queries"]
    assert said["settings"]["default_allow_sql"] is False
    for part in (said, own, *own["tables"].values()):
        assert (part["license"], part["license_url"]) == ("CC BY 4.0", CC_BY)
    for name, table in other["tables"].items():
        assert own["tables"][name] | table == own["tables"][name]


def test_it_follows_the_metadata_and_leaves_somebodys_own_file(small: Project) -> None:
    path = small.root / "datasette.yml"
    small.metadata.write_text(small.metadata.read_text().replace("CC BY 4.0", "CC BY-SA 4.0"))
    build(small)
    assert yaml.safe_load(path.read_text())["license"] == "CC BY-SA 4.0"
    assert path.read_text().startswith(HEAD)
    path.write_text("settings: {}\n")
    small.metadata.touch()
    build(small)
    assert path.read_text() == "settings: {}\n"
