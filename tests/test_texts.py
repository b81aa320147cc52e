"""Full texts a researcher drops in: text, Markdown, HTML and PDF, whole or troublesome."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from pipeline.ground.project import Project
from pipeline.model.passages import (
    Stretch,
    digest_of,
    make_passages,
    normalise,
    unique_lengths,
)
from pipeline.sources.corpus import read_fulltext, sources
from pipeline.sources.fulltexts.fulltext_bytes import LARGEST
from pipeline.sources.fulltexts.language_guess import guess_language
from tests.texts.article import make_article
from tests.texts.pdfs import Set, write_pdf

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


def make_pdf(path: Path, pages: list[list[str]], labels: str = "") -> Path:
    """A PDF with one line of text a line."""
    placed = [[Set(line, 72, 720 - 16 * at, 12) for at, line in enumerate(page)] for page in pages]
    return write_pdf(path, placed, labels)


def found_in(path: Path, text: str | bytes, options: str = "") -> list[tuple[str, str]]:
    """Locators and texts of the passages of a file with this content; nothing may be wrong."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    if options:
        path.with_suffix(".yml").write_text(options)
    document, problems = read_fulltext(path, path.name)
    assert problems == []
    assert document is not None
    return [(passage.locator, passage.text) for passage in document.passages]


def problems_of(path: Path, content: bytes = b"", options: str = "") -> list[tuple[str, str]]:
    """Kind and severity of each problem."""
    if content:
        path.write_bytes(content)
    if options:
        path.with_suffix(".yml").write_text(options)
    return [(problem.kind, problem.severity) for problem in read_fulltext(path, path.name)[1]]


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


def test_an_article_gives_its_sentences_and_nothing_else(tmp_path: Path) -> None:
    path, body = make_article(tmp_path / "berg2021.pdf")
    document, problems = read_fulltext(path, "berg2021.pdf")
    assert document is not None
    assert problems == []
    found = [passage.text for passage in document.passages]
    right = set(found) & set(body)
    assert len(right) >= 0.99 * len(body)
    assert len(right) >= 0.99 * len(found)
    assert [text for text in found if text in right] == [text for text in body if text in right]
    assert document.passages[0].locator == "p. 345, 1 Introduction"
    assert document.passages[-1].locator.endswith(", Appendix A. Questions")


def test_pages_are_cited_by_the_labels_that_the_file_gives_even_where_two_share_one(
    tmp_path: Path,
) -> None:
    pages = [["Nobody had asked the farmers before that year."]] * 2
    told = make_pdf(tmp_path / "x.pdf", pages, "0 << /S /r >> 1 << /S /D /St 12 >>")
    document, _ = read_fulltext(told, "x.pdf")
    assert document is not None
    assert [passage.locator for passage in document.passages] == ["p. i"]
    pages.append(["Everybody asked the farmers in the year after."])
    shared = make_pdf(tmp_path / "y.pdf", pages, "0 << /S /D >> 1 << /S /D >>")
    document, _ = read_fulltext(shared, "y.pdf")
    assert document is not None
    found = [(passage.locator, passage.page) for passage in document.passages]
    assert found == [("p. 1", 1), ("p. 2", 3)]


BEFORE = "The broker found two partners for the pilot."
AFTER = "We asked every office the same eight questions."
ENTRY = "Smit, J. (2019). A book that nobody should find as a passage here."


@pytest.mark.parametrize(
    "heading",
    [
        "References",
        "7. References",
        "REFERENCES",
        "References:",
        "Notes and references",
        "Works cited",
        "Literatuur",
        "6 Literatuurlijst",
        "Referenties",
        "BRONNENLIJST",
        "Geraadpleegde bronnen",
    ],
)
def test_reference_lists_are_left_out_up_to_an_appendix(tmp_path: Path, heading: str) -> None:
    text = f"{BEFORE}\n\n{heading}\n\n{ENTRY}\n\nBijlage A: vragen\n\n{AFTER}\n"
    assert found_in(tmp_path / "x.txt", text) == [("¶ 1", BEFORE), ("Bijlage A: vragen", AFTER)]
    page = f"<p>{BEFORE}</p><h2>{heading}</h2><p>{ENTRY}</p><h2>Appendix</h2><p>{AFTER}</p>"
    assert found_in(tmp_path / "x.html", page) == [("¶ 1", BEFORE), ("Appendix", AFTER)]
    marked = f"{BEFORE}\n\n## {heading}\n\n- {ENTRY}\n\n## Appendix\n\n{AFTER}\n"
    assert found_in(tmp_path / "x.md", marked) == [("¶ 1", BEFORE), ("Appendix", AFTER)]


