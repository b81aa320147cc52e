"""Where records of tagged files end: whatever parts them, nothing of one comes into another."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.desk.adding.incoming import Shipment
from pipeline.desk.adding.reference_files import read_shipment
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from tests.conftest import Evidence

CASES = Path(__file__).parent / "cases" / "references"
Record = tuple[str, str, int]  # title, family name, year


def read(name: str, called: str = "") -> Shipment:
    return read_shipment((CASES / name).read_bytes(), called or name)


def records(shipment: Shipment) -> list[Record]:
    return [
        (item.study.title, item.study.authors[0].last, item.study.year or 0)
        for item in shipment.records
        if item.study.authors
    ]


# --- Small files that showed a fault ---

BROKERS = [
    ("First study on brokers", "Berg", 2021),
    ("Second study on mediators", "Smit", 2020),
    ("Third study on framing", "de Vries", 2019),
]
SCHOOLS = [
    ("First report on school networks", "Berg", 2020),
    ("Second report on school boards", "Smit", 2019),
    ("Third report on classes", "de Vries", 2018),
]


@pytest.mark.parametrize("called", ["a.enw", "a.txt", "pasted text"])
def test_a_title_before_the_kind_belongs_to_its_own_record(called: str) -> None:
    found = read("01_enw_title_before_type_shifts_titles.enw", called)
    assert (records(found), found.broken) == (BROKERS, ())
    assert [item.study.container for item in found.records] == [
        "Journal of Care", "Journal of Energy", "Journal of Food",
    ]  # fmt: skip
    assert [item.study.url[-1] for item in found.records] == ["1", "2", "3"]


def test_records_without_a_kind_are_records() -> None:
    found = read("01b_enw_without_type_lines_merge_records.enw")
    assert records(found) == BROKERS
    assert [len(item.study.authors) for item in found.records if item.study.authors] == [1, 1, 1]
    # The table of contents is the fourth, whether it is taken or not.
    assert sorted(item.line for item in (*found.records, *found.broken)) == [1, 7, 11, 16]


@pytest.mark.parametrize("called", ["a.nbib", "a.txt", "a.ris"])
def test_records_of_pubmeds_format_without_a_pmid(called: str) -> None:
    found = read("02_eric_nbib_three_become_one.nbib", called)
    assert (found.format, records(found), found.broken) == ("nbib", SCHOOLS, ())
    assert [item.study.container for item in found.records] == [
        "Journal of Schools", "Journal of Boards", "Journal of Classes",
    ]  # fmt: skip


def test_what_ovid_writes_between_records_is_none(small: Project, evidence: Evidence) -> None:
    path = CASES / "11_ovid_line_after_er_counts_double.ris"
    assert "2 records: 2 new" in evidence("add", small, str(path)).output
    assert evidence("add", small, str(path), "--yes", "--source", "Ovid").exit_code == 0
    out = small.root / "flow.csv"
    assert evidence("prisma", small, "-o", str(out)).exit_code == 0
    rows = {row["data"]: row["n"] for row in csv.DictReader(io.StringIO(out.read_text()))}
    assert rows["database_results"] == "2"


def test_er_and_ty_within_a_text_are_words_of_it() -> None:
    first, second = read("18_er_and_ty_inside_abstract.ris").records
    assert first.study.abstract == (
        "The first line ends here ER stress was measured in all networks. "
        "ER - in this paper - is used for energy region."
    )
    assert first.study.keywords == ("one",)
    assert second.study.abstract == "Wrapped text mentions TY - as a label in the text"
    assert (second.study.title, second.study.authors[0].last) == ("Second", "Smit")


def test_a_file_of_scopus(fresh: Project, evidence: Evidence) -> None:
    answer = evidence("add", fresh, str(CASES / "scopus12.ris"), "--json")
    (preview,) = json.loads(answer.stdout)
    assert preview["counts"] == {"new": 9, "duplicate": 2, "unclear": 0, "repeat": 0, "broken": 1}
    dutch = read("scopus12.ris").records[7].study
    assert dutch.abstract.startswith("Energiecoöperaties werken samen met gemeenten")
    assert dutch.language == "nl"


# --- Any records, written in any format, parted in any way ---

Writer = Callable[[Record, bool], list[str]]


def ris(record: Record, ended: bool) -> list[str]:
    title, family, year = record
    lines = ["TY  - JOUR", f"AU  - {family}, A.", f"TI  - {title}", f"PY  - {year}", "VL  - 3"]
    return [*lines, f"AB  - About {family}.", *(["ER  - "] if ended else [])]


def ris_by_id(record: Record, ended: bool) -> list[str]:
    return [f"ID  - {record[1]}{record[2]}", *ris(record, True)]


def enw(record: Record, ended: bool) -> list[str]:
    title, family, year = record
    return ["%0 Journal Article", f"%A {family}, A.", f"%T {title}", f"%D {year}", f"%K {family}"]


def bepress(record: Record, ended: bool) -> list[str]:
    kind, author, title, *rest = enw(record, ended)
    return [title, kind, author, *rest]


def bare(record: Record, ended: bool) -> list[str]:
    return [line for line in bepress(record, ended) if not line.startswith("%0")]


def nbib(record: Record, ended: bool) -> list[str]:
    title, family, year = record
    lines = [f"PMID- {year}", "OWN - NLM", f"DP  - {year} Mar", f"TI  - {title}"]
    return [*lines, f"FAU - {family}, A.", "JT  - J", f"OT  - {family}"]


def eric(record: Record, ended: bool) -> list[str]:
    title, family, year = record
    lines = ["OWN - ERIC", f"TI  - {title}", f"AU  - {family}, A.", "JT  - J", f"DP  - {year}"]
    return [*lines, f"OT  - {family}"]


def wos(record: Record, ended: bool) -> list[str]:
    title, family, year = record
    lines = ["PT J", f"AU {family}, A.", f"TI {title}", "SO J", f"PY {year}", f"DE {family}"]
    return [*lines, *(["ER"] if ended else [])]


def refworks(record: Record, ended: bool) -> list[str]:
    title, family, year = record
    lines = ["RT Journal Article", "SR Electronic", f"A1 {family}, A.", f"T1 {title}"]
    return [*lines, f"YR {year}", f"K1 {family}"]


def ovid(record: Record, ended: bool) -> list[str]:
    title, family, year = record
    lines = ["VN  - Ovid Technologies", "DB  - Embase", f"AU  - {family} A.", f"TI  - {title}"]
    return [*lines, f"SO  - J. 3(1):1-9, {year}.", f"YR  - {year}", f"KW  - {family}"]


WRITERS = (ris, ris_by_id, enw, bepress, bare, nbib, eric, wos, refworks, ovid)
TITLE = st.from_regex(r"[A-Z][a-z]{1,8}( [a-z]{1,8}){1,4}", fullmatch=True)
RECORDS = st.lists(
    st.tuples(TITLE, st.from_regex(r"[A-Z][a-z]{3,8}x", fullmatch=True), st.integers(1900, 2099)),
    min_size=1, max_size=6,
)  # fmt: skip
ENDS = [(writer, ended, gap) for writer in WRITERS for ended in (True, False) for gap in (0, 1, 2)]


def parted(writer: Writer, found: Sequence[Record], ended: bool, gap: int) -> str:
    return "\n".join(line for one in found for line in (*writer(one, ended), *[""] * gap)) + "\n"


@settings(max_examples=300)
@given(RECORDS, st.sampled_from(ENDS))
def test_records_come_back_in_their_order(
    written: list[Record], how: tuple[Writer, bool, int]
) -> None:
    found = read_shipment(parted(how[0], written, *how[1:]).encode(), "a.txt")
    assert (records(found), found.broken) == (written, ())


@settings(max_examples=100)
@given(RECORDS, st.sampled_from(WRITERS))
def test_blank_lines_between_all_lines_part_nothing(written: list[Record], writer: Writer) -> None:
    text = parted(writer, written, True, 0).replace("\n", "\n\n")
    found = read_shipment(text.encode(), "a.txt")
    assert (records(found), found.broken) == (written, ())


@settings(max_examples=100)
@given(RECORDS, st.sampled_from(["", "\n", "\n\n"]))
def test_an_independent_reader_finds_the_same(written: list[Record], between: str) -> None:
    text = between.join("\n".join(ris(record, True)) + "\n" for record in written)
    theirs = rispy.loads(text)
    assert [item["title"] for item in theirs] == [title for title, _, _ in written]
    assert records(read_shipment(text.encode(), "a.ris")) == written


SEVERAL: list[Record] = [(f"Title {n} of it", f"Family{n}", 2000 + n) for n in range(11, 16)]


def numbers(shipment: Shipment) -> list[set[str]]:
    """The numbers that the values of each record carry: one each, unless records were mixed."""
    return [
        set(re.findall(r"(?<!\d)(?:20)?(1[1-5])(?!\d)", repr(replace(item.study, line=0))))
        for item in shipment.records
    ]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("gap", [0, 1])
def test_a_lost_line_mixes_no_records(writer: Writer, ended: bool, gap: int) -> None:
    if (writer, gap) in ((bepress, 0), (bare, 0)):
        return  # where nothing but titles parts records, one that is lost cannot be known
    lines = parted(writer, SEVERAL, ended, gap).split("\n")
    pairs = [pair for pair in itertools.combinations(range(len(lines)), 2) if sum(pair) % 5 == 0]
    for lost in (*[(place,) for place in range(len(lines))], *pairs):
        text = "\n".join(line for place, line in enumerate(lines) if place not in lost)
        try:
            found = read_shipment(text.encode(), "a.txt")
        except InputError:
            continue
        assert max(map(len, numbers(found)), default=0) <= 1, [lines[place] for place in lost]


def test_what_is_doubtful_is_reported_with_its_line() -> None:
    text = parted(enw, SEVERAL, False, 0).replace("%0 Journal Article\n%A Family13, A.\n", "")
    found = read_shipment(text.encode(), "a.enw")
    assert [title for title, _, _ in records(found)] == [
        "Title 11 of it", "Title 14 of it", "Title 15 of it",
    ]  # fmt: skip
    assert [(item.line, item.message) for item in found.broken] == [
        (6, "two records run into each other"), (11, "two records run into each other"),
    ]  # fmt: skip


def test_numbers_between_records_belong_to_none() -> None:
    lines = [*ris(SEVERAL[0], False), "", "2.", *ris(SEVERAL[1], False)[1:]]
    first, second = read_shipment("\n".join(lines).encode(), "a.ris").records
    assert (first.study.abstract, second.study.title) == ("About Family11.", "Title 12 of it")
    assert second.study.abstract == "About Family12."


def test_a_blank_line_behind_a_title_moves_no_title() -> None:
    lines = parted(bepress, SEVERAL, False, 0).split("\n")
    for place in (1, 11):
        found = read_shipment("\n".join([*lines[:place], "", *lines[place:]]).encode(), "a.enw")
        assert max(map(len, numbers(found))) == 1
        assert len(found.records) >= 4


def test_a_year_that_stands_twice_tears_no_record_that_has_its_end() -> None:
    text = "TY  - JOUR\nTI  - One\nAU  - Berg, A.\nPY  - 2020\nPY  - 2019\nJO  - J\nER  - \n"
    assert records(read_shipment(text.encode(), "a.ris")) == [("One", "Berg", 2020)]
    found = read_shipment(text.replace("ER  - \n", "").encode(), "a.ris")
    assert [item.message for item in found.broken] == ["two records run into each other"] * 2


@pytest.mark.parametrize(
    ("text", "abstract"),
    [
        ("%0 Book\n%T One\n%X First.\n\nSecond.\n\n%A Berg, A.\n%D 2020\n\n%0 Book\n%T Two\n%A Kok, B.\n%D 2021\n", "First. Second."),
        ("TY  - BOOK\nTI  - One\nAB  - First.\n\nSecond.\n\nAU  - Berg, A.\nPY  - 2020\n\nTY  - BOOK\nTI  - Two\nAU  - Kok, B.\nPY  - 2021\n", "First. Second."),
        ("1.\nVN  - Ovid Technologies\nTI  - One\nSY  - a\n\nb\n\nAU  - Berg A.\nYR  - 2020\n\n2.\nVN  - Ovid Technologies\nTI  - Two\nAU  - Kok B.\nYR  - 2021\n", ""),
    ],
)  # fmt: skip
def test_a_blank_line_within_a_text_ends_no_record(text: str, abstract: str) -> None:
    found = read_shipment(text.encode(), "a.txt")
    assert (records(found), found.broken) == ([("One", "Berg", 2020), ("Two", "Kok", 2021)], ())
    assert found.records[0].study.abstract == abstract
