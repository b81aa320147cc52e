"""Rows of suggestions, decisions, codings and evidence."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import product

from pipeline.build import models
from pipeline.build.rows.study_matter import StudyMatter
from pipeline.build.rows.table_rows import Tables, excerpt
from pipeline.ground.texts import said
from pipeline.model.answers import CONSENSUS, NONE, is_passage, latest, study_of
from pipeline.model.answers import standing as standing_lines
from pipeline.model.records import EVIDENCE_STATUSES
from pipeline.tagger.documents import Tagged


def suggestion_rows(tables: Tables, matter: StudyMatter, tagged: Tagged) -> None:
    """Suggestions and the words behind them, and the scores of all codes."""
    published, known = matter.published, matter.known
    add, add_span = tables.adder(models.Suggestion), tables.adder(models.SuggestionSpan)
    add_scores = tables.adder(models.PassageScores)
    for unit, scores in sorted(tagged.scores.items()):
        if unit in published:
            add_scores(passage=unit, study=study_of(unit), scores=json.dumps(scores))
    for unit, items in sorted(tagged.suggestions.items()):
        passage = published.get(unit)
        if passage is None and unit not in known:
            continue
        for item in items:
            identity = f"{unit}-{item.code}"
            add(
                id=identity,
                unit=unit,
                study=study_of(unit),
                passage=unit if passage else None,
                dimension=item.dimension,
                code=item.code,
                score=item.score,
                indicators=item.indicators,
            )
            if passage is None:
                continue
            spans: dict[tuple[int, int], list[str]] = defaultdict(list)
            for span in item.spans:
                spans[span.start, span.end].append(span.indicator)
            for (start, end), names in sorted(spans.items()):
                words = passage.text[start:end]
                add_span(
                    suggestion=identity,
                    start=start,
                    end=end,
                    indicator="; ".join(names),
                    words=words,
                )


def decision_rows(tables: Tables, matter: StudyMatter) -> None:
    """Every line that coders wrote and that may be seen, and how it stands now."""
    add = tables.adder(models.Decision)
    everything = matter.lines.open
    answers, known, coders = matter.answers, matter.known, matter.coders
    current = {id(item) for item in latest(everything).values()}
    counting = {name for key in answers for name in answers.counting(key)}
    in_round = {id(item) for item in standing_lines(everything)}
    rounds = {item.id for item in matter.lines.rounds}
    for item in everything:
        if study_of(item.unit) not in known:
            continue
        if item.codes is None and id(item) in current:
            standing = "withdrawn"
        elif id(item) not in in_round:
            standing = "superseded"
        elif item.id not in counting:
            standing = "earlier"
        elif is_passage(item.unit) and item.unit not in matter.units:
            standing = "orphan"
        else:
            standing = "current"
        coder = item.settled_by if item.coder == CONSENSUS else item.coder
        add(
            id=item.id,
            decided_at=item.decided_at,
            coder=coder if coder in coders else None,
            consensus=item.coder == CONSENSUS,
            unit=item.unit,
            study=study_of(item.unit),
            passage=item.unit if item.unit in matter.published else None,
            dimension=item.dimension,
            codes=sorted(item.as_written) or [NONE] if item.as_written is not None else [],
            standing=standing,
            confidence=item.confidence,
            note=item.note,
            quote=item.quote,
            shown=item.shown,
            scheme=item.scheme,
            round=item.round if item.round in rounds else None,
        )


def coding_rows(tables: Tables, matter: StudyMatter) -> None:
    """Codings with their status; evidence apart; sectors of single passages."""
    add, add_evidence = tables.adder(models.Coding), tables.adder(models.Evidence)
    scheme, published, coders, labels = (
        matter.scheme,
        matter.published,
        matter.coders,
        matter.labels,
    )
    years = {study.key: study.year for study in matter.studies}
    access: dict[str, str] = {}
    texts: dict[str, str] = {}
    for documents in matter.documents.values():
        for document in documents:
            for passage in document.units:
                if published.get(passage.id) is passage:
                    access[passage.id] = document.access
                    texts[passage.id] = excerpt(document, passage, matter.excerpt)
    for unit, places in sorted(matter.sectors.items()):
        if unit in published:
            for code in places:
                tables.add(models.PassageSector, passage=unit, sector=code)
    for coding in matter.codings:
        study = study_of(coding.unit)
        shown = published.get(coding.unit)
        places = matter.sectors.get(coding.unit) or matter.sectors.get(study, ())
        names = [labels[code] for code in places] or (
            [said("undecided", "en")] if scheme.map in matter.undecided[study] else []
        )
        settled_by = coding.settled_by if coding.settled_by in coders else None
        identity = f"{coding.unit}-{coding.code}"
        text = texts.get(coding.unit, "")
        add(
            id=identity,
            dimension=coding.dimension,
            code=coding.code,
            status=coding.status,
            study=study,
            passage=shown.id if shown else None,
            text=text,
            locator=shown.locator if shown else "",
            sectors=names,
            access=access.get(coding.unit) if shown else matter.extent(study),
            year=years[study],
            language=shown.language if shown else "",
            score=coding.score,
            coders=coding.coders,
            settled_by=settled_by,
            checked=coding.checked,
            confidence=coding.confidence,
        )
        if shown and coding.dimension == scheme.evidence and coding.status in EVIDENCE_STATUSES:
            add_evidence(
                id=identity,
                role=coding.code,
                study=study,
                passage=shown.id,
                status=coding.status,
                text=text,
                locator=shown.locator,
                sectors=names,
                access=access[coding.unit],
                year=years[study],
                language=shown.language,
                coders=coding.coders,
                settled_by=settled_by,
                checked=coding.checked,
                confidence=coding.confidence,
            )


def considered_rows(tables: Tables, matter: StudyMatter) -> None:
    """By study and code of the evidence dimension, the passages that somebody answered for it."""
    scheme, answers, known = matter.scheme, matter.answers, matter.known
    codes = scheme.dimension(scheme.evidence).codes
    counts: Counter[tuple[str, str]] = Counter()
    joined: set[tuple[str, str]] = set()  # passages that were read as part of another
    for unit, dimension in answers:
        study = study_of(unit)
        if dimension == scheme.evidence and unit in matter.units and study in known:
            found = answers.considered((unit, dimension), codes)
            if unit in matter.parts:
                joined.update(product(matter.parts[unit], found))
            else:
                counts.update((study, code) for code in found)
    for unit, code in joined:
        if code not in answers.considered((unit, scheme.evidence), codes):
            counts[study_of(unit), code] += 1
    for (study, code), number in sorted(counts.items()):
        tables.add(models.Considered, study=study, code=code, passages=number)