def test_a_list_of_contents_does_not_end_the_text(tmp_path: Path) -> None:
    text = f"Contents\n\nMethods\n\nReferences\n\nIntroduction\n\n{BEFORE}\n"
    assert found_in(tmp_path / "x.txt", text) == [("Introduction", BEFORE)]


@pytest.mark.parametrize(
    "noise",
    [
        "Town   Partners   Money\nBerg   12   3.4\nDal   9   1.0",
        "2019 12 34 5.6",
        "Finding partners for the pilot . . . . . . . . . . . 24",
        "Table 3. Partners of every office in the four regions",
        "Figure 2: Where the partners of the offices came from",
        "Figuur 4. De partners van elk kantoor in de regio",
        "Keywords: brokers, networks of firms, the energy transition",
        "Trefwoorden: makelaars, netwerken van bedrijven, energie",
        "https://doi.org/10.9999/made.up.2021.012 by the makers",
        "© 2021 The authors and the makers of this",
        "Downloaded from journals.example.org by guest on 3 May 2021",
        "Corresponding author: Anna Berg, Street 1, Berg.",
        "anna.berg@example.org and jan.smit@example.org wrote this",
        "a Department of Networks, University of Berg, Berg, The Netherlands",
    ],
)
def test_what_is_no_running_text_is_left_out(tmp_path: Path, noise: str) -> None:
    text = f"{BEFORE}\n\n{noise}\n\n{AFTER}\n"
    assert [found for _, found in found_in(tmp_path / "x.txt", text)] == [BEFORE, AFTER]


@pytest.mark.parametrize(
    "sentence",
    [
        "Figure 2 shows that most partners came from the city.",
        "In 2019 and 2020 the 3 offices had 12 and 15 partners.",
        "The University of Berg, the city, and two firms founded a laboratory.",
        "References to other offices were rare in these interviews.",
        "We received 40 letters between 2019 and 2021.",
    ],
)
def test_sentences_that_only_look_like_noise_are_kept(tmp_path: Path, sentence: str) -> None:
    text = f"{BEFORE}\n\n{sentence}\n\n{AFTER}\n"
    assert [found for _, found in found_in(tmp_path / "x.txt", text)] == [BEFORE, sentence, AFTER]


def test_running_heads_left_and_right_are_left_out(tmp_path: Path) -> None:
    heads = ["A. Berg wrote this head {}", "{} The slow work of all brokers"]
    places = "Berg Dal Sloot Veen Dijk Polder Haven Brug".split()
    body = [f"The office of {place} found partners for the plan." for place in places]
    pages = [
        f"{heads[number % 2].format(number + 7)}\n\n{text}\n\n– {number + 7} –"
        for number, text in enumerate(body)
    ]
    found = found_in(tmp_path / "x.txt", "\f".join(pages))
    assert found == [(f"p. {number}", text) for number, text in enumerate(body, 1)]


