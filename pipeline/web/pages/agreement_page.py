"""The public page of agreement: the frozen results of closed rounds."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from typing import Any

from datasette.utils.asgi import Response

from pipeline.ground.texts import Wording
from pipeline.model.coefficients import COEFFICIENTS
from pipeline.web.named_queries import rows
from pipeline.web.page_request import render
from pipeline.web.site_language import language_of, say, texts

ROUNDS = "SELECT * FROM round ORDER BY state = 'closed' DESC, id"
LINES = """
SELECT agreement.*, dimension.label_en AS dimension_en,
       dimension.label_nl AS dimension_nl, code.label_en AS label_en, code.label_nl AS label_nl
FROM agreement
JOIN dimension ON dimension.id = agreement.dimension
LEFT JOIN code ON code.id = agreement.code
ORDER BY dimension.position, agreement.what != 'code', code.position, agreement.what
"""
MACHINE = """
SELECT machine_agreement.*, code.label_en AS label_en, code.label_nl AS label_nl
FROM machine_agreement JOIN code ON code.id = machine_agreement.code
ORDER BY code.position, machine_agreement.indicator != '', machine_agreement.right DESC,
         machine_agreement.indicator
"""
INFLUENCE = "SELECT * FROM influence ORDER BY dimension, coder, id"
TRAINING = """
SELECT training.*, code.label_en AS label_en, code.label_nl AS label_nl
FROM training JOIN code ON code.id = training.code ORDER BY code.position
"""
PEOPLE = "SELECT id, nature, name_en, name_nl FROM coder"


async def agreement_page(datasette: Any, request: Any) -> Response:
    """Agreement of coders and of the machine, by round."""
    language = language_of(datasette)
    t, decimal = say(language), Wording(language).decimal
    lines = await rows(datasette, LINES)
    for line in lines:
        line["dimension_label"] = line[f"dimension_{language}"]
    machine = await rows(datasette, MACHINE)
    influence = await rows(datasette, INFLUENCE)
    found = []
    for item in await rows(datasette, ROUNDS):
        item["coders"] = json.loads(item["coders"])
        item["hidden_from"] = json.loads(item["hidden_from"])
        own = [_said(line, t, decimal) for line in lines if line["round"] == item["id"]]
        item["tables"] = [
            (label, list(of)) for label, of in groupby(own, itemgetter("dimension_label"))
        ]
        item["machine"] = [row for row in machine if row["round"] == item["id"]]
        item["influence"] = [row for row in influence if row["round"] == item["id"]]
        if len(item["coders"]) > 1:
            found.append(item)
    training = await rows(datasette, TRAINING)
    people = {row["id"]: row for row in await rows(datasette, PEOPLE)}
    context = {
        "rounds": found,
        "coefficients": list(COEFFICIENTS),
        "training": training,
        "people": people,
        "natures": {name: row["nature"] for name, row in people.items()},
    }
    return await render(datasette, request, "agreement.html", context)


def _said(line: dict[str, Any], t: Any, decimal: Callable[[float], str]) -> dict[str, Any]:
    """A line with each coefficient in words."""
    whys = dict(part.split(": ", 1) for part in line["remark"].split("; ") if part)
    said = {}
    for name in COEFFICIENTS:
        value, low, high = line[name], line[f"{name}_low"], line[f"{name}_high"]
        if value is None:
            key = f"agreement.why.{whys.get(name, '')}"
            said[name] = (t(key if key in texts() else "agreement.not_computable"), "")
        else:
            ends = {"low": decimal(low), "high": decimal(high)} if low is not None else {}
            said[name] = (decimal(value), t("agreement.to", **ends) if ends else "")
    return {**line, "said": said}
