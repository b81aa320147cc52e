"""The coding scheme in the browser: what it is, changing it, what a change would do."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.utils.asgi import NotFound, Response
from pydantic import ValidationError

from pipeline.desk.review.answer_rules import Refused, tidy
from pipeline.desk.scheme.migration_plan import NotChanged, effects, make_plan
from pipeline.desk.scheme.migration_steps import save, take_back
from pipeline.desk.scheme.plan_indicators import reviewed, trials_of
from pipeline.ground.changeset import Collision
from pipeline.ground.problems import InputError
from pipeline.ground.text import own_text
from pipeline.model.indicators import WORDS_FILE
from pipeline.model.scheme import Scheme
from pipeline.sources.migrations.migration_files import digest, read_migrations
from pipeline.sources.migrations.scheme_changes import WORDS, AddCode, Change, NewCode
from pipeline.sources.migrations.scheme_changes import Change as AnyChange
from pipeline.web.review.marked_passage import marked
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_session import (
    Review,
    first,
    go,
    page,
    read_form,
    running,
    signed_in,
)
from pipeline.web.review.uploads import read_upload

LISTED = 50  # passages of a preview on its page
TEXTS = ("definition", "include", "exclude", "example")
EMPTY = """code: {code}
indicators:
  - id: first-reason
    weight: 0.6
    phrases:
      en: []
      nl: []
must_match:
  en: []
  nl: []
