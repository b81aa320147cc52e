"""A made-up article of twenty pages in two columns, and the sentences of its body."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path

from tests.texts.pdfs import Set, write_pdf

WHO = "The office|A broker|The regional council|Her team|The water board|One intermediary|The housing association|A programme manager|The hospital|Our respondent".split(
    "|"
)
DID = "brought together|persuaded|coordinated|consulted|trained|visited|supported|questioned|introduced|reassured".split(
    "|"
)
WHOM = "the municipalities|three universities|local entrepreneurs|the grid operator|several farmers|the insurance companies|both ministries|a group of residents|the primary schools|its suppliers".split(
    "|"
)
HOW = "before the negotiations had begun|during the second experiment|without any additional funding|although the responsibilities were unclear|because nobody trusted the other parties|in a series of informal meetings (see Table 2)|after the evaluation of 2017|with considerable enthusiasm|as Figure 3 shows|while the regulation was being rewritten".split(
    "|"
)
HEADINGS = "1 Introduction|2 Theory and earlier work|3 Methods|3.1 Choice of cases|3.2 Interviews|4 Findings|4.1 Finding partners|4.2 Keeping partners|5 Discussion|6 Conclusion".split(
    "|"
)
WIDTH, LEADING, TOP, BOTTOM, COLUMNS = 46, 12.0, 720, 80, (50, 316)


def sentences(count: int, seed: int = 1) -> list[str]:
    """Different sentences, always the same for a seed."""
    chance = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        parts = [chance.choice(words) for words in (WHO, DID, WHOM, HOW)]
        made[" ".join(parts) + "."] = None
    return list(made)


def make_article(path: Path) -> tuple[Path, list[str]]:
    """Write the PDF; give the sentences a reader should find, in their order."""
    chance = random.Random(2)
    body = sentences(800)
    column: list[tuple[str, str]] = []  # (kind, line), filled into the columns one after another
    rest = iter(body)
    spread = [80] * len(HEADINGS)
    for number, (heading, count) in enumerate(zip(HEADINGS, spread, strict=True)):
        column += [("gap", ""), ("heading", heading), ("gap", "")]
        for _ in range(count // 8):
            text = " ".join(next(rest) for _ in range(8))
            column += [("text", line) for line in _wrapped(text, chance)] + [("gap", "")]
        column += _table(number, chance)
        column += [
            ("gap", ""),
            ("small", f"Figure {number + 1}. Partners of the office by year and by"),
        ]
        column += [("small", "region, as counted in the archive."), ("gap", "")]
    column += [("gap", ""), ("heading", "References"), ("gap", "")]
    for index in range(125):
        entry = f"Author{index}, A. ({1950 + index % 70}). A title about brokers number {index} that nobody wrote. Journal of Made-up Things, {index}(2), 12-34."
        column += [("text", line) for line in textwrap.wrap(entry, WIDTH)]
    column += [("gap", ""), ("heading", "Appendix A. Questions"), ("gap", "")]
    last = "In the appendix we list every question that was asked of the offices."
    column += [("text", line) for line in textwrap.wrap(last, WIDTH)]
    pages: list[list[Set]] = []
    x, y = 0, 0.0
    for kind, line in column:
        if y < BOTTOM:
            x = 1 - x if pages else 0
            y = TOP
            if x == 0:
                pages.append(_head(len(pages)))
                y = 500 if len(pages) == 1 else TOP
            elif len(pages) == 1:
                y = 500
        if kind == "gap":
            y -= 6 if y < TOP else 0
            continue
        if kind == "row":
            cells = line.split("|")
            pages[-1] += [Set(cell, COLUMNS[x] + 60 * at, y, 8) for at, cell in enumerate(cells)]
        else:
            size = {"small": 8, "heading": 11}.get(kind, 10)
            pages[-1].append(Set(line, COLUMNS[x], y, size, kind == "heading"))
        y -= LEADING
    for number, page in enumerate(pages):
        page += _foot(number)
    return write_pdf(path, pages, "0 << /S /D /St 345 >>"), [*body, last]


def _wrapped(text: str, chance: random.Random) -> list[str]:
    """Lines of a column; now and then a long word is divided."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) + 1 <= WIDTH:
            line = f"{line} {word}".strip()
        elif len(word) > 9 and word.isalpha() and chance.random() < 0.7:
            lines.append(f"{line} {word[:5]}-")
            line = word[5:]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


def _table(number: int, chance: random.Random) -> list[tuple[str, str]]:
    rows = [
        ("gap", ""),
        ("small", f"Table {number + 1}. Offices and their partners in the four regions"),
    ]
    rows += [("row", "Region|Partners|Budget|Share")]
    rows += [
        (
            "row",
            f"{place}|{chance.randint(3, 99)}|{chance.random() * 9:.1f}|{chance.randint(1, 99)}%",
        )
        for place in ("North bank", "Old harbour", "The polder", "South")
    ]
    rows += [("row", "Main task|money|people|writing")]
    return [*rows, ("small", "Source: interviews and the archive of the offices."), ("gap", "")]


def _head(number: int) -> list[Set]:
    page = 345 + number
    if number == 0:
        return [
            Set("Journal of Made-up Networks 12 (2021) 345-364", 50, 760, 8),
            Set("The slow work of brokers in four regions", 50, 700, 16, True),
            Set("Anna Berg, Jan Smit and Petra de Wit", 50, 670, 11),
            Set("a Department of Networks, University of Berg, Berg, The Netherlands", 50, 650, 8),
            Set("Corresponding author. E-mail: a.berg@example.org", 50, 630, 8),
            Set("Keywords: brokers, networks, regions, innovation policy", 50, 560, 9),
        ]
    if number % 2:
        return [Set(f"{page}   A. Berg et al.", 50, 760, 8)]
    return [Set(f"The slow work of brokers   {page}", 300, 760, 8)]


def _foot(number: int) -> list[Set]:
    return [
        Set("https://doi.org/10.9999/made.up.2021.012", 50, 40, 7),
        Set(f"Downloaded from journals.example.org by guest on {number + 1} May 2021", 50, 30, 7),
        Set("© 2021 The Authors. All rights reserved.", 50, 20, 7),
    ]
