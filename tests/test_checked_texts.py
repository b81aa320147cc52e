"""What `evidence check` and `build` say of full texts: each file, what reads badly, how far."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.build import text_reading
from pipeline.build.recipe import build
from pipeline.commands import console
from pipeline.ground.project import Project
from pipeline.sources.corpus import Source, read_fulltext, read_source
from pipeline.sources.fulltexts import fulltext_bytes
from tests.conftest import Evidence
from tests.texts.pdfs import Set, write_pdf

PLAIN = "The office of number {} invited all its banks to a meeting in the spring."
DUTCH = "Het kantoor met nummer {} nodigde alle banken uit voor een gesprek in het voorjaar."


def said(path: Path, sentences: list[str]) -> list[tuple[str, str]]:
    """Kind and message of the problems of a text with a paragraph for each sentence."""
    path.write_text("\n\n".join(sentences) + "\n")
    return [(item.kind, item.message) for item in read_fulltext(path, path.name)[1]]


@pytest.mark.parametrize(
    ("odd", "number", "kind", "message"),
    [
        (
            "Theofficeofallthebanksandfarmers of {} met three times a year.",
            2,
            "long-words",
            "2 of 448 words are longer than any word, the first is 'Theofficeofallthebanksandfarmers'",
        ),
        (
            "T h e o f f i c e m e t number {} t h r e e times with them.",
            12,
            "spaced-letters",
            "180 of 546 words are single letters",
        ),
        (
            "The office of number {} invited all its banks to a meeting in",
            12,
            "cut-sentences",
            "12 of 33 passages break off without an end, the first is "
            "'The office of number 0 invited all its banks to a meeting in'",
        ),
        (
            "The office of number {} invited all its banks (",
            3,
            "open-brackets",
            "3 of 33 passages end where something is opened, the first is "
            "'The office of number 0 invited all its banks ('",
        ),
        (
            "The ofﬁcé of number {} had its \ufffd\ufffd\ufffd letters lost in all that.",
            4,
            "garbled-letters",
            "4 of 33 passages hold letters that cannot be told",
        ),
    ],
)
def test_a_text_that_reads_badly_is_told_with_a_figure(
    tmp_path: Path, odd: str, number: int, kind: str, message: str
) -> None:
    rest = 33 - number
    sentences = [odd.format(at) for at in range(number)] + [PLAIN.format(at) for at in range(rest)]
    found = said(tmp_path / "x.md", sentences)
    assert [name for name, _ in found] == [kind]
    assert found[0][1].startswith(message[:60]), found


@pytest.mark.parametrize("sentence", [PLAIN, DUTCH])
def test_a_text_that_reads_well_gives_no_warning(tmp_path: Path, sentence: str) -> None:
    sentences = [sentence.format(at) for at in range(40)]
    # One odd passage is none; nor is a name, a compound or a list without full stops.
    sentences[3] = "De arbeidsongeschiktheidsverzekeringsmaatschappij betaalde dat jaar alles uit ("
    sentences[7] = "Plan A and plan B of the office went to J. K. de Vries and so on;"
    assert said(tmp_path / "x.txt", sentences) == []


def test_slides_are_told_to_hold_hardly_any_text(tmp_path: Path) -> None:
    pages = [[Set(f"Number {at}", 72, 700, 24)] for at in range(9)]
    pages.append([Set(PLAIN.format(at), 72, 700 - 30 * at, 10) for at in range(3)])
    path = write_pdf(tmp_path / "x.pdf", pages)
    found = [(item.kind, item.message) for item in read_fulltext(path, path.name)[1]]
    assert ("little-text", "10 pages gave only 3 passages") in found


def with_texts(project: Project, number: int) -> None:
    """Full texts of three paragraphs each, the last of which is a list of references."""
    project.fulltext.mkdir(exist_ok=True)
    bib = project.references.read_text()
    for at in range(number):
        key = f"shelf{2000 + at}"
        bib += f"\n@book{{{key}, author = {{Shelf, A.}}, title = {{T {at}}}, year = {{2001}}}}\n"
        path = project.fulltext / f"{key}.md"
        path.write_text(f"# Study\n\n{PLAIN.format(at)}\n\n{DUTCH.format(at)}\n\n```\ncode\n```\n")
    project.references.write_text(bib)


def test_a_form_that_a_program_shows_is_told_and_no_passage(
    small: Project, evidence: Evidence
) -> None:
    """As Adobe's LiveCycle writes them; pages that are there are read, though it be such a form."""
    small.fulltext.mkdir(exist_ok=True)
    form = "/AcroForm << /Fields [] /XFA (<xdp/>) >> /NeedsRendering true"
    wait = "Please wait... If this message is not eventually replaced, your viewer cannot show it."
    page = [Set(wait, 72, 700), Set("You can upgrade to a later version of the viewer.", 72, 680)]
    path = small.fulltext / "smit2021.pdf"
    write_pdf(path, [page], more=form)
    done = evidence("check", small, "--json")
    assert done.exit_code == 0
    (found,) = json.loads(done.stdout)
    assert (found["kind"], found["severity"]) == ("form-pdf", "warning")
    assert "print it to a new PDF" in found["hint"]
    build(small)
    with sqlite3.connect(small.database) as connection:
        assert connection.execute(
            "SELECT count(*) FROM document WHERE kind = 'fulltext'"
        ).fetchone() == (0,)
    for pages, more in (
        ([page], form.replace("true", "false")),
        ([page, page], form),
        ([page], ""),
    ):
        write_pdf(path, pages, more=more)
        assert "form-pdf" not in evidence("check", small, "--json").stdout


