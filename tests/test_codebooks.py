"""Codebooks of other programs: read whole or refused with a reason, and compared with ours."""

from __future__ import annotations

import csv
import io
import sqlite3
import unicodedata
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.desk.codebooks.code_ids import make_id
from pipeline.desk.codebooks.codebook import DEEPEST, LONGEST_NAME, MOST_CODES, Codebook
from pipeline.desk.codebooks.codebook_formats import LARGEST, read_codebook
from pipeline.desk.codebooks.hand_choices import LEFT, NEW, NotMapped, choose, read_choices
from pipeline.desk.codebooks.mapping import Mapped, map_codebook, parent_of, proposals
from pipeline.ground.formulas import guarded
from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.model.scheme import Scheme, read_scheme
from pipeline.published.choice import Choice
from pipeline.published.evidence_index import read_index
from pipeline.published.export.export_formats import FORMATS
from pipeline.published.export.qda_guids import guid
from pipeline.published.selection import Selection

SAMPLES = Path(__file__).parent / "codebooks"
SPACE = "urn:QDA-XML:codebook:1.0"


def sample(name: str) -> Codebook:
    return read_codebook((SAMPLES / name).read_bytes(), name)


def qdc(codes: str, space: str = SPACE, sets: str = "") -> bytes:
    root = f'<CodeBook xmlns="{space}">' if space else "<CodeBook>"
    return f"{root}\n<Codes>\n{codes}\n</Codes>{sets}</CodeBook>".encode()


