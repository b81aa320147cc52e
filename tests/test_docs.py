"""What a user can touch is documented, and what is documented exists."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from typer.main import get_command

from pipeline.build.rules import RULES
from pipeline.commands.evidence import app
from pipeline.ground.settings import Settings
from pipeline.model.indicators import Indicator, IndicatorFile
from pipeline.model.people import Coder, Round
from pipeline.model.scheme import Code, Dimension, Scheme, Screening
from pipeline.sources.corpus import FrontMatter
from pipeline.sources.decisions import COLUMNS
from pipeline.sources.fulltexts.fulltext_options import Options
from pipeline.sources.fulltexts.fulltext_readers import READERS
from pipeline.sources.import_records import Added, ImportRecord, Merged
from pipeline.sources.merges import Merge
from pipeline.sources.migrations.migration_files import Event, Touched
from pipeline.sources.screening.random_samples import Sample
from pipeline.sources.screening.screening_lines import COLUMNS as SCREENING
from pipeline.sources.syntheses import SynthesisFront
from pipeline.tagger import examples
from pipeline.tagger.readers import kept_answers
from pipeline.tagger.readers.reader_registry import READERS as READER_KINDS
from tests.conftest import ROOT

DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_every_command_and_option_is_documented() -> None:
    commands = dict(get_command(app).commands)  # type: ignore[attr-defined]
    for name, command in commands["review"].commands.items():
        commands[f"review {name}"] = command
    for name, command in commands["model"].commands.items():
        commands[f"model {name}"] = command
    for name, command in commands["scheme"].commands.items():
        commands[f"scheme {name}"] = command
    for name, command in commands["screening"].commands.items():
        commands[f"screening {name}"] = command
    for name, command in commands.items():
        assert f"evidence {name}" in DOCS["commands.md"]
        assert command.help
        for parameter in command.params:
            if parameter.name not in ("help", "project", "output_format", "open_browser", "item"):
                words = [*parameter.opts, (parameter.name or "").upper()]
                assert any(word in DOCS["commands.md"] for word in words), (name, parameter.name)


def test_every_key_of_every_file_is_documented() -> None:
    formats = DOCS["formats.md"]
    models = (FrontMatter, Scheme, Dimension, Code, Screening, Coder, Round, Settings, Options)
    for model in (
        *models,
        SynthesisFront,
        ImportRecord,
        Added,
        Merged,
        Merge,
        Event,
        Touched,
        Sample,
    ):
        for name in model.model_fields:
            assert name in formats, (model.__name__, name)
    for model in (Indicator, IndicatorFile):
        for name in model.model_fields:
            assert name in DOCS["indicators.md"], (model.__name__, name)
    for column in (*COLUMNS, *SCREENING):
        assert f"`{column}`" in formats
    for kind in READER_KINDS.values():
        for name in kind.options.model_fields:
            assert f"`{name}`" in DOCS["readers.md"] or f"  {name}:" in DOCS["readers.md"], name
    for column in kept_answers.COLUMNS:
        assert f"`{column}`" in formats
    for column in examples.COLUMNS:
        assert f"`{column}`" in DOCS["indicators.md"]
    for suffix in READERS:
        assert suffix in formats or suffix == ".htm"


def test_every_file_named_in_the_documents_exists() -> None:
    for text in (README, ARCHITECTURE, *DOCS.values()):
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            folder = ROOT if link.startswith("docs/") or (ROOT / link).exists() else ROOT / "docs"
            assert (folder / link).exists(), link


def test_every_rule_has_a_row_in_its_test() -> None:
    source = "".join(
        path.read_text() for path in (ROOT / "pipeline" / "build" / "rules").glob("*.py")
    )
    table = "".join(
        (ROOT / "tests" / name).read_text()
        for name in ("test_check.py", "test_joined.py", "test_review_sheet.py", "test_synthesis.py")
    )
    kinds = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))
    assert len(RULES) >= 6
    for kind in kinds:
        assert f'"{kind}"' in table, kind


def test_citation_and_metadata_are_valid_yaml() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert citation["title"].startswith("Orchestration Evidence")
    assert (ROOT / "LICENSE").read_text().count("Apache License") >= 1


def test_no_code_id_stands_in_python() -> None:
    scheme = yaml.safe_load((ROOT / "coding" / "scheme.yml").read_text())
    codes = [code["id"] for dimension in scheme["dimensions"] for code in dimension["codes"]]
    # Words that also mean something else in a program.
    codes = [code for code in codes if code not in ("general", "health", "person", "platform")]
    for path in (ROOT / "pipeline").rglob("*.py"):
        source = Path(path).read_text(encoding="utf-8")
        for code in codes:
            assert f'"{code}"' not in source, (path, code)
