"""Tables of references: what columns are called, how cells are written, and workbooks."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.desk.adding.formats.csv_columns import FIELDS, KnownColumns, known_columns
from pipeline.desk.adding.formats.csv_people import part_people
from pipeline.desk.adding.incoming import Shipment
from pipeline.desk.adding.reference_files import read_shipment
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project
from pipeline.model.records import Study
from tests.conftest import Evidence
from tests.reviewing import Running
from tests.test_importing_again import upload

CASES = Path(__file__).parent / "cases" / "tables"


def read(text: str, name: str = "a.csv", **more: Any) -> Shipment:
    return read_shipment(text.encode(), name, **more)


def one(found: Shipment) -> Study:
    assert not found.broken, found.broken
    (record,) = found.records
    return record.study


def people(study: Study) -> list[str]:
    return [name.reading for name in study.authors]


@pytest.mark.parametrize(
    ("name", "where", "number", "left_out"),
    [
        ("14a_springer_item_title", ("Journal of Care", "12", "3", ""), 2, ()),
        ("14b_openalex", ("Journal of Care", "", "", ""), 2, ("id",)),
        ("14c_dimensions_line_before_header", ("Journal of Care", "12", "3", "45-60"), 3, ("Rank", "Publication ID", "PMCID")),
        ("14d_excel_sep_line", ("Journal of Care", "", "", ""), 3, ()),
        ("14e_scholar_publication_column", ("Journal of Care", "12", "3", "45-60"), 2, ()),
        ("14f_lens_issue_number", ("Journal of Care", "12", "3", "45-60"), 2, ("Lens ID", "Source Country")),
    ],
)  # fmt: skip
def test_a_table_of_each_database(
    name: str, where: tuple[str, ...], number: int, left_out: tuple[str, ...]
) -> None:
    found = read_shipment((CASES / f"{name}.csv").read_bytes(), f"{name}.csv")
    study = one(found)
    assert (study.title, study.year, study.type) == ("Bridging sectors", 2021, "article")
    assert (study.container, study.volume, study.number, study.pages) == where
    expected = ["Anna Berg", "Jo Smit"]
    if "lens" in name:
        expected = ["Anna Berg", "Jo van der Smit"]
    assert people(study) == (expected[:1] if "excel" in name else expected)
    assert (study.doi or "10.1000/jc.1") == "10.1000/jc.1"
    assert found.records[0].line == number
    assert found.columns_left_out == left_out


def test_pubmed_calls_the_journal_journal_or_book() -> None:
    found = read_shipment((CASES / "12_pubmed_csv_loses_journal.csv").read_bytes(), "p.csv")
    study = one(found)
    assert (study.type, study.container, study.year) == ("article", "J Care Innov", 2021)
    assert (study.doi, study.raw["pmid"]) == ("10.1000/jci.1", "30000001")
    assert [name.sorting for name in study.authors] == ["Berg, A", "Smit, J"]
    assert "Citation" in found.columns_left_out


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Anna Berg, Jo Smit and Kim de Vries", ["Berg, Anna", "Smit, Jo", "de Vries, Kim"]),
        ("Anna C. Berg, Jo Smit, and Kim Vos", ["Berg, Anna C.", "Smit, Jo", "Vos, Kim"]),
        ("Berg, Anna and Jo Smit", ["Berg, Anna", "Smit, Jo"]),
        ("van den Berg, Anna Maria and Jo Smit", ["van den Berg, Anna Maria", "Smit, Jo"]),
        ("Anna Berg, Jo Smit and others", ["Berg, Anna", "Smit, Jo"]),
        ("Anna Berg, Jo Smit, et al.", ["Berg, Anna", "Smit, Jo"]),
        ("Berg, Anna, et al.", ["Berg, Anna"]),
        ("van den Berg, Anna Maria and others", ["van den Berg, Anna Maria"]),
        ("Kok Bos, Lia Maria and Smit, Jo", ["Kok Bos, Lia Maria", "Smit, Jo"]),
    ],
)
def test_names_with_and_are_parted_where_the_last_stands_upright(
    cell: str, expected: list[str]
) -> None:
    study = one(read(f'Title,Authors,Year\nBrokers,"{cell}",2020\n'))
    assert [name.sorting for name in study.authors] == expected
    assert study.and_others is cell.endswith(("others", "al."))


def test_asreview_writes_authors_as_lists() -> None:
    found = read_shipment((CASES / "13_asreview_csv_authors_as_list.csv").read_bytes(), "a.csv")
    assert [people(item.study) for item in found.records] == [
        ["Anna Berg", "Jo Smit"],
        ["Lia Kok", "Pim Bos"],
    ]


def test_a_title_alone_is_broken_and_the_rest_of_the_table_is_read() -> None:
    """As ASReview's own tables are, where they hold nothing else that a reference needs."""
    found = read(
        "record_id,title,abstract,authors,year,included\n"
        "1,Brokers,We study,,,1\n"
        '2,Mediators,We study,"[\'O\\\'Neill, Sean\', ""D\'Arcy, Jo""]",2020,0\n'
    )
    (broken,) = found.broken
    assert (broken.number, broken.line) == (1, 2)
    assert "no author, editor or year" in broken.message
    (record,) = found.records
    assert people(record.study) == ["Sean O'Neill", "Jo D'Arcy"]
    assert found.columns_left_out == ("record_id", "included")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # Publish or Perish: names with commas between them
            'Cites,Authors,Title,Year,Source,Publisher,ArticleURL,GSRank,Type,StartPage,EndPage\n'
            '3,"A Berg, J van Smit",Bridging,2021,Journal of Care,Sage,http://x.example/a,1,PDF,45,60\n',
            ["A Berg", "J van Smit", "Journal of Care", "45-60"],
        ),
        (  # Embase, which says where in one column
            '"Title","Author Names","Source","Publication Year","DOI"\n'
            '"Bridging","Berg A., Smit J.","Journal of Care (2021) 12:3 (45-60). Date of '
            'Publication: 1 Mar 2021","2021","10.1000/x"\n',
            ["A. Berg", "J. Smit", "Journal of Care", "45-60"],
        ),
        (  # Embase, with the title of the source as well
            "Title,Author Names,Source,Source title,Publication Year,First Page,Last Page\n"
            'Bridging,"Berg A., Smit J.",J. Care (2021) 12:3 (45-60),Journal of Care,2021,45,60\n',
            ["A. Berg", "J. Smit", "Journal of Care", "45-60"],
        ),
        (  # Scopus, whose Source is a database
            "Authors,Author full names,Title,Year,Page start,Page end,EID,Source,Source title\n"
            '"Berg, A.; Smit, J.","Berg, Anna (57200000001); Smit, Jo (57200000002)",Bridging,2021,'
            "45,60,2-s2,Scopus,Journal of Care\n",
            ["Anna Berg", "Jo Smit", "Journal of Care", "45-60"],
        ),
        (  # Web of Science, tab-delimited
            "PT\tAU\tAF\tTI\tSO\tPY\tPD\tBP\tEP\tID\tVL\n"
            "J\tBerg, A; Smit, J\tBerg, Anna; Smit, Jo\tBridging\tJournal of Care\t2021\tMAR 15\t45"
            "\t60\tKEYWORD PLUS\t12\n",
            ["Anna Berg", "Jo Smit", "Journal of Care", "45-60"],
        ),
        (  # Web of Science, Excel: a book has other columns for its authors
            "Publication Type,Authors,Author Full Names,Book Author Full Names,Article Title,"
            "Source Title,Publication Year,Start Page,End Page,Document Type\n"
            'J,,,"Berg, Anna; Smit, Jo",Bridging,Journal of Care,2021,45,60,Article\n',
            ["Anna Berg", "Jo Smit", "Journal of Care", "45-60"],
        ),
        (  # Rayyan
            "key,title,year,month,day,journal,issn,volume,issue,pages,authors,notes\n"
            "rayyan-1,Bridging,2021,3,1,Journal of Care,,12,3,45-60,"
            '"Berg, Anna and Smit, Jo","RAYYAN-INCLUSION: {""A""=>""Included""}"\n',
            ["Anna Berg", "Jo Smit", "Journal of Care", "45-60"],
        ),
        (  # Covidence
            "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,"
            "Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags\n"
            'Bridging,"Berg, A.; Smit, J.",,2021,,Journal of Care,12,3,45-60,,,,#7,Berg 2021,,\n',
            ["A. Berg", "J. Smit", "Journal of Care", "45-60"],
        ),
        (  # Zotero
            "Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Date,Pages,Type,"
            "Access Date\n"
            'AB12,journalArticle,2021,"Berg, Anna; Smit, Jo",Bridging,Journal of Care,,2021,45-60,,'
            "2024-01-01\n",
            ["Anna Berg", "Jo Smit", "Journal of Care", "45-60"],
        ),
        (  # IEEE Xplore
            "Document Title,Authors,Publication Title,Publication Year,Start Page,End Page,PDF Link\n"
            "Bridging,A. Berg; J. Smit,Journal of Care,2021,45,60,http://x.example\n",
            ["A. Berg", "J. Smit", "Journal of Care", "45-60"],
        ),
        (  # made by hand, in Dutch, with bars
            "Titel|Auteurs|Jaar|Tijdschrift|Pagina's\n"
            "Bridging|Berg, Anna; Smit, Jo|2021|Journal of Care|45-60\n",
            ["Anna Berg", "Jo Smit", "Journal of Care", "45-60"],
        ),
    ],
)  # fmt: skip
def test_headers_as_databases_and_people_write_them(text: str, expected: list[str]) -> None:
    study = one(read(text))
    assert [*people(study), study.container, study.pages] == expected
    assert (study.title, study.year) == ("Bridging", 2021)


