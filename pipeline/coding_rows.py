"""Rows of suggestions, decisions, codings and evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.checks import Inputs
from pipeline.decisions import NONE, is_passage, latest, study_of
from pipeline.records import Coding, Document, Passage, Study, Suggestion
from pipeline.resolve import EVIDENCE_STATUSES
from pipeline.scheme import Scheme
from pipeline.tables import Tables, as_json


def suggestion_rows(
    tables: Tables,
    suggestions: Mapping[str, tuple[Suggestion, ...]],
    published: Mapping[str, Passage],
    known: set[str],
) -> None:
    """Suggestions and the words behind them."""
    number = 0
    for unit, items in sorted(suggestions.items()):
        passage = published.get(unit)
        if passage is None and unit not in known:
            continue
        for item in items:
            number += 1
            tables.add(
                "suggestion",
                number,
                unit,
                study_of(unit),
                unit if passage else None,
                item.dimension,
                item.code,
                item.score,
                as_json(item.indicators),
            )
            if passage is None:
                continue
            spans: dict[tuple[int, int], list[str]] = defaultdict(list)
            for span in item.spans:
                spans[span.start, span.end].append(span.indicator)
            for (start, end), names in sorted(spans.items()):
                words = passage.text[start:end]
                tables.add("suggestion_span", number, start, end, "; ".join(names), words)


def decision_rows(
    tables: Tables, inputs: Inputs, published: Mapping[str, Passage], known: set[str]
) -> None:
    """Every line that coders wrote, and how it stands now."""
    everything = (*inputs.codings.decisions, *inputs.codings.consensus)
    current = {id(item) for item in latest(everything).values()}
    coders = {coder.id for coder in inputs.codings.coders}
    rounds = {item.id for item in inputs.codings.rounds}
    for number, item in enumerate(everything, 1):
        if study_of(item.unit) not in known:
            continue
        if id(item) not in current:
            standing = "superseded"
        elif item.codes is None:
            standing = "withdrawn"
        elif is_passage(item.unit) and item.unit not in published:
            standing = "orphan"
        else:
            standing = "current"
        tables.add(
            "decision",
            number,
            item.decided_at,
            item.coder if item.coder in coders else None,
            item.unit,
            study_of(item.unit),
            item.unit if item.unit in published else None,
            item.dimension,
            as_json(sorted(item.codes) or [NONE] if item.codes is not None else []),
            standing,
            item.confidence,
            item.note,
            item.quote,
            item.shown,
            item.scheme,
            item.round if item.round in rounds else None,
        )


def coding_rows(
    tables: Tables,
    scheme: Scheme,
    studies: list[Study],
    by_study: Mapping[str, list[Document]],
    codings: Iterable[Coding],
    published: Mapping[str, Passage],
    sectors: Mapping[str, tuple[str, ...]],
) -> None:
    """Codings with their status; evidence apart; sectors of single passages."""
    years = {study.key: study.year for study in studies}
    access = {
        passage.id: document.access
        for documents in by_study.values()
        for document in documents
        for passage in document.passages
    }
    labels = {code.id: code.label.en for dim in scheme.dimensions for code in dim.codes}
    for unit, places in sorted(sectors.items()):
        if unit in published:
            for code in places:
                tables.add("passage_sector", unit, code)
    for coding in codings:
        study = study_of(coding.unit)
        passage = published.get(coding.unit)
        places = sectors.get(coding.unit) or sectors.get(study, ())
        names = as_json(labels[code] for code in places)
        identity = f"{coding.unit}-{coding.code}"
        text = passage.text if passage else ""
        tables.add(
            "coding",
            identity,
            coding.dimension,
            coding.code,
            coding.status,
            study,
            passage.id if passage else None,
            text,
            passage.locator if passage else "",
            names,
            access.get(coding.unit) if passage else _access(by_study, study),
            years[study],
            passage.language if passage else "",
            coding.score,
            as_json(coding.coders),
        )
        if passage and coding.dimension == scheme.evidence and coding.status in EVIDENCE_STATUSES:
            tables.add(
                "evidence",
                identity,
                coding.code,
                study,
                passage.id,
                coding.status,
                text,
                passage.locator,
                names,
                access[coding.unit],
                years[study],
                passage.language,
                as_json(coding.coders),
            )


def _access(by_study: Mapping[str, list[Document]], study: str) -> str | None:
    documents = by_study.get(study)
    return documents[0].access if documents else None
