"""The page of a PDF beside a passage: where its words stand, who sees it, and what cannot be shown."""

from __future__ import annotations

import io
import os
import re
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.ground.project import Project
from pipeline.sources.fulltexts import kept_pages, pdf_process
from pipeline.sources.fulltexts.kept_pages import KeptPages, Undrawable
from pipeline.sources.fulltexts.page_letters import (
    Box,
    PageLetters,
    folded,
    on_page,
    over,
    standing,
)
from tests.conftest import Site
from tests.reviewing import Running
from tests.texts.pdfs import Set, write_pdf

# Advances of Helvetica, in thousandths of the size.
WIDTHS = dict.fromkeys("abdeghnopuLq0123456789", 556) | dict.fromkeys("cksvxyz", 500)
WIDTHS |= {"i": 222, "l": 222, "j": 222, "t": 278, "f": 278, " ": 278, ".": 278, ",": 278}
WIDTHS |= {"r": 333, "w": 722, "m": 833, "T": 611, "A": 667, "B": 667, "E": 667, "H": 722, "N": 722}

FIRST = "The brokers met every farmer of the valley before the water rose."
MARKED = "A second office kept the accounts of all villages along the river."
TWICE = "The mill was sold."
BROKEN = ("Every spring the two offices compared their", "lists and divided the work anew.")
BACK = "References"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """Four pages: plain sentences, one that goes on, one that comes twice, and a list of works."""
    return write_pdf(
        tmp_path / "made.pdf",
        [
            [
                Set("The valley and its offices", 72, 740, 18, bold=True),
                Set(FIRST, 72, 700, 10),
                Set(MARKED[:40], 300, 688, 10),
                Set(MARKED[40:].strip(), 72, 676, 10),
                Set(BROKEN[0], 72, 100, 10),
            ],
            [
                Set(BROKEN[1], 72, 720, 10),
                Set(
                    f"{TWICE} Nobody in the village wanted to keep it for themselves.", 72, 700, 10
                ),
                Set(f"They said it again. {TWICE[:-1]} all the same, they said.", 72, 660, 10),
            ],
            [Set(BACK, 72, 720, 12, bold=True)]
            + [
                Set(f"Berg, A. (19{n}). A made-up title {n}. Nowhere Press.", 72, 700 - n, 10)
                for n in range(10, 90, 14)
            ],
            [],
        ],
    )


@pytest.fixture
def running(reviewed: Project, pdf: Path) -> Running:
    reviewed.fulltext.mkdir()
    (reviewed.fulltext / "berg2020.pdf").write_bytes(pdf.read_bytes())
    (reviewed.fulltext / "smit2021.html").write_text(
        "<!doctype html><title>x</title><script>alert(1)</script><p>"
        "Nobody but the council spoke with all of the parties about the plan in that year.</p>"
    )
    return Running(reviewed)


def unit(running: Running, begins: str, study: str = "berg2020") -> str:
    found = running.review.desk.documents[study]
    texts = [
        item for document in found if document.kind == "fulltext" for item in document.passages
    ]
    return next(item.id for item in texts if item.text.startswith(begins))


def letters(pdf: Path, number: int, folder: Path) -> PageLetters:
    return msgspec.json.decode(KeptPages(folder).drawn(pdf, number).result(30), type=PageLetters)


def picture(pdf: Path, number: int, folder: Path, width: int = 800) -> Image.Image:
    return Image.open(io.BytesIO(KeptPages(folder).drawn(pdf, number, width).result(30)))


def rects(html: str) -> list[tuple[int, ...]]:
    """Left, top, right and bottom of what is marked, in tenths of a point."""
    found = re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', html)
    return [(int(x), int(y), int(x) + int(w), int(y) + int(h)) for x, y, w, h in found]


