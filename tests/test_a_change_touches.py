"""One of each thing that a project or a programme gets more of: added in one place, found in all."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette import hookimpl
from datasette.plugins import pm
from jinja2 import DictLoader
from markupsafe import Markup

from pipeline import web
from pipeline.build import gap_reasons, rules
from pipeline.build.recipe import build
from pipeline.commands import add_commands
from pipeline.desk.review import queue
from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.ground.texts import read_texts
from pipeline.published import export
from pipeline.published.agreement import agreement_output
from pipeline.published.agreement.agreement_formats import AGREEMENT_FORMATS
from pipeline.published.export.export_formats import FORMATS, ExportFormat
from pipeline.published.report.map_picture import MAP_FORMATS
from pipeline.published.report.report_formats import REPORT_FORMATS, ReportFormat
from pipeline.sources.import_records import SOURCE_KINDS
from pipeline.tagger.suggest import FORMATS as SUGGESTIONS
from pipeline.web.column_cells import COLUMNS
from pipeline.web.page_request import render
from pipeline.web.review.review_page import Visit, review_page
from pipeline.web.site_page import Page
from tests.conftest import ROOT, Evidence, Site, decide, passage_id
from tests.reviewing import Running

WRITER = '''
def write(selection):
    """The chosen evidence, or the studies, an id a line."""
    names = selection.studies or [piece.id for piece in selection.pieces()]
    yield "".join(f"{name}\\n" for name in names).encode()
'''
LINES = ExportFormat(
    name="id-lines",
    suffix="txt",
    media_type="text/plain; charset=utf-8",
    offered=("evidence", "studies", "whole"),
    extension="idlines",
)


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Words for a key, as if they stood in the files of texts."""

    def put(key: str, en: str, nl: str) -> None:
        for package in ("pipeline.ground", "pipeline.web", "pipeline.published"):
            texts: Any = read_texts(package)
            monkeypatch.setitem(texts, key, {"en": en, "nl": nl})

    yield put
    read_texts.cache_clear()  # a package read meanwhile holds these words too


def asked(project: Project, sql: str) -> list[Any]:
    connection = sqlite3.connect(project.database)
    found = connection.execute(sql).fetchall()
    connection.close()
    return found


@pytest.fixture
def judged(small: Project) -> Project:
    """A study whose second passage is evidence of a weaver."""
    passage = passage_id(small, "berg2020", 2)
    decide(
        small, "second", "berg2020", f"2026-01-02T10:00:00Z,{passage},role,weaver,high,,,,2,pilot,"
    )
    build(small)
    return small


@pytest.fixture
def id_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: Any) -> None:
    (tmp_path / "writers").mkdir()
    (tmp_path / "writers" / "idlines_writer.py").write_text(WRITER)
    monkeypatch.setattr(export, "__path__", [*export.__path__, str(tmp_path / "writers")])
    monkeypatch.setitem(FORMATS, LINES.name, LINES)  # type: ignore[arg-type]
    words("format.id-lines", "Ids in lines", "Regels met ids")
    words("about.id-lines", "every id", "elke id")


def test_a_format_of_downloads_is_one_file_and_one_line(
    evidence: Evidence, judged: Project, id_lines: None
) -> None:
    [(own,)] = asked(judged, "SELECT id FROM evidence")
    assert evidence("export", judged, "-f", "id-lines").stdout.splitlines()[-1] == own
    wrong = evidence("export", judged, "-f", "nothing").output
    assert "annotations, id-lines." in " ".join(wrong.split())
    site = Site(judged)
    for path, label in (("/download/id-lines", own), ("/download/id-lines?of=studies", "smit2021")):
        answer = site.get(path)
        assert answer.content.decode().splitlines()[-1] == label
        assert answer.headers["content-type"] == LINES.media_type
        assert answer.headers["content-disposition"].endswith('.txt"')
    for path, end in (
        ("/", ""),
        ("/evidence", ""),
        ("/studies", "?of=studies"),
        ("/study/berg2020", "?study=berg2020&amp;of=studies"),
        ("/about", ""),
    ):
        text = site.get(path).text
        assert f'"/download/id-lines{end}"' in text, path
        assert "Ids in lines" in text, path
    assert "Ids in lines</a>: every id" in site.get("/about").text
    assert "Regels met ids</a>: elke id" in site.get("/nl/about").text
    assert "study.idlines" in site.get("/orchestration/study").text
    rows = site.get("/orchestration/study.idlines").text.split()
    assert sorted(rows) == ["berg2020", "smit2021"]