def test_what_scopus_calls_source_is_no_journal() -> None:
    found = read('Authors,Title,Year,Source title,EID,Source\n"Berg, A.",Bonds,2021,,2-s2,Scopus\n')
    assert (one(found).container, one(found).type) == ("", "misc")
    assert found.columns_left_out == ("EID", "Source")


def test_a_date_without_its_year_is_of_the_year_beside_it() -> None:
    study = one(read("PT\tAU\tTI\tSO\tPY\tPD\nJ\tBerg, A\tBridging\tCare\t2021\tMAR 15\n", "w.txt"))
    assert study.date == "2021-03-15"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Anna BergJo Smit", ["Anna Berg", "Jo Smit"]),
        ("Ian McDonaldAnna de Vries", ["Ian McDonald", "Anna de Vries"]),
        ("Jean-Luc Le GrandÉva Ősz", ["Jean-Luc Le Grand", "Éva Ősz"]),
        ("Ian McKay Jr.Anna Berg", ["Ian McKay Jr.", "Anna Berg"]),
        ("J. R. Smit", ["J. R. Smit"]),
        ("", [""]),
    ],
)
def test_names_that_springerlink_glues_to_each_other(cell: str, names: list[str]) -> None:
    assert part_people(cell, "glued") == names


def test_every_column_of_the_data_file_is_read_as_its_field() -> None:
    known = known_columns()
    assert set(known.fields) == {*FIELDS} - {"citation"}
    for name, headers in known.fields.items():
        for header in headers:
            found = read(f"title,{header},year,authors\nT,2019 x,2021,A Berg\n")
            assert header not in found.columns_left_out, (name, header)