def wide(text: str, size: float = 10) -> float:
    """How wide a text is set, in tenths of a point."""
    return sum(WIDTHS[sign] for sign in text) * size / 100


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_marks_lie_on_the_words(running: Running) -> None:
    first = running.sign_in("first")
    html = first.get(f"/review/roles/unit/{unit(running, MARKED)}").text
    assert 'viewBox="0 0 6120 7920"' in html
    one, other = rects(html)
    for box, x, baseline, text in (
        (one, 300, 688, MARKED[:40]),
        (other, 72, 676, MARKED[40:].strip()),
    ):
        left, top, right, bottom = box
        assert left == pytest.approx(x * 10, abs=12)
        assert right == pytest.approx(x * 10 + wide(text.rstrip(" .")), abs=12)
        assert top < (792 - baseline - 7) * 10 and (792 - baseline) * 10 <= bottom  # noqa: PT018
        assert bottom - top < 140
    assert 'alt="Page 1 of 4 of van der Berg &amp; Smit (2020), as a picture. The passage' in html


def test_marks_lie_on_the_picture(tmp_path: Path) -> None:
    """What is dark in the picture lies in the box, on turned and cut pages too."""
    made = write_pdf(tmp_path / "one.pdf", [[Set("Brokers", 200, 500, 20)]])
    plain_page = made.read_bytes()
    for more in (b"", b" /Rotate 90", b" /Rotate 270", b" /CropBox [100 300 500 700]"):
        media = b"/MediaBox [0 0 612 792]"
        made.write_bytes(plain_page.replace(media, media + more))
        page = letters(made, 1, tmp_path / "kept")
        assert page.letters == "Brokers"
        drawn = picture(made, 1, tmp_path / "kept")
        scale = drawn.width / page.width
        assert drawn.height == pytest.approx(page.height * scale, abs=1)
        (box,) = page.lines(range(7)) if b"Rotate" not in more else [_around(page)]
        dark = drawn.convert("L").point(lambda value: 255 * (value < 128)).getbbox()
        assert dark is not None
        for inner, outer, sign in zip(dark, box, (1, 1, -1, -1), strict=True):
            assert -2 <= (inner - outer * scale) * sign < 12, (more, dark, box)


