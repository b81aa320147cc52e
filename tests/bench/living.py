"""Benchmarks of a living review: the preview of an import, and of edited indicators."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.sources.bibliography.bibtex_text import write_entry
from tests.bench.corpus import bibliography
from tests.bench.duplicates import many

RECORDS = 10_000


def bench_import(show: Callable[..., None]) -> None:
    """10,000 records against 10,000 entries, some of them the same: studies as they are, and titles
    that differ by a number only, which is as bad as it gets."""
    incoming, existing = many(RECORDS)
    texts = [
        "\n".join(write_entry(f"key{place}", study) for place, study in enumerate(studies))
        for studies in (incoming, existing)
    ]
    _import(show, "import preview 10,000 x 10,000", *texts, "<= 3")
    _import(
        show, "  titles that differ by a number", bibliography(RECORDS, 2), bibliography(RECORDS, 1)
    )


def _import(show: Callable[..., None], name: str, text: str, known: str, bound: str = "") -> None:
    from bibtexparser.entrypoint import parse_string

    from pipeline.desk.adding.import_preview import make_preview
    from pipeline.desk.adding.reference_files import read_shipment
    from pipeline.sources.bibliography.references import parse_references
    from pipeline.sources.import_records import Imports

    here = parse_references(known).studies
    ratios, bare_ratios, counts = [], [], ""
    for _ in range(3):
        start = time.perf_counter()
        parse_string(text)
        bare = time.perf_counter() - start
        start = time.perf_counter()
        parse_references(text)
        parsed = time.perf_counter() - start
        start = time.perf_counter()
        preview = make_preview(read_shipment(text.encode(), "large.bib"), here, Imports())
        took = time.perf_counter() - start
        assert len(preview.items) == RECORDS
        ratios.append(took / parsed)
        bare_ratios.append(took / bare)
        counts = ", ".join(f"{number:,} {state}" for state, number in preview.counts.items())
    show(f"{name}: time of parsing", statistics.median(ratios), bound, counts)
    show("  the same, of a bare bibtexparser", statistics.median(bare_ratios), "")


def bench_indicators(folder: Path, show: Callable[..., None]) -> None:
    """Edited indicators over all passages of a project, against tagging them all (in seconds)."""
    from pipeline.build.gathering import gather
    from pipeline.desk.scheme.indicator_preview import preview_indicators
    from pipeline.desk.scheme.passage_bench import PassageBench
    from pipeline.ground.project import Project
    from pipeline.ground.yamlfile import parse_yaml
    from pipeline.model.indicators import IndicatorFile
    from pipeline.model.scheme import read_scheme
    from pipeline.tagger.tagger_loading import load_tagger

    project = Project(folder)
    scheme = read_scheme(project.scheme)
    tagger = load_tagger(project, scheme)
    inputs, texts = gather(project, tagger)
    passages = [item for document in inputs.corpus.documents for item in document.passages]
    bench = PassageBench(tagger, passages, texts.said.suggestions)
    start = time.perf_counter()
    bench.prepare()
    prepared = time.perf_counter() - start
    print(f"indicator preview over {len(passages):,} passages (index {prepared:.1f} s, once)")
    code = scheme.dimension(scheme.evidence).codes[0].id
    text = (project.indicators / scheme.evidence / f"{code}.yml").read_text()
    first = "  - id: "
    edits: dict[str, Callable[[str], str]] = {
        "nothing changed": lambda old: old,
        "another phrase": lambda old: old.replace(first, _added("build|win ... trust|support"), 1),
        "a common word": lambda old: old.replace(first, _added("trust"), 1),
        "another weight": lambda old: old.replace("weight: 0.55", "weight: 0.6", 1),
    }
    for name, edit in edits.items():
        file = parse_yaml(edit(text), IndicatorFile, "edited")
        times = []
        trial: Any = None
        for _ in range(3):
            start = time.perf_counter()
            trial = preview_indicators(bench, scheme, scheme.evidence, file)
            times.append(time.perf_counter() - start)
        note = f"{trial.looked_at:,} looked at, {len(trial.gained)} gained, {len(trial.lost)} lost"
        show(f"  {name}, seconds", statistics.median(times), "<= 2", note)


def _added(phrase: str) -> str:
    return f'  - id: zz-added\n    weight: 0.6\n    phrases:\n      en: ["{phrase}"]\n  - id: '
