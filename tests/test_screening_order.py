"""What comes first before anything is decided: what the codebook's own words say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.desk.screening.codebook_words import codebook_texts
from pipeline.desk.screening.ranking import Ranker
from pipeline.ground.project import Project
from pipeline.model.indicators import read_indicators
from pipeline.model.scheme import read_scheme
from pipeline.sources.bibliography.references import read_references
from pipeline.sources.corpus import read_corpus
from tests.conftest import ROOT, Evidence
from tests.reviewing import CoderSession, Running, with_rounds
from tests.test_blind_screening import in_order

# None of them on the subject of the review in this repository.
OTHERS = (
    "Clonidine against pain after tonsillectomy in children: a randomised trial",
    "Growth of lettuce under red and blue light",
    "Faults predicted from the metrics of object-oriented code",
    "Statins and the risk of a second stroke in the elderly",
    "Sediment in a mountain river after the melting of snow",
    "Nesting places of swallows on farms",
    "The syntax of questions in old Frisian",
    "A catalyst of copper for the reduction of carbon dioxide",
)


def imported(small: Project, evidence: Evidence, titles: list[str], folder: Path) -> Running:
    """The small project with candidates of these titles, by authors in the order given."""
    records = [
        f"TY  - JOUR\nAU  - {chr(97 + place) * 4}, A.\nPY  - 2020\nTI  - {title}\nJO  - Trials\nER  - \n"
        for place, title in enumerate(titles)
    ]
    path = folder / "found.ris"
    path.write_text("\n".join(records))
    added = evidence("add", small, str(path), "--yes", "--source", "Scopus")
    assert added.exit_code == 0, added.output
    return Running(with_rounds(small))


def first_of(session: CoderSession) -> tuple[str, str]:
    """The candidate that is to be screened first, and what its page says in words of it."""
    key = in_order(session)[0]
    found = re.search(
        r"What speaks for it in the ranking: (.*?)\.</p>", session.get(f"/review/screen/{key}").text
    )
    return key, found[1] if found else ""


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("The weaver at work", "weaver"),  # the label of a code
        ("Een wever aan het werk", "wever"),
        ("A bank in the dunes", "bank"),  # a word class of its indicators
        ("Farmers in the dunes", "farmers"),  # a sentence that they must match
    ],
)
def test_the_codebook_says_what_comes_first(
    small: Project, evidence: Evidence, tmp_path: Path, title: str, words: str
) -> None:
    titles = ["Growth of lettuce under red light", "Nesting of swallows", title]
    first = imported(small, evidence, titles, tmp_path).sign_in("first")
    key, said = first_of(first)
    assert key.startswith("cccc2020")
    assert f"<q>{words}</q>" in said


def test_the_codebook_in_use_puts_the_studies_of_the_review_first() -> None:
    project = Project(ROOT)
    scheme = read_scheme(project.scheme)
    book = codebook_texts(
        scheme, read_indicators(project.indicators, scheme, project.name(project.indicators))
    )
    summaries = {item.study: item.summary for item in read_corpus(project).documents}
    texts = {
        study.key: f"{study.title} {summaries.get(study.key, '')}"
        for study in read_references(project.references).studies
    }
    others = {f"a{place}": text for place, text in enumerate(OTHERS)}
    order = [key for key, _ in Ranker(others | texts, book).rank((), ()).undecided]
    assert len(texts) == 20
    assert set(order[:20]) == set(texts)


def test_what_a_code_is_not_stays_out_and_so_does_a_code_out_of_use(small: Project) -> None:
    small.scheme.write_text(
        small.scheme.read_text()
        .replace("label: {en: Judge,", "retired: 2\n        label: {en: Judge,")
        .replace(
            'definition: {en: "Brings',
            'exclude: {en: "Fights", nl: "Ruzie"}\n        definition: {en: "Brings',
        )
    )
    scheme = read_scheme(small.scheme)
    sets = read_indicators(small.indicators, scheme, "coding/indicators")
    assert codebook_texts(scheme, sets) == [
        "Weaver Brings parties together. farmer bank ministry bring together"
        " They brought the farmers together.",
        "Wever Brengt partijen bijeen. bewoner huisarts brengen bij elkaar"
        " Zij bracht de bewoners bij elkaar.",
        "Scribe",
        "Schrijver",
    ]
