"""Full texts a researcher drops in: text, Markdown, HTML and PDF, whole or troublesome."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from pipeline.corpus import read_fulltext
from pipeline.passages import digest_of, make_passages, normalise, sentences, unique_lengths

PAGES = [
    [
        "Journal of Networks 1",
        "",
        "The office brought part-",
        "ners from three sectors together. It then",
        "asked them what was missing.",
    ],
    [
        "Journal of Networks 2",
        "",
        "The chair, Prof. A. Berg, spoke with every party and",
        "found common",
    ],
    [
        "Journal of Networks 3",
        "",
        "ground between them after two years of talks.",
        "",
        "References",
        "",
        "Smit, J. (2019). A book that nobody should find as a passage here.",
    ],
]


def make_pdf(path: Path, pages: list[list[str]]) -> Path:
    """A small PDF with one line of text a line, written by hand."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj 0 -16 Td" for line in lines)
        stream = f"BT /F1 12 Tf 72 720 Td {shown} ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources "
            b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
            % content
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    path.write_bytes(data)
    return path


def test_pdf_gives_sentences_with_pages(tmp_path: Path) -> None:
    document, problems = read_fulltext(make_pdf(tmp_path / "berg2020.pdf", PAGES), "x.pdf")
    assert not problems
    assert document is not None
    found = [(passage.locator, passage.text) for passage in document.passages]
    assert found == [
        ("p. 1", "The office brought partners from three sectors together."),
        ("p. 1", "It then asked them what was missing."),
        (
            "p. 2",
            "The chair, Prof. A. Berg, spoke with every party and found common ground between "
            "them after two years of talks.",
        ),
    ]


def test_scanned_pdf_is_a_problem(tmp_path: Path) -> None:
    document, problems = read_fulltext(make_pdf(tmp_path / "x.pdf", [[], []]), "x.pdf")
    assert document is None
    assert [problem.kind for problem in problems] == ["scanned-pdf"]
    assert "OCR" in problems[0].hint


def test_encrypted_pdf_is_a_problem(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(make_pdf(tmp_path / "open.pdf", PAGES)))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "x.pdf")
    document, problems = read_fulltext(tmp_path / "x.pdf", "x.pdf")
    assert document is None
    assert [problem.kind for problem in problems] == ["encrypted-pdf"]


def test_html_keeps_running_text_under_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text(
        "<html><head><title>T</title><script>var a = 'no words of this script';</script></head><body>"
        "<nav><p>Home of all the pages here.</p></nav><h2>Results</h2>"
        "<p>The broker &amp; the city found partners for the pilot.</p>"
        "<table><tr><td>Numbers that stand in a table here.</td></tr></table>"
        "<ul><li>It trained nurses in four towns.</li></ul>"
        "<h2>References</h2><p>Smit, J. wrote a book about networks.</p></body></html>"
    )
    document, _ = read_fulltext(path, "x.html")
    assert document is not None
    assert [(item.locator, item.text) for item in document.passages] == [
        ("Results", "The broker & the city found partners for the pilot."),
        ("Results", "It trained nurses in four towns."),
    ]


def test_markdown_and_dutch(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(
        "# Titel\n\n## Bevindingen\n\nDe regisseur bracht bewoners en gemeente bij elkaar. "
        "Daarna maakten zij samen een plan.\n\n```\ncode is geen tekst van de studie\n```\n"
    )
    document, _ = read_fulltext(path, "x.md")
    assert document is not None
    assert document.language == "nl"
    assert [(item.locator, item.text) for item in document.passages] == [
        ("Bevindingen", "De regisseur bracht bewoners en gemeente bij elkaar."),
        ("Bevindingen", "Daarna maakten zij samen een plan."),
    ]


def test_plain_text_joins_hyphenated_words(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("The inter-\nmediary linked two pro-\njects of the city.\n\nShort one.\n")
    document, _ = read_fulltext(path, "x.txt")
    assert document is not None
    assert [item.text for item in document.passages] == [
        "The intermediary linked two projects of the city."
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Berg et al. found a gap. They closed it.", 2),
        ("It was described by J. Smit in 2019. Nobody read it.", 2),
        ("See Fig. 3 for details.", 1),
    ],
)
def test_abbreviations_do_not_end_sentences(text: str, count: int) -> None:
    assert len(sentences(text, "en")) == count


@given(st.text(max_size=80))
def test_normal_form_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert digest_of(f"  {text}\n") == digest_of(text)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abc ", min_size=1, max_size=5), max_size=12), st.randoms())
def test_ids_come_from_words_alone(texts: list[str], chance: object) -> None:
    parts = [("", text, number) for number, text in enumerate(texts, 1)]
    passages, problems = make_passages("key", "en", parts, "x")
    ids = [passage.id for passage in passages]
    assert len(ids) == len(set(ids))
    spoken = [text for text in texts if normalise(text)]
    assert len(passages) + len(problems) == len(spoken)
    chance.shuffle(parts)  # type: ignore[attr-defined]
    moved, _ = make_passages("key", "en", parts, "x")
    assert {item.id: item.text for item in moved} == {item.id: item.text for item in passages}


def test_ids_grow_where_two_would_collide() -> None:
    one, other, third = "a" * 64, "a" * 9 + "b" * 55, "c" * 64
    assert unique_lengths([one, other, third]) == {one: 10, other: 10, third: 8}
