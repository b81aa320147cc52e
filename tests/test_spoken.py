"""What Python says in English has its Dutch in a catalogue, and commands speak it."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from pipeline.commands.spoken_language import usual
from pipeline.ground.catalogue import HOLE, catalogues, said
from pipeline.ground.project import Project
from pipeline.ground.texts import speaking
from tests.conftest import Evidence
from tests.test_texts_are_data import LISTS, NO_SENTENCE, sentences

HOUSE = Path(pipeline.__path__[0])
WINGS = ("ground", "model", "sources", "tagger", "build", "desk", "commands")
WORDS = (*LISTS, "entry_types.py", "language_guess.py", "pairing.py")  # lists that rules compare
# What is shown to nobody, or is written into files; and the tables of `evidence evaluate`.
NOT_SAID = {
    "Value error,", "Moved from", "{} et al.", "et al.", "Expected comma after entry key",
    "{} problem(s)", "def add_{}(append_, *, {}): append_(({},))", "rows without their counterpart: {}",
    "BEGIN IMMEDIATE", "Edited Book", "book chap", "evidence merge {} --undo",
    "evidence screening undo {} --coder {}", "wrong setting=off_topic", "{} or {}",
    "What stands between the two lines of dashes at the head of a digest.",
    "not computable: no variation", "not computable: no unit has two answers",
    "for two coders only", "not measured when this was frozen", "What {} was told before it read.", "in first 3", "off by", "any code", "as on the site", "whole answer", "{} … and {} more",
    "{}-fold cross-validation", "{}: {} ({} passages)\n{}", "indicators alone", "second coder",
    "{}  {}: {} records, {}{}", "the label is {} % like '{}'{}",
    "Keep {} of both versions, and remove the lines <<<<<<<, ======= and >>>>>>>.",
    "'{}' {} for a sentence ({})", "The file may be cut off. {}",
    "Call it {}{}{}.", "written before {} newer piece{}", "the piece '{}' {}",
    "Try fewer with --workers. {}", "{} Start some: dask worker {} --nthreads 1.",
    "{} Install this package there too.", "{} Bring it up to date and start it again.",
    "^VN {1,2}- Ovid Technologies",
}  # fmt: skip


def bare(text: str) -> str:
    return HOLE.sub("{}", text).strip()


def test_every_sentence_has_its_dutch() -> None:
    """A part of a sentence that is put together is looked for within the sentences."""
    known = "\n".join(map(bare, catalogues()))
    lacking = [
        (str(path.relative_to(HOUSE)), line, text)
        for wing in WINGS
        for path in sorted((HOUSE / wing).rglob("*.py"))
        if path.name not in WORDS
        for line, text in sentences(path.read_text(encoding="utf-8"), problems=True)
        if bare(text) not in known
        and text.strip() not in NOT_SAID
        and not NO_SENTENCE.search(text)
        and not text.startswith("CREATE TABLE")
    ]
    assert lacking == []


def test_both_languages_name_the_same_values() -> None:
    apart = {
        english: dutch
        for english, dutch in catalogues().items()
        if {*HOLE.findall(english)} != {*HOLE.findall(dutch)}
    }
    assert apart == {}


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("no study 'the file' in references.bib", "geen studie ‘the file’ in references.bib"),
        ("    cannot be its full text: this file is empty",
         "    kan de volledige tekst ervan niet zijn: dit bestand is leeg"),
        ("Its words have changed: move or withdraw it at /review/orphans. Most similar now: a-1.",
         "De woorden zijn gewijzigd: verplaats het antwoord of trek het in, op /nl/review/orphans."
         " Lijkt nu het meest: a-1."),
        ("'dimensions': dimension 'role' stands twice",
         "‘dimensions’: dimensie ‘role’ staat er twee keer"),
        ("Nobody has said this.", "Nobody has said this."),
    ],
)  # fmt: skip
def test_a_sentence_is_said_as_it_is_spoken(english: str, dutch: str) -> None:
    with speaking("nl"):
        assert said(english) == dutch
    assert said(english) == english


def test_check_speaks_dutch(small: Project, evidence: Evidence) -> None:
    digest = small.corpus / "smit2021.md"
    digest.rename(digest.with_name("nobody2021.md"))
    digest.with_name("nobody2021.md").write_text(
        digest.with_name("nobody2021.md").read_text().replace("key: smit2021", "key: nobody2021")
    )
    for line in (
        "corpus/nobody2021.md: fout: geen studie ‘nobody2021’ in references.bib [unknown-study]",
        "    → Voeg de studie toe aan references.bib.",
    ):
        assert line in evidence("check", small, "--lang", "nl").output
    english = evidence("check", small).output
    assert "corpus/nobody2021.md: error: no study 'nobody2021' in references.bib" in english
    assert '"message": "no study' in evidence("check", small, "--json", "--lang", "nl").output


def test_commands_speak_as_the_environment_asks(
    small: Project, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIDENCE_LANG", "nl")
    assert "Er is geen bestand ‘none.ris’." in evidence("add", small, "none.ris").output
    assert "Het codeboek staat op versie 2." in evidence("scheme", small, "list").output
    assert "No file 'none.ris'." in evidence("add", small, "none.ris", "--lang", "en").output
    assert "--lang en|nl" in evidence("check", small, "--lang", "de").output
    monkeypatch.delenv("EVIDENCE_LANG")
    assert "No file 'none.ris'." in evidence("add", small, "none.ris").output


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "nl_BE.UTF-8"}, "nl"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "nl_NL.UTF-8", "EVIDENCE_LANG": "en"}, "en"),
        ({"LANG": "C", "EVIDENCE_LANG": "nl"}, "nl"),
    ],
)
def test_the_environment_names_a_language(environment: dict[str, str], language: str) -> None:
    assert usual(environment) == language