def test_formats_offered_for_evidence_alone_are_not_offered_for_studies(
    judged: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = replace(FORMATS["word"], offered=("evidence",))
    monkeypatch.setitem(FORMATS, "word", alone)  # type: ignore[arg-type]
    site = Site(judged)
    assert site.get("/download/word?of=studies").status_code == 400
    assert '"/download/word"' in site.get("/evidence").text
    assert "/download/word" not in site.get("/studies").text
    assert "/download/word" not in site.get("/about").text
    assert "/download/datapackage" not in site.get("/evidence").text
    assert '"/download/datapackage"' in site.get("/about").text


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("export", FORMATS),
        ("agreement", AGREEMENT_FORMATS),
        ("report", REPORT_FORMATS),
        ("map", MAP_FORMATS),
        ("suggest", SUGGESTIONS),
    ],
)
def test_help_lists_every_format(
    evidence: Evidence, small: Project, command: str, names: Mapping[str, Any]
) -> None:
    said = " ".join(evidence(command, small, "--help").output.replace("│", " ").split())
    *others, last = names
    assert f"{', '.join(others)} or {last}." in said


def test_the_command_knows_every_kind_of_source() -> None:
    assert add_commands.KINDS == SOURCE_KINDS  # typed, since reading them would slow every start


def test_a_format_of_reports_is_one_line(
    evidence: Evidence, judged: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    counted = ReportFormat(lambda document: f"{len(document.blocks)}".encode(), "text/plain")
    monkeypatch.setitem(REPORT_FORMATS, ".count", counted)
    monkeypatch.setitem(MAP_FORMATS, ".rows", lambda found, language: "/".join(found.rows).encode())
    assert evidence("report", judged, "-o", str(tmp_path / "a.count")).exit_code == 0
    assert int((tmp_path / "a.count").read_text()) > 3
    assert Site(judged).get("/report.count").text == (tmp_path / "a.count").read_text()
    assert 'href="/report.count"' in Site(judged).get("/about").text
    assert evidence("map", judged, "-o", str(tmp_path / "a.rows")).exit_code == 0
    assert (tmp_path / "a.rows").read_text().startswith("Weaver/Judge")


def test_an_output_of_agreement_is_one_function_and_one_line(
    evidence: Evidence, judged: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        agreement_output,
        "as_count",
        lambda found, scheme: f"{len(found.lines)} lines",
        raising=False,
    )
    monkeypatch.setitem(AGREEMENT_FORMATS, "count", "as_count")  # type: ignore[arg-type]
    assert evidence("agreement", judged, "-f", "count").stdout.strip().endswith(" lines")


def test_a_reader_of_full_texts_is_one_line(
    evidence: Evidence, small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.sources.fulltexts.fulltext_options import Options
    from pipeline.sources.fulltexts.fulltext_readers import READERS
    from pipeline.sources.fulltexts.text_reader import read_plain

    def backwards(path: Path, name: str, options: Options) -> Any:
        turned = path.with_suffix(".turned")
        turned.write_text(path.read_text()[::-1])
        try:
            return read_plain(turned, name, options)
        finally:
            turned.unlink()

    small.fulltext.mkdir(exist_ok=True)
    text = (
        "The coordinator brought the energy companies of the region together, and this took years."
    )
    (small.fulltext / "smit2021.back").write_text(text[::-1])
    assert "Use one of .htm, .html, .md, .pdf, .txt." in " ".join(
        evidence("check", small).output.split()
    )
    monkeypatch.setitem(READERS, ".back", backwards)  # type: ignore[arg-type]
    (small.fulltext / "smit2021.back").touch()  # what was read of a file is kept, until it changes
    result = evidence("check", small)
    assert result.exit_code == 0, result.output
    build(small)
    [(passages,)] = asked(small, "SELECT passages FROM document WHERE kind = 'fulltext'")
    assert passages == 1
    (small.fulltext / "smit2021.back").rename(small.fulltext / "smit2021.odd")
    assert "Use one of .back, .htm" in " ".join(evidence("check", small).output.split())


def test_a_format_of_reference_files_is_one_file_and_one_line(
    evidence: Evidence, small: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pipeline.desk.adding import formats
    from pipeline.desk.adding.formats.names import read_people
    from pipeline.desk.adding.formats.record_draft import RecordDraft
    from pipeline.desk.adding.formats.reference_format import Cut, Found, ReferenceFormat, gather

    def cuts(text: str) -> Iterator[Cut[list[str]]]:
        for number, line in enumerate(text.splitlines()[1:], 1):
            yield Cut(number, line, line.split("~"))

    def draft(cells: list[str]) -> RecordDraft:
        return RecordDraft(
            type="misc", title=cells[0], authors=read_people([cells[1]])[0], dates=(cells[2],)
        )

    def read(text: str, name: str) -> Found:
        return gather(cuts(text), draft)

    tilde = ReferenceFormat(
        "tilde", "Tilde lists", (".tilde",), lambda text: text.startswith("~~"), read
    )
    file = tmp_path / "found.tilde"
    file.write_text("~~\nA new study~Jansen, Eva~2024\n")
    assert "looks like no format" in evidence("add", small, str(file)).output
    monkeypatch.setitem(formats.FORMATS, "tilde", tilde)  # type: ignore[arg-type]
    result = evidence("add", small, str(file), "--coder", "first", "--yes")
    assert result.exit_code == 0, result.output
    build(small)
    assert asked(small, "SELECT label, title FROM candidate WHERE year = 2024") == [
        ("Jansen (2024)", "A new study")
    ]
    (tmp_path / "odd.txt").write_text("nothing at all")
    assert "Tilde lists" in " ".join(
        evidence("add", small, str(tmp_path / "odd.txt")).output.split()
    )
    assert "csv, tilde." in " ".join(
        evidence("add", small, str(file), "--format", "none").output.split()
    )


@pytest.mark.slow
def test_a_coefficient_is_one_function_and_one_line(judged: Project) -> None:
    """In a process of its own, since tables are made when the programme starts."""
    passages = [passage_id(judged, "berg2020", number) for number in (1, 2, 3)]
    for at, passage in enumerate(passages):
        for coder, code in (("first", "weaver"), ("second", ("weaver", "judge", "weaver")[at])):
            line = f"2026-02-0{at + 1}T10:00:00Z,{passage},role,{code},high,,,,2,pilot,"
            decide(judged, coder, "berg2020", line)
    [whole] = [
        row
        for row in csv.DictReader(io.StringIO(_halved(judged, "agreement", "-f", "csv")))
        if row["of"] == "whole answer" and row["dimension"] == "role"
    ]
    assert float(whole["raw"]) == pytest.approx(2 / 3, abs=1e-6)
    assert float(whole["half"]) == pytest.approx(1 / 3, abs=1e-6)
    frozen = judged.root / "coding" / "agreement" / "pilot.json"
    frozen.parent.mkdir(exist_ok=True)
    frozen.write_text(_halved(judged, "agreement", "-f", "json"))
    _halved(judged, "build")
    own = "SELECT half, half_low, raw, remark FROM agreement WHERE what = 'whole answer' AND dimension = 'role'"
    [(half, low, raw, remark)] = asked(judged, own)
    assert (half, raw) == (pytest.approx(raw / 2, abs=1e-6), pytest.approx(2 / 3, abs=1e-6))
    assert low is not None
    # What was frozen before the coefficient was there still reads, and says so.
    found = json.loads(frozen.read_text())
    for line in found["lines"]:
        del line["half"]
    frozen.write_text(json.dumps(found))
    _halved(judged, "build")
    [(half, _, same, remark)] = asked(judged, own)
    assert (half, same) == (None, raw)
    assert "half: not measured when this was frozen" in remark


@pytest.mark.slow
def test_a_field_of_a_digest_is_named_in_two_places(judged: Project) -> None:
    """In the record and as a column; the reader, rows, merges and pages ask the record."""
    more = (
        "from dataclasses import fields, make_dataclass\n"
        "from pipeline.model import described as of\n"
        "of.Described = make_dataclass('Described', [('funder', str, '')], "
        "bases=(of.Described,), frozen=True)\n"
        "of.DESCRIBED = tuple(item.name for item in fields(of.Described))\n"
    )
    column = (
        "from sqlmodel import SQLModel\n"
        "from sqlalchemy import Column, String\n"
        "from pipeline.build import models\n"
        "models.Study.__table__.append_column(Column('funder', String, nullable=False))\n"
    )
    digest = judged.corpus / "berg2020.md"
    digest.write_text(digest.read_text().replace("setting:", 'funder: "a bank"\nsetting:'))
    unknown = _run("", judged, "build", fails=True)
    assert "funder" in unknown
    digest.touch()
    # A field that is no column yet is an error at once, and never a value in another's place.
    assert "add_study() got an unexpected keyword argument 'funder'" in _run(
        more, judged, "build", fails=True
    )
    _run(more + column, judged, "build")
    assert asked(judged, "SELECT funder, setting FROM study ORDER BY key") == [
        ("a bank", "energy networks"),
        ("", ""),
    ]


def _halved(project: Project, *arguments: str) -> str:
    """What the command prints where half of the raw agreement is a coefficient too."""
    more = (
        "from pipeline.model import coefficients as of\n"
        "of.COEFFICIENTS = {**of.COEFFICIENTS, 'half': lambda sums: of.raw(sums) / 2}\n"
    )
    return _run(more, project, *arguments)


def _run(more: str, project: Project, *arguments: str, fails: bool = False) -> str:
    """What the command prints in a process of its own in which `more` was done first."""
    code = f"{more}from pipeline.commands.evidence import app\napp()\n"
    command = [sys.executable, "-c", code, *arguments, "--project", str(project.root)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (ran.returncode != 0) == fails, ran.stderr
    return ran.stdout + ran.stderr if fails else ran.stdout


def test_a_rule_is_one_function_and_one_line(
    evidence: Evidence, small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def old_studies(inputs: Any) -> Iterator[Problem]:
        for study in inputs.references.studies:
            if study.year < 2021:
                yield Problem(
                    "references.bib", study.line, "old", f"'{study.key}' is old", "Read it."
                )

    assert evidence("check", small).exit_code == 0
    monkeypatch.setattr(rules, "RULES", (*rules.RULES, old_studies))
    result = evidence("check", small, "--json")
    assert result.exit_code == 1
    [fault] = [item for item in json.loads(result.stdout) if item["kind"] == "old"]
    assert (fault["path"], fault["line"], fault["message"]) == (
        "references.bib",
        1,
        "'berg2020' is old",
    )


def test_a_reason_of_a_gap_is_one_line_and_its_words(
    evidence: Evidence, judged: Project, monkeypatch: pytest.MonkeyPatch, words: Any, tmp_path: Path
) -> None:
    for key, en, nl in (
        ("reason.one-study", "only one study", "maar een studie"),
        ("reason.long.one-study", "Only one study stands here.", "Hier staat maar een studie."),
        ("mark.one-study", "1?", "1?"),
    ):
        words(key, en, nl)
    first = {"evidence": gap_reasons.REASONS["evidence"], "one-study": lambda of: of.studies == 1}
    monkeypatch.setattr(gap_reasons, "REASONS", {**first, **gap_reasons.REASONS})
    judged.database.unlink()
    build(judged)
    said = asked(judged, "SELECT DISTINCT reason, reden FROM gap WHERE studies_in_sector = 1")
    assert said == [("only one study", "maar een studie")]
    cells = asked(judged, "SELECT role, sector FROM cell WHERE reason = 'one-study'")
    assert cells
    site = Site(judged)
    assert "only one study" in site.get("/").text
    assert "maar een studie" in site.get("/nl/").text
    assert evidence("report", judged, "-o", str(tmp_path / "r.md")).exit_code == 0


def test_a_dimension_is_files_alone(evidence: Evidence, judged: Project, tmp_path: Path) -> None:
    scheme = yaml.safe_load(judged.scheme.read_text())
    text = {"en": "Phase", "nl": "Fase"}
    codes = [
        {"id": "start", "since": 2, "label": {"en": "Start", "nl": "Begin"}},
        {"id": "scaling", "since": 2, "label": {"en": "Scaling", "nl": "Opschaling"}},
    ]
    phase = {"id": "phase", "unit": "passage", "many": True, "label": text, "definition": text}
    scheme["dimensions"].append({**phase, "codes": codes})
    judged.scheme.write_text(json.dumps(scheme))  # JSON is YAML
    passage = passage_id(judged, "berg2020", 2)
    decide(
        judged, "second", "berg2020", f"2026-01-03T10:00:00Z,{passage},phase,scaling,high,,,,2,,"
    )
    result = evidence("check", judged)
    assert result.exit_code == 0, result.output
    build(judged)
    assert asked(judged, "SELECT code, passage FROM coding WHERE dimension = 'phase'") == [
        ("scaling", passage)
    ]
    site = Site(judged)
    assert "Phase" in site.get("/codebook").text
    assert "Opschaling" in site.get("/nl/codebook").text
    assert 'name="phase"' in site.get("/evidence").text
    own = asked(judged, "SELECT id FROM evidence")[0][0]
    assert own in site.get("/evidence?phase=scaling").text
    assert own not in site.get("/evidence?phase=start").text
    exported = evidence("export", judged, "-f", "json", "--where", "phase=scaling").stdout
    assert own in exported
    assert evidence("map", judged, "--by", "phase", "-o", str(tmp_path / "m.svg")).exit_code == 0
    assert "Scaling" in (tmp_path / "m.svg").read_text()


TEMPLATE = """{% extends "base.html" %}{% block title %}{{ t("nav.codebook") }}{% endblock %}
{% block content %}<h1>{{ t("nav.codebook") }} {{ name }}</h1>{% endblock %}"""


class Templates:
    """One more template, as a file beside the others would be."""

    __name__ = "one_more_template"  # Datasette looks for a package of it, and goes on without

    @hookimpl
    def prepare_jinja2_environment(self, env: Any) -> None:
        env.loader.loaders.append(DictLoader({"greeting.html": TEMPLATE}))


@pytest.fixture
def template() -> Iterator[None]:
    plugin = Templates()
    pm.register(plugin, "one-more-template")
    yield
    pm.unregister(plugin)


async def greeting_page(datasette: Any, request: Any) -> Any:
    """A page that says one name."""
    name = request.url_vars.get("name", "of all")
    return await render(datasette, request, "greeting.html", {"name": name})


def test_a_page_is_a_function_a_template_and_one_line(
    judged: Project, template: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Page(r"^/greeting/(?P<name>[a-z]+)$", greeting_page)
    monkeypatch.setattr(web, "PAGES", (*web.PAGES, line))
    site = Site(judged)
    for prefix, said, language in (("", "Codebook", "en"), ("/nl", "Codeboek", "nl")):
        page = site.get(f"{prefix}/greeting/ada")
        assert page.status_code == 200, page.text
        assert f"<h1>{said} ada</h1>" in page.text
        assert f'<html lang="{language}"' in page.text
        assert (
            "greeting"
            not in page.text.partition("<main")[0].partition("<nav")[2].partition("</nav")[0]
        )
        assert site.get(f"{prefix}/greeting/ADA").status_code == 404


def test_a_page_with_an_entry_in_the_menu_is_one_line_too(
    judged: Project, template: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Page(r"^/greeting$", greeting_page, "nav.method")
    monkeypatch.setattr(web, "PAGES", (*web.PAGES, line))
    site = Site(judged)
    for prefix, said in (("", "Method"), ("/nl", "Methode")):
        page = site.get(f"{prefix}/greeting").text
        assert f'<a href="{prefix}/greeting"' in page
        entry = page.partition(f'<a href="{prefix}/greeting"')[2].partition("</a>")[0]
        assert said in entry


def test_how_a_column_looks_is_one_function_and_one_line(
    judged: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        COLUMNS, "title", lambda datasette, value: Markup("<em>{}</em>").format(value.upper())
    )
    site = Site(judged)
    for prefix in ("", "/nl"):
        page = site.get(f"{prefix}/orchestration/study").text
        titles = [row["title"] for row in site.get(
            f"{prefix}/orchestration/study.json?_shape=array").json()]  # fmt: skip
        assert len(titles) == 2
        for title in titles:
            assert f"<em>{title.upper()}</em>" in page
            assert f"<td>{title}</td>" not in page


def test_an_output_of_suggest_is_one_function_and_one_line(
    evidence: Evidence, small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        SUGGESTIONS,  # type: ignore[arg-type]
        "codes",
        lambda item, chosen, scores, scheme: "+".join(entry.code for entry in chosen),
    )
    said = evidence(
        "suggest", small, "-", "--format", "codes", given="The chair resolved a conflict.\n"
    )
    assert said.stdout.split() == ["judge"]


def test_an_order_of_the_queue_is_one_function_one_line_and_its_words(
    reviewed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (passage_id(reviewed, "berg2020", place) for place in (1, 2))
    monkeypatch.setitem(
        queue.ORDERS,  # type: ignore[arg-type]
        "second-first",
        lambda desk, dimension, code, unit: unit != second,
    )
    monkeypatch.setitem(
        read_texts("pipeline.web.review"),  # type: ignore[arg-type]
        "start.order.second-first",
        {"en": "the second first"},
    )
    session = Running(reviewed).sign_in("first")
    assert '<option value="second-first">the second first</option>' in session.get("/review").text
    for order, unit in (("document", first), ("second-first", second)):
        answer = session.get(f"/review/roles/next?order={order}")
        assert unit in answer.headers["location"], order


def test_a_page_of_the_review_is_a_function_and_one_line(
    reviewed: Project, template: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    @review_page
    async def own_page(visit: Visit) -> Any:
        return await render(
            visit.datasette, visit.request, "greeting.html", {"name": visit.coder.id}
        )

    line = Page(r"^/review/greeting$", own_page)
    monkeypatch.setattr(web, "REVIEW_PAGES", (*web.REVIEW_PAGES, line))
    running = Running(reviewed)
    assert "<h1>Codebook first</h1>" in running.sign_in("first").get("/review/greeting").text
    assert running.visitor().get("/review/greeting").status_code == 403


def test_a_question_is_a_query_of_the_metadata(judged: Project) -> None:
    metadata = yaml.safe_load(judged.metadata.read_text())
    metadata["databases"]["orchestration"].setdefault("queries", {})["how_many"] = {
        "title": "How many studies?",
        "sql": "SELECT count(*) AS studies FROM study WHERE year >= :year",
    }
    judged.metadata.write_text(yaml.safe_dump(metadata))
    site = Site(judged)
    for prefix in ("", "/nl"):
        assert "How many studies?" in site.get(f"{prefix}/questions").text
    found = site.get("/orchestration/how_many.json?year=2021&_shape=array").json()
    assert found == [{"studies": 1}]
