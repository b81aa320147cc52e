"""The Dutch site holds no word of English that is ours or Datasette's, on any kind of page."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
import yaml
from datasette.utils import tilde_encode

from pipeline.ground.project import Project
from pipeline.ground.texts import read_texts
from tests.conftest import ROOT, Site

# Words that English pages of ours and of Datasette are full of, and that no Dutch sentence holds.
ENGLISH = frozenset(
    "the and not with by for from where sorted contains descending which this that who how what "
    "when all any one two study evidence language yes read partial full agreed adjudicated settled "
    "checked unchecked suggested disputed single withdrawn superseded current year years title "
    "authors text locator words rows coder_id decided answer none error must invalid allowed be "
    "or has have person people were it its no article digest fulltext hidden shown".split()
)
UNSPOKEN = ("script", "style", "cite", "code", "pre", "q")  # of others, or of no language
OF_OTHERS = ("reference", "citation", "styles", "note")  # references, and what coders noted
ALONE = {"meta", "link", "input", "br", "img", "hr", "col", "wbr"}
NAMES = ("Orchestration Evidence", "CC BY 4.0", "Apache-2.0")
OF_METADATA = yaml.safe_load((ROOT / "datasette_metadata.yml").read_text(encoding="utf-8"))[
    "databases"
]["orchestration"]
STUDY = "kilelu2013unravelling"
PAGES = (
    "/", "/?by=phase&count=studies", "/evidence", "/evidence?role=framer&sector=sport",
    "/evidence?status=suggested", "/evidence?mood=glad", "/evidence/berg-1", "/studies",
    f"/study/{STUDY}", "/study/yan2018cross", "/study/berg2020", "/codebook",
    "/codebook/versions?from=1&to=2", "/code/mediator", "/code/energy", "/code/berg",
    "/coder/first", "/coder/berg", "/method", "/agreement", "/search", "/search?q=vertrouwen",
    "/search?q=trust&exact=1", "/search?q=zzz", "/questions", "/about", "/cite?role=mediator",
    "/berg", "/download/berg", "/orchestration", "/orchestration/berg", "/orchestration?sql=select+1",
    "/orchestration/study?_sort=berg", "/orchestration/study?_facet=berg",
    "/orchestration/study?_size=x", "/orchestration/evidence?_where=1=1",
    "/orchestration/evidence?text__contains=trust&sectors__arraycontains=Energy&_sort_desc=year",
    "/orchestration/passage?language__isblank=1&_sort=position",
)  # fmt: skip


class Words(HTMLParser):
    """What a page says in its own language: text, and attributes that are shown or read out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        names = own.get("class", "").split()
        foreign = own.get("lang", "nl") != "nl" or own.get("translate") == "no"
        apart = foreign or tag in UNSPOKEN or any(name in OF_OTHERS for name in names)
        apart = apart or own.get("id") == "passage-cited" or {"Z3988", "unapi-id"} & {*names}  # type: ignore[assignment]
        if tag not in ALONE:
            self.open.append((tag, bool(apart)))
        if not apart and not self.hidden:
            shown = ("title", "aria-label", "placeholder", "data-label", "alt")
            self.said += [own[name] for name in shown if name in own and tag != "link"]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)

    @property
    def hidden(self) -> bool:
        return any(apart for _, apart in self.open)

    @property
    def text(self) -> str:
        text = " ".join(self.said)
        for name in NAMES:
            text = text.replace(name, "")
        return " ".join(text.split())


def tables(project: Project) -> Iterator[str]:
    """Every table and view, and a row of each; every question with an answer."""
    connection = sqlite3.connect(project.database)
    for name in OF_METADATA["tables"]:
        yield f"/orchestration/{name}"
        keys = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")') if row[5]]
        known = ", ".join(f'"{key}"' for key in keys)
        row = connection.execute(f'SELECT {known} FROM "{name}"').fetchone() if keys else None
        if row and name not in (
            "wording",
            "meta",
            "agreement",
            "influence",
        ):  # whose keys are words
            yield f"/orchestration/{name}/{','.join(tilde_encode(str(value)) for value in row)}"
    connection.close()
    for name, question in OF_METADATA["queries"].items():
        values = {"study": STUDY, "words": "trust"}
        asked = "&".join(f"{key}={values.get(key, '')}" for key in question.get("params", ()))
        yield f"/orchestration/{name}?{asked}"