def test_last_lines_of_plain_pages_that_hold_its_number_are_text(tmp_path: Path) -> None:
    """Whatever they begin with, as long as text stands next to them; else they are running heads."""
    lasts = (
        "and the first of its partners paid for 1",
        "The towns came to the table of the second office in 2",
        "and nobody knew what was meant by number 3",
    )
    pages = [
        f"The office of {place} invited all banks.\nIt met with them in the spring.\n{last}"
        for place, last in zip(("Berg", "Dal", "Sloot"), lasts, strict=True)
    ]
    pages += ["It ended there, as all of them had wished.\n\nThe slow work of brokers 4"]
    found = " ".join(text for _, text in found_in(tmp_path / "x.txt", "\f".join(pages)))
    assert all(last in found for last in lasts), found
    assert "slow work" not in found


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("The inter-\nmediary found them all.", "The intermediary found them all."),
        ("The inter\u00ad\nmediary found them all.", "The intermediary found them all."),
        ("The inter\u00admediary found them all.", "The intermediary found them all."),
        ("The o\ufb03ce was \ufb01nally closed.", "The office was finally closed."),
        ("In Noord-\nHolland they met again.", "In Noord-Holland they met again."),
        (
            "A cross-sector plan met a cross-\nsector law.",
            "A cross-sector plan met a cross-sector law.",
        ),
    ],
)
def test_words_are_whole_again(tmp_path: Path, broken: str, whole: str) -> None:
    assert found_in(tmp_path / "x.txt", broken) == [("¶ 1", whole)]


def test_headings_of_plain_text_are_locators(tmp_path: Path) -> None:
    text = (
        "The first office opened in spring.\n\n2.1 Methods used\n\nWe asked all the offices twice.\n\n"
        "THE SECOND YEAR\n\nThen two more offices were opened.\n\nHow Offices Close\n\n"
        "Most of them closed again soon.\n"
    )
    assert [locator for locator, _ in found_in(tmp_path / "x.txt", text)] == [
        "¶ 1",
        "2.1 Methods used",
        "THE SECOND YEAR",
        "How Offices Close",
    ]


def test_a_page_is_read_without_what_surrounds_its_article(tmp_path: Path) -> None:
    page = (
        "<body class='has-cookie-banner'><header><p>The makers of many journals here.</p></header>"
        "<div class='cookie-notice'><p>We use cookies on all these pages.</p></div>"
        "<form><p>Search all the pages of this site.</p></form>"
        "<main><section><header><h2>Findings</h2></header>"
        f"<p>The broker found <i>two</i> part&shy;ners<sup>12</sup>.<p>{AFTER}"
        "<figure><figcaption>All the partners of the offices together.</figcaption></figure>"
        "</section></main><aside><p>Read these other articles as well.</p></aside></body>"
    )
    assert found_in(tmp_path / "x.html", page) == [
        ("Findings", "The broker found two partners."),
        ("Findings", AFTER),
    ]


@pytest.mark.parametrize(
    ("declared", "written", "kinds"),
    [
        ("utf-8", "utf-8", []),
        ("iso-8859-1", "cp1252", []),
        ("", "utf-8", []),
        ("", "cp1252", ["not-utf8"]),
        ("utf-8", "cp1252", ["not-utf8"]),
        ("iso-8859-1", "utf-8", ["wrong-charset"]),
        ("no-such-set", "cp1252", ["not-utf8"]),
    ],
)
def test_pages_are_read_in_their_real_encoding(
    tmp_path: Path, declared: str, written: str, kinds: list[str]
) -> None:
    head = f"<meta charset='{declared}'>" if declared else ""
    path = tmp_path / "x.html"
    path.write_bytes(f"<html>{head}<p>Zoë vond “twee” partners.</p></html>".encode(written))
    document, problems = read_fulltext(path, "x.html")
    assert document is not None
    assert [passage.text for passage in document.passages] == ["Zoë vond “twee” partners."]
    assert [problem.kind for problem in problems] == kinds
    assert all(problem.severity == "warning" for problem in problems)


