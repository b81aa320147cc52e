"""The measurement of full texts says what is so of a small article whose faults are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import fulltexts
from tests.bench.jats import read_article
from tests.texts.pdfs import Set, write_pdf

JATS = """<article>
<front><article-meta><abstract><p>One office brings three sectors together here.</p></abstract>
</article-meta></front>
<body>
<sec><title>1. Methods</title>
<p>We spoke with the partners for two years.<xref ref-type="bibr">1</xref><sup>,</sup>
<xref ref-type="bibr">2</xref> Each talk took place at the office (Smit, <xref
ref-type="bibr">2019</xref>).</p>
<fig><caption><p>A caption that nobody should look for in the text.</p></caption></fig>
<p>The sum of <inline-formula>x</inline-formula> partners grew every single year.</p></sec>
<sec><title>2. Results</title>
<sec><title>Trust</title><p>Trust grew slowly among the partners of the office.</p>
<p>Nobody left the table before the work had been done.</p></sec></sec>
<sec><title>Funding</title><p>The council paid for all of this work.</p></sec>
</body>
<back><ref-list><ref><mixed-citation>Berg A. (2001). Brokers between the made-up sectors.
Journal of Brokers.</mixed-citation></ref></ref-list></back>
</article>
"""
PAGES = [
    [
        "Abstract",
        "One office brings three sectors together here.",
        "1. Methods",
        "We spoke with the partners for two years. Each talk tookplace at the office (Smit, 2019).",
    ],
    [
        "3. Discussion",
        "Trust grew slowly among the partners of the office.",
        "Berg A. (2001). Brokers between the made-up sectors. Journal of Brokers.",
    ],
]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    placed = [[Set(line, 72, 720 - 40 * at, 12) for at, line in enumerate(page)] for page in PAGES]
    (tmp_path / "berg2001.xml").write_text(JATS, encoding="utf-8")
    return write_pdf(tmp_path / "berg2001.pdf", placed), tmp_path / "berg2001.xml"


def test_sentences_of_an_article_are_its_running_text(pair: tuple[Path, Path]) -> None:
    found = read_article(pair[1]).sentences
    assert [(sentence.text, sentence.titles) for sentence in found if sentence.counts] == [
        ("One office brings three sectors together here.", ()),
        ("We spoke with the partners for two years.", ("1. Methods",)),
        ("Each talk took place at the office (Smit, 2019).", ("1. Methods",)),
        ("Trust grew slowly among the partners of the office.", ("2. Results", "Trust")),
        ("Nobody left the table before the work had been done.", ("2. Results", "Trust")),
    ]
    assert found[1].noted == "We spoke with the partners for two years.1,2"
    assert [sentence.text for sentence in found if not sentence.counts] == [
        "The sum of \ufffc partners grew every single year."
    ]


def test_what_became_of_each_sentence_is_counted(pair: tuple[Path, Path]) -> None:
    tally = fulltexts.measure(*pair)
    counts = tally.counts
    assert (counts["sentences"], counts["exactly"], counts["nearly"]) == (5, 3, 4)
    assert [fault.split("\n")[0] for fault in tally.faults["missing"]] == [
        "Nobody left the table before the work had been done."
    ]
    assert (counts["paged"], counts["wrong page"], counts["pages"]) == (4, 0, 2)
    assert (counts["titled"], counts["right section"]) == (3, 2)  # it stands under 3. Discussion
    assert (counts["abstracts"], counts["abstracts seen"]) == (1, 1)
    assert tally.faults["joined"] == ["tookplace"]
    assert counts["true"] == 4


def test_a_passage_that_is_a_reference_is_told_from_others(pair: tuple[Path, Path]) -> None:
    article = read_article(pair[1])
    assert article.cites("Berg A. (2001). Brokers between the made-up sectors.")
    assert not article.cites("Trust grew slowly among the partners of the office.")


def test_a_pdf_that_cannot_be_read_holds_no_sentence(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf, _ = pair
    write_pdf(pdf, [[Set("1", 72, 720, 12)]])
    monkeypatch.setattr("sys.argv", ["fulltexts", str(pdf.parent), "--faults", "1"])
    fulltexts.main()
    shown = capsys.readouterr().out
    assert "hardly any text" in shown
    assert [line.split()[:4] for line in shown.splitlines() if line.startswith("all")] == [
        ["all", "1", "5", "0.0"]
    ]