def known(project: Project) -> list[str]:
    """Words of passages in Dutch, which may quote English ones."""
    connection = sqlite3.connect(project.database)
    found = [text for (text,) in connection.execute("SELECT text FROM gist WHERE language = 'nl'")]
    connection.close()
    return found


def test_no_english_word_of_ours_stands_on_a_dutch_page(site: Site, real: Project) -> None:
    connection = sqlite3.connect(real.database)
    piece = connection.execute("SELECT id FROM evidence").fetchone()[0]
    connection.close()
    gists = [" ".join(text.split()) for text in known(real)]
    found: dict[str, list[str]] = {}
    for path in (*PAGES, f"/evidence/{quote(piece)}", *tables(real)):
        said = Words(site.get(f"/nl{path}").text).text
        for words in gists:
            said = said.replace(words, "")
        said = re.sub(r"\{\w+\}", "", said)  # where a text is filled in
        english = [word for word in re.findall(r"[^\W\d]+", said) if word.lower() in ENGLISH]
        if english:
            found[path] = english[:9]
    assert found == {}


def test_numbers_stand_as_dutch_writes_them(site: Site) -> None:
    for path in ("/agreement", "/method", "/about", "/questions", "/orchestration/agreement",
                 "/orchestration/machine_agreement", "/orchestration/suggestion"):  # fmt: skip
        said = Words(site.get(f"/nl{path}").text).text
        assert re.findall(r"(?<![\d.])\d+\.\d{1,2}(?![\d.])", said) == [], path
    agreement = Words(site.get("/nl/agreement").text).text
    assert re.search(r"\b0,\d\d\b", agreement)
    assert re.search(r"\d,\d MB\b", Words(site.get("/nl/questions").text).text)
    assert re.search(r"\d\.\d MB\b", site.get("/questions").text)


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("/nl", "waarvoor geldt: Sectoren heeft “Energie”; Tekst bevat “trust”, gesorteerd op Jaar, hoogste eerst"),
        ("", "where Sectors has “Energy”; Text contains “trust”, sorted by Year, highest first"),
    ],
)  # fmt: skip
def test_a_choice_of_rows_is_said_in_the_language_of_the_site(
    site: Site, prefix: str, said: str
) -> None:
    place = "text__contains=trust&sectors__arraycontains=Energy&_sort_desc=year"
    page = site.get(f"{prefix}/orchestration/evidence?{place}").text
    (count,) = re.findall(r'<p class="count">(.*?)</p>', page)
    assert re.sub(r"<b>.*?</b>\s*", "", count) == said


def test_values_of_tables_stand_in_words(site: Site) -> None:
    page = site.get("/nl/orchestration/evidence?_size=max").text
    for words in ("codeurs zijn het eens", "alleen uit de abstract", "Zoekende codeur", "Engels"):
        assert f">{words}<" in page or f">{words}," in page, words
    assert ">Verbinder</a>" in page
    decisions = site.get("/nl/orchestration/decision?_size=max").text
    assert re.search(r'data-label="Codes"[^>]*>geen ervan<', decisions)
    row = site.get("/nl/orchestration/dimension/role").text
    assert "<dt>Levert bewijs</dt><dd>ja</dd>" in row


# What was said before in Dutch, and what it is called now.
WAS = {
    "samenvatting": "weergave, or abstract",
    "omstreden": "betwist",
    "beslecht": "na verschil beslist",
    "scheidsrechter": "a coder's name is in coding/",
    "bladzijde": "pagina",
    "gemerkt": "gemarkeerd",
    "hoezeer": "overeenstemming, in hoeverre",
    "naburig": "vorige, volgende",
    "neem alles": "downloaden",
    "welke code ook": "minstens één code",
}


@pytest.mark.parametrize("package", ["ground", "published", "model", "web"])
def test_words_that_dutch_readers_stumbled_over_are_gone(package: str) -> None:
    texts = {key: text.get("nl", "") for key, text in read_texts(f"pipeline.{package}").items()}
    left = {key: text for key, text in texts.items() if any(was in text.lower() for was in WAS)}
    assert left == {}
