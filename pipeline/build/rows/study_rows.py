"""Rows of the scheme, of people, of studies and their passages."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.build import models
from pipeline.build.rows.study_matter import StudyMatter
from pipeline.build.rows.table_rows import Tables, both, excerpt, join_names, slug
from pipeline.model.answers import study_of
from pipeline.model.csl import csl_item
from pipeline.model.described import Described
from pipeline.model.indicators import IndicatorSet
from pipeline.model.older_keys import older_keys
from pipeline.model.people import Coder, Round
from pipeline.model.publication_notice import Notice
from pipeline.model.records import EVIDENCE_STATUSES, Document, Name, Passage, Related, Study
from pipeline.model.scheme import Scheme


def scheme_rows(tables: Tables, scheme: Scheme) -> None:
    """Dimensions and their codes."""
    for position, dimension in enumerate(scheme.dimensions, 1):
        tables.add(
            models.Dimension,
            id=dimension.id,
            position=position,
            unit=dimension.unit,
            many=dimension.many,
            is_evidence=dimension.id == scheme.evidence,
            is_map=dimension.id == scheme.map,
            **both("label", dimension.label),
            **both("definition", dimension.definition),
        )
        for place, code in enumerate(dimension.codes, 1):
            tables.add(
                models.Code,
                id=code.id,
                dimension=dimension.id,
                position=place,
                parent=code.parent,
                since=code.since,
                retired=code.retired,
                **both("label", code.label),
                **both("definition", code.definition),
                **both("include", code.include),
                **both("exclude", code.exclude),
                **both("example", code.example),
            )


def indicator_rows(tables: Tables, indicators: Iterable[IndicatorSet]) -> None:
    """Indicators of all dimensions."""
    for group in indicators:
        for code, indicator in group:
            tables.add(
                models.Indicator,
                id=f"{code}/{indicator.id}",
                code=code,
                weight=indicator.weight,
                phrases_en="\n".join(indicator.phrases.en),
                phrases_nl="\n".join(indicator.phrases.nl),
            )


def people_rows(tables: Tables, coders: Iterable[Coder], rounds: Iterable[Round]) -> None:
    """Coders and rounds."""
    for coder in coders:
        tables.add(
            models.Coder,
            id=coder.id,
            **both("name", coder.name),
            kind=coder.kind,
            nature=coder.nature or "",
            instructions=coder.instructions,
            active=coder.active,
        )
    for item in rounds:
        tables.add(
            models.Round,
            id=item.id,
            **both("title", item.title),
            coders=item.coders,
            blind=item.blind,
            suggestions=item.suggestions,
            hidden_from=item.hidden_from,
            state=item.state,
            opened_at=item.opened_at or "",
            **both("note", item.note),
        )


def study_rows(tables: Tables, matter: StudyMatter) -> None:
    """Studies with their authors, countries and sectors."""
    from pipeline.model.countries import country_name

    scheme, sectors, labels = matter.scheme, matter.sectors, matter.labels
    roles: dict[str, dict[str, None]] = defaultdict(dict)
    evidence: dict[str, int] = defaultdict(int)
    suggested: dict[str, set[str]] = defaultdict(set)
    for coding in matter.codings:
        if coding.dimension == scheme.evidence:
            key = study_of(coding.unit)
            if coding.status in EVIDENCE_STATUSES:
                roles[key][coding.code] = None
                evidence[key] += 1
            elif coding.status == "suggested":
                suggested[key].add(coding.unit)
    authors: dict[str, Name] = {}
    merged: dict[str, list[str]] = defaultdict(list)
    for alias, key in matter.aliases.items():
        merged[key].append(alias)
    countries: set[str] = set()
    for study in matter.studies:
        documents = matter.documents.get(study.key, [])
        digest = next((item for item in documents if item.kind == "digest"), None)
        places = digest.countries if digest else ()
        countries.update(places)
        tables.add(
            models.Study,
            key=study.key,
            label=study.short,
            title=study.title,
            authors=join_names([name.reading for name in study.people], study.and_others),
            year=study.year,
            container=study.container,
            type=study.type,
            volume=study.volume,
            number=study.number,
            pages=study.pages,
            publisher=study.publisher,
            doi=study.doi,
            url=study.url,
            access=matter.extent(study.key),
            based_on=digest.related.what_en if digest and digest.related else "",
            case_name=digest.case if digest else "",
            **_notice_columns(digest.notice if digest else None),
            **(digest.described if digest else Described()).by_name(),
            summary=digest.summary if digest else "",
            sectors=[labels[code] for code in sectors.get(study.key, ())],
            undecided=matter.undecided[study.key],
            countries=[country_name(code, "en") for code in places],
            roles=[labels[code] for code in roles[study.key]],
            passages=sum(document.length for document in documents),
            evidence=evidence[study.key],
            suggested=len(suggested[study.key]),
            note=study.note,
            sources=digest.sources if digest else (),
            unconfirmed=digest.unconfirmed if digest else (),
        )
        _reference_rows(tables, study, merged[study.key])
        if digest and digest.related:
            _related_row(tables, study.key, digest.related)
        for code in sectors.get(study.key, ()):
            tables.add(models.StudySector, study=study.key, sector=code)
        for code in sorted(places):
            tables.add(models.StudyCountry, study=study.key, country=code)
        for position, name in enumerate(study.people, 1):
            identity = slug(name.sorting)
            authors.setdefault(identity, name)
            tables.add(
                models.StudyAuthor,
                study=study.key,
                position=position,
                author=identity,
                editor=not study.authors,
            )
    for identity, name in sorted(authors.items()):
        tables.add(
            models.Author, id=identity, name=name.reading, family=name.last, given=name.given
        )
    for code in sorted(countries):
        tables.add(
            models.Country,
            code=code,
            name_en=country_name(code, "en"),
            name_nl=country_name(code, "nl"),
        )


def _notice_columns(notice: Notice | None) -> dict[str, str]:
    found = notice or Notice("")
    return {
        "notice": found.kind,
        "notice_en": found.note_en,
        "notice_nl": found.note_nl,
        "notice_link": found.link,
    }


def _reference_rows(tables: Tables, study: Study, merged: Iterable[str]) -> None:
    """The entry as written, as CSL-JSON, and the keys that it had before."""
    csl, digest = _hashed(csl_item(study))
    entry = json.dumps({"type": study.type, "fields": dict(study.raw)}, ensure_ascii=False)
    tables.add(models.Reference, study=study.key, csl=csl, entry=entry, digest=digest)
    for alias in dict.fromkeys((*older_keys(study), *merged)):
        tables.add(models.Alias, alias=alias, study=study.key)


def _related_row(tables: Tables, key: str, related: Related) -> None:
    """What was read in place of a study."""
    csl, digest = _hashed(related.item) if related.item else ("", "")
    tables.add(
        models.Related,
        study=key,
        what_en=related.what_en,
        what_nl=related.what_nl,
        csl=csl,
        digest=digest,
        unconfirmed=related.unconfirmed,
    )


def _hashed(item: Mapping[str, Any]) -> tuple[str, str]:
    """An item as JSON, and the hash by which its references are kept."""
    csl = json.dumps(item, ensure_ascii=False)
    return csl, hashlib.blake2b(csl.encode(), digest_size=8).hexdigest()


def passage_rows(tables: Tables, matter: StudyMatter) -> None:
    """Documents, and the passages of them that may be published."""
    add = tables.adder(models.Passage)
    for study in matter.studies:
        for document in matter.documents.get(study.key, []):
            tables.add(
                models.Document,
                id=document.id,
                study=study.key,
                kind=document.kind,
                language=document.language,
                access=document.access,
                passages=document.length,
                absent=document.absent,
            )
            for item in document.units:
                if matter.published.get(item.id) is item:
                    add(
                        id=item.id,
                        study=study.key,
                        document=document.id,
                        position=item.position,
                        sentences=len(item.sentences),
                        locator=item.locator,
                        language=item.language,
                        access=document.access_of(item),
                        text=excerpt(document, item, matter.excerpt),
                    )
                    _gist_rows(tables, matter, document, item)


def part_rows(tables: Tables, matter: StudyMatter) -> None:
    """The passages that are joined to one, of those that are answered as anybody may see."""
    add = tables.adder(models.Part)
    for unit in sorted(matter.parts.keys() & {unit for unit, _ in matter.answers}):
        for sentence in matter.parts[unit]:
            add(unit=unit, sentence=sentence, study=study_of(unit))


def _gist_rows(tables: Tables, matter: StudyMatter, document: Document, passage: Passage) -> None:
    """What a passage of a digest says in other languages; of two files of one, the first holds."""
    files = matter.gists.get(document.study, ()) if document.kind == "digest" else ()
    coders = {coder.id: coder for coder in matter.lines.coders}
    done = {passage.language}
    for file in files:
        text = file.of(passage)
        if text and file.language not in done:
            done.add(file.language)
            by = coders[file.by] if isinstance(file.by, str) else file.by
            tables.add(
                models.Gist,
                passage=passage.id,
                language=file.language,
                study=document.study,
                text=text,
                **both("by", by.name),
                nature=by.nature or "",
            )
