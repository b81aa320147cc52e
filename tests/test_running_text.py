"""Only running text becomes passages, under true headings; what is none is kept with its reason."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.passages import normalise
from pipeline.sources.fulltexts.cut_text import cut
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.fulltext_readers import read_text
from pipeline.sources.fulltexts.text_blocks import WHYS, Block
from pipeline.sources.fulltexts.text_reader import read_plain
from tests.texts.pdfs import Set, write_pdf

CASES = Path(__file__).parent / "cases" / "fulltexts"
BEFORE = "The broker found two partners for the pilot."
AFTER = "We asked every office the same eight questions."
PARAGRAPH = (
    "The broker invited ten partners to a neutral place in the city and shared the plan with all "
    "of them. They agreed on the costs within a year, and nobody left the pilot before its end, "
    "although the rules had changed twice and the first chair had been replaced by her deputy. "
    "Most of the offices that took part still meet every month."
)
ENTRIES = [
    "Visser, A. and Bos, B. (2014) Brokers in the making. Journal of Brokers, 12(3), 304-310.",
    "Dijk, C. (2015). The neutral place. Nature of Brokers 3, 44-51.",
    "Vos, D., Mulder, E. & Smit, F. (2017). Costs that are shared. Advances in Brokers, 27, 16-20.",
]


def blocks_of(path: Path, text: str = "") -> list[Block]:
    if text:
        path.write_text(text, encoding="utf-8")
    return read_text(path, path.name).blocks


def told(blocks: list[Block]) -> list[tuple[str, str]]:
    """Why each block is no running text, and its words."""
    return [(block.why, block.text) for block in blocks]


def running(blocks: list[Block]) -> list[tuple[str, str]]:
    """Locator and words of running text."""
    return [(block.locator(0), block.text) for block in blocks if not block.why]


def test_references_without_heading_are_known_by_their_shape() -> None:
    blocks = blocks_of(CASES / "references_without_heading.pdf")
    assert [block.why for block in blocks] == ["", "references", "references", "references"]
    assert blocks[0].text.endswith("costs are shared in a fair way.")
    assert blocks[3].text.startswith("[3] G. Jansen")


def test_subheadings_and_headings_that_run_into_the_text_are_headings() -> None:
    blocks = blocks_of(CASES / "run_in_and_bold_subheadings_glued.pdf")
    assert [(block.heading, block.text.split()[:3]) for block in blocks] == [
        ("Collecting interview data", ["We", "held", "forty"]),
        ("Coding of the answers", ["Two", "coders", "read"]),
        ("2.4. Analysis", ["The", "broker", "roles"]),
    ]


def test_a_sentence_goes_on_after_a_table() -> None:
    blocks = blocks_of(CASES / "table_float_inside_sentence.pdf")
    first = blocks[0]
    assert (
        "costs recorded for each of the partners could be met from one shared fund." in first.text
    )
    assert [page.number for page in first.pages] == [1, 2]
    assert first.text[first.pages[1].at :].startswith("partners could be met")
    assert blocks[1].why == "table"
    assert blocks[1].text.startswith("Table 1 Partners")
    assert blocks[1].text.endswith("3.4 4.4")


@pytest.mark.parametrize("mark", ["", "[{}] ", "{}. "])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_lists_of_references_in_all_kinds_of_text(tmp_path: Path, suffix: str, mark: str) -> None:
    entries = [mark.format(number) + entry for number, entry in enumerate(ENTRIES, 1)]
    text = "\n\n".join([BEFORE, AFTER, *entries])
    if suffix == ".html":
        text = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    found = blocks_of(tmp_path / f"x{suffix}", text)
    assert [block.why for block in found] == ["", "", "references", "references", "references"]
    assert [block.text for block in found[:2]] == [BEFORE, AFTER]


@pytest.mark.parametrize(
    "paragraphs",
    [
        ["Smith et al. (2019) found that brokers open a neutral place."] * 3,
        ["Visser, A. (2014) was the first to say so.", AFTER, "Bos (2010, p. 4) was the second."],
        [f"{n}. In 2014 the office of A. Berg asked partner {n} for help." for n in (1, 2, 3)],
        ENTRIES[:2],  # two are no list
    ],
)
def test_running_text_with_authors_and_years_is_no_list(
    tmp_path: Path, paragraphs: list[str]
) -> None:
    found = blocks_of(tmp_path / "x.txt", "\n\n".join([BEFORE, *paragraphs]))
    assert [block.why for block in found] == [""] * (1 + len(paragraphs))


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("References and notes", "references"),
        ("Ref erences", "references"),
        ("Literatuur en bronnen", "references"),
        ("Acknowledgements", "acknowledgements"),
        ("Dankwoord", "acknowledgements"),
        ("Funding", "declarations"),
        ("Declaration of competing interest", "declarations"),
        ("Conflicts of interest", "declarations"),
        ("Authors’ contributions", "declarations"),
        ("CRediT authorship contribution statement", "declarations"),
        ("Data availability statement", "declarations"),
        ("Availability of data and materials", "declarations"),
        ("Supplementary material", "declarations"),
        ("Ethics approval and consent to participate", "declarations"),
        ("List of abbreviations", "abbreviations"),
        ("Lijst van afkortingen", "abbreviations"),
        ("Over de auteurs", "authors"),
        ("Colofon", "authors"),
    ],
)
def test_parts_that_are_no_running_text_say_why(tmp_path: Path, heading: str, why: str) -> None:
    text = f"Results\n\n{BEFORE}\n\n{heading}\n\n{AFTER}\n\nDiscussion\n\n{PARAGRAPH}\n"
    expected = [("", BEFORE), (why, AFTER), ("", PARAGRAPH)]
    assert told(blocks_of(tmp_path / "x.txt", text)) == expected
    page = f"<h2>Results</h2><p>{BEFORE}</p><p><strong>{heading}</strong></p><p>{AFTER}</p>"
    page += f"<h2>Discussion</h2><p>{PARAGRAPH}</p>"
    assert told(blocks_of(tmp_path / "x.html", page)) == expected
    marked = f"## Results\n\n{BEFORE}\n\n**{heading}**\n\n{AFTER}\n\n## Discussion\n\n{PARAGRAPH}\n"
    assert told(blocks_of(tmp_path / "x.md", marked)) == expected


@pytest.mark.parametrize(
    ("paragraph", "why"),
    [
        ("We thank all partners for the time they gave us.", "acknowledgements"),
        ("The authors would like to thank Anna Berg for her comments.", "acknowledgements"),
        ("Wij willen de bewoners bedanken voor hun tijd en koffie.", "acknowledgements"),
        ("Funding: The city paid for this study of its brokers.", "declarations"),
        ("This work was supported by the fund of all brokers (grant 12).", "declarations"),
        ("The authors declare that they have no competing interests.", "declarations"),
        ("Author Contributions: A.V. and B.B. wrote it together.", "declarations"),
        ("Abbreviations: BR, broker; PA, partner; PL, plan of the city.", "abbreviations"),
        (
            "This is an open access article distributed under the terms of a licence of the makers, "
            "which permits use by all who name its source.",
            "imprint",
        ),
        ("How to cite: Visser A. The brokers of a city. 2014.", "imprint"),
        ("Received: 3 May 2013; Accepted: 10 June 2014", "imprint"),
        ("Dedicated to all who broker without being asked", "dedication"),
        ("Figure 2.1. Partners and what they paid in both years of the pilot.", "caption"),
        ("F I G U R E 3 Partners of the office by year and region", "caption"),
        ("Keywords Brokers . Partners . Plans", "keywords"),
        ("We use cookies to make this site work for you.", "furniture"),
    ],
)
def test_paragraphs_that_say_what_they_are(tmp_path: Path, paragraph: str, why: str) -> None:
    found = blocks_of(tmp_path / "x.txt", f"{BEFORE}\n\n{paragraph}\n\n{AFTER}\n")
    assert told(found) == [("", BEFORE), (why, paragraph), ("", AFTER)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Funding was scarce in the first year of each office.",
        "Acknowledgement of the costs came late for most partners.",
        "The authors declared the first plan dead in their own report.",
        "Figure 2.1 shows that most partners came from the city.",
        "This study was done in four towns by two of the authors.",
        "Ethical approval was asked of the board of each of the hospitals.",
        "Contributions of the partners differed from year to year.",
        "Received wisdom has it that brokers only talk.",
        "References to other offices were rare in the year 2014.",
    ],
)
def test_sentences_that_begin_like_them_stay(tmp_path: Path, sentence: str) -> None:
    found = blocks_of(tmp_path / "x.txt", f"{BEFORE}\n\n{sentence}\n\n{AFTER}\n")
    assert told(found) == [("", BEFORE), ("", sentence), ("", AFTER)]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        (f"Abstract\n\n{PARAGRAPH}", "Abstract"),
        (f"A B S T R A C T\n\n{PARAGRAPH}", "A B S T R A C T"),
        (f"Abstract—{PARAGRAPH}", "Abstract"),
        (f"ABSTRACT: {PARAGRAPH}", "ABSTRACT"),
        (f"Abstract {PARAGRAPH}", "Abstract"),
        (f"Summary. {PARAGRAPH}", "Summary"),
        (f"Samenvatting\n\n{PARAGRAPH}", "Samenvatting"),
    ],
)
def test_abstracts_are_known(tmp_path: Path, text: str, heading: str) -> None:
    found = blocks_of(tmp_path / "x.txt", f"{text}\n\nIntroduction\n\n{AFTER}\n")
    assert running(found) == [(heading, PARAGRAPH), ("Introduction", AFTER)]


@pytest.mark.parametrize(
    ("heading", "locator"),
    [
        ("1 |INTRODUCTION", "1 |INTRODUCTION"),
        ("2.1 | Partners of the office", "2.1 | Partners of the office"),
        ("RESULTS AND DISCUSSION", "RESULTS AND DISCUSSION"),
        ("4. Results.", "4. Results"),
        ("Hoofdstuk 3 De eerste jaren", "Hoofdstuk 3 De eerste jaren"),
    ],
)
def test_headings_with_numbers_and_capitals(tmp_path: Path, heading: str, locator: str) -> None:
    found = blocks_of(tmp_path / "x.txt", f"{BEFORE}\n\n{heading}\n\n{AFTER}\n")
    assert running(found) == [("¶ 1", BEFORE), (locator, AFTER)]


def test_a_row_number_is_no_heading(tmp_path: Path) -> None:
    text = f"1 Introduction\n\n{BEFORE}\n\n2 Offices\n\n{AFTER}\n\n14 Berg aan Zee\n\n{PARAGRAPH}\n"
    found = blocks_of(tmp_path / "x.txt", text)
    assert found[-1].heading == "2 Offices"


def set_lines(text: str, x: float, y: float, width: int = 70, size: float = 10) -> list[Set]:
    words, lines = text.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [Set(line, x, y - 1.2 * size * at, size) for at, line in enumerate(lines)]


@pytest.mark.parametrize(
    "cited", ["Article 3(1) of the Directive", "Artikel 12a (2) van de Verordening"]
)
def test_what_a_law_says_is_cited_and_no_heading(tmp_path: Path, cited: str) -> None:
    rest = "holds for all of the towns."
    text = f"Methods\n\n{BEFORE}\n\n{cited}\n\n{rest}\n"
    assert running(blocks_of(tmp_path / "x.txt", text)) == [
        ("Methods", BEFORE),
        ("Methods", f"{cited} {rest}"),
    ]
    article = cited.replace("(1)", "").replace(" (2)", "")  # as laws head what they say
    text = f"Methods\n\n{BEFORE}\n\n{article}\n\n{AFTER}\n"
    assert running(blocks_of(tmp_path / "x.txt", text))[1] == (article, AFTER)
    head = [Set("Methods", 60, 720, bold=True), *set_lines(BEFORE, 60, 700)]
    under = [Set(cited, 60, 660, bold=True), *set_lines(PARAGRAPH, 60, 640)]
    path = write_pdf(tmp_path / "x.pdf", [[*head, *under]])
    assert running(blocks_of(path))[1] == (f"p. 1, {cited}", PARAGRAPH)


def test_a_title_page_gives_its_abstract_and_no_names(tmp_path: Path) -> None:
    page = [
        Set("Brokers of four cities and their", 60, 760, 18, True),
        Set("many partners", 60, 738, 18, True),
        Set("Anna Visser, Bert Bos, Carla Dijk", 60, 710, 11),
        Set("Department of Plans, University of Berg, 1234 Berg, The Netherlands", 60, 690, 8),
        *set_lines(PARAGRAPH, 60, 660, 80, 9),
        Set("1. Introduction", 60, 560, 12, True),
        *set_lines(f"{PARAGRAPH} {AFTER}", 60, 540),
    ]
    blocks = blocks_of(write_pdf(tmp_path / "x.pdf", [page]))
    assert running(blocks) == [
        ("p. 1, Abstract", PARAGRAPH),
        ("p. 1, 1. Introduction", f"{PARAGRAPH} {AFTER}"),
    ]
    assert {block.why for block in blocks if "Visser" in block.text or "Berg," in block.text} == {
        "authors"
    }


def test_a_heading_of_two_lines_and_headers_of_tables(tmp_path: Path) -> None:
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740),
        Set("Partners that stayed in the plan and those", 60, 660, 11, True),
        Set("that left it before the end", 60, 646, 11, True),
        *set_lines(f"{AFTER} {PARAGRAPH}", 60, 626),
        Set("Table 1. Partners of the offices by year", 60, 540, 8),
        Set("Office Name", 60, 528, 8, True),
        Set("Partner Kind", 60, 516, 8, True),
        Set("Acme", 60, 504, 8),
        *set_lines(f"{BEFORE} {PARAGRAPH}", 60, 480),
    ]
    blocks = blocks_of(write_pdf(tmp_path / "x.pdf", [page]))
    heading = "p. 1, Partners that stayed in the plan and those that left it before the end"
    assert running(blocks) == [
        ("p. 1, Results", PARAGRAPH),
        (heading, f"{AFTER} {PARAGRAPH}"),
        (heading, f"{BEFORE} {PARAGRAPH}"),
    ]
    (table,) = (block for block in blocks if block.why == "table")
    assert table.text.endswith("Office Name Partner Kind Acme")


def test_headings_in_small_type_hold_for_small_text_alone(tmp_path: Path) -> None:
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740),
        Set("Partners who answered", 60, 660, 8, True),
        *set_lines(f"{BEFORE} {BEFORE}", 60, 648, 90, 8),
        *set_lines(f"{AFTER} {PARAGRAPH}", 60, 600),
    ]
    heading = "p. 1, Partners who answered"
    assert running(blocks_of(write_pdf(tmp_path / "x.pdf", [page]))) == [
        ("p. 1, Results", PARAGRAPH),
        (heading, f"{BEFORE} {BEFORE}"),
        ("p. 1, Results", f"{AFTER} {PARAGRAPH}"),
    ]
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740),
        Set("Partners who answered", 60, 660, 8, True),  # of text as usual
        *set_lines(f"{AFTER} {PARAGRAPH}", 60, 640),
        *set_lines(f"{AFTER} {BEFORE}", 60, 540),
    ]
    assert running(blocks_of(write_pdf(tmp_path / "y.pdf", [page])))[1:] == [
        (heading, f"{AFTER} {PARAGRAPH}"),
        (heading, f"{AFTER} {BEFORE}"),
    ]


def test_a_box_with_addresses_ends_where_text_goes_on(tmp_path: Path) -> None:
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740, 40),
        Set("Correspondence to", 450, 700, 7, True),
        *set_lines("Anna Berg, Office of Plans, 1234 Berg", 450, 690, 25, 7),
        *set_lines(AFTER, 60, 600, 40),
    ]
    blocks = blocks_of(write_pdf(tmp_path / "x.pdf", [page]))
    assert running(blocks) == [("p. 1, Results", PARAGRAPH), ("p. 1, Results", AFTER)]


@pytest.mark.parametrize("mark", ["33   ", "7 ", "* "])
def test_footnotes_are_left_out_and_small_text_elsewhere_is_not(tmp_path: Path, mark: str) -> None:
    note = f"{mark}These figures are those of the office itself, which nobody checked."
    other = set_lines(f"{AFTER} {PARAGRAPH}", 60, 500)
    text = [Set("Results", 60, 760, 12, True), *set_lines(PARAGRAPH, 60, 740)]
    foot = blocks_of(write_pdf(tmp_path / "x.pdf", [[*text, *other, Set(note, 60, 90, 7)]]))
    assert [block.why for block in foot] == ["", "", "footnote"]
    two = [Set(note, 60, 110, 7), Set(note.replace("office", "city"), 60, 80, 7)]
    feet = blocks_of(write_pdf(tmp_path / "z.pdf", [[*text, *other, *two]]))
    assert [block.why for block in feet] == ["", "", "footnote", "footnote"]
    for number, line in enumerate(
        (
            Set(note, 60, 640, 7),  # with text under it
            Set(note, 60, 90),  # as large as the text
            Set(note.removeprefix(mark), 60, 90, 7),  # without mark
        )
    ):
        page = sorted([*text, *other, line], key=lambda one: -one.y)
        found = blocks_of(write_pdf(tmp_path / f"{number}.pdf", [page]))
        assert [block.why for block in found] == ["", "", ""]


@pytest.mark.parametrize("sign", ["•", ">", "–"])
def test_items_of_a_list_are_passages_of_their_own_without_sign(tmp_path: Path, sign: str) -> None:
    colon = "" if sign == "•" else ":"  # that sign begins an item wherever it stands
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740),
        *set_lines(
            "The board of every office keeps three lists with all of the following" + colon, 60, 640
        ),
        Set(f"{sign} the partners who came to the first meeting of the year, and all who", 60, 628),
        Set("came after it;", 70, 616),
        Set(f"{sign} what they paid for the pilot;", 60, 604),
        Set(f"{sign} the costs of the office", 60, 592),
        Set(f"{sign} the rent of the house", 60, 580),
    ]
    found = running(blocks_of(write_pdf(tmp_path / "x.pdf", [page])))
    assert [text for _, text in found[-4:]] == ITEMS


ITEMS = [
    "the partners who came to the first meeting of the year, and all who came after it;",
    "what they paid for the pilot;",
    "the costs of the office",
    "the rent of the house",
]


@pytest.mark.parametrize("bold", [False, True])
def test_a_short_line_over_a_full_one_is_a_heading(tmp_path: Path, bold: bool) -> None:
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740),
        Set("Partners of the pilot", 60, 670, bold=bold),
        *set_lines(f"{PARAGRAPH} {AFTER}", 60, 658),
        Set("The last year was", 60, 560),
        *set_lines("of no use to most of the partners who had paid for the pilot.", 60, 548),
    ]
    assert running(blocks_of(write_pdf(tmp_path / "x.pdf", [page]))) == [
        ("p. 1, Results", PARAGRAPH),
        ("p. 1, Partners of the pilot", f"{PARAGRAPH} {AFTER}"),
        (
            "p. 1, Partners of the pilot",
            "The last year was of no use to most of the partners who had paid for the pilot.",
        ),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["Berg on the river", "Dal on the sea"],  # short over short
        [
            "Partners met each other in the townhall of municipalities named",  # full over full
            "Berg, which had paid for all of it, and they were asked eight questions",
            "by the office.",
        ],
    ],
)
def test_a_line_over_one_like_it_is_no_heading(tmp_path: Path, lines: list[str]) -> None:
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740),
        *(Set(line, 60, 670 - 12 * at) for at, line in enumerate(lines)),
        *set_lines(AFTER, 60, 600),
    ]
    blocks = blocks_of(write_pdf(tmp_path / "x.pdf", [page]))
    assert {block.heading for block in blocks} == {"Results"}


def test_a_heading_in_italics_of_two_lines(tmp_path: Path) -> None:
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740),
        Set("2.1 Partners of the pilot: not only", 60, 660, italic=True),
        Set("Offices in the city", 60, 648, italic=True),
        *set_lines(f"{AFTER} {PARAGRAPH}", 60, 636),
    ]
    assert running(blocks_of(write_pdf(tmp_path / "x.pdf", [page])))[1:] == [
        ("p. 1, 2.1 Partners of the pilot: not only Offices in the city", f"{AFTER} {PARAGRAPH}")
    ]


def test_a_name_over_the_first_text_is_no_heading(tmp_path: Path) -> None:
    page = [
        Set("Brokers of four cities", 60, 760, 18, True),
        Set("Anna Visser", 60, 720),
        *set_lines(f"{PARAGRAPH} {AFTER}", 60, 708),
        Set("Introduction", 60, 600, 12, True),
        *set_lines(AFTER, 60, 580),
    ]
    blocks = blocks_of(write_pdf(tmp_path / "x.pdf", [page]))
    assert {block.heading for block in blocks} <= {"", "Abstract", "Introduction"}


def test_a_heading_in_capitals_of_two_lines(tmp_path: Path) -> None:
    page = [
        Set("Introduction", 60, 780, 12, True),
        *set_lines(AFTER, 60, 766),
        Set("PARTNERS OF mixed", 60, 740, 12, True),
        Set("OFFICES", 60, 726, 12, True),
        *set_lines(PARAGRAPH, 60, 712),
        Set("RESULTS", 60, 640, 12, True),
        Set("What the partners paid", 60, 626, 12, True),
        *set_lines(AFTER, 60, 600),
    ]
    assert [where for where, _ in running(blocks_of(write_pdf(tmp_path / "x.pdf", [page])))] == [
        "p. 1, Introduction",
        "p. 1, PARTNERS OF mixed OFFICES",
        "p. 1, What the partners paid",
    ]


def test_a_box_ends_with_its_page(tmp_path: Path) -> None:
    pages = [
        [
            Set("Results", 60, 760, 12, True),
            *set_lines(PARAGRAPH, 60, 740),
            Set("About the authors", 60, 660, 12, True),
            *set_lines("Anna Berg has brokered in all towns of the north for years.", 60, 640),
        ],
        set_lines(AFTER, 60, 740),
    ]
    blocks = blocks_of(write_pdf(tmp_path / "x.pdf", pages))
    assert running(blocks) == [("p. 1, Results", PARAGRAPH), ("p. 2, Results", AFTER)]


def test_references_go_on_under_headings_of_their_own(tmp_path: Path) -> None:
    page = f"<h2>Results</h2><p>{BEFORE}</p><h2>References</h2><p>{ENTRIES[0]}</p>"
    page += f"<h2>Other reports</h2><p>{AFTER}</p><h2>Conclusions</h2><p>{PARAGRAPH}</p>"
    whys = [block.why for block in blocks_of(tmp_path / "x.html", page)]
    assert whys == ["", "references", "references", ""]


def test_names_with_commas_are_no_heading(tmp_path: Path) -> None:
    found = blocks_of(tmp_path / "x.txt", f"{BEFORE}\n\nBerg Office, Dal Office\n\n{AFTER}\n")
    assert found[-1].heading == ""


def test_bold_words_at_the_beginning_of_a_sentence_are_no_heading(tmp_path: Path) -> None:
    page = [
        Set("Results", 60, 760, 12, True),
        Set("Partners:", 60, 740, bold=True),
        Set("they met in the city, and they met in the other city too,", 110, 740),
        Set("and nobody was asked to pay for it.", 60, 728),
        Set("Costs:", 60, 700, bold=True),
        Set("Nobody was asked to pay for the meetings in the city.", 95, 700),
    ]
    found = running(blocks_of(write_pdf(tmp_path / "x.pdf", [page])))
    assert found[0][0] == "p. 1, Results"
    assert found[0][1].startswith("Partners: they met in the city")
    assert found[1] == ("p. 1, Costs", "Nobody was asked to pay for the meetings in the city.")


def test_reports_of_reviewers_are_left_out_to_the_end(tmp_path: Path) -> None:
    text = (
        f"Results\n\n{BEFORE}\n\nReferences\n\n{ENTRIES[0]}\n\nCurrent Referee Status\n\n"
        f"{AFTER}\n\nCompeting interests\n\nNone at all were told to us.\n\nDiscussion\n\n{AFTER}\n"
    )
    whys = [block.why for block in blocks_of(tmp_path / "x.txt", text)]
    assert whys == ["", "references", "reviews", "reviews", "reviews"]


def test_declarations_in_the_middle_of_a_paragraph(tmp_path: Path) -> None:
    lines = ["Data accessibility. All data are kept by the office.",
             "Authors’ contributions. A.V. and B.B. wrote it together."]  # fmt: skip
    text = "\n".join([*lines, "Funding. The city paid for all of it."])
    found = blocks_of(tmp_path / "x.txt", f"{BEFORE}\n\n{text}\n\n{AFTER}\n")
    assert [block.why for block in found] == ["", *["declarations"] * 3, ""]


def test_programs_and_formulas_are_no_passages(tmp_path: Path) -> None:
    program = 'void setup() { Serial.begin(9600); lcd.print("Found it"); } // the end of it'
    page = [
        [
            *set_lines(PARAGRAPH, 60, 740),
            Set(program, 60, 600),
            Set("H0: pA = pB H1: pA > pB.", 60, 500),
        ]
    ]
    path = write_pdf(tmp_path / "x.pdf", page)
    assert [block.why for block in blocks_of(path)][:2] == ["", "fragment"]
    passages = list(cut(blocks_of(path), "en"))
    assert len(passages) == 3
    assert not any("setup" in one.text or "pA" in one.text for one in passages)


def test_addresses_are_no_headings(tmp_path: Path) -> None:
    page = [
        Set("Results", 60, 760, 12, True),
        *set_lines(PARAGRAPH, 60, 740),
        Set("Article 52339 http://www.example.org/office", 60, 660, 12, True),
        *set_lines(AFTER, 60, 640),
    ]
    found = running(blocks_of(write_pdf(tmp_path / "x.pdf", [page])))
    assert found == [("p. 1, Results", PARAGRAPH), ("p. 1, Results", AFTER)]


@pytest.mark.parametrize("caption", ["Table 1 - What partners paid", "Continued Table 1"])
def test_captions_of_tables_in_other_words(tmp_path: Path, caption: str) -> None:
    found = blocks_of(tmp_path / "x.txt", f"{BEFORE}\n\n{caption}\nBerg and Dal\n\n{AFTER}\n")
    assert [block.why for block in found] == ["", "table", ""]


def test_contents_are_left_out(tmp_path: Path) -> None:
    lines = ["1 Introduction 5", "2 Methods of the study 17", "3 Results 40", "4 Discussion 88"]
    text = f"Contents\n\n{chr(10).join(lines)}\n\n1 Introduction\n\n{AFTER}\n"
    found = blocks_of(tmp_path / "x.txt", text)
    assert [block.why for block in found] == ["contents"] * (len(found) - 1) + [""]
    assert found[-1].heading == "1 Introduction"


def test_a_page_without_headings_has_bold_ones_and_keeps_what_surrounds_it(tmp_path: Path) -> None:
    page = (
        "<body><nav><a href='/'>Home</a> <a href='/all'>All the pages of this site</a></nav>"
        f"<p><b>Findings of the study</b></p><p>{BEFORE}</p>"
        "<table><tr><td>Office</td><td>Partners</td></tr><tr><td>Berg</td><td>12</td></tr></table>"
        f"<p><strong>Bold words</strong> begin this sentence of the study.</p>"
        f"<p>{PARAGRAPH} {PARAGRAPH}</p>"
        f"<p><strong>References</strong></p><p>{ENTRIES[0]}</p>"
        "<div class='cookie-banner'><p>Choose what this site may keep.</p><p>All of it.</p></div>"
    )
    found = blocks_of(tmp_path / "x.html", page)
    assert [(block.why, block.heading) for block in found] == [
        ("furniture", ""),
        ("", "Findings of the study"),
        ("table", "Findings of the study"),
        ("", "Findings of the study"),
        ("", "Findings of the study"),
        ("references", "References"),
        ("furniture", "References"),
    ]
    assert found[2].text == "Office Partners Berg 12"
    assert found[3].text == "Bold words begin this sentence of the study."
    assert found[6].text == "Choose what this site may keep. All of it."


def test_what_the_options_skip_is_kept_too(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.with_suffix(".yml").write_text("skip: [Methods]\n")
    found = blocks_of(path, f"1 Methods\n\n{AFTER}\n\n2 Results\n\n{BEFORE}\n")
    assert told(found) == [("skipped", AFTER), ("", BEFORE)]


LINES = st.sampled_from(
    [
        "",
        "",
        "Contents",
        "References",
        "1 Introduction",
        "2.1 Partners",
        "Figure 1. Partners of the office",
        "Table 2 Costs by year",
        "Berg   12   3.4",
        "Berg aan Zee 14",
        "Keywords: brokers, plans",
        "Downloaded from journals.example.org",
        *ENTRIES,
        *(PARAGRAPH[at : at + 60] for at in range(0, 240, 60)),
        BEFORE,
        "[1] Visser, A. 2014.",
        "a.visser@example.org",
        "• the second partner,",
        "Abstract—The broker",
    ]
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(LINES, max_size=12), min_size=1, max_size=4))
def test_no_word_is_lost(tmp_path_factory: pytest.TempPathFactory, pages: list[list[str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "lost.txt"
    text = "\f".join("\n".join(lines) for lines in pages)
    if not text.strip():
        return
    path.write_text(text, encoding="utf-8")
    reading = read_plain(path, path.name, Options())
    assert {block.why for block in reading.blocks} <= {"", *WHYS}
    assert all(block.text == normalise(block.text) for block in reading.blocks)
    said = " ".join([*(block.text for block in reading.blocks), *reading.headings]).casefold()
    numbers = {"1", "2"}  # of headings
    assert set(re.findall(r"\w+", text.casefold())) - set(re.findall(r"\w+", said)) <= numbers


CONTENTS = [
    Set("Contents", 60, 740, 14, True),
    *(
        Set(f"{number} Part {word} of the study {page}", 60, 710 - 14 * number)
        for number, word, page in ((4, "four", 13), (5, "five", 19), (6, "six", 22))
    ),
]


def test_a_list_of_contents_ends_with_its_page(tmp_path: Path) -> None:
    short = Set("Nobody left it.", 60, 740)
    path = write_pdf(tmp_path / "x.pdf", [CONTENTS, [short, *set_lines(PARAGRAPH, 60, 700)]])
    assert running(blocks_of(path)) == [("p. 2", short.text), ("p. 2", PARAGRAPH)]


def test_a_list_of_contents_goes_on_over_pages_that_list_parts(tmp_path: Path) -> None:
    more = [
        replace(line, text=line.text.replace(" of the study ", " of the study 1"))
        for line in CONTENTS[1:]
    ]
    path = write_pdf(tmp_path / "x.pdf", [CONTENTS, [*more, Set("Part nine, which", 60, 600)]])
    assert not running(blocks_of(path))


def test_a_list_of_contents_ends_where_sentences_begin(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", [[*CONTENTS, *set_lines(PARAGRAPH, 60, 600)]])
    assert running(blocks_of(path)) == [("p. 1", PARAGRAPH)]
