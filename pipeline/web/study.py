"""The page of a study: citation, how much was read, its passages with their codes."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from typing import Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from pipeline.web.database import one, rows

STUDY = "SELECT * FROM study WHERE key = :key"
PASSAGES = """
SELECT passage.*, document.kind AS kind,
       EXISTS (SELECT 1 FROM decision WHERE decision.unit = passage.id) AS decided
FROM passage JOIN document ON document.id = passage.document
WHERE passage.study = :key ORDER BY document.kind, passage.position
"""
CODINGS = """
SELECT coding.passage AS passage, coding.code AS code, coding.status AS status,
       coding.score AS score, coding.coders AS coders, code.label_en AS label,
       code.label_nl AS label_nl, code.position AS tone, dimension.id AS dimension,
       dimension.label_en AS dimension_label, dimension.is_evidence AS is_evidence
FROM coding
JOIN code ON code.id = coding.code
JOIN dimension ON dimension.id = coding.dimension
WHERE coding.study = :key
ORDER BY dimension.position, coding.status = 'suggested', code.position
"""
SPANS = """
SELECT suggestion.passage AS passage, suggestion.code AS code, suggestion_span.start AS start,
       suggestion_span."end" AS "end", suggestion_span.indicator AS indicator,
       code.label_en AS label, code.position AS tone
FROM suggestion
JOIN suggestion_span ON suggestion_span.suggestion = suggestion.id
JOIN code ON code.id = suggestion.code
JOIN dimension ON dimension.id = suggestion.dimension AND dimension.is_evidence
WHERE suggestion.study = :key
"""
NEIGHBOURS = """
SELECT key, label FROM study
WHERE key = (SELECT MAX(key) FROM study WHERE key < :key)
   OR key = (SELECT MIN(key) FROM study WHERE key > :key)
ORDER BY key
"""
LISTS = ("sectors", "countries", "roles", "sources", "unconfirmed")
ACCESS = {
    "abstract": "Read from the abstract only",
    "partial": "Read in part",
    "full": "Read in full",
}


async def study_page(datasette: Any, request: Any) -> Response:
    """The page of the study whose key stands in the address; 404 if there is none."""
    key = tilde_decode(request.url_vars["key"])
    study = await one(datasette, STUDY, key=key)
    if study is None:
        raise NotFound(f"There is no study '{key}'. All studies: /orchestration/study")
    for name in LISTS:
        study[name] = json.loads(study[name])
    codings: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for coding in await rows(datasette, CODINGS, key=key):
        codings[coding["passage"]].append(coding)
    spans: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for span in await rows(datasette, SPANS, key=key):
        spans[span["passage"]].append(span)
    passages = [
        {
            **passage,
            "codings": codings.get(passage["id"], []),
            "pieces": pieces(passage["text"], spans.get(passage["id"], [])),
        }
        for passage in await rows(datasette, PASSAGES, key=key)
    ]
    context = {
        "study": study,
        "access": ACCESS.get(study["access"], "Not read yet"),
        "of_study": _grouped(codings.get(None, [])),
        "passages": passages,
        "neighbours": await rows(datasette, NEIGHBOURS, key=key),
    }
    html = await datasette.render_template(
        "study.html", context, request=request, view_name="study"
    )
    return Response.html(html)


def pieces(text: str, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A text cut at the borders of all spans; each piece with the codes that it speaks for."""
    borders = sorted({0, len(text), *(s["start"] for s in spans), *(s["end"] for s in spans)})
    result = []
    for start, end in itertools.pairwise(borders):
        over = [span for span in spans if span["start"] <= start and span["end"] >= end]
        labels = sorted({span["label"] for span in over})
        result.append(
            {
                "text": text[start:end],
                "labels": labels,
                "tone": min((span["tone"] for span in over), default=0),
            }
        )
    return result


def _grouped(codings: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for coding in codings:
        groups[coding["dimension_label"]].append(coding)
    return list(groups.items())