def table(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def tree(book: Codebook) -> list[tuple[str, str]]:
    """Each name with that of its parent."""
    return [
        (item.name, "" if item.parent is None else book.entries[item.parent].name)
        for item in book.entries
    ]


def refused(data: bytes, name: str = "book") -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_codebook(data, name)
    return caught.value.problems


# As programs write them.


def test_nvivo_nests_codes_that_can_be_given() -> None:
    book = sample("nvivo.qdc")
    assert book.origin == "NVivo 14 for Windows"
    assert tree(book) == [
        ("Harbour talk", ""),
        ("Weather & tide", "Harbour talk"),
        ('<storm> "of \'53"', "Weather & tide"),
        ("Prices", "Harbour talk"),
        ("Prices", ""),
    ]
    first = book.entries[0]
    assert first.description == "What is said on the quay.\nSecond line of the memo."
    assert first.guid == "0b1f7d04-21aa-4c83-9a6e-5f0d6a1c0001"
    assert [item.color for item in book.entries] == ["#00FF00", "", "#FF0000", "", ""]
    assert all(item.is_codable for item in book.entries)
    assert [item.line for item in book.entries] == [2, 4, 5, 6, 7]
    assert [list(book.above(place)) for place in range(5)] == [[], [0], [1, 0], [0], []]
    assert not book.warnings


def test_atlas_ti_has_groups_as_sets() -> None:
    book = sample("atlasti.qdc")
    assert tree(book) == [("boat: repair", ""), ("boat: sale", ""), ("lighthouse", "")]
    boats, everything = book.sets
    assert (boats.name, boats.members, boats.description) == ("Boats", (0, 1), "All about vessels")
    # GUIDs are compared without case; a member that is not there is said, not dropped silently.
    assert everything.members == (2, 0)
    assert [(item.kind, item.line) for item in book.warnings] == [("unknown-member", 19)]
    assert book.warnings[0].severity == "warning"


def test_maxqda_has_memos_colours_and_braces() -> None:
    book = sample("maxqda.qdc")
    assert tree(book) == [("Garden", ""), ("Compost – geur", "Garden"), ("Bijen 🐝", "Garden")]
    assert [item.color for item in book.entries] == ["#0A64C8", "#00F", ""]
    assert [(item.kind, item.line) for item in book.warnings] == [("bad-colour", 10)]
    assert book.entries[1].identity == "7c1b3f52-0d1e-4e0b-9c55-000000000002"
    assert book.entries[0].description.endswith("\n\nAsk twice when in doubt.")


def test_qualcoder_has_categories() -> None:
    book = sample("qualcoder.qdc")
    assert [item.is_codable for item in book.entries] == [False, True, False, True, True]
    assert tree(book)[3] == ("Cider", "Cellar")
    assert book.entries[0].description == "A category with a memo"


def test_taguette_is_flat_in_both_of_its_formats() -> None:
    xml, rows = sample("taguette.qdc"), sample("taguette.csv")
    assert tree(xml) == tree(rows)
    assert [item.name for item in xml.entries][1] == "people.neighbours"
    assert {item.description for item in xml.entries} == {""}
    assert rows.entries[1].description == "Those next door, on either side"
    assert (xml.format, rows.format) == ("qdc", "csv")
    assert not rows.warnings


def test_a_spreadsheet_in_windows_1252_with_dutch_headings() -> None:
    book = sample("spreadsheet-cp1252.csv")
    assert tree(book) == [("Klok", ""), ("Klokkenluider", "Klok")]
    assert book.entries[0].description == "Tijd, en wie hem heeft"
    assert book.entries[0].color == "#123456"
    assert book.entries[1].description == "Zoë zei: nee"
    assert [(item.kind, item.line) for item in book.warnings] == [("guessed-encoding", 3)]


def test_a_table_in_two_languages() -> None:
    mill, miller = sample("own.csv").entries
    assert (mill.id, mill.name, mill.dimension) == ("old_mill", "The mill", "role")
    assert mill.languages["definition_nl"] == "Maalt."
    assert mill.languages["include_en"] == "flour"
    assert miller.parent == 0
    assert "definition_nl" not in miller.languages


@pytest.mark.parametrize("space", [SPACE, "urn:QDA-XML:codebook:1:0", "urn:QDA-XML:codebook:0:4", ""])  # fmt: skip
def test_every_namespace_in_use(space: str) -> None:
    assert tree(read_codebook(qdc('<Code name="Ferry"/>', space), "x")) == [("Ferry", "")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("data", [qdc('<Code name="Zoë 🐝"/>'), table("name", "Zoë 🐝")])
def test_every_encoding_of_unicode(data: bytes, encoding: str) -> None:
    assert tree(read_codebook(data.decode().encode(encoding), "x")) == [("Zoë 🐝", "")]


def test_xml_that_declares_an_older_encoding() -> None:
    data = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + qdc('<Code name="Zoë"/>')
    assert tree(read_codebook(data.decode().encode("latin-1"), "x")) == [("Zoë", "")]


def test_xml_that_declares_an_encoding_of_another_part_of_europe() -> None:
    data = b'<?xml version="1.0" encoding="windows-1250"?>' + qdc('<Code name="Łódź"/>')
    assert tree(read_codebook(data.decode().encode("cp1250"), "x")) == [("Łódź", "")]


def test_a_table_with_lines_of_two_encodings() -> None:
    data = "name\nZoë\n".encode() + "Chloé\n".encode("cp1252")
    book = read_codebook(data, "x")
    assert tree(book) == [("Zoë", ""), ("Chloé", "")]
    assert [(item.kind, item.line) for item in book.warnings] == [("guessed-encoding", 3)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("first", ["", "sep={}\n"])
def test_separators(separator: str, first: str) -> None:
    lines = "\n".join(separator.join(row) for row in (("label", "Memo"), ('"a,b;c\td"', "x")))
    book = read_codebook((first.format(separator) + lines).encode(), "x")
    assert [(item.name, item.description) for item in book.entries] == [("a,b;c\td", "x")]
    assert book.entries[0].line == (3 if first else 2)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    book = read_codebook(end.join(("name;memo", "a;x", "", 'b;"y', 'z"', "")).encode(), "x")
    found = [(item.name, item.description, item.line) for item in book.entries]
    assert found == [("a", "x", 2), ("b", "y\nz", 4)]


def test_code_is_the_name_or_beside_a_label_the_id() -> None:
    alone = read_codebook(table("code,memo", "M1,x"), "x").entries[0]
    beside = read_codebook(table("code,label,extra", "M1,Mill,y"), "x")
    assert (alone.name, alone.id) == ("M1", "")
    assert (beside.entries[0].name, beside.entries[0].id) == ("Mill", "M1")
    assert [item.kind for item in beside.warnings] == ["unknown-column"]


def test_a_parent_by_id_by_name_and_after_its_child() -> None:
    book = read_codebook(table("id,name,parent", "1,Oar,2", "2,Boat,", "3,Sail,Boat"), "x")
    assert tree(book) == [("Oar", "Boat"), ("Boat", ""), ("Sail", "Boat")]


def test_a_guid_that_stands_twice_is_left_out_with_a_warning() -> None:
    book = read_codebook(qdc('<Code guid="A" name="x"/>\n<Code guid="{a}" name="y"/>'), "x")
    assert [item.guid for item in book.entries] == ["A", ""]
    assert [(item.kind, item.line) for item in book.warnings] == [("same-guid", 4)]


# What is refused.

DEEP = "".join(f'<Code name="c{n}">' for n in range(DEEPEST + 1)) + "</Code>" * (DEEPEST + 1)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
FAULTS: list[tuple[str, bytes, str, int]] = [
    ("empty", b"", "empty", 0),
    ("only white space", b"\xef\xbb\xbf \n\n", "empty", 0),
    ("half of UTF-16", "\ufeffname\nx".encode("utf-16-le")[:-1], "not-utf8", 0),
    ("latin-1 in XML", qdc('<Code name="Zoë"/>').decode().encode("latin-1"), "not-utf8", 3),
    ("bytes of no encoding", b"name\n\x81\xff", "not-utf8", 2),
    ("control character", b"name\nx\ny\x07", "not-text", 3),
    ("picture", b"\x89PNG\r\n\x1a\n\x00\x00", "not-text", 2),
    ("PDF", b"%PDF-1.7\n", "not-text", 0),
    ("database", b"SQLite format 3\0rest", "not-text", 0),
    ("web page", b"<!doctype html><p>Codes</p>", "doctype", 1),
    ("other XML", b"<?xml version='1.0'?>\n<rss/>", "unknown-xml", 2),
    ("other namespace", b'<CodeBook xmlns="urn:other"/>', "unknown-xml", 1),
    ("project as XML", b'<Project xmlns="urn:QDA-XML:project:1.0"/>', "whole-project", 1),
    ("cut off", qdc('<Code name="x"/>')[:-12], "bad-xml", 4),
    ("undefined entity", qdc('<Code name="&ent;"/>'), "bad-xml", 3),
    ("bomb", LAUGHS.encode() + qdc('<Code name="&c;"/>'), "doctype", 1),
    ("bomb behind comments", b"<!-- a --><?p?>\n" + LAUGHS.encode() + qdc(""), "doctype", 1),
    ("bomb in UTF-16", (LAUGHS + qdc("").decode()).encode("utf-16"), "doctype", 1),
    ("external", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + qdc(""), "doctype", 1),
    ("no codes", qdc(""), "no-code", 0),
    ("no code in a table", b"name,description\n", "no-code", 0),
    ("no name", qdc('<Code guid="a"/>'), "no-name", 3),
    ("no name in a table", table("name,memo", ",x"), "no-name", 2),
    ("neither true nor false", qdc('<Code name="a" isCodable="maybe"/>'), "bad-value", 3),
    ("same name", qdc('<Code name="a"/>\n<Code name="a"/>'), "same-name", 4),
    ("same name, other accents", table("name", "e\u0301", "é"), "same-name", 3),
    ("same name below", qdc('<Code name="p"><Code name="a"/>\n<Code name="a"/></Code>'), "same-name", 4),
    ("long name", table("name", "x" * (LONGEST_NAME + 1)), "long-name", 2),
    ("too deep", qdc(DEEP), "too-deep", 3),
    ("no heading", table("Trust,what is trusted"), "bad-header", 1),
    ("open quote", b'name,memo\na,b\nc,"d\n', "bad-csv", 3),
    ("too many fields", table("name,memo", "a,b,c"), "bad-row", 2),
    ("same id", table("id,name", "1,a", "1,b"), "same-id", 3),
    ("unknown parent", table("name,parent", "a,b"), "unknown-parent", 2),
    ("parent is two codes", table("name,parent", "p,", "q,", "a,p", "a,q", "b,a"), "unclear-parent", 6),
    ("own parent", table("name,parent", "a,a"), "circle", 2),
    ("circle", table("name,parent", "x,", "a,c", "b,a", "c,b"), "circle", 3),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind", "line"), [item[1:] for item in FAULTS], ids=[item[0] for item in FAULTS])  # fmt: skip
def test_a_fault_is_said_with_its_place(data: bytes, kind: str, line: int) -> None:
    assert [(item.kind, item.line, item.path) for item in refused(data)] == [(kind, line, "book")]


def test_every_fault_of_a_file_is_said() -> None:
    found = refused(table("name,parent", "a,zz", ",a", "b,", "b,", "c,,d"))
    assert [item.kind for item in found] == ["unknown-parent", "no-name", "same-name", "bad-row"]  # fmt: skip


def test_too_large_and_too_many() -> None:
    assert refused(b"name\n" + b" " * LARGEST)[0].kind == "too-large"
    many = "\n".join(("name", *map(str, range(MOST_CODES + 1)))).encode()
    assert [item.kind for item in refused(many)] == ["too-many-codes"]
    assert len(read_codebook(many[: many.rindex(b"\n")], "x").entries) == MOST_CODES


@pytest.mark.parametrize(
    ("inside", "kind", "said"),
    [
        ("xl/workbook.xml", "zip", "as CSV"),
        ("notes.txt", "zip", "Export the codebook alone"),
    ],
)
def test_archives_are_refused_with_what_to_do(inside: str, kind: str, said: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(inside, "<Project/>")
    (problem,) = refused(file.getvalue(), "mine.qdpx")
    assert problem.kind == kind
    assert said in problem.hint


def test_an_external_entity_is_not_even_looked_for(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden words")
    body = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    found = refused(body + qdc('<Code name="a"><Description>&e;</Description></Code>'))
    assert "hidden" not in str(found[0])


# What comes back.

# XML cannot hold control characters, and an attribute's line breaks are spaces.
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
NAMES = TEXT.map(str.strip).filter(lambda name: 0 < len(name) < 60 and name != "\\N")
MEMOS = st.lists(TEXT, max_size=3).map("\n".join).map(str.strip).filter(lambda text: text != "\\N")
BOOKS = st.lists(
    st.tuples(NAMES, MEMOS, st.booleans(), st.integers(-1, 8)),
    min_size=1,
    max_size=8,
    unique_by=lambda code: unicodedata.normalize("NFC", code[0]),
)


def parents(codes: list[tuple[str, str, bool, int]]) -> list[int | None]:
    """A parent before each code, or none."""
    return [code[3] if 0 <= code[3] < place else None for place, code in enumerate(codes)]


@given(BOOKS)
@example([("<a> & \"b\" 'c' ]]>", "<!DOCTYPE x>\n&amp;", True, -1), ("🐝", "", False, 0)])
def test_any_codes_written_as_xml_come_back(codes: list[tuple[str, str, bool, int]]) -> None:
    above = parents(codes)

    def written(parent: int | None) -> str:
        return "".join(
            f"<Code name={quoteattr(name)} isCodable='{str(codable).lower()}'>"
            f"<Description>{escape(memo)}</Description>{written(place)}</Code>"
            for place, (name, memo, codable, _) in enumerate(codes)
            if above[place] == parent
        )

    book = read_codebook(qdc(written(None)), "x.qdc")
    found = {item.name: item for item in book.entries}
    assert len(found) == len(book.entries) == len(codes)
    for (name, memo, codable, _), parent in zip(codes, above, strict=True):
        item = found[name]
        assert (item.description, item.is_codable) == (memo, codable)
        theirs = None if item.parent is None else book.entries[item.parent].name
        assert theirs == (None if parent is None else codes[parent][0])


@given(BOOKS, st.sampled_from(",;\t"))
@example([("=1+1", "'=x", True, -1), ("'=1+1", "@a", True, 0), ('"', '""\n,;', True, -1)], ";")
def test_any_codes_written_as_csv_come_back(
    codes: list[tuple[str, str, bool, int]], separator: str
) -> None:
    above = parents(codes)
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator)
    writer.writerow(["name", "description", "parent"])
    for (name, memo, *_), parent in zip(codes, above, strict=True):
        over = "" if parent is None else codes[parent][0]
        writer.writerow([guarded(name), guarded(memo), guarded(over)])
    book = read_codebook(file.getvalue().encode(), "x.csv")
    assert [(item.name, item.description) for item in book.entries] == [item[:2] for item in codes]
    assert [item.parent for item in book.entries] == above


def read_or_refused(data: bytes) -> tuple[Codebook | None, list[Problem]]:
    try:
        return read_codebook(data, "x"), []
    except InputError as error:
        return None, error.problems


STARTS = st.sampled_from([b"", b"<", b"<?xml ", b"name,id\n", b"sep=", b"\xff\xfe", b"PK\x03\x04", b"<!--", qdc("")])  # fmt: skip


@given(STARTS, st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(start: bytes, data: bytes) -> None:
    book, problems = read_or_refused(start + data)
    assert bool(book) != bool(problems)


@settings(max_examples=200)
@given(st.sampled_from(sorted(SAMPLES.iterdir())), st.data())
def test_samples_that_were_damaged_raise_nothing_else(path: Path, data: st.DataObject) -> None:
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole)))
    gone = data.draw(st.integers(0, 40))
    damaged = whole[:place] + data.draw(st.binary(max_size=4)) + whole[place + gone :]
    book, problems = read_or_refused(damaged)
    assert bool(book) != bool(problems)
    for item in book.entries if book else ():
        assert item.name
        assert item.parent is None or item.parent < len(book.entries)


# What maps to what.


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return Scheme.model_validate(
        {
            "version": 1,
            "title": {"en": "Harbour", "nl": "Haven"},
            "source": "",
            "evidence": "task",
            "map": "place",
            "dimensions": [
                {
                    "id": "task",
                    "unit": "passage",
                    "many": True,
                    "label": {"en": "Task", "nl": "Taak"},
                    "definition": {"en": "What is done.", "nl": "Wat er gebeurt."},
                    "codes": [
                        {
                            "id": "pilot",
                            "since": 1,
                            "label": {"en": "Pilot", "nl": "Loods"},
                            "definition": {
                                "en": "Guides a ship in.",
                                "nl": "Leidt een schip binnen.",
                            },
                            "include": {"en": "tugboats, ropes", "nl": "sleepboten, touwen"},
                        },
                        {
                            "id": "deep_sea_pilot",
                            "since": 1,
                            "label": {"en": "Deep-sea pilot", "nl": "Zeeloods"},
                            "parent": "pilot",
                        },
                        {
                            "id": "keeper",
                            "since": 1,
                            "label": {"en": "Lighthouse keeper", "nl": "Vuurtorenwachter"},
                        },
                    ],
                },
                {
                    "id": "place",
                    "unit": "study",
                    "many": False,
                    "label": {"en": "Place", "nl": "Plaats"},
                    "definition": {"en": "Where.", "nl": "Waar."},
                    "codes": [
                        {"id": "quay", "since": 1, "label": {"en": "Quay", "nl": "Kade"}},
                        {"id": "dock", "since": 1, "label": {"en": "Dock", "nl": "Dok"}},
                    ],
                },
            ],
        }
    )


def mapped(scheme: Scheme, data: bytes, dimension: str = "task") -> list[Mapped]:
    return map_codebook(read_codebook(data, "book"), scheme, dimension)


@pytest.mark.parametrize(
    ("data", "code", "rank"),
    [
        (table("name", "pilot"), "pilot", "label"),
        (table("name", "ZEELOODS"), "deep_sea_pilot", "label"),
        (table("name", "deep_sea_pilot"), "deep_sea_pilot", "name"),
        (table("id,name", "keeper,Warden"), "keeper", "id"),
        (table("id,name", "quay,Wharf"), "quay", "id"),
        (qdc(f'<Code guid="{{{guid("task", "keeper").upper()}}}" name="W"/>'), "keeper", "GUID"),
    ],
)
def test_a_code_is_the_same(scheme: Scheme, data: bytes, code: str, rank: str) -> None:
    (item,) = mapped(scheme, data)
    assert (item.state, item.code, item.score) == ("same", code, 100.0)
    assert rank in item.why
    assert item.proposed == ""


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("Lighthouse keepers", "keeper", "97 % like 'Lighthouse keeper'"),
        ("keeper, lighthouse", "keeper", "like 'Lighthouse keeper'"),
        ("De loods", "", "no code"),
        ("Tugboats", "", "no code"),
        ("boats", "", "no code"),
        ("Quay", "quay", "like 'Quay' of 'Place'"),
    ],
)
def test_a_person_must_choose(scheme: Scheme, name: str, code: str, said: str) -> None:
    (item,) = mapped(scheme, table("name", f'"{name}"'))
    assert (item.state, item.code) == ("alike" if code else "new", code)
    assert said in item.why
    assert item.proposed
    assert (item.score >= 85) == ("% like" in item.why)


def test_a_retired_code_is_said_to_be_retired(scheme: Scheme) -> None:
    whole = scheme.model_dump(exclude_none=True)
    task = whole["dimensions"][0]
    task["codes"][2]["retired"] = 1
    (item,) = mapped(Scheme.model_validate(whole), table("name", "Lighthouse keeper"))
    assert (item.state, item.code) == ("same", "keeper")
    assert item.why.endswith("retired in version 1")
    task["codes"] += ({**task["codes"][2], "id": "watcher", "retired": None},)
    (item,) = mapped(Scheme.model_validate(whole), table("name", "Lighthouse keeper"))
    assert (item.code, list(item.candidates)) == ("watcher", ["watcher"])
    task["codes"] += ({**task["codes"][2], "id": "guard", "retired": None},)
    (item,) = mapped(Scheme.model_validate(whole), table("name", "Lighthouse keeper"))
    assert (item.state, list(item.candidates)) == ("alike", ["watcher", "guard"])
    assert item.why == "several codes have this label"


def test_two_entries_cannot_be_one_code(scheme: Scheme) -> None:
    first, second = mapped(scheme, table("id,name", ",Pilot", "pilot,Loods"))
    assert (second.state, second.code) == ("same", "pilot")
    assert (first.state, first.code) == ("alike", "pilot")
    assert "line 3 is that code" in first.why


def test_what_differs(scheme: Scheme) -> None:
    data = table(
        "id,name,description,parent",
        'pilot,Guide,"Guides  a\nship in.\n\nInclude: tugboats",',
        "deep_sea_pilot,Deep-sea pilot,,keeper",
        "keeper,Lighthouse keeper,Keeps it,",
    )
    pilot, deep, keeper = mapped(scheme, data)
    assert pilot.differs == (
        ("label_en", "Pilot", "Guide"),
        ("include_en", "tugboats, ropes", "tugboats"),
    )
    assert deep.differs == (("parent", "pilot", "keeper"),)
    assert keeper.differs == (("definition_en", "", "Keeps it"),)


def test_what_a_format_has_no_place_for_does_not_differ(scheme: Scheme) -> None:
    found = mapped(scheme, table("tag", "Loods", "Zeeloods"))
    assert [(item.code, item.differs) for item in found] == [("pilot", ()), ("deep_sea_pilot", ())]


def test_categories_are_new_codes_unless_somebody_leaves_them(scheme: Scheme) -> None:
    data = qdc(
        '<Code name="Crew" isCodable="false"><Code name="Cook"><Code name="Baker"/></Code></Code>'
        '<Code name="Pilot"><Code name="Trainee"/></Code>'
    )
    found = mapped(scheme, data)
    assert [item.state for item in found] == ["new", "new", "new", "same", "new"]
    assert [item.get("parent") for item in proposals(found)] == [None, "crew", "cook", "pilot"]
    chosen = choose(found, {0: LEFT}, scheme)
    assert [item.state for item in chosen] == ["category", "new", "new", "same", "new"]
    assert [parent_of(chosen, item) for item in chosen] == ["", "", "cook", "", "pilot"]
    assert [item["id"] for item in proposals(chosen)] == ["cook", "baker", "trainee"]


CASES = Path(__file__).parent / "cases" / "codebooks"
OTHER = qdc(
    '<Code name="Crew"><Code name="Other"/></Code><Code name="Cargo"><Code name="Other"/></Code>'
)


def test_a_word_that_stands_in_a_definition_is_not_alike(real: Project) -> None:
    """Time, Other and People stand in definitions of ours; as names they are codes of their own."""
    ours = read_scheme(real.scheme)
    data = (CASES / "19_codebook_common_words_left_out.qdc").read_bytes()
    found = mapped(ours, data, ours.evidence)
    assert [(item.entry.name, item.state) for item in found] == [
        (name, "new")
        for name in ("Barriers", "Other", "Time", "Enablers", "Other", "People", "Power", "Funding")
    ]
    over = {item["id"]: item.get("parent") for item in proposals(found)}
    assert over == {"barriers": None, "other": "barriers", "time": "barriers", "enablers": None,
                    "other_2": "enablers", "people": "enablers", "power": "enablers",
                    "funding": "enablers"}  # fmt: skip


def test_requal_keeps_what_a_code_means_and_its_colour(scheme: Scheme) -> None:
    book = read_codebook((CASES / "20_requal_csv_description_dropped.csv").read_bytes(), "x")
    assert book.warnings == ()
    assert [(item.name, item.description, item.color) for item in book.entries] == [
        ("Barriers", "What gets in the way", "#46AA00"),
        ("Enablers", "What helps", "#010101"),
    ]
    found = proposals(map_codebook(book, scheme, "task"))
    assert [item["definition"]["en"] for item in found] == ["What gets in the way", "What helps"]


def test_a_slip_of_the_pen_is_alike_and_nesting_is_kept(real: Project) -> None:
    ours = read_scheme(real.scheme)
    found = mapped(ours, (CASES / "book.csv").read_bytes(), ours.evidence)
    assert [item.state for item in found] == ["same", "new", "new", "alike"]
    assert found[3].code == "policy_innovator"
    assert [item.get("parent") for item in proposals(found)] == [None, "trust_builder"]


def test_a_definition_as_a_whole_is_alike(scheme: Scheme) -> None:
    found = mapped(scheme, table("name,description", "Helmsman,guides a  ship in"))
    assert [item.state for item in found] == ["new"]  # too short to tell
    whole = scheme.model_dump(exclude_none=True)
    text = "Guides a ship into the harbour by night."
    whole["dimensions"][0]["codes"][0]["definition"] = {"en": text, "nl": "Loodst."}
    found = mapped(
        Scheme.model_validate(whole),
        table(
            "name,description",
            "Helmsman,Guides a ship into the harbor by night",
            "Night watch,By night",
        ),
    )
    assert [(item.state, item.code) for item in found] == [("alike", "pilot"), ("new", "")]
    assert "the definition is" in found[0].why


def test_codes_of_one_name_under_different_parents_are_two(scheme: Scheme) -> None:
    assert [item.state for item in mapped(scheme, OTHER)] == ["new"] * 4
    whole = scheme.model_dump(exclude_none=True)
    codes = list(whole["dimensions"][0]["codes"])
    crew = {"id": "crew", "since": 1, "label": {"en": "Crew", "nl": "Bemanning"}}
    own = {"id": "other", "since": 1, "label": {"en": "Other", "nl": "Anders"}, "parent": "crew"}
    whole["dimensions"][0]["codes"] = (*codes, crew, own)
    ours = Scheme.model_validate(whole)
    found = mapped(ours, OTHER)
    assert [(item.state, item.code) for item in found] == [
        ("same", "crew"), ("same", "other"), ("new", ""), ("new", ""),
    ]  # fmt: skip
    assert [item.get("parent") for item in proposals(found)] == [None, "cargo"]
    # Where only the other one stands in the book, somebody must say whether it was moved.
    (_, alone) = mapped(ours, qdc('<Code name="Cargo"><Code name="Other"/></Code>'))
    assert (alone.state, alone.code) == ("alike", "other")
    assert "under another parent" in alone.why
    # Two that are equally sure are neither.
    whole["dimensions"][0]["codes"] = (*codes, {**own, "parent": None})
    both = mapped(Scheme.model_validate(whole), OTHER)
    assert [item.state for item in both] == ["new", "alike", "new", "alike"]


def test_what_is_chosen_by_hand_decides(scheme: Scheme) -> None:
    found = mapped(scheme, OTHER)
    names = ["Crew > Other=keeper", "Crew=leave", "Cargo=new"]
    chosen = choose(found, read_choices(names, found), scheme)
    assert [(item.state, item.code) for item in chosen] == [
        ("category", ""), ("same", "keeper"), ("new", ""), ("new", ""),
    ]  # fmt: skip
    with pytest.raises(NotMapped, match=r"more than once.*'Crew > Other', 'Cargo > Other'"):
        read_choices(["Other=keeper"], found)
    with pytest.raises(NotMapped, match="no 'Nobody'"):
        read_choices(["Nobody=keeper"], found)
    with pytest.raises(NotMapped, match="no code 'nothing'"):
        choose(found, {0: "nothing"}, scheme)
    pilots = mapped(scheme, table("name", "Pilot", "Pilots"))
    assert [item["id"] for item in proposals(choose(pilots, {0: NEW, 1: NEW}, scheme))] == [
        "pilot_2",
        "pilots",
    ]


def test_what_a_person_chose_decides_on_parents(scheme: Scheme) -> None:
    data = qdc(
        '<Code name="Pilots"><Code name="Rudder"/></Code><Code name="Docks"><Code name="Crane"/></Code>'
    )
    found = mapped(scheme, data)
    pilots, rudder, docks, crane = found
    assert [item.state for item in found] == ["alike", "new", "alike", "new"]
    assert docks.candidates == {"dock": "place"}
    assert [item.get("parent") for item in proposals(found)] == [None, None]
    same = [replace(pilots, state="same"), rudder, replace(docks, state="same"), crane]
    # A code of another dimension cannot be the parent.
    assert [item.get("parent") for item in proposals(same)] == ["pilot", None]
    new = [replace(pilots, state="new"), rudder, replace(docks, state="new"), crane]
    parents = {item["id"]: item.get("parent", "") for item in proposals(new)}
    assert parents == {"pilots": "", "rudder": "pilots", "docks": "", "crane": "docks"}


def test_dimensions_of_the_book_are_known_again(scheme: Scheme) -> None:
    data = qdc(
        '<Code name="Plaats" isCodable="true"><Code name="Dok"/><Code name="Strand"/></Code>'
        '<Code name="Quay"/>'
    )
    node, dock, beach, quay = mapped(scheme, data)
    assert (node.state, node.proposed) == ("category", "")
    assert (dock.state, dock.code, dock.differs) == ("same", "dock", ())
    assert (beach.state, beach.dimension, beach.missing_language) == ("new", "place", ("en",))
    assert (quay.state, quay.dimension) == ("alike", "task")
    assert [item["id"] for item in proposals([node, dock, beach, quay], "place")] == ["strand"]
    assert proposals([node, dock, beach, quay], "task") == []


def test_proposals_make_a_valid_scheme(scheme: Scheme) -> None:
    found = mapped(
        scheme,
        table(
            "id,name,label_nl,description,parent,exclude_en",
            "rope,Rope work,Touwwerk,Splices ropes.,Pilot,chains",
            "12,Dutch only?,,,rope,",
            ",Pilot,,,,",
        ),
    )
    assert [item.missing_language for item in found] == [("nl",), ("nl",), ()]
    made = proposals(found)
    assert made == [
        {
            "id": "rope",
            "label": {"en": "Rope work", "nl": "Touwwerk"},
            "definition": {"en": "Splices ropes.", "nl": "Splices ropes."},
            "exclude": {"en": "chains", "nl": "chains"},
            "parent": "pilot",
        },
        {
            "id": "dutch_only",
            "label": {"en": "Dutch only?", "nl": "Dutch only?"},
            "parent": "rope",
        },
    ]
    whole = scheme.model_dump(exclude_none=True)
    whole["dimensions"][0]["codes"] += tuple({**code, "since": 1} for code in made)
    assert len(Scheme.model_validate(whole).dimension("task").codes) == 5


def test_an_unknown_dimension(scheme: Scheme) -> None:
    with pytest.raises(KeyError):
        mapped(scheme, table("name", "x"), "nowhere")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Être à l'écoute", "etre_a_l_ecoute"),
        ("Straße & Brücke", "strasse_brucke"),
        ("2nd mate", "code_2nd_mate"),
        ("信頼", "code"),
        ("🐝", "code"),
        ("No", "no_2"),
        ("None", "none_2"),
        ("Undecided", "undecided_2"),
        ("taken", "taken_3"),
        ("word " * 20, "_".join(["word"] * 12)),
        ("x" * 80, "x" * 60),
    ],
)
def test_ids(name: str, made: str) -> None:
    assert make_id(name, {"taken", "taken_2"}) == made


