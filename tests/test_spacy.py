"""The tagger in spaCy's own ways: found by name, in `doc.cats` and `doc.spans`, saved with a pipeline."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy

from pipeline.ground.project import Project
from tests.conftest import Evidence

TEXTS = {
    "en": [
        "The office brought farmers and banks together in one room.",
        "It settled the conflict between two firms. Nobody was asked.",
        "The harvest was good.",
    ],
    "nl": ["Het bureau bracht de bewoners bij elkaar.", "De oogst was goed."],
}
RUN = """
import json, sys
import spacy
nlp = spacy.load(sys.argv[1])
for doc in nlp.pipe(json.loads(sys.argv[2])):
    group = doc.spans["evidence"]
    spans = [[s.start_char, s.end_char, s.label_, s.id_, v] for s, v in zip(group, group.attrs["scores"])]
    print(json.dumps([doc.cats, spans]))
assert not [name for name in sys.modules if name.startswith(("datasette", "pipeline.web"))]
"""


def apart(folder: Path, texts: list[str], cwd: Path) -> list[Any]:
    """What a pipeline says of texts in a process that knows nothing else."""
    command = [sys.executable, "-c", RUN, str(folder), json.dumps(texts)]
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def suggested(evidence: Evidence, project: Project, lang: str) -> list[Any]:
    """What `evidence suggest` says: scores by code, and spans with their reason."""
    options = ("-", "--format", "jsonl", "--lang", lang, "--dimension", "all", "--all")
    given = "\n".join(TEXTS[lang])
    result = evidence("suggest", project, *options, given=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize("which", ["fresh", "small"])
def test_an_exported_pipeline_says_what_suggest_says(
    request: pytest.FixtureRequest, which: str, lang: str, evidence: Evidence, tmp_path: Path
) -> None:
    project: Project = request.getfixturevalue(which)
    folder = tmp_path / "exported"
    result = evidence_model(evidence, project, folder, lang)
    assert result.exit_code == 0, result.output
    expected = suggested(evidence, project, lang)
    project.root.joinpath("coding").rename(tmp_path / "gone")
    for (cats, spans), item in zip(apart(folder, TEXTS[lang], tmp_path), expected, strict=True):
        of_studies = {entry["code"]: entry["score"] for entry in item["suggestions"]}
        scores = {code: score for code, score in item["scores"].items() if score}
        assert {code: score for code, score in cats.items() if score} == {**of_studies, **scores}
        places = [
            [start, end, entry["code"], entry["score"]]
            for entry in item["suggestions"]
            for start, end in entry["spans"]
        ]
        assert [[*span[:3], span[4]] for span in spans] == places
        assert all(
            name in {name for entry in item["suggestions"] for name in entry["indicators"]}
            for _, _, _, name, _ in spans
        )
    assert expected[0]["suggestions"], "a text of which nothing is said tests nothing"


def evidence_model(evidence: Evidence, project: Project, folder: Path, lang: str) -> Any:
    from typer.testing import CliRunner

    from pipeline.commands.evidence import app

    arguments = ["model", "export", str(folder), "--lang", lang, "--project", str(project.root)]
    return CliRunner().invoke(app, arguments)


def test_a_plain_pipeline_finds_both_components(small: Project, tmp_path: Path) -> None:
    code = (
        "import spacy, sys; nlp = spacy.blank('en'); nlp.add_pipe('sentencizer');"
        "nlp.add_pipe('evidence_indicators', config={'project': sys.argv[1]});"
        "nlp.add_pipe('evidence_suggestions', config={'project': sys.argv[1]});"
        "doc = nlp(sys.argv[2]); group = doc.spans['evidence_indicators'];"
        "print([(s.text, s.label_, s.id_) for s in group], list(group.attrs['scores']), doc.cats);"
        "from spacy.tokens import DocBin; DocBin(docs=[doc], store_user_data=True).to_bytes();"
        "nlp.to_disk(sys.argv[3]); print(spacy.load(sys.argv[3])(sys.argv[2]).cats == doc.cats)"
    )
    arguments = [str(small.root), TEXTS["en"][0], str(tmp_path / "saved")]
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "\n".join(EXPECTED) + "\n"


EXPECTED = [
    "[('brought farmers and banks together', 'weaver', 'weaver/together')] [0.8] {'weaver': 0.8}",
    "True",
]


def test_a_component_without_a_tagger_says_so() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("evidence_suggestions")
    with pytest.raises(ValueError, match="has no tagger"):
        nlp("Any text.")


def test_nothing_is_overwritten(small: Project, evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    result = evidence_model(evidence, small, tmp_path / "mine", "en")
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert list((tmp_path / "mine").iterdir()) == []