def test_a_header_of_two_fields_is_refused_in_the_data_file() -> None:
    value = {"fields": {"title": ["a"], "year": ["A"]}, "sources": []}
    with pytest.raises(ValueError, match="headers of two fields: a"):
        KnownColumns.model_validate(value)


# Columns named by hand.

FRENCH = 'Titre;Qui;Quand;Revue\nSoins;"Berg, Anna";2021;Revue des soins\n'


def test_columns_are_named_by_hand(small: Project, evidence: Evidence) -> None:
    path = small.root / "soins.csv"
    path.write_text(FRENCH)
    refused = evidence("add", small, str(path))
    assert refused.exit_code == 1
    assert "no column for title; there is Titre, Qui, Quand, Revue" in refused.output
    assert "--column 'Titre=title'" in refused.output
    said = ["--column", "Titre=title", "--column", "Qui=authors", "--column", "Quand=year"]
    answer = evidence("add", small, str(path), *said)
    assert "1 new" in answer.output, answer.output
    assert "Columns that are not read: Revue." in answer.output
    value = json.loads(evidence("add", small, str(path), *said, "--json").output)
    assert value[0]["columns_left_out"] == ["Revue"]
    assert (value[0]["records"][0]["title"], value[0]["records"][0]["year"]) == ("Soins", 2021)
    answer = evidence("add", small, str(path), *said, "--column", "Revue=container", "--yes")
    assert "1 studies added" in answer.output
    assert "Revue des soins" in small.references.read_text()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("Titre=titel", "no field 'titel'"),
        ("Titel=title", "no column 'Titel'"),
        ("Titre", "Write --column like 'Titre=title', not 'Titre'."),
    ],
)
def test_a_column_that_is_not_there(
    small: Project, evidence: Evidence, said: str, message: str
) -> None:
    path = small.root / "soins.csv"
    path.write_text(FRENCH)
    answer = evidence("add", small, str(path), "--column", said)
    assert answer.exit_code in (1, 2)
    assert message in answer.output