"""


async def scheme_page(datasette: Any, request: Any) -> Response:
    """All codes, and the migrations so far."""
    review = running(datasette)
    coder = signed_in(review, request)
    migrations = read_migrations(review.desk.project)
    context = {
        "coder": coder,
        "reasons": [],
        "scheme": review.desk.scheme,
        "trees": {item.id: _tree(item.codes) for item in review.desk.scheme.dimensions},
        "migrations": migrations.items[::-1],
        "last": migrations.applied[-1].id if migrations.applied else "",
        "saved": request.args.get("saved"),
        "back": request.args.get("back"),
    }
    return await page(datasette, request, "scheme.html", context)


async def code_form(datasette: Any, request: Any) -> Response:
    """Everything that can be changed of one code, dimension, or the word classes."""
    review = running(datasette)
    coder = signed_in(review, request)
    name = request.url_vars["code"]
    scheme = review.desk.scheme
    code = scheme.codes.get(name)
    dimension = scheme.by_id.get(name) or next(
        (item for item in scheme.dimensions if code in item.codes), None
    )
    if dimension is None and name != WORDS:
        raise NotFound(f"There is no code '{name}'.")
    context = {
        "coder": coder,
        "reasons": [],
        "scheme": scheme,
        "code": code,
        "name": name,
        "dimension": dimension,
        "texts": TEXTS if code else ("definition",),
        "indicators": _indicators(review, dimension.id if dimension else "", name),
        "based_on": _based_on(review),
    }
    # The words of all passages are looked up meanwhile, for the preview that comes next.
    asyncio.get_running_loop().run_in_executor(None, review.bench.prepare)
    return await page(datasette, request, "code_form.html", context)


async def new_form(datasette: Any, request: Any) -> Response:
    """A form for a new code of a dimension, or for a new dimension."""
    review = running(datasette)
    coder = signed_in(review, request)
    scheme = review.desk.scheme
    dimension = scheme.by_id.get(request.args.get("dimension") or "")
    context = {
        "coder": coder,
        "reasons": [],
        "scheme": scheme,
        "dimension": dimension,
        "texts": TEXTS,
        "empty": EMPTY.format(code="…"),
        "based_on": _based_on(review),
    }
    return await page(datasette, request, "code_new.html", context)


async def preview_change(datasette: Any, request: Any) -> Response:
    """POST shows what changes would do, before anything is saved."""
    review = running(datasette)
    coder = signed_in(review, request)
    if request.method != "POST":
        return go(datasette, "/review/scheme")
    form = await read_form(request, coder)
    try:
        changes = changes_of(form)
        context = await asyncio.to_thread(_preview, review, changes)
    except (NotChanged, InputError, Refused) as error:
        context = {"coder": coder, "reasons": _reasons(error), "back": "/review/scheme"}
        return await page(datasette, request, "refused.html", context, 400)
    context |= {
        "coder": coder,
        "reasons": [],
        "why": first(form, "why"),
        "based_on": first(form, "based_on") or _based_on(review),
    }
    return await page(datasette, request, "change.html", context)


async def save_change(datasette: Any, request: Any) -> Response:
    """POST saves changes that were previewed."""
    review = running(datasette)
    coder = signed_in(review, request)
    if request.method != "POST":
        return go(datasette, "/review/scheme")
    form = await read_form(request, coder)
    project = review.desk.project
    try:
        changes = [_parse(text) for text in form.get("change", [])]
        async with review.lock:
            migration = await asyncio.to_thread(
                save, project, changes, first(form, "why"), coder.id, first(form, "based_on")
            )
    except (NotChanged, InputError, Refused, Collision, OSError) as error:
        context = {"coder": coder, "reasons": _reasons(error), "back": "/review/scheme"}
        status = 409 if isinstance(error, Collision) else 400
        return await page(datasette, request, "refused.html", context, status)
    review.renew(lambda: _give_back(review, migration.id, coder.id))
    return await after_renewal(datasette, f"/review/scheme?saved={migration.id}")


async def take_change_back(datasette: Any, request: Any) -> Response:
    """POST takes the last migration back."""
    review = running(datasette)
    coder = signed_in(review, request)
    if request.method != "POST":
        return go(datasette, "/review/scheme")
    form = await read_form(request, coder)
    name = first(form, "migration")
    try:
        async with review.lock:
            await asyncio.to_thread(take_back, review.desk.project, name, coder.id)
    except (NotChanged, InputError, Collision, OSError) as error:
        context = {"coder": coder, "reasons": _reasons(error), "back": "/review/scheme"}
        return await page(datasette, request, "refused.html", context, 400)
    review.renew()
    return await after_renewal(datasette, f"/review/scheme?back={name}")


async def codebook_import(datasette: Any, request: Any) -> Response:
    """GET asks for another program's codebook, POST shows how it maps to ours."""
    from pipeline.desk.codebooks.codebook_formats import read_codebook
    from pipeline.desk.codebooks.mapping import map_codebook, proposals

    review = running(datasette)
    coder = signed_in(review, request)
    scheme = review.desk.scheme
    context: dict[str, Any] = {"coder": coder, "reasons": [], "scheme": scheme, "mapped": None}
    if request.method == "POST":
        try:
            form, files = await read_upload(review, request, coder)
            dimension = first(form, "dimension") or scheme.evidence
            upload = files.get("file")
            if upload is None or not upload.size or dimension not in scheme.by_id:
                raise Refused(["Choose a file and a dimension."])
            book = await asyncio.to_thread(read_codebook, upload.read(), upload.name)
            mapped = map_codebook(book, scheme, dimension)
            new = [
                AddCode(dimension=dimension, code=NewCode.model_validate(value))
                for value in proposals(mapped, dimension)
            ]
            context |= {
                "mapped": mapped,
                "book": book,
                "dimension": dimension,
                "changes": [(item, _as_json(item)) for item in new],
                "based_on": _based_on(review),
            }
        except (InputError, Refused, ValidationError) as error:
            context["reasons"] = _reasons(error)
    status = 400 if context["reasons"] else 200
    return await page(datasette, request, "codebook_import.html", context, status)


def changes_of(form: dict[str, list[str]]) -> list[Change]:
    """The changes that a form asks for: whole ones as JSON, and one written in its fields.

    Raises Refused with everything that is not as it should be.
    """
    found = [_parse(text) for text in form.get("change", [])]
    do = first(form, "do")
    if do:
        found.append(_parse_values(_values(do, form)))
        indicators = tidy(first(form, "indicators"))
        if do == "add" and indicators:
            name = first(form, "code.id").strip()
            text = indicators.replace("code: …", f"code: {name}", 1)
            found.append(_parse_values({"do": "indicators", "code": name, "text": text}))
    return found


