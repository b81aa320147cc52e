"""Rows of the scheme, of people, of studies and their passages."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.build.rows.table_rows import Tables, as_json, both, excerpt, join_names, slug
from pipeline.model.answers import study_of
from pipeline.model.csl import csl_item
from pipeline.model.indicators import IndicatorSet
from pipeline.model.people import Coder, Round
from pipeline.model.records import (
    EVIDENCE_STATUSES,
    Coding,
    Document,
    Name,
    Passage,
    Related,
    Study,
    older_keys,
)
from pipeline.model.scheme import Scheme


def scheme_rows(tables: Tables, scheme: Scheme) -> None:
    """Dimensions and their codes."""
    for position, dimension in enumerate(scheme.dimensions, 1):
        tables.add(
            "dimension",
            dimension.id,
            position,
            dimension.unit,
            dimension.many,
            dimension.id == scheme.evidence,
            dimension.id == scheme.map,
            *both(dimension.label),
            *both(dimension.definition),
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
                *both(code.label),
                *both(code.definition),
                *both(code.include),
                *both(code.exclude),
                *both(code.example),
            )


def indicator_rows(tables: Tables, indicators: Iterable[IndicatorSet]) -> None:
    """Indicators of all dimensions."""
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


def people_rows(tables: Tables, coders: Iterable[Coder], rounds: Iterable[Round]) -> None:
    """Coders and rounds."""
    for coder in coders:
        tables.add(
            "coder",
            coder.id,
            *both(coder.name),
            coder.kind,
            coder.nature or "",
            coder.instructions,
            coder.active,
        )
    for item in rounds:
        tables.add(
            "round",
            item.id,
            *both(item.title),
            as_json(item.coders),
            item.blind,
            item.suggestions,
            as_json(item.hidden_from),
            item.state,
            item.opened_at or "",
            *both(item.note),
        )


def study_rows(
    tables: Tables,
    studies: list[Study],
    by_study: Mapping[str, list[Document]],
    scheme: Scheme,
    codings: Iterable[Coding],
    sectors: Mapping[str, tuple[str, ...]],
    undecided: Mapping[str, tuple[str, ...]],
    aliases: Mapping[str, str],
) -> None:
    """Studies with their authors, countries and sectors."""
    from pipeline.model.countries import country_name

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
    merged: dict[str, list[str]] = defaultdict(list)
    for alias, key in aliases.items():
        merged[key].append(alias)
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
            join_names([name.reading for name in study.people], study.and_others),
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
            digest.related.what_en if digest and digest.related else "",
            digest.setting if digest else "",
            digest.method if digest else "",
            digest.orchestrator if digest else "",
            digest.summary if digest else "",
            as_json(labels[code] for code in sectors.get(study.key, ())),
            as_json(undecided[study.key]),
            as_json(country_name(code, "en") for code in places),
            as_json(labels[code] for code in roles[study.key]),
            sum(document.length for document in documents),
            evidence[study.key],
            len(suggested[study.key]),
            study.note,
            as_json(digest.sources if digest else ()),
            as_json(digest.unconfirmed if digest else ()),
        )
        _reference_rows(tables, study, merged[study.key])
        if digest and digest.related:
            _related_row(tables, study.key, digest.related)
        for code in sectors.get(study.key, ()):
            tables.add("study_sector", study.key, code)
        for code in sorted(places):
            tables.add("study_country", study.key, code)
        for position, name in enumerate(study.people, 1):
            identity = slug(name.sorting)
            authors.setdefault(identity, name)
            tables.add("study_author", study.key, position, identity, not study.authors)
    for identity, name in sorted(authors.items()):
        tables.add("author", identity, name.reading, name.last, name.given)
    for code in sorted(countries):
        tables.add("country", code, country_name(code, "en"), country_name(code, "nl"))


def _reference_rows(tables: Tables, study: Study, merged: Iterable[str]) -> None:
    """The entry as written, as CSL-JSON, and the keys that it had before."""
    csl, digest = _hashed(csl_item(study))
    entry = json.dumps({"type": study.type, "fields": dict(study.raw)}, ensure_ascii=False)
    tables.add("reference", study.key, csl, entry, digest)
    for alias in dict.fromkeys((*older_keys(study), *merged)):
        tables.add("alias", alias, study.key)


def _related_row(tables: Tables, key: str, related: Related) -> None:
    """What was read in place of a study."""
    csl, digest = _hashed(related.item) if related.item else ("", "")
    words = (related.what_en, related.what_nl)
    tables.add("related", key, *words, csl, digest, as_json(related.unconfirmed))


def _hashed(item: Mapping[str, Any]) -> tuple[str, str]:
    """An item as JSON, and the hash by which its references are kept."""
    csl = json.dumps(item, ensure_ascii=False)
    return csl, hashlib.blake2b(csl.encode(), digest_size=8).hexdigest()


def passage_rows(
    tables: Tables,
    studies: list[Study],
    by_study: Mapping[str, list[Document]],
    published: Mapping[str, Passage],
    limit: int,
) -> None:
    """Documents, and the passages of them that may be published."""
    for study in studies:
        for document in by_study.get(study.key, []):
            tables.add(
                "document",
                document.id,
                study.key,
                document.kind,
                document.language,
                document.access,
                document.length,
                document.absent,
            )
            for item in document.passages:
                if published.get(item.id) is item:
                    tables.add(
                        "passage",
                        item.id,
                        study.key,
                        document.id,
                        item.position,
                        item.locator,
                        item.language,
                        excerpt(document, item, limit),
                    )
