"""Passages that join sentences, out to other programs and in from them."""

from __future__ import annotations

import csv
import re

import pytest

from pipeline.build.recipe import build
from pipeline.desk.codebooks.passage_places import PassagePlaces
from pipeline.desk.codebooks.selected_sentences import as_one
from pipeline.desk.review.review_desk import open_desk
from pipeline.ground.project import Project
from pipeline.model.joined_passages import MOST
from pipeline.model.passages import Stretch, make_passages
from tests.conftest import Evidence
from tests.qdpx_files import ANNA, Marked, guid, qdpx, source
from tests.qdpx_files import project as their
from tests.reviewing import Running
from tests.test_joined import KEY, TEXT, prepared, project, take, text_of
from tests.test_qda_projects import CODES, JUDGE, WEAVER, lines, opened, put, send, written

__all__ = ["prepared", "project"]

PLAIN = TEXT.replace("# Results\n", "Results\n").replace("# Discussion\n", "Discussion\n")
TAKEN = ("--coder", "first", "--round", "pilot", "--yes")


def taken(evidence: Evidence, project: Project, *marked: Marked) -> str:
    data = qdpx(their(CODES, source(10, KEY, PLAIN, *marked)), {f"{guid(10)}.txt": PLAIN.encode()})
    done = evidence("review", project, "import-project", put(project, data), *TAKEN)
    assert done.exit_code == 0, done.output
    return str(done.output)


def answers(project: Project) -> set[tuple[str, str, str]]:
    """The words, codes and marked words of what `first` answered."""
    path = project.decisions / "first" / f"{KEY}.csv"
    return {(row["text"], row["codes"], row["quote"]) for row in csv.DictReader(path.open())
            if row["text"]}  # fmt: skip


@pytest.mark.parametrize("quote", ["", "missing. Nobody", "each of them"])
def test_ours_comes_back_as_it_was(project: Project, evidence: Evidence, quote: str) -> None:
    first = Running(project).sign_in("first")
    units = text_of(first.running.review.desk)
    take(first, units[1], units[2], "weaver", item="pilot", **{"quote.role": quote})
    first.answer(units[4], "judge", item="pilot")
    one, two, _ = first.running.review.desk.passages_of[KEY][:3]
    take(first, one, two, "judge", item="pilot")
    second = first.running.sign_in("second")  # some of the same words, otherwise
    take(second, units[2], units[3], "weaver", item="pilot")
    build(project)
    data = written(evidence, project)
    (text,) = opened(data)[1].values()
    assert text.count("It asked each of them what was missing. Nobody had asked that before.") == 1
    before, joined = lines(project), (project.joined / f"{KEY}.csv").read_bytes()
    (text,) = opened(written(evidence, project, "--role", "weaver"))[1].values()
    assert text.count(first.running.review.desk.passages[one].text) == 1  # not with the judge's
    path = put(project, data)
    done = evidence("review", project, "import-project", path, "--round", "pilot", "--yes")
    assert "Answers that stand already: 5" in done.output, done.output
    assert "0 answer(s)." in done.output
    assert (lines(project), (project.joined / f"{KEY}.csv").read_bytes()) == (before, joined)
    # Where they are not, they are made again: with the marked words that they had.
    for name in ("first", "second"):
        (project.decisions / name / f"{KEY}.csv").unlink()
    again = evidence("review", project, "import-project", path, "--round", "pilot", "--yes")
    assert "5 answer(s)." in again.output, again.output
    assert lines(project) == before


def test_a_selection_over_sentences_is_one_passage(project: Project, evidence: Evidence) -> None:
    whole = "It asked each of them what was missing. Nobody had asked that before."
    some = "stayed to the end. They wrote the plan"
    said = taken(evidence, project, Marked(whole, WEAVER), Marked(some, JUDGE))
    assert "On several sentences as one passage: 2" in said
    assert "2 answer(s)." in said
    assert answers(project) == {
        (whole, "weaver", ""),
        ("The farmers stayed to the end. They wrote the plan down together.", "judge", some),
    }
    assert "Answers that stand already: 2" in taken(
        evidence, project, Marked(whole, WEAVER), Marked(some, JUDGE)
    )
    desk = open_desk(project)
    assert sorted(len(item.parts) for item in desk.joined[KEY].values()) == [2, 2]


def test_words_that_would_count_twice_are_answered_sentence_by_sentence(
    project: Project, evidence: Evidence
) -> None:
    one, two = "It asked each of them what was missing.", "Nobody had asked that before."
    said = taken(evidence, project, Marked(f"{one} {two}", WEAVER), Marked(two, JUDGE))
    assert "as one passage" not in said
    assert answers(project) == {(one, "weaver", ""), (two, "judge;weaver", "")}
    # What is answered here already, too.
    more = "The banks came late to it."
    said = taken(evidence, project, Marked(f"{two} {more}", WEAVER))
    assert (more, "weaver", "") in answers(project)
    assert "Another answer stands there already" in said


def test_more_than_a_passage_joins_is_an_answer_on_each(
    project: Project, evidence: Evidence
) -> None:
    sentences = [text for text in re.split(r"(?<=\.)\s+|\n+", PLAIN) if text.endswith(".")]
    assert len(sentences) == 12
    start, end = PLAIN.index(sentences[0]), PLAIN.index(sentences[8]) + len(sentences[8])
    taken(evidence, project, Marked(PLAIN[start:end], WEAVER))
    assert answers(project) == {(text, "weaver", "") for text in sentences[: MOST + 1]}


def test_neighbours_of_one_text_alone_are_one() -> None:
    texts = [
        make_passages("k", "en", [Stretch(text) for text in own], "x")[0]
        for own in (("The first one.", "A second one."), ("A third one.", "The fourth one."))
    ]
    every = [passage for text in texts for passage in text]
    words = " ".join(passage.text for passage in every)
    found = list(as_one(PassagePlaces(words, every).parts(0, len(words)), texts))
    assert [len(part.joins) for part in found] == [2, 2]
    assert found[0].passage.text == "The first one. A second one."
    without = words.replace("A second one. ", "")
    found = list(as_one(PassagePlaces(without, every).parts(0, len(without)), texts))
    assert [part.passage.text for part in found] == ["The first one.", "A third one. The fourth one."]  # fmt: skip


def test_the_preview_on_the_site_says_so(project: Project) -> None:
    whole = "It asked each of them what was missing. Nobody had asked that before."
    data = qdpx(
        their(CODES, source(10, KEY, PLAIN, Marked(whole, WEAVER))),
        {f"{guid(10)}.txt": PLAIN.encode()},
    )
    session = Running(project).sign_in("first")
    page = send(session, data, "their.qdpx")
    place = re.search(r'action="(/review/scheme/import/[0-9a-f]{16})"', page.text)
    assert place is not None
    fields = {"source.0": KEY, "do": "look", "round": "pilot", "user": [ANNA]}
    page = session.post(place[1], fields)
    assert (
        "On several sentences as one passage, since a selection holds them</dt><dd>1<" in page.text
    )