def test_a_column_can_be_left_out_by_hand_and_the_best_one_stays() -> None:
    text = 'Title,Author full names,Authors,Year\nA,"Berg, Anna","Berg, A.",2021\n'
    assert people(one(read(text))) == ["Anna Berg"]
    assert people(one(read(text, by_hand={"Author full names": ""}))) == ["A. Berg"]
    assert people(one(read(text, by_hand={"Authors": "authors"}))) == ["A. Berg"]


def test_columns_are_named_in_the_browser(small: Project) -> None:
    path = small.root / "soins.csv"
    path.write_text(FRENCH)
    coder = Running(small).sign_in("first")
    sent = upload(coder, path, source="Cairn", kind="database")
    assert sent.status_code == 303
    page = sent.headers["location"]
    assert "/columns?" in page
    html = coder.get(page).text
    assert re.findall(r'<th scope="row"[^>]*>([^<]*)<', html) == ["Titre", "Qui", "Quand", "Revue"]
    assert "Revue des soins" in html
    wrong = coder.post(page, {"column.3": "container"})
    assert wrong.status_code == 400
    assert "no column for title" in wrong.text
    fields = {"column.0": "title", "column.1": "authors", "column.2": "year", "column.3": ""}
    read_so = coder.post(page, fields)
    preview = read_so.headers["location"]
    assert "source=Cairn" in preview
    html = coder.get(preview).text
    assert re.search(r"<h3[^>]*>Berg \(?2021\)?: Soins</h3>", html)
    assert "Columns that are not read: Revue." in html
    again = re.findall(r'href="([^"]*/columns\?[^"]*)"', html)[0].replace("&amp;", "&")
    read_so = coder.post(again, {**fields, "column.3": "container"})
    html = coder.get(read_so.headers["location"]).text
    assert "Revue des soins" in html
    assert "Columns that are not read" not in html
    assert coder.get("/review/add/none/columns").status_code == 404


# Workbooks.


