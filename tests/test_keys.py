"""Keys as databases write them, and studies without a year or without people: everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasette.utils import tilde_encode
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ground.addresses import address_part
from pipeline.ground.project import Project, file_name, key_of
from tests.conftest import Evidence, decide, passage_id

DBLP, ACM, PLUS, ACCENT = "DBLP:conf/icse/Berg20", "10.1145/123.456", "a+b.c", "müller2020"
UNDATED, NOBODY = "smit", "handbook2019"
KEYS = (DBLP, ACM, PLUS, ACCENT, UNDATED, NOBODY)
NAMES = ("DBLP%3Aconf%2Ficse%2FBerg20", "10.1145%2F123.456", PLUS, ACCENT, UNDATED, NOBODY)
ENTRIES = {
    DBLP: "ids = {old/key:1, oldäöü}, author = {Berg, Anna}, title = {Ties}, year = 2020",
    ACM: "author = {Kok, Lia}, title = {Nets}, year = 2021",
    PLUS: "author = {Bos, Pim}, title = {Webs}, year = 2022",
    ACCENT: "author = {Müller, Jo}, title = {Knots}, year = 2020",
    UNDATED: "author = {Smit, Jo}, title = {Threads}, year = {in press}",
    NOBODY: "title = {A handbook of weaving, tying and knotting networks}, year = 2019",
}
DIGEST = """---
key: "{key}"
language: en
access: abstract
---

A summary.

## Statements

- [abstract] The office number {number} brought farmers, banks and ministries together at one table.
- [p. {number}] The chair number {number} resolved the conflict between the banks and the farmers.
"""


@pytest.fixture
def strange(small: Project) -> Project:
    entries = (f"@book{{{key}, publisher = {{P}}, {rest}}}\n" for key, rest in ENTRIES.items())
    with small.references.open("a", encoding="utf-8") as file:
        file.writelines(entries)
    for number, key in enumerate(KEYS):
        path = small.corpus / f"{NAMES[number]}.md"
        path.write_text(DIGEST.format(key=key, number=number), encoding="utf-8")
        passage = passage_id(small, NAMES[number], 1)
        assert passage.startswith(f"{key}-")
        decide(
            small, "first", NAMES[number],
            f"2026-11-01T10:0{number}:00Z,{key},sector,energy,,,,hidden,2,pilot,",
            f"2026-11-01T10:1{number}:00Z,{passage},role,weaver,,,,hidden,2,pilot,"
            f'"The office number {number} brought farmers, banks and ministries together at one table."',
        )  # fmt: skip
    return small


@given(st.text())
def test_parts_of_addresses_are_those_of_datasette(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert address_part(text) == tilde_encode(text)


@given(st.from_regex(r"[^\W_][\w.:/+-]{0,30}", fullmatch=True))
def test_a_key_and_the_name_of_its_files_are_one_to_one(key: str) -> None:
    name = file_name(key)
    assert not set(name) & set('/\\:*?"<>|')
    import unicodedata

    assert key_of(Path(f"{name}.csv")) == unicodedata.normalize("NFC", key)


def test_check_and_build_take_them(strange: Project, evidence: Evidence) -> None:
    answer = evidence("check", strange)
    assert answer.exit_code == 0, answer.output
    found = [line for line in answer.output.splitlines() if "warning" in line and ".bib" in line]
    assert [line.partition("warning: ")[2] for line in found] == [
        "'smit' has no year in four digits, but 'in press' [bad-year]",
        "'handbook2019' has no author [missing-field]",
    ]
    answer = evidence("build", strange)
    assert answer.exit_code == 0, answer.output