def test_a_pdf_without_pages_says_so(small: Project, evidence: Evidence) -> None:
    small.fulltext.mkdir(exist_ok=True)
    write_pdf(small.fulltext / "smit2021.pdf", [])
    (found,) = json.loads(evidence("check", small, "--json").stdout)
    assert found["message"] == "not a readable PDF: it has no pages"
    assert "Download it again" in found["hint"]


def test_check_lists_the_passages_of_each_file(small: Project, evidence: Evidence) -> None:
    with_texts(small, 2)
    page = [[Set(PLAIN.format(at), 72, 700 - 30 * at, 10) for at in range(4)]] * 1
    write_pdf(small.fulltext / "berg2020.pdf", [*page, [Set(DUTCH.format(9), 72, 700, 10)]])
    lines = evidence("check", small).stdout.splitlines()
    head = next(at for at, line in enumerate(lines) if line.startswith("file"))
    assert lines[head].split("  ")[-1].strip() == "warnings"
    rows = [line.split() for line in lines[head + 1 : head + 4]]
    assert rows[0] == ["corpus/fulltext/berg2020.pdf", "pdf", "2", "en", "5", "–", "–"]
    assert rows[1][:5] == ["corpus/fulltext/shelf2000.md", "md", "–", rows[1][3], "2"]
    assert lines[head + 4].startswith("Full texts: 3, passages: 9, paragraphs left out: ")


def test_a_long_list_is_told_as_a_sum_unless_asked_for(small: Project, evidence: Evidence) -> None:
    with_texts(small, 21)
    short = evidence("check", small).stdout
    assert "shelf2003.md" not in short
    assert "Full texts: 21, passages: 42," in short
    assert evidence("check", small, "--texts").stdout.count("shelf20") == 21
    told = json.loads(evidence("check", small, "--texts", "--json").stdout)
    assert [text["passages"] for text in told["texts"]] == [2] * 21
    assert told["texts"][0]["file"] == "corpus/fulltext/shelf2000.md"
    assert isinstance(json.loads(evidence("check", small, "--json").stdout), list)
    assert "Full texts: 21, passages: 42," in evidence("build", small).stdout


def test_what_was_read_before_an_interrupt_stays_read(
    small: Project, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_texts(small, 3)
    read: list[str] = []

    def reading(stop: str) -> Callable[..., Any]:
        def one(source: Source, name: str) -> Any:
            if source.path.name == stop:
                raise KeyboardInterrupt
            read.append(source.path.name)
            return read_source(source, name)

        return one

    monkeypatch.setattr(text_reading, "read_source", reading("shelf2002.md"))
    stopped = evidence("check", small)
    assert (stopped.exit_code, stopped.stderr) == (130, "Interrupted; nothing was changed.\n")
    assert read[-2:] == ["shelf2000.md", "shelf2001.md"]
    read.clear()
    monkeypatch.setattr(text_reading, "read_source", reading(""))
    assert evidence("check", small).exit_code == 0
    assert read == ["shelf2002.md"]


def test_the_bar_names_the_file_being_read(
    small: Project, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_texts(small, 2)
    shown: list[tuple[int, int, str]] = []
    told = console.progress

    class Progress:
        def __enter__(self) -> Any:
            bar = lambda done, total, what="": shown.append((done, total, what))  # noqa: E731
            return (lambda _: None), bar

        def __exit__(self, *_: object) -> None: ...

    assert told is not None
    monkeypatch.setattr("pipeline.commands.evidence.progress", Progress)
    assert evidence("check", small).exit_code == 0
    assert [what for _, _, what in shown if "shelf" in what] == [
        "corpus/fulltext/shelf2000.md",
        "corpus/fulltext/shelf2001.md",
    ]
    assert shown[-1] == (4, 4, "")


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_a_text_without_a_space_takes_no_time(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_text(f"{PLAIN.format(1)}\n\n{'network' * 100_000}\n\n{PLAIN.format(2)}\n")
    document, _ = read_fulltext(path, path.name)
    assert document is not None
    assert len(document.passages) == 2
    assert all("networknetwork" not in passage.text for passage in document.passages)


def test_a_text_without_a_full_stop_takes_time_by_its_length(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("\n\n".join(f"office and bank {at}" for at in range(8_000)))
    assert [item.kind for item in read_fulltext(path, path.name)[1]] == ["no-text"]


def test_a_text_longer_than_any_study_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fulltext_bytes, "MOST", 1_000)
    path = tmp_path / "x.md"
    found = said(path, [PLAIN.format(at) for at in range(40)])
    assert [kind for kind, _ in found] == ["too-long"]
    assert "more than 1,000 is not read" in found[0][1]
