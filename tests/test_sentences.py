"""Where sentences end, in English and Dutch: hard places that we wrote ourselves."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.passages import normalise
from pipeline.model.sentence_splitter import sentences
from pipeline.sources.corpus import read_fulltext
from pipeline.sources.reader_state import readers_fingerprint
from tests.conftest import ROOT

CASES = ROOT / "tests" / "cases" / "fulltexts"
END = " | "  # stands in the cases where a sentence ends and another follows
LANGUAGES = ("en", "nl")
HARD = [
    (language, line)
    for language in LANGUAGES
    for line in (CASES / f"sentences_{language}.txt").read_text(encoding="utf-8").splitlines()
]
PIECES = st.sampled_from(
    """et al. e.g. The the ( ) [ ] [12] “ ” ‘ ’ " ' . ... … ! ? U.S. J. 12 .12 3.5 1. a) Fig. De enz.
    d.w.z. x.[3] (2019). www.a.org/b. van Berg •""".split()
)


@pytest.mark.parametrize(("language", "line"), HARD)
def test_hard_places(language: str, line: str) -> None:
    assert END.join(sentences(line.replace(END, " "), language)) == line


@pytest.mark.parametrize(
    "opened", ["A bracket (was opened", "“A quote was opened", "‘It was opened", 'He "opened it']
)
def test_what_is_never_closed_glues_nothing(opened: str) -> None:
    rest = ["It went on." for _ in range(400)]
    assert sentences(" ".join([f"{opened}.", *rest]), "en") == [f"{opened}.", *rest]


def test_what_is_closed_too_late_glues_nothing() -> None:
    told = [f"Day {n} was a long day at the office." for n in range(20)]
    text = " ".join([f"He said: “{told[0]}", *told[1:], "That was all.” Nobody answered."])
    assert len(sentences(text, "en")) == 22


@given(
    st.lists(PIECES | st.text(max_size=6), max_size=30).map(" ".join), st.sampled_from(LANGUAGES)
)
def test_nothing_is_lost_and_nothing_added(text: str, language: str) -> None:
    found = sentences(text, language)
    assert " ".join(found) == normalise(text)
    assert all(found)


@pytest.mark.parametrize(
    "odd", ["." * 5000, "(" * 5000, ")" * 5000 + "x.", "a." * 3000, "“(" * 3000]
)
def test_odd_text_takes_no_time(odd: str) -> None:
    text = f"{odd} The office closed. {odd}"
    assert " ".join(sentences(text, "en")) == text


def test_an_article_is_not_cut_at_its_citations(tmp_path: Path) -> None:
    path = Path(shutil.copy(CASES / "et_al_splits_english.txt", tmp_path / "park2014.txt"))
    document, _ = read_fulltext(path, path.name)
    assert document is not None
    assert [passage.text for passage in document.passages] == [
        "Trust grew slowly (Park et al., 2014), and conflict fell.",
        "Smith et al. (2019) found that brokers open a neutral place.",
        "As Figs. 2 and 3 show, partners stay when costs are shared.",
        "This was known (Visser et al. [12]; Bos et al., 2010, p. 4).",
    ]


def test_texts_are_read_again_when_the_lists_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before is kept by this fingerprint."""
    read, usual = [], Path.read_bytes

    def watched(path: Path) -> bytes:
        read.append(path.name)
        return usual(path)

    monkeypatch.setattr(Path, "read_bytes", watched)
    readers_fingerprint.__wrapped__()
    assert {"sentence_ends.py", "sentence_ends.yml"} <= set(read)
