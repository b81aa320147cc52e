"""Feeds are what readers of feeds take: valid Atom, with an address and an id of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from pipeline.build.recipe import build
from pipeline.ground.project import Project
from tests.conftest import Site, decide, passage_id

HOST = "http://localhost"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "standards" / "atom.rng"))


def read(site: Site, path: str) -> Any:
    """A feed as feedparser reads it, after a look at its grammar."""
    answer = site.get(path)
    assert answer.status_code == 200
    SCHEMA.assertValid(etree.fromstring(answer.content))
    feed = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert feed.bozo == 0, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def links(feed: Any) -> dict[str, str]:
    """The places that a feed points to, by what they are to it."""
    return {link["rel"]: link["href"] for link in feed.feed.links}


@pytest.mark.parametrize(
    "path", ["/feed.atom", "/feed.atom?role=framer&sector=energy", "/feed.atom?q=trust+%26+x"]
)
def test_a_feed_has_its_own_id_in_each_language(site: Site, path: str) -> None:
    for prefix, language in (("", "en"), ("/nl", "nl")):
        feed = read(site, f"{prefix}{path}")
        assert feed.feed.id == f"{HOST}{prefix}{path}"
        assert links(feed)["self"] == f"{HOST}{prefix}{path}"
        assert links(feed)["alternate"] == f"{HOST}{prefix}{path.replace('feed.atom', 'evidence')}"
        assert feed.feed.language == language
        for entry in feed.entries:
            assert entry.link.startswith(f"{HOST}{prefix}/evidence/")


def test_a_long_feed_goes_on(site: Site) -> None:
    feed = read(site, "/nl/feed.atom")
    name, seen, pages = feed.feed.id, [entry.id for entry in feed.entries], 1
    while "next" in links(feed):
        place = links(feed)["next"].removeprefix(HOST)
        following = read(site, place)
        assert links(following)["self"] == f"{HOST}{place}"
        assert links(following)["previous"] == links(feed)["self"]
        assert following.feed.id == name
        assert following.feed.updated == feed.feed.updated
        feed, pages = following, pages + 1
        seen += [entry.id for entry in feed.entries]
    total = int(
        site.get("/orchestration/evidence.json?_size=0").json()["filtered_table_rows_count"]
    )
    assert pages == -(-total // 50) > 1
    assert len(seen) == len(set(seen)) == total
    assert site.get(f"/feed.atom?page={pages + 1}").status_code == 400


def test_an_empty_feed_is_as_old_as_the_build(small: Project) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    small.scheme.write_text(small.scheme.read_text() + "\n")
    build(small)
    feed = read(Site(small), "/feed.atom")
    assert feed.entries == []
    assert before <= datetime.fromisoformat(feed.feed.updated) <= datetime.now(UTC)
    unit = passage_id(small, "berg2020", 1)
    decide(
        small,
        "first",
        "berg2020",
        f"2026-11-02T09:00:00Z,{unit},role,weaver,,,,hidden,2,pilot,",
    )
    build(small)
    feed = read(Site(small), "/feed.atom")
    assert [entry.id for entry in feed.entries] == [f"{HOST}/evidence/{unit}-weaver"]
    assert feed.feed.updated == "2026-11-02T09:00:00Z"