def _values(do: str, form: dict[str, list[str]]) -> dict[str, Any]:
    """Fields such as code.label.en as nested values; empty ones are left out."""
    value: dict[str, Any] = {"do": do}
    for name, texts in form.items():
        path = name.split(".")
        text = tidy(texts[0])
        if name in ("csrftoken", "coder", "based_on", "why", "do", "change", "indicators"):
            continue
        if not text:
            continue
        place = value
        for part in path[:-1]:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise Refused([f"The field '{name[:60]}' is not known here."])
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


def _parse(text: str) -> Change:
    from pydantic import TypeAdapter

    try:
        found: Change = TypeAdapter(AnyChange).validate_json(text)
    except ValidationError as error:
        raise Refused(_said(error)) from None
    return found


def _parse_values(value: dict[str, Any]) -> Change:
    from pydantic import TypeAdapter

    try:
        found: Change = TypeAdapter(AnyChange).validate_python(value)
    except ValidationError as error:
        raise Refused(_said(error)) from None
    return found


def _said(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(part) for part in item['loc'][1:]) or 'the change'}: {item['msg']}"
        for item in error.errors()
    ]


def _preview(review: Review, changes: list[Change]) -> dict[str, Any]:
    desk = review.desk
    plan = make_plan(desk.project, changes)
    lines = desk.open_lines
    found = list(trials_of(review.bench, plan, reviewed(desk.held, plan.before.evidence)))
    return {
        "plan": plan,
        "files": [(desk.project.name(path), text is None) for path, text in plan.files.items()],
        "effects": effects(plan, lines),
        "changes": [(item, _as_json(item)) for item in changes],
        "trials": [
            {
                "trial": trial,
                "of_studies": _unit(plan.after, trial.code) == "study",
                "groups": [
                    {
                        "title": title,
                        "count": len(shifts),
                        "more": max(len(shifts) - LISTED, 0),
                        "items": [
                            {
                                "passage": shift.passage,
                                "study": desk.studies[shift.passage.study],
                                "score": (shift.after or shift.before).score,  # type: ignore[union-attr]
                                "pieces": marked(
                                    plan.after,
                                    shift.passage,
                                    [item for item in (shift.after or shift.before,) if item],
                                ),
                            }
                            for shift in shifts[:LISTED]
                        ],
                    }
                    for title, shifts in (
                        ("Newly suggested", trial.gained),
                        ("No longer suggested", trial.lost),
                    )
                    if shifts
                ],
                "learned": trial.code
                in {code for model in desk.tagger.models.values() for code in model.codes},
            }
            for trial in found
        ],
    }


def _unit(scheme: Scheme, code: str) -> str:
    return next((item.unit for item in scheme.dimensions if code in item.code_ids), "")


def _give_back(review: Review, name: str, coder: str) -> None:
    take_back(review.desk.project, name, coder)


def _as_json(change: Change) -> str:
    import json

    value = {"do": change.do, **change.model_dump(mode="json", exclude_defaults=True)}
    return json.dumps(value, ensure_ascii=False)


def _indicators(review: Review, dimension: str, name: str) -> str:
    folder = review.desk.project.indicators
    path = folder / WORDS_FILE if name == WORDS else folder / dimension / f"{name}.yml"
    if path.is_file():
        return own_text(path, review.desk.project.name(path))
    return EMPTY.format(code=name) if name in review.desk.scheme.codes else ""


def _based_on(review: Review) -> str:
    return digest(review.desk.project.scheme.read_bytes())


def _tree(codes: Any) -> list[tuple[int, Any]]:
    """Codes with their depth, children behind their parent."""
    found: list[tuple[int, Any]] = []

    def add(parent: str | None, depth: int) -> None:
        for code in codes:
            if code.parent == parent:
                found.append((depth, code))
                add(code.id, depth + 1)

    add(None, 0)
    return found


def _reasons(error: Exception) -> list[str]:
    if isinstance(error, InputError):
        return [str(problem) for problem in error.problems]
    if isinstance(error, Collision):
        return [
            f"Somebody else has changed {', '.join(error.names)} meanwhile. Nothing was saved; "
            "look at the scheme as it is now, and make your change again."
        ]
    return list(getattr(error, "reasons", (str(error),)))
