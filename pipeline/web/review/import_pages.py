"""Adding studies from the browser: a file or pasted text, a preview, the researcher's yes."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.adding.accepting import (
    Choice,
    NotAccepted,
    Origin,
    accept,
    lacking_abstract,
    library,
    usual_choice,
)
from pipeline.desk.adding.grounds import grounds
from pipeline.desk.adding.import_preview import Item, Preview, make_preview
from pipeline.desk.adding.import_summary import SAID, WHY, notices, result, side_by_side
from pipeline.desk.adding.incoming import Broken
from pipeline.desk.adding.undoing import WouldOrphan
from pipeline.desk.adding.undoing import undo as take_back
from pipeline.desk.review.answer_rules import Refused
from pipeline.ground.changeset import Collision
from pipeline.ground.problems import InputError
from pipeline.sources.import_records import read_imports
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

KINDS = (("database", "a database"), ("register", "a register"), ("other", "another way"))
MOST = 10_000  # records of a file that a page waits for
KEPT = 20  # previews in memory
SHOWN = 200  # records of a kind on one page of a preview
UNCLEAR = 1000  # and of those that only the researcher can decide


async def add_page(datasette: Any, request: Any) -> Response:
    """GET asks for a file or text; POST reads it and goes to its preview."""
    review = running(datasette)
    coder = signed_in(review, request)
    reasons: list[str] = []
    form: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            form, files = await read_upload(review, request, coder)
            upload = files.get("file")
            text = first(form, "text")
            if upload is not None and upload.size:
                data, name = await asyncio.to_thread(upload.read), upload.name or "file"
            elif text.strip():
                data, name = text.encode(), "pasted text"
            else:
                raise Refused(["Choose a file, or paste references."])
            token = await asyncio.to_thread(_preview, review, data, name)
            source = first(form, "source").strip()
            kind = first(form, "kind")
            keep = "1" if first(form, "abstracts") else "0"
            return go(
                datasette,
                f"/review/add/{token}?{_query(source=source, kind=kind, abstracts=keep)}",
            )
        except (Refused, InputError, NotAccepted) as error:
            reasons = reasons_of(error)
    imports = read_imports(review.desk.project)
    named = request.args.get("added")
    added = next((item for item in imports.records if item.id == named), None)
    context = {
        "coder": coder,
        "reasons": reasons,
        "kinds": KINDS,
        "form": {name: values[0] for name, values in form.items()},
        "imports": imports.records[::-1],
        "undone": request.args.get("undone"),
        "added": added,
        "result": result(added) if added else "",
        "abstracts": bool(first(form, "abstracts")) if form else True,
    }
    return await page(datasette, request, "add.html", context, 400 if reasons else 200)


async def preview_page(datasette: Any, request: Any) -> Response:
    """GET shows what each record is; POST takes in what was chosen."""
    review = running(datasette)
    coder = signed_in(review, request)
    token = request.url_vars["token"]
    preview = review.previews.get(token)
    if preview is None:
        raise NotFound("That preview is not there any more. Read the file again: /review/add")
    reasons: list[str] = []
    chosen: dict[int, Choice] = {}
    form: dict[str, list[str]] = {}
    if request.method == "POST":
        form = await read_form(request, coder)
        try:
            chosen = _chosen(preview, form)
            source = first(form, "source").strip() or preview.shipment.name
            kind = first(form, "kind")
            if kind not in dict(KINDS):
                raise NotAccepted(["Say where the records come from."])
            origin = Origin(source, kind, coder.id, bool(first(form, "abstracts")))  # type: ignore[arg-type]
            project = review.desk.project
            async with review.lock:
                record = await asyncio.to_thread(accept, project, preview, origin, chosen)
            review.previews.pop(token, None)
            review.renew()
            return await after_renewal(datasette, f"/review/add?added={record.id}")
        except (NotAccepted, InputError, Collision, OSError) as error:
            reasons = reasons_of(error)
    context = {
        "coder": coder,
        "reasons": reasons,
        "preview": preview,
        "groups": _groups(preview, chosen),
        "said": SAID,
        "kinds": KINDS,
        "source": first(form, "source") or request.args.get("source") or "",
        "kind": first(form, "kind") or request.args.get("kind") or "database",
        "abstracts": bool(first(form, "abstracts"))
        if form
        else request.args.get("abstracts") != "0",
        "notices": list(notices(preview)),
        "with_abstract": sum(1 for item in preview.items if item.study and item.study.abstract),
        "token": token,
    }
    return await page(datasette, request, "preview.html", context, 400 if reasons else 200)


async def undo_import(datasette: Any, request: Any) -> Response:
    """POST takes an import back; where it was screened, only after a question."""
    review = running(datasette)
    coder = signed_in(review, request)
    if request.method != "POST":
        return go(datasette, "/review/add")
    form = await read_form(request, coder)
    name = first(form, "import")
    sure = bool(first(form, "even_screened"))
    try:
        async with review.lock:
            await asyncio.to_thread(take_back, review.desk.project, name, coder.id, sure)
    except WouldOrphan as error:
        context = {"coder": coder, "name": name, "orphans": error.reasons}
        return await page(datasette, request, "undo_import.html", context, 409)
    except (NotAccepted, InputError, Collision, OSError) as error:
        context = {"coder": coder, "reasons": reasons_of(error), "back": "/review/add"}
        return await page(datasette, request, "refused.html", context, 400)
    review.renew()
    return await after_renewal(datasette, f"/review/add?undone={name}")


def _preview(review: Review, data: bytes, name: str) -> str:
    from pipeline.desk.adding.reference_files import read_shipment

    references, imports = library(review.desk.project)
    shipment = read_shipment(data, name)
    if len(shipment.records) > MOST:
        raise Refused(
            [
                f"{len(shipment.records):,} records; up to {MOST:,} are taken in here. Bring the "
                "file in with the command evidence add, which shows how far it is."
            ]
        )
    lacking = lacking_abstract(review.desk.project, imports)
    preview = make_preview(shipment, references.studies, imports, lacking)
    token = secrets.token_urlsafe(8)
    while len(review.previews) >= KEPT:
        review.previews.pop(next(iter(review.previews)))
    review.previews[token] = preview
    return token


def _groups(preview: Preview, chosen: dict[int, Choice]) -> list[dict[str, Any]]:
    """Records by what they are, those that need a decision first."""
    order = ("unclear", "duplicate", "repeat", "broken", "new")
    groups = []
    for state in order:
        items = [item for item in preview.items if item.state == state]
        if items:
            shown = items[: UNCLEAR if state == "unclear" else SHOWN]
            groups.append(
                {
                    "state": state,
                    "count": len(items),
                    "more": len(items) - len(shown),
                    "items": [_shown(item, chosen) for item in shown],
                }
            )
    return groups


def _shown(item: Item, chosen: dict[int, Choice]) -> dict[str, Any]:
    value: dict[str, Any] = {"item": item, "record": item.record}
    if isinstance(item.record, Broken):
        return value
    study = item.record.study
    choice = chosen.get(item.number) or usual_choice(item)
    value["choice"] = f"{choice.verdict}:{choice.into}" if choice.into else choice.verdict
    value["study"] = study
    value["matches"] = [
        {
            "key": other.key if item.state != "repeat" else "",
            "study": other,
            "why": WHY.get(match.why, match.why),
            "score": match.score,
            "grounds": grounds(study, other),
            "rows": side_by_side(study, other),
        }
        for other, match in item.matches
    ]
    return value


def _chosen(preview: Preview, form: dict[str, list[str]]) -> dict[int, Choice]:
    """What the form says of each record; records that it does not show go the usual way."""
    known = {item.number: item for item in preview.items}
    found: dict[int, Choice] = {}
    for name, values in form.items():
        if not name.startswith("record.") or not name[7:].isdigit():
            continue
        number = int(name[7:])
        verdict, _, into = values[0].partition(":")
        if number not in known or verdict not in ("add", "merge", "leave"):
            raise NotAccepted([f"Record {name[7:17]}: choose one of the answers."])
        found[number] = Choice(verdict, into)  # type: ignore[arg-type]
    return found


def reasons_of(error: Exception) -> list[str]:
    """Why something was not done, one sentence each."""
    if isinstance(error, InputError):
        return [str(problem) for problem in error.problems]
    return list(getattr(error, "reasons", (str(error),)))


def _query(**values: str) -> str:
    from urllib.parse import urlencode

    return urlencode({name: value for name, value in values.items() if value})
