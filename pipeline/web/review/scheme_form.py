"""Changes of the scheme as forms hold them."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.desk.review.answer_rules import Refused, tidy
from pipeline.sources.migrations.scheme_changes import Change
from pipeline.web.review.review_page import Form
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says

_OTHER = ("csrftoken", "coder", "based_on", "why", "do", "change", "indicators")
_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


def changes_of(form: Form) -> list[Change]:
    """The changes that a form asks for: whole ones as JSON, and one written in its fields.

    Raises Refused with everything that is not as it should be.
    """
    found = whole_changes(form)
    do = first(form, "do")
    if do:
        found.append(_parse(_values(do, form)))
        indicators = tidy(first(form, "indicators"))
        if do == "add" and indicators:
            name = first(form, "code.id").strip()
            text = indicators.replace("code: …", f"code: {name}", 1)
            found.append(_parse({"do": "indicators", "code": name, "text": text}))
    return found


def whole_changes(form: Form) -> list[Change]:
    """The changes that a form holds as JSON. Raises Refused."""
    return [_parse(text) for text in form.get("change", [])]


def as_json(change: Change) -> str:
    """A change as a form holds it."""
    value = {"do": change.do, **change.model_dump(mode="json", exclude_defaults=True)}
    return json.dumps(value, ensure_ascii=False)


def _faults(error: ValidationError) -> list[str]:
    """What is wrong with values, a sentence each; the kind of the change comes first in a place."""
    return [
        f"{'.'.join(str(part) for part in item['loc'][1:]) or 'the change'}: {item['msg']}"
        for item in error.errors()
    ]


def _parse(value: str | dict[str, Any]) -> Change:
    """From JSON, or from values. Raises Refused."""
    read = _CHANGE.validate_json if isinstance(value, str) else _CHANGE.validate_python
    try:
        return read(value)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Refused(_faults(error)) from None


def _values(do: str, form: Form) -> dict[str, Any]:
    """Fields such as code.label.en as nested values; empty ones are left out."""
    value: dict[str, Any] = {"do": do}
    for name, texts in form.items():
        path = name.split(".")
        text = tidy(texts[0])
        if name in _OTHER or not text:
            continue
        place = value
        for part in path[:-1]:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise Refused([review_says("scheme_change.the_field_is_not_known", name=name[:60])])
        place[path[-1]] = [item for item in texts if item] if name == "codes" else text
    found: dict[str, Any] = _rows(value)
    return found


def _rows(value: Any) -> Any:
    """Fields numbered from 0 are a list: into.0.id, into.1.id."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_rows(value[name]) for name in sorted(value, key=int)]
    return {name: _rows(item) for name, item in value.items()}
