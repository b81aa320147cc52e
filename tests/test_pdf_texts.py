"""PDFs as their readers see them: words, marks, pages and running heads, whatever the order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.records import Passage
from pipeline.sources.corpus import read_fulltext
from pipeline.sources.fulltexts.page_numbers import numbered
from pipeline.sources.fulltexts.text_blocks import compounds, unbroken
from pipeline.sources.fulltexts.text_lines import Page, TextLine
from tests.texts.pdfs import Set, write_pdf

CASES = Path(__file__).parent / "cases" / "fulltexts"
FIRST = "The broker found two partners for the pilot."
SECOND = "Every office was asked the same eight questions."


def passages_of(path: Path) -> Sequence[Passage]:
    document, problems = read_fulltext(path, path.name)
    assert problems == []
    assert document is not None
    return document.passages


def texts_of(path: Path) -> list[str]:
    return [passage.text for passage in passages_of(path)]


def set_out(path: Path, *lines: Set) -> list[str]:
    """The passages of one page of these lines."""
    return texts_of(write_pdf(path / "x.pdf", [lines]))


def paragraphs(path: Path, pages: Sequence[Sequence[Set]], labels: str = "") -> list[str]:
    """Locators of the sentence that each of these pages gets, under or over what stands on it."""
    texts = [
        Set(f"Office {word} was asked the same eight questions in that year.", 72, 400)
        for word in WORDS[: len(pages)]
    ]
    placed = [[*page, text] for page, text in zip(pages, texts, strict=True)]
    return [found.locator for found in passages_of(write_pdf(path / "x.pdf", placed, labels))]


WORDS = "north south east west upper lower inner outer first last old new".split()


def test_spaces_of_word_processors_stay() -> None:
    assert texts_of(CASES / "space_as_own_piece_word.pdf") == [
        "De gemeente en het warmtebedrijf kiezen samen voor een net in de wijk en betalen ieder de "
        "helft."
    ]


def test_narrow_spaces_between_words_are_seen() -> None:
    assert set(texts_of(CASES / "narrow_word_spaces_lost.pdf")) == {
        "The broker opened a neutral place where partners from three sectors met each month."
    }


def test_letters_set_apart_are_one_word(tmp_path: Path) -> None:
    widths = dict(
        zip("Background", (6.7, 5.6, 5.0, 5.0, 5.6, 3.3, 5.6, 5.6, 5.6, 5.6), strict=True)
    )
    at, apart = 72.0, []
    for letter, width in widths.items():
        apart.append(Set(letter, at, 660))
        at += width + 3
    found = passages_of(write_pdf(tmp_path / "x.pdf", [[*apart, Set(FIRST, 72, 620)]]))
    assert [(one.locator, one.text) for one in found] == [("p. 1, Background", FIRST)]


def test_raised_marks_of_notes_are_no_text_but_powers_are(tmp_path: Path) -> None:
    found = set_out(
        tmp_path,
        Set("The broker left the pilot.", 72, 700),
        Set("12,15", 177, 703.5, 6),
        Set("Next came ten offices of 50 m", 195, 700),
        Set("2", 327.3, 703.5, 6),
        Set("with CO", 334, 700),
        Set("2", 369.6, 698, 6),
        Set("meters.", 376, 700),
    )
    assert found == [
        "The broker left the pilot.",
        "Next came ten offices of 50 m2 with CO2 meters.",
    ]


def test_what_nobody_sees_is_left_out(tmp_path: Path) -> None:
    assert set_out(
        tmp_path,
        Set(f"{FIRST} {SECOND}", 72, 700),
        Set("Nobody can see that this sentence is here.", 72, 650, hidden=True),
        Set("This sentence runs along the margin of the page.", 30, 300, upwards=True),
        Set("This sentence stands beside the page in the file.", 700, 600),
        Set("This sentence is far too small to be read by people.", 72, 550, 1),
    ) == [FIRST, SECOND]


def test_words_under_a_scanned_page_are_its_text(tmp_path: Path) -> None:
    stamp = Set("Scanned copy", 72, 760)
    assert set_out(tmp_path, stamp, Set(FIRST, 72, 700, hidden=True)) == [FIRST]


def test_a_page_shown_turned_is_read_as_shown(tmp_path: Path) -> None:
    lines = [Set(FIRST, 100, 72, upwards=True), Set(SECOND, 112, 72, upwards=True)]
    assert texts_of(write_pdf(tmp_path / "x.pdf", [lines], turned=90)) == [FIRST, SECOND]


def test_a_page_that_lies_on_its_side_is_read(tmp_path: Path) -> None:
    lines = [Set(FIRST, 100, 72, upwards=True), Set(SECOND, 112, 72, upwards=True)]
    assert texts_of(write_pdf(tmp_path / "x.pdf", [lines])) == [FIRST, SECOND]


GARBLED = Set("\x01\x02e b\x03k\x04r f\x05und tw\x06 p\x07rtn\x08rs", 72, 700)


def test_garbled_pages_are_left_out_and_said(tmp_path: Path) -> None:
    pages = [[Set(FIRST, 72, 700)], [GARBLED], [Set(SECOND, 72, 700)]]
    document, problems = read_fulltext(write_pdf(tmp_path / "x.pdf", pages), "x.pdf")
    assert document is not None
    assert [(one.text, one.page) for one in document.passages] == [(FIRST, 1), (SECOND, 3)]
    assert [(one.kind, one.severity) for one in problems] == [("garbled-pages", "warning")]
    assert "page 2 of the file" in problems[0].message


def test_a_garbled_file_is_refused(tmp_path: Path) -> None:
    pages = [[GARBLED], [GARBLED], [Set(FIRST, 72, 700)]]
    _, problems = read_fulltext(write_pdf(tmp_path / "x.pdf", pages), "x.pdf")
    assert [one.kind for one in problems] == ["garbled-pdf"]


def test_tabs_and_signs_of_items_are_not_garbled(tmp_path: Path) -> None:
    found = set_out(
        tmp_path,
        Set(FIRST.replace(" ", "\t"), 72, 700),
        Set("\x01 What all the partners paid;", 72, 660),
        Set("\x01 What the office paid.", 72, 648),
    )
    assert found == [FIRST, "What all the partners paid;", "What the office paid."]


def test_a_line_is_as_large_as_most_of_its_letters(tmp_path: Path) -> None:
    words = "ABOUT"  # a label, larger than the text it stands in
    lines = [Set(f"{FIRST} And so it went on from one year into the next and the", 72, 700),
             Set("year after it, as the", 72, 688), Set(words, 168, 688, 13),
             Set("paper of the office said in all its news.", 222, 688),
             Set(f"Others did not. {SECOND}", 72, 676)]  # fmt: skip
    found = set_out(tmp_path, *lines)
    assert found[1].endswith("as the ABOUT paper of the office said in all its news.")


def test_signs_of_fonts_and_accents_are_read_as_seen(tmp_path: Path) -> None:
    assert set_out(
        tmp_path,
        Set("The office of Andre took 5", 72, 700),
        Set("m", 189.5, 700, greek=True),
        Set("L of it.", 195, 700),
        Set("´", 152, 700),
    ) == ["The office of André took 5 µL of it."]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("a decision-\nmaking body", "a decision-making body"),
        ("the part-\nners met", "the partners met"),
        ("in COVID-\n19 times", "in COVID-19 times"),
        ("een warmte-\nbedrijf", "een warmtebedrijf"),
        ("from 2010–\n2015 on", "from 2010–2015 on"),
        ("a well-\nknown and unknown thing", "a well-known and unknown thing"),
        ("de AI-\nverordening", "de AI-verordening"),
        ("de in-\nen uitvoer", "de in- en uitvoer"),
        ("short-\nor long-term", "short- or long-term"),
        ("heronderzoek-\nen en alle heronderzoeken", "heronderzoeken en alle heronderzoeken"),
        ("an inter-\nest, not a cross-\nsector one", "an interest, not a cross-sector one"),
    ],
)
def test_hyphens_at_the_end_of_a_line(lines: str, text: str) -> None:
    assert unbroken(lines, compounds(lines)) == text


def test_a_hyphen_at_the_end_of_a_line_reaches_the_passage(tmp_path: Path) -> None:
    first = "The office kept its low-key tone, and with this low-"
    assert set_out(tmp_path, Set(first, 72, 700), Set("key tone it found part-", 72, 688),
                   Set("ners for the work.", 72, 676)) == [
        "The office kept its low-key tone, and with this low-key tone it found partners for the "
        "work."
    ]  # fmt: skip


def test_a_space_of_no_room_behind_a_hyphen_is_none(tmp_path: Path) -> None:
    assert set_out(
        tmp_path,
        Set("De Awb- ", 72, 700),
        Set("besluiten over in- en uitvoer zijn van de gemeente.", 110.6, 700),
    ) == ["De Awb-besluiten over in- en uitvoer zijn van de gemeente."]


def test_lines_of_paragraphs_that_differ_in_a_number_are_text() -> None:
    first, *found = texts_of(CASES / "paragraph_over_three_pages_wrong_page.pdf")
    assert first == "The first broker worked in town 1."
    numbers = [*range(101, 144), *range(200, 244), *range(300, 344)]
    assert found[:-1] == [
        "It then invited the second partner and it worked in town 101.",
        *(
            f"The broker then invited partner {number} to the table and it worked in town {town}."
            for number, town in pairwise(numbers)
        ),
    ]
    assert found[-1].startswith("The broker then invited partner 343 to the table and it")


def test_last_lines_with_the_number_of_the_page_are_text() -> None:
    found = texts_of(CASES / "printed_pages_304_305_no_labels.pdf")
    assert found[2::3] == [
        f"This sentence closes page number {number} of the study with a few more words."
        for number in (304, 305, 306)
    ]


def test_sentences_have_the_page_on_which_they_begin() -> None:
    pages = {
        passage.text.split()[-1]: passage.page
        for passage in passages_of(CASES / "paragraph_over_three_pages_wrong_page.pdf")
    }
    assert [pages["102."], pages["141."], pages["204."], pages["241."], pages["304."]] == [
        *(1, 1, 2, 2, 3),
    ]


def test_printed_numbers_that_run_on_are_cited() -> None:
    found = passages_of(CASES / "printed_pages_304_305_no_labels.pdf")
    assert [passage.locator for passage in found] == [
        *["p. 304"] * 3,
        *["p. 305"] * 3,
        *["p. 306"] * 3,
    ]
    assert not any("Visser" in passage.text for passage in found)


def test_a_page_without_number_gets_its_own_by_counting(tmp_path: Path) -> None:
    heads = [[Set(f"{number}   A. Berg", 72, 760)] for number in range(40, 48)]
    heads[0] = heads[3] = []
    assert paragraphs(tmp_path, heads) == [f"p. {number}" for number in range(40, 48)]


def test_left_and_right_and_page_of(tmp_path: Path) -> None:
    pages = [
        [Set(f"Page {at} of 32", 480, 40)] if at % 2 else [Set(f"{at} | Brokers", 72, 760)]
        for at in range(21, 29)
    ]
    assert paragraphs(tmp_path, pages) == [f"p. {number}" for number in range(21, 29)]


def test_roman_numbers_before_arabic_ones(tmp_path: Path) -> None:
    numbers = ["iii", "iv", "v", "vi", "vii", "1", "2", "3", "4", "5", "6"]
    pages = [[Set(number, 300, 40)] for number in numbers]
    assert paragraphs(tmp_path, pages) == [f"p. {number}" for number in numbers]


def test_numbers_that_do_not_run_on_are_not_cited(tmp_path: Path) -> None:
    pages = [[Set(f"{number} offices", 72, 760)] for number in (40, 52, 53, 9, 81, 12)]
    assert paragraphs(tmp_path, pages)[:6] == [f"p. {number}" for number in range(1, 7)]


@pytest.mark.parametrize(
    ("labels", "cited"),
    [
        ("0 << /S /r >> 2 << /S /D >>", ["p. i", "p. ii", "p. 1", "p. 2"]),
        ("0 << /S /D >> 2 << /S /D >>", ["p. 1", "p. 2", "p. 1", "p. 2"]),
        ("0 << >> 1 << /S /D /St 12 >>", ["p. 1", "p. 12", "p. 13", "p. 14"]),
        ("0 << /S /D /St 0 >>", ["p. 1", "p. 2", "p. 3", "p. 4"]),
    ],
)
def test_labels_of_the_file(tmp_path: Path, labels: str, cited: list[str]) -> None:
    assert paragraphs(tmp_path, [[]] * 4, labels) == cited


@given(st.integers(1, 3000), st.integers(6, 40), st.sets(st.integers(0, 39), max_size=2))
def test_numbers_run_on_wherever_they_begin(first: int, count: int, blank: set[int]) -> None:
    pages = [
        Page("", () if at in blank else (TextLine(f"Journal of Brokers {first + at}"),), at + 1)
        for at in range(count)
    ]
    assert [page.label for page in numbered(pages, [""] * count)] == [
        str(first + at) for at in range(count)
    ]


def test_running_heads_that_take_turns_on_few_pages_are_left_out(tmp_path: Path) -> None:
    left = Set("A. Berg and J. Smit on brokers", 72, 760, 8)
    right = Set("The slow work of the brokers", 350, 760, 8)
    licence = Set("Licensed for use in one library only", 72, 30, 7)
    chapter = [[side, licence] for side in (left, right, left, right)]
    other = Set("Who pays? Another chapter of the book", 350, 760, 8)
    pages = [*chapter, [other, licence], [left, licence], [other, licence]]
    path = tmp_path / "x.pdf"
    assert len(paragraphs(tmp_path, pages)) == len(pages)
    assert all(text.startswith("Office ") for text in texts_of(path))


def test_the_end_of_a_reference_is_no_heading(tmp_path: Path) -> None:
    """A journal with volume, issue and pages on top of a page, short over a full line."""
    full = "Every office was asked the same eight questions by the broker in that year."
    for end, section in (
        ("Journal of Brokers, 12(2), 132-141", "1 Offices"),
        ("Journal of Brokers 9 (3-4): 71", "1 Offices"),
        ("Offices of the Brokers, 2012 (2)", "Offices of the Brokers, 2012 (2)"),
    ):
        pages = [
            [Set("1 Offices", 72, 740, 14, bold=True)]
            + [Set(full, 72, 700 - 12 * n) for n in range(30)]
            + [Set("Berg, A. (2012). How brokers find partners in a made-up valley.", 72, 320)],
            [Set(end, 72, 740, bold=True)]
            + [Set(full.replace("eight", word), 72, 720 - 12 * n) for n, word in enumerate(WORDS)],
        ]
        *_, last = passages_of(write_pdf(tmp_path / "x.pdf", pages))
        assert last.locator == f"p. 2, {section}"


def test_files_are_read_side_by_side_as_one_by_one(tmp_path: Path) -> None:
    paths = [
        write_pdf(tmp_path / f"{word}.pdf", [[Set(f"Office {word} had found partners.", 72, 700)]])
        for word in WORDS
    ]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(texts_of, paths * 3))
    assert found == [[f"Office {word} had found partners."] for word in WORDS] * 3


def test_ten_thousand_pieces_on_a_page_are_read(tmp_path: Path) -> None:
    pieces = [Set("x", 20 + at % 500, 20 + at % 600, 4) for at in range(10_000)]
    document, _ = read_fulltext(
        write_pdf(tmp_path / "x.pdf", [[Set(FIRST, 72, 740), *pieces]]), "x.pdf"
    )
    assert document is not None
    assert FIRST in [passage.text for passage in document.passages]
