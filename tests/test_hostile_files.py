"""Files that somebody made to do harm: no line of them costs much, and nothing of them runs."""

from __future__ import annotations

import time
import zlib
from pathlib import Path

import pytest

from pipeline.desk.adding.reference_files import read_shipment
from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.sources.corpus import read_fulltext
from pipeline.sources.fulltexts import pdf_process
from tests.conftest import Evidence
from tests.texts.pdfs import Set, write_pdf

SECONDS = 30  # many times what any of these takes; the fault took longer

DOUBLED = '@string{s0 = "xxxxxxxxxx"}\n' + "".join(
    f"@string{{s{n} = s{n - 1} # s{n - 1}}}\n" for n in range(1, 25)
)
ENTRY = "@article{%s, title = %s, author = {Berg, Anna}, journal = {Care}, year = 2020}\n"


def test_macros_that_double_each_other_are_refused_with_their_line() -> None:
    text = DOUBLED + ENTRY % ("one", "s24") + ENTRY % ("two", "s3 # { years}")
    found = read_shipment(text.encode(), "a.bib")
    assert [item.study.title for item in found.records] == ["x" * 80 + " years"]
    assert [(item.line, "s24" in item.message) for item in found.broken] == [(26, True)]


def test_the_bibliography_refuses_them_too(small: Project, evidence: Evidence) -> None:
    before = small.references.read_text()
    small.references.write_text(before + DOUBLED)
    found = evidence("check", small)
    line = before.count("\n") + 11  # 10 letters, doubled ten times, are more than 10,000
    assert found.exit_code == 1
    assert f"references.bib:{line}: error: @string 's10': more than 10,000 characters" in (
        found.output
    )


@pytest.mark.slow
def test_macros_are_read_once_however_many_entries_are_broken() -> None:
    macros = "".join(f'@string{{j{n} = "Journal {n}"}}\n' for n in range(5000))
    broken = "".join(f"@article{{k{n}, title = {{T {n}, year = 2020}}\n\n" for n in range(300))
    whole = "@article{last, title = {T}, author = {Berg, A}, journal = j4999, year = 2020}\n"
    start = time.process_time()
    found = read_shipment((macros + broken + whole).encode(), "a.bib")
    assert [item.study.container for item in found.records] == ["Journal 4999"]
    assert len(found.broken) == 300
    assert time.process_time() - start < SECONDS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "head", "line"),
    [
        ("a.ris", "TY  - JOUR\nTI  - x\n", "goes on"),
        ("a.nbib", "PMID- 1\nTI  - x\n", "      goes on"),
        ("a.txt", "FN Clarivate\nPT J\nTI x\n", "   goes on"),
        ("a.enw", "%0 Journal Article\n%T x\n", "goes on"),
    ],
)
def test_a_field_of_very_many_lines_takes_no_longer_by_the_line(
    name: str, head: str, line: str
) -> None:
    def seconds(lines: int) -> float:
        start = time.process_time()
        found = read_shipment((head + f"{line}\n" * lines).encode(), name)
        assert len(found.records) + len(found.broken) == 1
        return time.process_time() - start

    few = min(seconds(20_000) for _ in range(2))
    assert seconds(400_000) < 60 * few  # in the square it would be 400 times


@pytest.mark.slow
def test_parts_of_a_value_take_no_longer_by_the_part() -> None:
    text = '@article{a, title = "x"' + ' # "x"' * 200_000 + ", year = 2020}"
    start = time.process_time()
    found = read_shipment(text.encode(), "a.bib")
    assert len(found.broken) == 1
    assert time.process_time() - start < SECONDS


def pdf(drawn: bytes) -> bytes:
    """One page, drawn by these words, packed twice."""
    packed = zlib.compress(zlib.compress(drawn))
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream"
        % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\n"
        b"startxref\n%d\n%%%%EOF" % (table, len(out))
    )