@given(BOOKS)
def test_ids_are_unique_and_valid_whatever_the_names(
    scheme: Scheme, codes: list[tuple[str, str, bool, int]]
) -> None:
    text = "".join(f"<Code name={quoteattr(code[0])}/>" for code in codes)
    found = mapped(scheme, qdc(text))
    whole = scheme.model_dump(exclude_none=True)
    chosen = [replace(item, state="new") for item in found if item.proposed]
    whole["dimensions"][0]["codes"] += tuple(
        {**code, "since": 1} for code in proposals(chosen, "task")
    )
    Scheme.model_validate(whole)
    assert all(item.state == "same" or item.proposed for item in found)


# Our own codebook, written and read.


@pytest.fixture(scope="module")
def exported(real: Project) -> dict[str, bytes]:
    """Our export in both languages, and the table of codes in the data package."""
    connection = sqlite3.connect(f"file:{real.database}?mode=ro", uri=True)
    index = read_index(connection)
    found = {}
    for language in ("en", "nl"):
        selection = Selection(connection, index, Choice(), language)
        found[language] = b"".join(FORMATS["qdc"].write(selection))
    package = b"".join(FORMATS["datapackage"].write(Selection(connection, index, Choice())))
    connection.close()
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        found["table"] = archive.read("code.csv")
    return found


