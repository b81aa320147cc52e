"""From records to the rows of the published tables."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pipeline.checks import Inputs
from pipeline.decisions import NONE, is_passage, latest, study_of
from pipeline.records import Coding, Document, Name, Passage, Study, Suggestion
from pipeline.resolve import EVIDENCE_STATUSES
from pipeline.scheme import Scheme, Texts
from pipeline.tagger.indicators import IndicatorSet

Rows = dict[str, list[tuple[Any, ...]]]
EXCERPT = 600  # characters of a coded full-text passage that may be published


@dataclass(slots=True)
class Tables:
    """Collects the rows of all tables; order of insertion is order in the database."""

    rows: Rows = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, *values: Any) -> None:
        self.rows[table].append(values)


def make_rows(
    inputs: Inputs,
    indicators: Iterable[IndicatorSet],
    suggestions: Mapping[str, tuple[Suggestion, ...]],
    codings: Iterable[Coding],
) -> Rows:
    """All rows of the database. The same records give the same rows in the same order."""
    tables = Tables()
    scheme = inputs.scheme
    by_study: dict[str, list[Document]] = defaultdict(list)
    known = {study.key for study in inputs.references.studies}
    for document in inputs.corpus.documents:
        if document.study in known:
            by_study[document.study].append(document)
    codings = [coding for coding in codings if study_of(coding.unit) in known]
    coded = {coding.unit for coding in codings if coding.status in EVIDENCE_STATUSES}
    published = _published(by_study, coded)
    codings = [item for item in codings if not is_passage(item.unit) or item.unit in published]
    sectors = _sectors(scheme, codings)
    studies = sorted(inputs.references.studies, key=lambda study: study.key)
    _scheme_rows(tables, scheme)
    _indicator_rows(tables, indicators)
    _people_rows(tables, inputs)
    _study_rows(tables, studies, by_study, scheme, codings, sectors)
    _passage_rows(tables, studies, by_study, published)
    _suggestion_rows(tables, suggestions, published, known)
    _decision_rows(tables, inputs, published, known)
    _coding_rows(tables, scheme, studies, by_study, codings, published, sectors)
    for name in ("study", "passage", "evidence"):
        tables.add("meta", f"count_{name}", str(len(tables.rows[name])))
    for name, found in sorted(tables.rows.items()):
        if name != "meta":
            tables.add("meta", f"rows/{name}", str(len(found)))
    tables.add("meta", "scheme_version", str(scheme.version))
    tables.add("meta", "scheme_title_en", scheme.title.en)
    tables.add("meta", "scheme_title_nl", scheme.title.nl)
    tables.add("meta", "scheme_source", scheme.source)
    return dict(tables.rows)


def _published(by_study: Mapping[str, list[Document]], coded: set[str]) -> dict[str, Passage]:
    """Passages that readers may see: all of a digest, of a full text only coded excerpts."""
    return {
        passage.id: passage
        for documents in by_study.values()
        for document in documents
        for passage in document.passages
        if document.kind == "digest" or passage.id in coded
    }


def _sectors(scheme: Scheme, codings: Iterable[Coding]) -> dict[str, tuple[str, ...]]:
    """Map codes by unit. A suggested one counts only while nobody has decided."""
    found: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        if coding.dimension == scheme.map and coding.status != "disputed":
            found[coding.unit].append(coding)
    result = {}
    for unit, items in found.items():
        decided = [item for item in items if item.status in EVIDENCE_STATUSES]
        result[unit] = tuple(item.code for item in decided or items)
    return result


def _scheme_rows(tables: Tables, scheme: Scheme) -> None:
    for position, dimension in enumerate(scheme.dimensions, 1):
        tables.add(
            "dimension",
            dimension.id,
            position,
            dimension.unit,
            dimension.many,
            dimension.id == scheme.evidence,
            dimension.id == scheme.map,
            *_both(dimension.label),
            *_both(dimension.definition),
        )
        for place, code in enumerate(dimension.codes, 1):
            tables.add(
                "code",
                code.id,
                dimension.id,
                place,
                code.parent,
                code.since,
                code.retired,
                *_both(code.label),
                *_both(code.definition),
                *_both(code.include),
                *_both(code.exclude),
                *_both(code.example),
            )


def _indicator_rows(tables: Tables, indicators: Iterable[IndicatorSet]) -> None:
    for group in indicators:
        for code, indicator in group:
            tables.add(
                "indicator",
                f"{code}/{indicator.id}",
                code,
                indicator.weight,
                "\n".join(indicator.phrases.en),
                "\n".join(indicator.phrases.nl),
            )


def _people_rows(tables: Tables, inputs: Inputs) -> None:
    for coder in inputs.codings.coders:
        tables.add("coder", coder.id, *_both(coder.name), coder.kind, coder.active)
    for item in inputs.codings.rounds:
        tables.add("round", item.id, *_both(item.title), item.blind, item.suggestions, item.state)


def _study_rows(
    tables: Tables,
    studies: list[Study],
    by_study: Mapping[str, list[Document]],
    scheme: Scheme,
    codings: Iterable[Coding],
    sectors: Mapping[str, tuple[str, ...]],
) -> None:
    from pipeline.countries import country_name

    labels = {code.id: code.label.en for dim in scheme.dimensions for code in dim.codes}
    roles: dict[str, dict[str, None]] = defaultdict(dict)
    evidence: dict[str, int] = defaultdict(int)
    suggested: dict[str, set[str]] = defaultdict(set)
    for coding in codings:
        if coding.dimension == scheme.evidence:
            key = study_of(coding.unit)
            if coding.status in EVIDENCE_STATUSES:
                roles[key][coding.code] = None
                evidence[key] += 1
            elif coding.status == "suggested":
                suggested[key].add(coding.unit)
    authors: dict[str, Name] = {}
    countries: set[str] = set()
    for study in studies:
        documents = by_study.get(study.key, [])
        digest = next((item for item in documents if item.kind == "digest"), None)
        places = digest.countries if digest else ()
        countries.update(places)
        tables.add(
            "study",
            study.key,
            study.short,
            study.title,
            _join([name.reading for name in study.people], study.and_others),
            study.year,
            study.container,
            study.type,
            study.volume,
            study.number,
            study.pages,
            study.publisher,
            study.doi,
            study.url,
            digest.access if digest else (documents[0].access if documents else None),
            digest.based_on if digest else "",
            digest.setting if digest else "",
            digest.method if digest else "",
            digest.orchestrator if digest else "",
            digest.summary if digest else "",
            _json(labels[code] for code in sectors.get(study.key, ())),
            _json(country_name(code, "en") for code in places),
            _json(labels[code] for code in roles[study.key]),
            sum(len(document.passages) for document in documents),
            evidence[study.key],
            len(suggested[study.key]),
            study.note,
            _json(digest.sources if digest else ()),
            _json(digest.unconfirmed if digest else ()),
        )
        for code in sectors.get(study.key, ()):
            tables.add("study_sector", study.key, code)
        for code in sorted(places):
            tables.add("study_country", study.key, code)
        for position, name in enumerate(study.people, 1):
            slug = _slug(name.sorting)
            authors.setdefault(slug, name)
            tables.add("study_author", study.key, position, slug, not study.authors)
    for slug, name in sorted(authors.items()):
        tables.add("author", slug, name.reading, name.last, name.given)
    for code in sorted(countries):
        tables.add("country", code, country_name(code, "en"), country_name(code, "nl"))


def _passage_rows(
    tables: Tables,
    studies: list[Study],
    by_study: Mapping[str, list[Document]],
    published: Mapping[str, Passage],
) -> None:
    for study in studies:
        for document in by_study.get(study.key, []):
            tables.add(
                "document",
                document.id,
                study.key,
                document.kind,
                document.language,
                document.access,
                len(document.passages),
            )
            for item in document.passages:
                if published.get(item.id) is item:
                    text = item.text
                    if document.kind == "fulltext" and len(text) > EXCERPT:
                        text = text[: EXCERPT - 1] + "…"
                    tables.add(
                        "passage",
                        item.id,
                        study.key,
                        document.id,
                        item.position,
                        item.locator,
                        item.language,
                        text,
                    )


def _suggestion_rows(
    tables: Tables,
    suggestions: Mapping[str, tuple[Suggestion, ...]],
    published: Mapping[str, Passage],
    known: set[str],
) -> None:
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
                _json(item.indicators),
            )
            if passage is None:
                continue
            spans: dict[tuple[int, int], list[str]] = defaultdict(list)
            for span in item.spans:
                spans[span.start, span.end].append(span.indicator)
            for (start, end), names in sorted(spans.items()):
                words = passage.text[start:end]
                tables.add("suggestion_span", number, start, end, "; ".join(names), words)


def _decision_rows(
    tables: Tables, inputs: Inputs, published: Mapping[str, Passage], known: set[str]
) -> None:
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
            _json(sorted(item.codes) or [NONE] if item.codes is not None else []),
            standing,
            item.confidence,
            item.note,
            item.quote,
            item.shown,
            item.scheme,
            item.round if item.round in rounds else None,
        )


def _coding_rows(
    tables: Tables,
    scheme: Scheme,
    studies: list[Study],
    by_study: Mapping[str, list[Document]],
    codings: Iterable[Coding],
    published: Mapping[str, Passage],
    sectors: Mapping[str, tuple[str, ...]],
) -> None:
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
        names = _json(labels[code] for code in places)
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
            _json(coding.coders),
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
                _json(coding.coders),
            )


def _access(by_study: Mapping[str, list[Document]], study: str) -> str | None:
    documents = by_study.get(study)
    return documents[0].access if documents else None


def _both(texts: Texts | None) -> tuple[str, str]:
    return (texts.en, texts.nl) if texts else ("", "")


def _json(value: Iterable[str]) -> str:
    return _encoded(tuple(value))


@lru_cache(maxsize=65536)
def _encoded(value: tuple[str, ...]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _join(names: list[str], others: bool) -> str:
    if others:
        return ", ".join([*names, "et al."])
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "unnamed"
