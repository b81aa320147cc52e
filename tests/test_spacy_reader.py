"""A pipeline of the user's own as a reader: its labels, or its lemmas and vectors."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.training import Example
from spacy.util import fix_random_seed
from typer.testing import CliRunner

from pipeline.build.recipe import build
from pipeline.commands.evidence import app
from pipeline.ground.project import Project
from tests.conftest import Evidence

TEXT = "The chair judged the quarrel of the banks."
LESSONS = [(TEXT, 1.0), ("A judge heard both firms.", 1.0), ("The harvest was good.", 0.0)] * 4


def trained(folder: Path, label: str) -> spacy.Language:
    """A text categoriser that has learned a little."""
    fix_random_seed(1)
    random.seed(1)
    nlp = spacy.blank("en")
    nlp.add_pipe("textcat_multilabel").add_label(label)  # type: ignore[attr-defined]
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {label: value}}) for text, value in LESSONS
    ]
    nlp.initialize(lambda: examples)
    for _ in range(8):
        nlp.update(examples)
    nlp.to_disk(folder)
    return nlp


def choose(project: Project, *readers: str, **options: Any) -> None:
    chosen = {"readers": list(readers or ("spacy",)), "spacy": options}
    project.tagger.write_text(json.dumps(chosen))


def scores(evidence: Evidence, project: Project, text: str = TEXT) -> dict[str, float]:
    options = ("-", "--format", "jsonl", "--lang", "en", "--all")
    result = evidence("suggest", project, *options, given=text)
    assert result.exit_code == 0, result.output
    found: dict[str, float] = json.loads(result.stdout)["scores"]
    return found


@pytest.mark.parametrize(("label", "labels"), [("judge", {}), ("JUDGING", {"JUDGING": "judge"})])
def test_a_text_categoriser(
    small: Project, evidence: Evidence, label: str, labels: dict[str, str]
) -> None:
    nlp = trained(small.root / "mine", label)
    choose(small, en="mine", labels=labels)
    expected = round(nlp(TEXT).cats[label], 3)
    assert expected > 0.6
    assert scores(evidence, small)["judge"] == expected
    build(small)
    data = small.database.read_bytes()
    small.database.unlink()
    build(small)
    assert small.database.read_bytes() == data


def test_a_span_categoriser_names_its_words(small: Project, evidence: Evidence) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(
        "span_ruler",
        config={"spans_key": "sc"},
    ).add_patterns(  # type: ignore[attr-defined]
        [{"label": "judge", "pattern": [{"LOWER": "judged"}, {}, {"LOWER": "quarrel"}]}]
    )
    nlp.to_disk(small.root / "mine")
    choose(small, en="mine")
    said = evidence("suggest", small, "-", "--format", "jsonl", "--lang", "en", given=TEXT)
    (line,) = json.loads(said.stdout)["suggestions"]
    start, end = line["spans"][0]
    assert (line["code"], line["score"], TEXT[start:end]) == ("judge", 1.0, "judged the quarrel")
    assert line["indicators"][0].startswith("mine ")
    assert scores(evidence, small, "The harvest was good.")["judge"] == 0.0


WORDS = {"quarrel": 0, "dispute": 0, "squabble": 0, "table": 1, "meal": 1, "harvest": 1}


def with_vectors(folder: Path) -> None:
    """A pipeline that knows lemmas, and two meanings of words; its labels are no codes."""
    nlp = spacy.blank("en")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    for word, meaning in WORDS.items():
        nlp.vocab.set_vector(word, np.eye(2, dtype="float32")[meaning])
    nlp.to_disk(folder)


def teach(project: Project) -> None:
    """Twenty-four examples of a code and as many of none."""
    lines = ["group,language,set,codes,second,text"]
    for place in range(24):
        lines.append(f"g{place},en,learn,judge,,They settled the {place} dispute quarrels.")
        lines.append(f"g{place},en,learn,none,,They laid the {place} table meals.")
    (project.examples / "role").mkdir(parents=True)
    (project.examples / "role" / "en.csv").write_text("\n".join(lines) + "\n")


def test_lemmas_and_vectors_are_learned_from(
    small: Project, evidence: Evidence, tmp_path: Path
) -> None:
    with_vectors(small.root / "mine")
    teach(small)
    choose(small, en="mine")

    def judged(text: str) -> float:
        return scores(evidence, small, text)["judge"]

    assert judged("They settled a quarrel.") > 0.8  # its plural was learned
    unseen, other = judged("A squabble."), judged("A harvest.")  # vectors alone
    assert unseen > 0.5 > other
    said = evidence("suggest", small, "-", "--format", "jsonl", "--lang", "en", given="A quarrel.")
    (line,) = json.loads(said.stdout)["suggestions"]
    assert [line["spans"][0], line["code"]] == [[2, 9], "judge"]
    kept = [path.name for path in small.models.glob("role-*-en-*.npz")]
    assert len(kept) == 1
    assert judged("A squabble.") == unseen  # from the cache
    folder = tmp_path / "exported"
    exported = ["model", "export", str(folder), "--project", str(small.root)]
    assert CliRunner().invoke(app, exported).exit_code == 0
    small.examples.rename(tmp_path / "gone")
    (small.root / "mine").rename(tmp_path / "gone too")
    assert spacy.load(folder)("A squabble.").cats["judge"] == unseen


def test_a_pipeline_that_is_not_there(small: Project, evidence: Evidence) -> None:
    choose(small, en="en_core_web_nowhere")
    result = evidence("check", small)
    assert result.exit_code == 1
    assert "[no-pipeline]" in result.stdout
    assert "spacy.en: 'en_core_web_nowhere' cannot be loaded" in result.stdout
    choose(small)
    assert "name a pipeline for en or nl" in evidence("check", small).stdout