@pytest.mark.parametrize("guids", [True, False])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_our_codebook_comes_back_whole(
    real: Project, exported: dict[str, bytes], language: str, guids: bool
) -> None:
    data = exported[language] if guids else exported[language].replace(b"guid=", b"other=")
    scheme = read_scheme(real.scheme)
    found = map_codebook(read_codebook(data, "codebook.qdc"), scheme, scheme.map)
    codes = [code.id for item in scheme.dimensions for code in item.codes]
    assert Counter(item.state for item in found) == {
        "same": len(codes),
        "category": len(scheme.dimensions),
    }
    assert sorted(item.code for item in found if item.state == "same") == sorted(codes)
    assert [item.differs for item in found if item.differs] == []
    assert proposals(found) == []


def test_our_table_of_codes_comes_back_whole(real: Project, exported: dict[str, bytes]) -> None:
    scheme = read_scheme(real.scheme)
    book = read_codebook(exported["table"], "code.csv")
    found = map_codebook(book, scheme, scheme.evidence)
    assert not book.warnings
    assert {item.state for item in found} == {"same"}
    assert len(found) == sum(len(item.codes) for item in scheme.dimensions)
    assert [item.differs for item in found if item.differs] == []


def test_one_word_changed_elsewhere_is_found(real: Project, exported: dict[str, bytes]) -> None:
    scheme = read_scheme(real.scheme)
    code = scheme.dimension(scheme.evidence).codes[0]
    assert code.definition is not None
    before = code.definition.en.split()[0] + " " + code.definition.en.split()[1]
    data = exported["en"].replace(before.encode(), b"Somebody", 1)
    found = map_codebook(read_codebook(data, "codebook.qdc"), scheme, scheme.evidence)
    ((changed, (difference,)),) = [(item.code, item.differs) for item in found if item.differs]
    assert changed == code.id
    assert difference == (
        "definition_en",
        code.definition.en,
        code.definition.en.replace(before, "Somebody", 1),
    )