@pytest.mark.parametrize(
    ("data", "kind", "line"),
    [
        ("First.\nZoë vond “twee” partners.".encode("cp1252"), "not-utf8", 2),
        ("Één.\n".encode() + "Zoë vond “twee” partners.".encode("cp1252"), "not-utf8", 2),
        ("Zoë vond “twee” partners.".encode("utf-16"), "not-utf8", 0),
        ("Zoë vond “twee” partners.".encode("utf-16-le"), "not-utf8", 0),
        ("Zoë vond\0 “twee” partners.".encode(), "nul-bytes", 1),
    ],
)
def test_odd_encodings_are_read_with_a_warning(
    tmp_path: Path, data: bytes, kind: str, line: int
) -> None:
    (tmp_path / "x.txt").write_bytes(data)
    document, problems = read_fulltext(tmp_path / "x.txt", "x.txt")
    assert document is not None
    assert document.passages[-1].text.endswith("Zoë vond “twee” partners.")
    assert [(item.kind, item.line, item.severity) for item in problems] == [(kind, line, "warning")]


def zipped(name: str) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, "text")
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind", "message"),
    [
        ("x.pdf", zipped("a.txt"), "wrong-kind", "really a ZIP archive"),
        ("x.pdf", zipped("word/document.xml"), "wrong-kind", "really a Word document"),
        ("x.html", zipped("a.txt"), "wrong-kind", "really a ZIP archive"),
        ("x.pdf", b"<!DOCTYPE html><html><p>Log in.</p>", "wrong-kind", "really an HTML page"),
        ("x.txt", b"%PDF-1.7 and so on", "wrong-kind", "really a PDF"),
        ("x.txt", bytes(range(1, 9)) * 50, "not-text", "not text"),
        ("x.txt", b"", "no-text", "empty"),
        ("x.pdf", b"Only words.\n", "wrong-kind", "really plain text"),
        ("x.pdf", "Zoë was hier.".encode("latin-1"), "wrong-kind", "really plain text"),
        ("x.pdf", b"%PDF-1.7 and so on", "broken-pdf", "its end is missing"),
        ("x.pdf", bytes(range(1, 9)) * 50, "broken-pdf", "its end is missing"),
        ("x.docx", b"words", "unknown-format", "'.docx' cannot be read"),
    ],
)
def test_bad_files_are_told_for_what_they_are(
    tmp_path: Path, name: str, data: bytes, kind: str, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    document, problems = read_fulltext(tmp_path / name, name)
    assert document is None
    assert [problem.kind for problem in problems] == [kind]
    assert message in problems[0].message
    assert problems[0].hint


@pytest.mark.parametrize("suffix", ["pdf", "txt", "html"])
def test_a_huge_file_is_not_even_opened(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x.{suffix}"
    with path.open("wb") as file:
        file.truncate(2 * LARGEST)  # a file with a hole: it takes no room
    _, problems = read_fulltext(path, path.name)
    assert [problem.kind for problem in problems] == ["too-large"]
    assert "200 MB" in problems[0].message


ENGLISH = "The broker brought the towns together, but not all of them were content with it. "
DUTCH = "De regisseur bracht de gemeenten bij elkaar, maar niet alle partners waren tevreden. "
GERMAN = "Die Vermittler haben die Gemeinden zusammengebracht, aber nicht alle waren mit dem Plan zufrieden. "
FRENCH = "Les intermédiaires ont réuni les communes, mais tous les partenaires ne sont pas satisfaits du plan. "


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (DUTCH, "nl"),
        (ENGLISH + 3 * DUTCH, "nl"),
        (DUTCH + 3 * ENGLISH, "en"),
        ("Bewoners overtuigen", "nl"),
        ("Finding funding", "en"),
    ],
)
def test_the_language_is_that_of_most_of_the_text(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(("text", "named"), [(GERMAN, "German"), (FRENCH, "French")])
def test_a_text_in_neither_language_is_a_warning(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text(3 * text)
    document, problems = read_fulltext(path, "x.txt")
    assert document is not None
    assert document.language == "en"
    assert [(item.kind, item.severity) for item in problems] == [("other-language", "warning")]
    assert named in problems[0].message
    assert "x.yml" in problems[0].hint
    path.with_suffix(".yml").write_text("language: nl\n")
    document, problems = read_fulltext(path, "x.txt")
    assert document is not None
    assert document.language == "nl"
    assert problems == []


def test_options_leave_out_sections_and_pages(tmp_path: Path) -> None:
    text = (
        f"Abstract\n\n{ENGLISH}\n\n1 Methods\n\n{AFTER}\n\n1.1 Cases\n\nWe chose four of the cases.\n\n"
        f"2 Results\n\n{BEFORE}\n"
    )
    options = "skip: [abstract, Methods]\n"
    assert found_in(tmp_path / "x.txt", text, options) == [("2 Results", BEFORE)]
    pages = "\f".join(f"This stands on page number {word}." for word in ("one", "two", "three"))
    found = found_in(tmp_path / "y.txt", pages, "from_page: 2\nto_page: 2\n")
    assert found == [("p. 2", "This stands on page number two.")]


@pytest.mark.parametrize(
    ("options", "kind", "severity"),
    [
        ("colour: red\n", "unknown-key", "error"),
        ("language: de\n", "bad-value", "error"),
        ("from_page: 0\n", "bad-value", "error"),
        ("from_page: 3\nto_page: 2\n", "bad-value", "error"),
        ("language: [\n", "yaml", "error"),
        ("skip: [preface]\n", "no-heading", "warning"),
        ("from_page: 2\n", "no-pages", "warning"),
    ],
)
def test_faults_in_options_are_told(tmp_path: Path, options: str, kind: str, severity: str) -> None:
    (tmp_path / "x.txt").write_text(BEFORE)
    (tmp_path / "x.yml").write_text(options)
    _, problems = read_fulltext(tmp_path / "x.txt", "corpus/fulltext/x.txt")
    assert [(item.kind, item.severity) for item in problems] == [(kind, severity)]
    assert problems[0].path == "corpus/fulltext/x.yml"


def test_options_are_no_full_text(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.fulltext.mkdir(parents=True)
    for name in ("x.txt", "x.yml"):
        (project.fulltext / name).touch()
    assert [source.path.name for source in sources(project)] == ["x.txt"]


@settings(deadline=None)
@given(
    st.sampled_from([".txt", ".md", ".html", ".pdf"]),
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(str.encode),
        st.lists(
            st.sampled_from(
                "<p> </p> <h1 <!-- --> <![CDATA[ ]]> <!x <table> <br> &#99999999999; &amp <nav> <sup> <b "
                "hidden > # - | ``` --- \n \f \0 1. words stand here. References Appendix A".split(
                    " "
                )
            ),
            max_size=40,
        ).map(lambda parts: " ".join(parts).encode()),
    ),
)
def test_any_bytes_are_a_document_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(data)
    document, problems = read_fulltext(path, path.name)
    assert document is not None or any(item.severity == "error" for item in problems)


def test_a_pdf_cut_off_anywhere_is_told(tmp_path: Path) -> None:
    data = make_pdf(tmp_path / "x.pdf", PAGES).read_bytes()
    for end in range(1, len(data) - 5, 23):
        kinds = problems_of(tmp_path / "x.pdf", data[:end])
        assert kinds, end
        assert {kind for kind, _ in kinds} <= {
            "truncated-pdf",
            "broken-pdf",
            "broken-page",
            "scanned-pdf",
            "scanned-pages",
        }


def test_a_damaged_pdf_never_stops_the_reader(tmp_path: Path) -> None:
    data = make_pdf(tmp_path / "x.pdf", PAGES).read_bytes()
    chance = random.Random(4)
    for _ in range(80):
        damaged = bytearray(data)
        for _ in range(12):
            damaged[chance.randrange(9, len(data))] = chance.randrange(256)
        (tmp_path / "x.pdf").write_bytes(damaged)
        document, problems = read_fulltext(tmp_path / "x.pdf", "x.pdf")
        assert document is not None or any(item.severity == "error" for item in problems)


@given(st.text(max_size=80))
def test_normal_form_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert digest_of(f"  {text}\n") == digest_of(text)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abc ", min_size=1, max_size=5), max_size=12), st.randoms())
def test_ids_come_from_words_alone(texts: list[str], chance: object) -> None:
    parts = [Stretch(text, line=number) for number, text in enumerate(texts, 1)]
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
