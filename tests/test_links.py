"""Every link of the site leads somewhere, in both languages: pages, tables, feeds, JSON and CSV."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from lxml import etree

from pipeline.ground.project import Project
from pipeline.web.serve import make_site
from tests.conftest import Site, run_apart
from tests.test_site import TABLES

HOST = "http://localhost"
ALIKE = 2  # addresses of one shape that are asked for
PAGED = [
    "/orchestration/wording?_size=5&_facet=name",
    "/orchestration/wording.json?_size=5&_facet=name",
    "/orchestration/coding?_facet_array=sectors&_facet_date=year&_sort=id&_size=1",
    "/orchestration/search_passages?words=table&_show_sql=1",
    "/evidence?status=suggested",
    "/search?q=table",
]


class Links(HTMLParser):
    """Addresses that a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def links_of(answer: Any) -> Iterator[str]:
    """The addresses in an HTML page, a feed, or Datasette's JSON."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind == "text/html":
        parser = Links()
        parser.feed(answer.text)
        yield from parser.found
    elif kind == "application/atom+xml":
        for link in etree.fromstring(answer.content).iter("{*}link"):
            yield link.get("href")
    elif kind == "application/json":
        yield from _addresses(json.loads(answer.text))


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith("_url") and isinstance(inner, str):
                yield inner
            else:
                yield from _addresses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _addresses(inner)


def shape(address: SplitResult) -> str:
    """What addresses have in common that differ only in a row, a code, or a value."""
    *folders, last = address.path.removeprefix("/nl").split("/")
    if last in ("", *TABLES) or len(folders) == 1:
        folders.append(last)
    ending = last.rpartition(".")[2] if "." in last else ""
    names = sorted(dict(parse_qsl(address.query)))
    return " ".join([address.path[:3], *folders[:3], ending, *names])


def crawl(project: Project, starts: list[str]) -> tuple[set[str], list[str]]:
    """All internal addresses that were asked for, and those that are dead with where they stood."""
    site = make_site(project)
    queue = deque((start, "") for start in starts)
    seen = set(starts)
    shapes = Counter[str]()
    dead: list[str] = []

    async def run() -> None:
        while queue:
            path, origin = queue.popleft()
            answer = await site.client.get(path)
            if answer.status_code >= 400:
                dead.append(f"{answer.status_code} {path} from {origin}")
                continue
            follows = origin == "" or "?" not in path
            found = [answer.headers["location"]] if answer.is_redirect else []
            for link in (*found, *(links_of(answer) if follows else ())):
                there = urlsplit(urldefrag(urljoin(HOST + path, link)).url)
                inner = there._replace(scheme="", netloc="").geturl() or "/"
                ours = there.scheme == "http" and there.netloc == "localhost"
                if ours and inner not in seen and shapes[shape(there)] < ALIKE:
                    shapes[shape(there)] += 1
                    seen.add(inner)
                    queue.append((inner, path))

    run_apart(run())
    return seen, dead


@pytest.mark.slow
def test_no_internal_link_is_dead(built_small: Project) -> None:
    starts = [f"{language}{path}" for language in ("", "/nl") for path in ("/", *PAGED)]
    seen, dead = crawl(built_small, starts)
    assert not dead, f"{len(dead)} of {len(seen)}: " + "\n".join(dead[:20])
    assert len(seen) > 500
    assert not [path for path in seen if path.startswith("/nl/nl")]


def test_every_page_of_a_table_leads_to_all_its_rows(built_small: Project) -> None:
    site = Site(built_small)
    words = {
        "": ("Next page", "all rows as CSV"),
        "/nl": ("Volgende pagina", "alle rijen als CSV"),
    }
    wanted = len(site.get("/orchestration/wording.json?_shape=array&_size=max").json())
    for language, (following, whole) in words.items():
        path = f"{language}/orchestration/wording?_size={wanted // 3 + 1}"
        for last in (False, False, True):
            page = site.get(path).text
            rows = list(csv.reader(site.get(_link(page, whole)).text.splitlines()))
            assert rows[0] == ["name", "en", "nl"]
            assert len(rows) == wanted + 1
            assert (f">{following}</a>" in page) is not last
            path = path if last else _link(page, following)
    for form, count in (("json", 1), ("bib", 2), ("csljson", 2)):
        found = site.get(f"/nl/orchestration/study.{form}?_size=1").text
        assert found.count("berg2020") + found.count("smit2021") >= count


def _link(page: str, words: str) -> str:
    found = re.search(rf'<a href="([^"]*)">{words}</a>', page)
    assert found, words
    return unescape(found[1]).removeprefix(HOST)