def book(*sheets: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook(write_only=True)
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def test_the_first_sheet_with_a_header_is_read(small: Project, evidence: Evidence) -> None:
    data = book(
        [["Search of today"], ["care AND brokers", 2]],
        [
            ["Exported from a database"],
            [],
            ["Title", "Authors", "Year", "Date", "Journal", "Volume", "Colour"],
            ["Care\nand brokers", "Berg, Anna\nSmit, Jo", 2021, datetime(2021, 3, 4), "Care", 12.0],
            [],
            ["Two brokers", "Kok, L", 2020.0, None, True, "#N/A"],
        ],
    )
    path = small.root / "list.xlsx"
    path.write_bytes(data)
    value = json.loads(evidence("add", small, str(path), "--json").output)[0]
    assert value["counts"]["new"] == 2
    assert value["columns_left_out"] == ["Colour"]
    found = read_shipment(data, "list.xlsx")
    first, second = (item.study for item in found.records)
    assert (first.title, people(first)) == ("Care and brokers", ["Anna Berg", "Jo Smit"])
    assert (first.year, first.date, first.volume) == (2021, "2021-03-04", "12")
    assert (second.year, second.volume, second.container) == (2020, "", "True")
    assert [item.line for item in found.records] == [4, 6]


def test_pages_that_a_spreadsheet_took_for_a_day_are_doubted() -> None:
    head = ["Title", "Authors", "Year", "Journal", "Issue", "Pages"]
    rows = [
        ["Brokers", "Berg, Anna", 2021, "Care", date(2021, 3, 4), datetime(2021, 5, 12)],
        ["Menders", "Smit, Jo", 2021, "Care", 3, "5-12"],
    ]
    taken, plain = read_shipment(book([head, *rows]), "a.xlsx").records
    assert [doubt.message for doubt in taken.doubts] == [
        "number '2021-03-04': a day?",
        "pages '2021-05-12': a day?",
    ]
    assert (plain.study.pages, plain.doubts) == ("5-12", ())


def test_a_table_means_the_same_in_a_workbook() -> None:
    for path in sorted(CASES.glob("*.csv")):
        text = path.read_text()
        delimiter = ";" if "sep=" in text else ","
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        sheet = read_shipment(book(rows), "a.xlsx")
        table = read_shipment(path.read_bytes(), path.name)
        assert [item.study for item in sheet.records] == [item.study for item in table.records]
        assert sheet.columns_left_out == table.columns_left_out


def patched(data: bytes, part: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "'
    + b"x" * 1000
    + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b'<!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet xmlns="http://schemas.openxmlformats.'
    b'org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&j;&f;</t>'
    b"</is></c></row></sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<worksheet>" + b"<row/>" * 2_000_000, "unpacks to far more"),
        (ENTITIES, "cannot be read"),
        (b"no XML", "cannot be read"),
        (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>', "no sheet"),
    ],
)  # fmt: skip
def test_workbooks_that_cannot_be_used(
    small: Project, evidence: Evidence, content: bytes, message: str
) -> None:
    path = small.root / "list.xlsx"
    path.write_bytes(patched(book([["Title", "Year"], ["A", 2020]]), SHEET, content))
    answer = evidence("add", small, str(path))
    assert answer.exit_code == 1
    assert message in answer.output
    assert "→ Save the list as CSV" in answer.output


def test_an_old_workbook_is_refused_with_a_hint() -> None:
    with pytest.raises(InputError) as error:
        read_shipment(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "list.xls")
    assert "save a sheet as .xlsx or CSV" in error.value.problems[0].hint


def test_a_workbook_cut_off_is_refused() -> None:
    data = book([["Title", "Year"], ["A", 2020]])
    for place in range(10, len(data), 97):
        with pytest.raises(InputError):
            read_shipment(data[:place], "list.xlsx")


# Any table, written in any way.

CELL = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters='"'),
    min_size=1,
    max_size=12,
).map(lambda text: " ".join(text.split()))
TITLE = st.builds("Study {} of care".format, st.integers(0, 999))


@given(
    st.lists(st.tuples(TITLE, CELL), min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from(["", "sep={}\r\n", '"sep={}"\n', "\n\n", "About the data: exported\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.booleans(),
)
def test_any_delimiter_encoding_line_end_and_lines_before_the_header(
    rows: list[tuple[str, str]], delimiter: str, before: str, encoding: str, end: str, quoted: bool
) -> None:
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    )
    writer.writerow(["Title", "Author", "Year", "Publication", "Colour"])
    writer.writerows([title, "Berg, Anna", "2021", "Care", colour] for title, colour in rows)
    data = (before.format(delimiter) + text.getvalue()).encode(encoding)
    found = read_shipment(data, "a.csv")
    assert [item.study.title for item in found.records] == [title for title, _ in rows]
    assert {people(item.study)[0] for item in found.records} == {"Anna Berg"}
    assert found.columns_left_out == ("Colour",)