def _around(page: PageLetters) -> tuple[int, ...]:
    lefts, tops, rights, bottoms = zip(*page.boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def test_a_passage_over_two_pages(running: Running) -> None:
    first = running.sign_in("first")
    broken = unit(running, BROKEN[0])
    html = first.get(f"/review/roles/unit/{broken}").text
    ((left, top, right, bottom),) = rects(html)
    assert left == pytest.approx(720, abs=12)
    assert right == pytest.approx(720 + wide(BROKEN[0]), abs=12)
    assert top < 6920 <= bottom
    assert "continues on the next page" in html
    assert f'href="/review/page/berg2020/2?unit={broken}"' in html
    html = first.get(f"/review/page/berg2020/2?unit={broken}").text
    ((left, top, right, bottom),) = rects(html)
    assert right == pytest.approx(720 + wide(BROKEN[1].rstrip(".")), abs=12)
    assert top < 720 <= bottom
    assert "begins on the page before" in html
    # What is said stands over the picture.
    assert html.index("begins on the page before") < html.index('<div class="paper">')
    # Where nothing of it stands, nothing is marked, and the way back is there.
    html = first.get(f"/review/page/berg2020/4?unit={broken}").text
    assert rects(html) == []
    assert "The passage stands on page 1 of the file." in html
    assert f'href="/review/page/berg2020/1?unit={broken}"' in html


YEARS = (
    "In {} the broker convened {} partners of the whole river basin in the town hall,",
    "where the accounts of the former year were settled.",
)
NOTED = ("Nobody read the minutes", "of the hall", "that the clerks had kept so well.")


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """Sentences that differ in their numbers alone, the last over two pages; one has notes."""
    whole = [
        Set(part.format(2012 + n, 10 + n), 72, 720 - 30 * n - 12 * line)
        for n in range(6)
        for line, part in enumerate(YEARS)
    ]
    noted, x = [], 72.0
    for n, part in enumerate(NOTED):
        noted += [Set(str(30 + n), x - 10, 604, 6)] * (n > 0) + [Set(part, x, 600)]
        x += wide(part) / 10 + 12
    return write_pdf(
        tmp_path / "years.pdf",
        [
            [*whole, Set(YEARS[0].format(2018, 16), 72, 100)],
            [
                Set(YEARS[1], 72, 720),
                *noted,
            ],
        ],
    )


def test_only_the_very_numbers_are_marked(reviewed: Project, years: Path) -> None:
    reviewed.fulltext.mkdir()
    (reviewed.fulltext / "berg2020.pdf").write_bytes(years.read_bytes())
    running = Running(reviewed)
    first = running.sign_in("first")
    broken, one, noted = (unit(running, begins) for begins in ("In 2018", "In 2016", "Nobody"))
    html = first.get(f"/review/roles/unit/{broken}").text
    ((left, top, _, bottom),) = rects(html)
    assert (left, top < 6920 <= bottom) == (pytest.approx(720, abs=12), True)
    assert "continues on the next page" in html
    assert "more than once" not in html
    html = first.get(f"/review/page/berg2020/2?unit={broken}").text
    ((_, top, _, bottom),) = rects(html)
    assert top < 720 <= bottom
    html = first.get(f"/review/roles/unit/{one}").text
    assert [(top < 1920 <= bottom, top < 2040 <= bottom) for _, top, _, bottom in rects(html)] == [
        (True, False),
        (False, True),
    ]
    # The numbers of notes are not in the text, and are passed over.
    assert running.review.desk.passages[noted].text == " ".join(NOTED)
    ((_, top, _, bottom),) = rects(first.get(f"/review/roles/unit/{noted}").text)
    assert top < 1920 <= bottom


def test_what_stands_twice_is_marked_twice(running: Running) -> None:
    html = running.sign_in("first").get(f"/review/roles/unit/{unit(running, TWICE)}").text
    marked = rects(html)
    assert [(792 - 700) * 10 - 100 < top < (792 - 700) * 10 for _, top, _, _ in marked] == [1, 0]
    assert marked[1][0] == pytest.approx(720 + wide("They said it again. "), abs=12)
    assert "stand on this page more than once" in html


def test_what_is_not_found_is_not_marked(running: Running) -> None:
    path = running.project.fulltext / "berg2020.pdf"
    passage = unit(running, FIRST)
    path.write_bytes(path.read_bytes().replace(b"every farmer", b"every former"))
    html = running.sign_in("first").get(f"/review/roles/unit/{passage}").text
    assert rects(html) == []
    assert "could not be told for certain" in html
    assert "/review/page/berg2020/1.png" in html


def test_what_cannot_be_coded_says_so(running: Running) -> None:
    first = running.sign_in("first")
    for number, said in ((1, False), (2, False), (3, True), (4, True)):
        html = first.get(f"/review/page/berg2020/{number}").text
        assert ("No passage is taken from this page" in html) is said, number
        assert (FIRST in html) is (number == 1)
    html = first.get(f"/review/roles/unit/{unit(running, 'Nobody', 'smit2021')}").text
    assert "The full text is not a PDF, so there is no page to show." in html
    assert "<figure" not in html
    html = first.get(f"/review/roles/unit/{running.review.desk.passages_of['berg2020'][0]}").text
    assert "no page to show" not in html  # a digest


def test_a_full_text_that_is_not_here(running: Running) -> None:
    first = running.sign_in("first")
    coded = unit(running, MARKED)
    assert first.answer(coded, "weaver").status_code == 303
    (running.project.fulltext / "berg2020.pdf").unlink()
    again = Running(running.project).sign_in("first")
    html = again.get(f"/review/roles/unit/{coded}").text
    assert "The full text is not on this machine, so there is no page to show." in html
    assert again.get("/review/fulltext/berg2020").status_code == 404


def test_a_candidate_begins_at_its_first_page(running: Running) -> None:
    first = running.sign_in("first")
    html = first.get("/review/screen/berg2020").text
    assert "/review/page/berg2020/1.png?width=800" in html
    assert rects(html) == []
    assert 'href="/review/page/berg2020/2"' in html
    assert "not a PDF" in first.get("/review/screen/smit2021").text


def test_only_who_is_signed_in_sees_pages(running: Running) -> None:
    first, visitor = running.sign_in("first"), running.visitor()
    public = Site(running.project)
    for path in (
        "/review/page/berg2020/1",
        "/review/page/berg2020/1.png",
        "/review/fulltext/berg2020",
        "/nl/review/fulltext/berg2020",
    ):
        assert visitor.get(path).status_code == 403, path
        assert public.get(path).status_code == 404, path
        assert first.get(path).status_code == 200, path
    for path in (
        "/review/page/nobody1999/1",
        "/review/page/smit2021/1",
        "/review/page/smit2021/1.png",
        "/review/fulltext/smit2021",  # HTML is not served
        "/review/fulltext/nobody1999",
        "/review/fulltext/..~2F..~2Fcoding~2Fcoders",
        "/review/fulltext/berg2020.pdf",
        "/review/page/berg2020/0",
        "/review/page/berg2020/5",
        "/review/page/berg2020/-1",
        "/review/page/berg2020/999999",
    ):
        assert first.get(path).status_code == 404, path
    assert "no page 5" in plain(first.get("/review/page/berg2020/5").text)


def test_the_file_and_its_pictures_as_they_are_sent(running: Running, pdf: Path) -> None:
    first = running.sign_in("first")
    answer = first.get("/review/fulltext/berg2020")
    assert answer.content == pdf.read_bytes()
    kept = {name: answer.headers[name] for name in ("content-type", "content-disposition")}
    assert kept == {"content-type": "application/pdf", "content-disposition": "inline"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
    html = first.get(f"/review/roles/unit/{unit(running, FIRST)}").text
    assert 'href="/review/fulltext/berg2020#page=1" target="_blank"' in html
    sources = re.findall(r"(/review/page/berg2020/1\.png\S+) (\d+)w", html)
    for (address, width), size in zip(sources, kept_pages.WIDTHS, strict=True):
        answer = first.get(address.replace("&amp;", "&"))
        assert answer.headers["content-type"] == "image/png"
        assert "no-store" in answer.headers["cache-control"]
        assert Image.open(io.BytesIO(answer.content)).width == size == int(width)
    odd = first.get("/review/page/berg2020/1.png?width=99999")
    assert Image.open(io.BytesIO(odd.content)).width == 800


def test_a_page_is_drawn_once_until_its_file_changes(
    pdf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []
    real = kept_pages._asked
    monkeypatch.setattr(kept_pages, "_asked", lambda *what: asked.append(what) or real(*what))
    folder = tmp_path / "kept"
    pages = KeptPages(folder)
    both = [pages.drawn(pdf, 1, 800), pages.drawn(pdf, 1, 800)]
    drawn = both[0].result(30)
    assert both[1].result(30) == drawn
    assert KeptPages(folder).drawn(pdf, 1, 800).result(30) == drawn
    assert len(asked) == 1
    os.utime(pdf, (1, 1))
    assert KeptPages(folder).drawn(pdf, 1, 800).result(30) == drawn
    assert len(asked) == 2
    # There is room for two of its size: the oldest goes.
    monkeypatch.setattr(kept_pages, "ROOM", int(len(drawn) * 2.5))
    os.utime(pdf, (2, 2))
    KeptPages(folder).drawn(pdf, 1, 800).result(30)
    os.utime(pdf, (3, 3))
    KeptPages(folder).drawn(pdf, 1, 800).result(30)
    assert sum(path.stat().st_size for path in folder.iterdir()) == 2 * len(drawn)


def test_what_cannot_be_drawn_says_so(
    running: Running, monkeypatch: pytest.MonkeyPatch, pdf: Path
) -> None:
    first = running.sign_in("first")
    broken = f"/review/roles/unit/{unit(running, FIRST)}"
    path = running.project.fulltext / "berg2020.pdf"
    path.write_bytes(b"%PDF-1.4\n" + b"\0" * 5000)
    html = first.get(broken).text
    assert "This page cannot be drawn." in html
    assert "<img" not in html
    answer = first.get("/review/page/berg2020/1.png?width=800")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "This page cannot be drawn." in answer.text
    path.write_bytes(pdf.read_bytes())
    monkeypatch.setattr(kept_pages, "PATIENCE", 0)
    monkeypatch.setattr(pdf_process, "read_frame", lambda pipe: None)  # ended at once
    assert "takes too long to draw" in first.get(broken).text
    monkeypatch.undo()
    assert "takes too long to draw" in first.get(broken).text  # and is not tried again
    os.utime(path, (4, 4))
    assert "<img" in first.get(broken).text


def test_a_page_that_fills_the_machine_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture in a picture, a thousand times at each of four levels."""
    made = write_pdf(tmp_path / "heavy.pdf", [[]])
    levels = "".join(
        f"{n} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject "
        f"<< /X {n + 1} 0 R >> >> /Length {len(body)} >>\nstream\n{body}\nendstream\nendobj\n"
        for n, body in [(number, "/X Do " * 1000) for number in range(10, 14)]
        + [(14, "0 0 600 700 re f 0 0 m 600 700 l S")]
    )
    data = made.read_bytes().replace(b"/Resources << ", b"/Resources << /XObject << /X 10 0 R >> ")
    data = data.replace(b"<< /Length 0 >>\nstream\n", b"<< /Length 5 >>\nstream\n/X Do")
    made.write_bytes(data.replace(b"xref\n", levels.encode() + b"xref\n", 1))
    monkeypatch.setattr(kept_pages, "PATIENCE", 2)
    pages = KeptPages(tmp_path / "kept")
    start = time.monotonic()
    with pytest.raises(Undrawable):  # no memory is left, or no time
        pages.drawn(made, 1, 800).result(30)
    assert time.monotonic() - start < 10
    with pytest.raises(Undrawable):
        pages.drawn(made, 1, 800).result(0)


TEXT = st.text(st.sampled_from("abcdefghij -ﬁé\u00ad."), min_size=1, max_size=30)


def page_of(text: str) -> PageLetters:
    """A page of one line, its letters side by side and one wide."""
    found = folded(text)
    return PageLetters(1, 1000, 10, found, [(n, 0, n + 1, 10) for n in range(len(found))])


def read(page: PageLetters, boxes: tuple[Box, ...]) -> str:
    """What stands in boxes on such a page."""
    return "".join(page.letters[box[0] : box[2]] for box in boxes)


@given(TEXT, TEXT, TEXT)
def test_what_is_marked_is_what_was_asked_for(before: str, text: str, after: str) -> None:
    page = page_of(before + text + after)
    found = on_page(text, page)
    assert all(read(page, place) == folded(text) for place in found)
    assert found or not folded(text)
    first, second = page_of(before), page_of(after)
    if parts := over(text, first, second):
        assert read(first, parts[0]) + read(second, parts[1]) == folded(text)


def test_words_are_found_however_they_are_set() -> None:
    page = page_of(
        "Title of\uf0a7 it The o\ufb03ce re\u00ad\nmained in Re\u0301gion 9. 7 foot 12 note. And went on."
    )
    for text in ("The office remained in Région 9.", "The office re-mained in Re gion 9"):
        (place,) = on_page(text, page)
        assert read(page, place) == "TheofficeremainedinRegion9"
    parted = "remained in Region 9. And went on."
    assert on_page(parted, page) == []  # something else stands in its line
    last = page.letters.index("And")
    boxes = [(n, 20, n + 1, 30) if n >= last else box for n, box in enumerate(page.boxes)]
    (place,) = on_page(parted, msgspec.structs.replace(page, boxes=boxes))
    assert read(page, place) == "remainedinRegion9Andwenton"
    for text in ("The office remained in Religion 9.", "A foot", "…", "re to"):
        assert on_page(text, page) == []
    assert len(on_page("on", page)) == 2


def test_the_number_of_a_note_is_passed_over() -> None:
    """Where it is small and raised, and the page has it alone."""

    def raised(page: PageLetters, *numbers: int) -> PageLetters:
        """The page with these letters of it set small and high."""
        boxes = [(n, 1, n + 1, 6) if n in numbers else box for n, box in enumerate(page.boxes)]
        return msgspec.structs.replace(page, boxes=boxes)

    page = raised(page_of("A foot 12 note in 2016. A foot note in 2018. Another 12 note."), 5, 6)
    ((place,), rest) = standing("A foot note in 2016.", page)
    assert (place, rest) == (((0, 0, 17, 10),), ())
    for text in ("A foot note in 2017.", "A foot 13 note in 2016", "A foot 12 note in 2018"):
        assert standing(text, page) == ([], ())
    twice = raised(page_of("A foot 1 note. A foot 1 note."), 5, 15)
    assert standing("A foot note.", twice) == ([], ())