def test_a_small_pdf_does_not_unfold_into_minutes(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    line = b"BT /F1 12 Tf 10 10 Td (The office brought growers to a table.) Tj ET\n"
    file.write_bytes(pdf(line * 60_000))
    assert file.stat().st_size < 2_000
    start = time.monotonic()
    document, _ = read_fulltext(file, "a.pdf")
    assert document is not None
    assert len(document.passages) == 1
    assert time.monotonic() - start < SECONDS


def bomb(path: Path, pages: int, armed: int) -> Path:
    """A page of text each, one of which holds forms in forms, each drawing the next twice."""
    lines = [f"The office brought {n} growers to a table in the spring." for n in range(pages)]
    write_pdf(path, [[Set(line, 72, 700)] for line in lines])
    forms = "".join(
        f"{n} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject "
        f"<< /X {n + 1} 0 R >> >> /Length 12 >>\nstream\n/X Do /X Do \nendstream\nendobj\n"
        for n in range(100, 300)
    )
    data = path.read_bytes().replace(b"xref\n", forms.encode() + b"xref\n", 1)
    data = data.replace(b"/Resources << ", b"/Resources << /XObject << /X 100 0 R >> ")
    parts = data.split(b"Tj ET")
    parts[armed] = b" /X Do" + parts[armed]
    path.write_bytes(b"Tj ET".join(parts).replace(b"<< /Length 0 >>", b"<< /Length 5 >>"))
    return path


def test_a_page_that_hangs_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    start = time.monotonic()
    document, problems = read_fulltext(bomb(tmp_path / "a.pdf", 3, armed=2), "a.pdf")
    assert time.monotonic() - start < SECONDS
    assert [(item.message, item.hint) for item in problems] == [
        (
            "1 pages cannot be read, the first is page 2 of the file",
            "Open it in a PDF reader and print it to a new PDF.",
        )
    ]
    assert document is not None
    assert [item.page for item in document.passages] == [1, 3]


def test_a_page_has_its_share_of_a_processor_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever takes long there: here the worker itself, which never comes to an end."""
    module = tmp_path / "endless_worker.py"
    module.write_text(
        "from pipeline.sources.fulltexts import pdf_worker\n"
        "def endless(request):\n    while True: pass\n    yield\n"
        "pdf_worker.SECONDS, pdf_worker.WORK = 0, {'lines': endless}\n"
        "pdf_worker.main()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(pdf_process, "_MODULE", module.stem)
    document, problems = read_fulltext(bomb(tmp_path / "a.pdf", 1, armed=1), "a.pdf")
    assert document is None
    assert [item.message for item in problems] == ["not a readable PDF: opening it takes too long"]


def test_a_process_that_ends_over_a_file_ends_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bomb(tmp_path / "a.pdf", 3, armed=2)
    monkeypatch.setattr(pdf_process, "_MODULE", "pipeline.no_such_module")
    _, problems = read_fulltext(path, "a.pdf")
    assert [(item.message, item.hint) for item in problems] == [
        (
            "not a readable PDF: what opens it breaks down over it",
            "Download it again; or open it in a PDF reader and print it to a new PDF.",
        )
    ]


def test_letters_that_no_file_can_hold_are_left_out(
    small: Project, tmp_path: Path, evidence: Evidence
) -> None:
    file = tmp_path / "a.json"
    file.write_text(
        r'[{"type": "article-journal", "title": "Bo\ud800nds", "container-title": "C\u0007are",'
        r' "author": [{"family": "Be\ud800rg", "given": "An\u0000na"}],'
        r' "issued": {"date-parts": [[2020]]}}]'
    )
    found = evidence("add", small, str(file), "--yes", "--coder", "first")
    assert found.exit_code == 0, found.output
    entry = small.references.read_text().rpartition("@article")[2]
    assert "author  = {Berg, Anna}," in entry
    assert "title   = {Bonds}," in entry
    assert "journal = {Care}," in entry


def test_an_object_of_records_with_such_letters_is_shown() -> None:
    text = r'{"items": [{"title": "Bo\ud800nds", "page": "1"}]}'
    found = read_shipment(text.encode(), "a.json")
    assert found.broken[0].raw == '{"title": "Bonds", "page": "1"}'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.bib", ENTRY % ("k", "{Bo\x1b[2Jnds}") + "@article{\x1b[31mk2, year = 2020}\n"),
        ("a.ris", "TY  - JOUR\nTI  - Bo\x1b[2Jnds\nAU  - Berg, A\nPY  - 2020\nER  - \n"
                  "TY  - JOUR\nTI  - \x1b]0;title\x07\nER  - \n"),
        ("a.csv", 'title,authors,year\n"Bo\x1b[2Jnds","Berg, A",2020\n"\x9b31mx",,\n'),
    ],
)  # fmt: skip
def test_nothing_of_a_file_steers_a_terminal(name: str, text: str) -> None:
    found = read_shipment(text.encode(), name)
    said = [item.study.title for item in found.records]
    said += [part for item in found.broken for part in (item.raw, item.message)]
    assert said[0] == "Bo[2Jnds"
    assert len(said) == 3
    assert not any(sign in part for part in said for sign in "\x1b\x07\x9b")


def test_a_problem_shows_what_steers_a_terminal_as_a_sign() -> None:
    problem = Problem("a\x1b.bib", 3, "bad-key", "key '\x1b[31mk'", "Mend it.", "@a{\x9b31mk\u202e")
    assert str(problem) == (
        "a�.bib:3: error: key '�[31mk' [bad-key]\n    | @a{�31mk�\n    → Mend it."
    )


@pytest.mark.slow
def test_a_text_of_very_many_headings_takes_no_longer_by_the_line(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(
        "\n\n".join(
            f"{1 + n // 1000}.{n % 1000} Some Partners Met\n\nThe office asked {n} growers to talk."
            for n in range(12_000)
        )
    )
    start = time.process_time()
    document, _ = read_fulltext(file, "a.txt")
    assert time.process_time() - start < SECONDS
    assert document is not None
    assert len(document.passages) == 12_000


def test_a_project_is_data_and_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in a stranger's folder runs nothing that lies there."""
    path = write_pdf(
        tmp_path / "berg2020.pdf",
        [[Set("The office brought three parties together in a year.", 72, 700, 12)]],
    )
    for name in ("msgspec.py", "pypdfium2.py"):
        (tmp_path / name).write_text("open('taken', 'w')")
    monkeypatch.chdir(tmp_path)
    document, problems = read_fulltext(path, "berg2020.pdf")
    assert document is not None, problems
    assert not (tmp_path / "taken").exists()


def test_pages_that_a_file_only_claims_to_have_are_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "berg2020.pdf"
    path.write_bytes(
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 900000>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\n"
        b"trailer\n<</Size 4/Root 1 0 R>>\n%%EOF\n"
    )
    document, problems = read_fulltext(path, "berg2020.pdf")
    assert document is None
    (problem,) = problems
    assert problem.message == "not a readable PDF: it claims to have 900000 pages"
