"""The tagger: patterns, spans, sentences it must understand, and how good it is."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.build.recipe import build
from pipeline.desk.learning.evaluation import evaluate_project
from pipeline.ground.project import Project
from pipeline.model.records import Span
from pipeline.model.scheme import read_scheme
from pipeline.tagger.examples import Example
from pipeline.tagger.patterns import PatternError, Patterns
from pipeline.tagger.readers.reader import Lesson, Options
from pipeline.tagger.readers.reader_registry import READERS, Kind
from pipeline.tagger.readers.words_reader import WordsReader
from pipeline.tagger.tagger_loading import load_tagger
from pipeline.tagger.tagging import Tagger, TextUnit
from pipeline.tagger.word_vectors import WordVectors
from pipeline.tagger.words import words_of
from tests.conftest import Evidence

CLASSES = {"parties": ["farmer", "bank"]}


def matched(pattern: str, text: str, language: str = "en") -> list[str] | None:
    """The words of a text that a pattern matches, or None."""
    patterns = Patterns(words_of(language), CLASSES)
    patterns.add(pattern, 7)
    words = text.split()
    positions: dict[int, list[int]] = {}
    for index, word in enumerate(words):
        for atom in patterns.atoms_of(word):
            positions.setdefault(atom, []).append(index)
    found = patterns.find(positions, [len(words)] * len(words))
    return [words[index] for index in found[0][1]] if found else None


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("bring together", "they brought together everyone", ["brought", "together"]),
        ("bring together", "they brought all together", None),
        ("bring .. together", "they brought all of them together", ["brought", "together"]),
        ("bring .. together", "they brought all of the many together", None),
        ("bring ... together", "they brought all of the many together", ["brought", "together"]),
        ("<parties> =and <parties>", "farmers and banks", ["farmers", "and", "banks"]),
        ("=table", "tables", None),
        ("net*", "a networked city", ["networked"]),
        ("*overleg", "het wijkoverleg begon", ["wijkoverleg"]),
        ("link|tie <parties>", "it ties farmers in", ["ties", "farmers"]),
        ("conflict & solve", "solving every kind of deep conflict", ["solving", "conflict"]),
        ("conflict & solve", "solve " + "x " * 14 + "conflict", None),
        ("organise", "an organisation", None),
        ("mobilise", "the mobilization of farmers", ["mobilization"]),
    ],
)
def test_patterns(pattern: str, text: str, expected: list[str] | None) -> None:
    assert matched(pattern, text) == expected


@pytest.mark.parametrize("pattern", ["", "..", "bring ..", "<nobody>", "a | b", "<parties", "&"])
def test_patterns_that_cannot_be_read(pattern: str) -> None:
    with pytest.raises(PatternError):
        Patterns(words_of("en"), CLASSES).add(pattern, 0)


@pytest.fixture(scope="module")
def tagger(real: Project) -> Tagger:
    return load_tagger(real, read_scheme(real.scheme))


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "It brought ministries, growers and banks to one table.", "connector"),
        ("en", "Facilitators got the partners to agree on what the problem was.", "framer"),
        (
            "en",
            "The chair reconciled the opposing interests of investor and residents.",
            "mediator",
        ),
        (
            "en",
            "Nurses were trained and lessons were shared between the sites.",
            "learning_catalyst",
        ),
        (
            "en",
            "The office aligned the pilots of both cities with the regional strategy.",
            "integrator",
        ),
        (
            "en",
            "She secured the funding, hired staff and kept the schedule.",
            "project_orchestrator",
        ),
        (
            "en",
            "The coalition lobbied the ministry until the rule was amended.",
            "policy_innovator",
        ),
        ("nl", "De stichting bracht bewoners, boeren en banken om één tafel.", "connector"),
        ("nl", "De voorzitter bemiddelde in het conflict tussen gemeente en bewoners.", "mediator"),
        ("nl", "Het netwerk pleitte bij het ministerie voor andere regels.", "policy_innovator"),
    ],
)
def test_what_the_field_says_is_understood(
    tagger: Tagger, language: str, text: str, code: str
) -> None:
    (suggestions,) = tagger.suggest([TextUnit(language, text)])
    assert code in [item.code for item in suggestions]


def test_words_of_a_code_that_is_not_suggested(tagger: Tagger) -> None:
    text = "Zygmunt pondered how the quarrelling partners might resolve their disputes."
    spans = tagger.words(TextUnit("en", text), "mediator")  # in words not read before
    assert "disputes" in [text[span.start : span.end] for span in spans]


def test_context_is_not_a_role(tagger: Tagger) -> None:
    for text in (
        "Forty interviews were held between 2015 and 2017.",
        "The article reviews the literature on urban governance.",
    ):
        assert tagger.suggest([TextUnit("en", text)]) == [()]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "bring",
                "brought",
                "farmers",
                "banks",
                "ministry",
                "together",
                "table",
                "conflict",
                "resolve,",
                "trust.",
                "the",
                "of",
                "policy-makers",
                "😀",
                "é",
                "“quoted”",
                "and",
                "lessons",
                "shared\n",
            ]
        ),
        max_size=25,
    )
)
def test_spans_are_words_of_the_text(tagger: Tagger, words: list[str]) -> None:
    text = " ".join(words)
    for item in tagger.suggest([TextUnit("en", text)])[0]:
        assert 0 <= item.score <= 1
        assert item.indicators
        for span in item.spans:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip() == text[span.start : span.end]


def test_tagging_is_a_pure_function_of_the_text(tagger: Tagger) -> None:
    units = [
        TextUnit("en", "The broker brought partners together."),
        TextUnit("nl", "De makelaar bracht partners bij elkaar."),
        TextUnit("en", "Lessons were shared."),
    ]
    together = tagger.suggest(units)
    assert together == [tagger.suggest([unit])[0] for unit in units]
    assert tagger.suggest(units[::-1]) == together[::-1]


def test_negative_context(small: Project, evidence: Evidence) -> None:
    text = "Nobody brought the farmers together.\nThey brought the farmers together.\n"
    result = evidence("suggest", small, "-", "--format", "jsonl", "--lang", "en", given=text)
    first, second = [json.loads(line) for line in result.stdout.splitlines()]
    assert first["suggestions"] == []
    assert second["suggestions"] == [
        {
            "dimension": "role",
            "code": "weaver",
            "score": 0.8,
            "spans": [[5, 12], [17, 33]],
            "indicators": ["weaver/together"],
        }
    ]


def test_matcher_patterns_are_the_way_out(small: Project, evidence: Evidence) -> None:
    path = small.indicators / "role" / "scribe.yml"
    path.write_text(
        "code: scribe\nindicators:\n  - id: shouting\n    weight: 0.9\n"
        "    matcher:\n      en: [[{IS_UPPER: true, LENGTH: {'>=': 4}}]]\n"
    )
    result = evidence("suggest", small, "-", "--lang", "en", given="They WROTE it down.\n")
    assert "Scribe  [scribe/shouting]  WROTE" in result.stdout


def test_a_new_role_needs_files_only(small: Project, evidence: Evidence) -> None:
    scheme = small.scheme.read_text()
    small.scheme.write_text(
        scheme.replace(
            "      - id: judge\n",
            "      - id: host\n        since: 2\n        label: {en: Host, nl: Gastheer}\n"
            "      - id: judge\n",
        )
    )
    (small.indicators / "role" / "host.yml").write_text(
        "code: host\nindicators:\n  - id: respondents\n    weight: 0.9\n"
        "    phrases: {en: [respondent]}\n"
    )
    build(small)
    result = evidence("suggest", small, "-", "--lang", "en", given="Forty respondents.\n")
    assert "Host" in result.stdout


def test_quality_on_held_passages(real: Project) -> None:
    """A floor, so that nobody makes the tagger worse unawares; docs/tagger.md has the figures."""
    for report in evaluate_project(real, None, None):
        if report.title == "as on the site":
            overall = report.scores[-1]
            assert overall.f1 is not None
            assert overall.f1 >= 0.45, report.language
            assert overall.precision is not None
            assert overall.precision >= 0.5, report.language


def test_sectors_of_the_real_studies(real: Project, evidence: Evidence) -> None:
    result = evidence(
        "suggest",
        real,
        "-",
        "--dimension",
        "sector",
        "--format",
        "jsonl",
        "--lang",
        "en",
        given="Renewable energy partnerships between villages and a wind farm\n",
    )
    assert [item["code"] for item in json.loads(result.stdout)["suggestions"]] == ["energy"]


BAD_LINES = [
    ('{"id": 1, "text": "a"', "bad-json"),
    ('{"id": 1}', "no-text"),
    ('{"id": 1, "lang": "de", "text": "a"}', "unknown-language"),
]


@pytest.mark.parametrize(("line", "kind"), BAD_LINES)
def test_lines_that_cannot_be_read(
    small: Project, evidence: Evidence, tmp_path: Path, line: str, kind: str
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"id": 0, "lang": "en", "text": "They brought farmers together."}\n' + line)
    result = evidence("suggest", small, str(path))
    assert result.exit_code == 1
    assert f"{path}:2" in result.stderr
    assert kind in result.stderr


def test_each_line_gets_its_answer_under_its_own_id(small: Project, evidence: Evidence) -> None:
    lines = [
        {"id": 7, "lang": "en", "text": "They brought the farmers together."},
        {"id": "b", "lang": "nl", "text": ""},
        {"id": [1], "text": "Zij bracht de bewoners bij elkaar."},
        {"text": "“Curly” 😀 text\nwith a line break & <b>marks</b>"},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    result = evidence("suggest", small, "-", "--format", "jsonl", given=text)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [7, "b", [1], 4]
    assert [len(answer["suggestions"]) for answer in answers] == [1, 0, 1, 0]
    assert answers[2]["lang"] == "nl"


def test_evaluation_of_a_file(small: Project, evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "coded.jsonl"
    path.write_text(
        '{"lang": "en", "text": "They brought the farmers together.", "codes": ["weaver"]}\n'
        '{"lang": "en", "text": "They brought the banks together.", "codes": ["judge"]}\n'
    )
    result = evidence("evaluate", small, str(path), "--json")
    report = json.loads(result.stdout)[0]
    overall = report["scores"][-1]
    assert (overall["code"], overall["precision"], overall["recall"]) == ("all", 0.5, 0.5)
    assert "0.50" in evidence("evaluate", small, str(path)).stdout
    path.write_text('{"lang": "en", "text": "a", "codes": ["king"]}\n{"lang": 1\n')
    result = evidence("evaluate", small, str(path))
    assert result.exit_code == 1
    assert "unknown-code" in result.stderr
    assert "bad-line" in result.stderr


def test_unknown_values_say_what_exists(small: Project, evidence: Evidence) -> None:
    for arguments, known in (
        (("--dimension", "mood"), "role, sector, all"),
        (("--format", "xml"), "text, jsonl"),
        (("--lang", "fr"), "en, nl, auto"),
    ):
        result = evidence("suggest", small, "-", *arguments, given="Text.\n")
        assert result.exit_code in (1, 2)
        assert known in result.stderr
    assert evidence("suggest", small, "nowhere.txt").exit_code == 2


class OverlapOptions(Options):
    times: float = 1.0


@dataclass(slots=True)
class OverlapReader:
    """The tiniest reader: how many words of a passage stand in an example of the code."""

    known: dict[str, set[str]]
    times: float
    id: str
    languages: frozenset[str] = frozenset({"en"})

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(sorted(self.known))

    @classmethod
    def open(cls, lesson: Lesson, options: OverlapOptions) -> OverlapReader | None:
        known: dict[str, set[str]] = {}
        for example in lesson.examples:
            for code in example.codes:
                words = {w.text for w in lesson.pipelines(example.language)(example.text)}
                known.setdefault(code, set()).update(words)
        return cls(known, options.times, f"overlap {lesson.name[:8]}") if known else None

    def scores(self, docs: Any) -> list[dict[str, float]]:
        return [
            {
                code: self.times * len([w for w in doc if w.text in known]) / len(doc)
                for code, known in self.known.items()
            }
            for doc in docs
        ]

    def words(self, doc: Any, code: str) -> list[Span]:
        return [
            Span(w.idx, w.idx + len(w.text), self.id) for w in doc if w.text in self.known[code]
        ]


def test_another_reader_is_a_class_and_a_line_and_a_project_chooses_it(
    small: Project, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small.examples / "role"
    folder.mkdir(parents=True)
    (folder / "en.csv").write_text(
        "group,language,set,codes,second,text\na,en,learn,scribe,,Clerks wrote minutes\n"
        "b,en,held,scribe,,Clerks wrote down minutes\n"
    )
    said = ["suggest", small, "-", "--format", "jsonl"]
    given = "Clerks wrote long minutes"
    (line,) = evidence(*said, given=given).stdout.splitlines()
    assert json.loads(line)["suggestions"] == []  # that of words needs more examples
    (small.coding / "tagger.yml").write_text("readers: [overlap]\n")
    refused = evidence("check", small)
    assert refused.exit_code == 1
    assert "coding/tagger.yml" in refused.output
    assert "reader 'overlap'" in refused.output
    assert "Readers are words, spacy, endpoint." in refused.output
    monkeypatch.setitem(READERS, "overlap", Kind(OverlapReader.open, OverlapOptions))
    for _ in range(2):
        (line,) = evidence(*said, given=given).stdout.splitlines()
        (found,) = json.loads(line)["suggestions"]
        assert (found["code"], found["score"]) == ("scribe", 0.75)
        assert [given[start:end] for start, end in found["spans"]] == ["Clerks", "wrote", "minutes"]
        assert re.fullmatch("overlap [0-9a-f]{8}", found["indicators"][0])
    # What is measured is measured with it, and what is tagged anew by a build too.
    scores = {
        (item["title"], score["code"]): score["f1"]
        for item in json.loads(evidence("evaluate", small, "--json").stdout)
        for score in item["scores"]
    }
    assert scores["as on the site", "scribe"] == 1
    assert scores["indicators alone", "scribe"] == 0
    digest = small.corpus / "berg2020.md"
    digest.write_text(digest.read_text() + "- [p. 5] Clerks wrote their minutes.\n")
    assert evidence("build", small).exit_code == 0
    with sqlite3.connect(small.database) as connection:
        assert connection.execute(
            "SELECT count(*) FROM suggestion WHERE code = 'scribe'"
        ).fetchone() == (1,)
    # Without the file it is the reader of words again, and what was tagged is tagged anew.
    (small.coding / "tagger.yml").unlink()
    assert evidence("build", small).exit_code == 0
    with sqlite3.connect(small.database) as connection:
        assert connection.execute(
            "SELECT count(*) FROM suggestion WHERE code = 'scribe'"
        ).fetchone() == (0,)


def test_an_example_teaches_nothing_of_a_code_that_it_was_not_asked_about(
    small: Project, tmp_path: Path
) -> None:
    tagger = load_tagger(small, read_scheme(small.scheme))
    hosts = [
        f"{who} invited the growers" for who in "An office;A bureau;A council;A club".split(";")
    ]
    others = [
        f"{what} in spring" for what in "Costs rose;Rain fell;Prices sank;Trade grew".split(";")
    ]
    learn = [Example("", "en", False, frozenset(["weaver"]), None, text) for text in hosts * 6]
    learn += [Example("", "en", False, frozenset(), None, text) for text in others * 6]
    denied = [replace(item, codes=frozenset()) for item in learn[:24]] * 8
    vectors = WordVectors(tmp_path / "words.db")
    docs = list(tagger.pipeline("en").pipe(["One agency invited the growers"]))

    def score(more: list[Example]) -> float:
        model = WordsReader.fit([*learn, *more], [], tagger.pipeline, vectors)
        assert model is not None
        return model.scores(docs)[0]["weaver"]

    assert score(denied) < 0.5 < score([])
    assert score([replace(item, unasked=frozenset(["weaver"])) for item in denied]) > 0.5
