"""Adding studies from the browser: a file or pasted text, a preview, the researcher's yes."""

from __future__ import annotations

import asyncio
import secrets
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound, Response

from pipeline.desk.adding.accepting import (
    NotAccepted,
    Origin,
    RecordChoice,
    accept,
    lacking_abstract,
    library,
    usual_choice,
)
from pipeline.desk.adding.formats import FORMATS
from pipeline.desk.adding.formats.csv_columns import FIELDS
from pipeline.desk.adding.grounds import grounds
from pipeline.desk.adding.import_preview import Item, Preview, make_preview
from pipeline.desk.adding.import_summary import (
    notices,
    result,
    side_by_side,
    state_words,
    why_words,
)
from pipeline.desk.adding.incoming import Broken
from pipeline.desk.adding.reference_files import read_columns, read_shipment
from pipeline.desk.adding.undoing import WouldOrphan
from pipeline.desk.adding.undoing import undo as take_back
from pipeline.desk.review.answer_rules import Refused
from pipeline.ground.problems import Mendable
from pipeline.sources.import_records import SOURCE_KINDS, read_imports
from pipeline.web.review.rereading import after_renewal
from pipeline.web.review.review_page import (
    NOTHING,
    Form,
    Notice,
    Visit,
    explained,
    review_action,
    review_page,
)
from pipeline.web.review.review_session import Review, first, keep_some
from pipeline.web.review.review_texts import review_says
from pipeline.web.review.uploads import read_upload

MOST = 10_000  # records of a file that a page waits for
SHOWN = 200  # records of a kind on one page of a preview
UNCLEAR = 1000  # and of those that only the researcher can decide
LARGEST_TABLE = 50_000_000  # bytes of a table that is kept, should its columns be named by hand


@review_page
async def add_page(visit: Visit) -> Response:
    """GET asks for a file or text; POST reads it and goes to its preview."""
    notice = NOTHING
    form: Form = {}
    if visit.sends:
        try:
            form, files = await read_upload(visit)
            upload = files.get("file")
            text = first(form, "text")
            if upload is not None and upload.size:
                data, name = await asyncio.to_thread(upload.read), upload.name or "file"
            elif text.strip():
                data, name = text.encode(), "pasted text"
            else:
                raise Refused([review_says("import.choose_a_file_or_paste")])
            token, is_read = await asyncio.to_thread(_read_in, visit.review, data, name)
            options = {
                "source": first(form, "source").strip(),
                "kind": first(form, "kind"),
                "abstracts": "1" if first(form, "abstracts") else "0",
            }
            page = f"/review/add/{token}" if is_read else f"/review/add/{token}/columns"
            return visit.go(
                f"{page}?{urlencode({name: value for name, value in options.items() if value})}"
            )
        except Mendable as error:
            notice = explained(error)
    imports = read_imports(visit.desk.project)
    named = visit.option("added")
    added = next((item for item in imports.records if item.id == named), None)
    context = {
        "kinds": SOURCE_KINDS,
        "form": {name: values[0] for name, values in form.items()},
        "imports": imports.records[::-1],
        "undone": visit.option("undone"),
        "added": added,
        "result": result(added) if added else "",
        "abstracts": bool(first(form, "abstracts")) if form else True,
    }
    return await visit.page("add.html", context, notice)


@review_page
async def preview_page(visit: Visit) -> Response:
    """GET shows what each record is; POST takes in what was chosen."""
    token = visit.request.url_vars["token"]
    preview = visit.review.previews.get(token)
    if preview is None:
        raise NotFound(review_says("import.that_preview_is_not_there"))
    notice = NOTHING
    chosen: dict[int, RecordChoice] = {}
    form: Form = {}
    if visit.sends:
        form = await visit.form()
        try:
            chosen = _chosen(preview, form)
            source = first(form, "source").strip() or preview.shipment.name
            kind = first(form, "kind")
            if kind not in SOURCE_KINDS:
                raise NotAccepted([review_says("import.say_where_the_records_come")])
            origin = Origin(source, kind, visit.coder.id, bool(first(form, "abstracts")))
            take_in = partial(accept, visit.desk.project, preview, origin, chosen)
            record = await visit.change_and_reread(take_in)
            visit.review.previews.pop(token, None)
            visit.review.tables.pop(token, None)
            return after_renewal(visit, f"/review/add?added={record.id}")
        except Mendable as error:
            notice = explained(error)
    context = {
        "preview": preview,
        "groups": _groups(preview, chosen),
        "said": state_words,
        "kinds": SOURCE_KINDS,
        "source": first(form, "source") or visit.option("source"),
        "kind": first(form, "kind") or visit.option("kind") or "database",
        "abstracts": bool(first(form, "abstracts")) if form else visit.option("abstracts") != "0",
        "notices": list(notices(preview)),
        "format_title": FORMATS[preview.shipment.format].title,
        "with_abstract": sum(1 for item in preview.items if item.study and item.study.abstract),
        "token": token,
        "columns": f"{token}/columns?{visit.request.query_string}"
        if token in visit.review.tables
        else "",
    }
    return await visit.page("preview.html", context, notice)


@review_page
async def columns_page(visit: Visit) -> Response:
    """GET shows what each column of a table is read as; POST reads it as was said."""
    token = visit.request.url_vars["token"]
    data, name = visit.review.tables.get(token, (b"", ""))
    found = await asyncio.to_thread(read_columns, data, name) if data else None
    if found is None:
        raise NotFound(review_says("import.that_preview_is_not_there"))
    header, fields = found.columns.header, found.columns.fields
    notice = NOTHING
    chosen: list[str] = [field or "" for field in fields]
    if visit.sends:
        form = await visit.form()
        chosen = [first(form, f"column.{place}") for place in range(len(header))]
        by_hand: dict[str, str] = {
            column: said
            for column, said, read_as in zip(header, chosen, fields, strict=True)
            if column and said != (read_as or "")
        }
        try:
            await asyncio.to_thread(_keep_preview, visit.review, token, data, name, by_hand)
            return visit.go(f"/review/add/{token}?{visit.request.query_string}")
        except Mendable as error:
            notice = explained(error)
    context = {
        "name": name,
        "columns": [*zip(count(), header, found.cells, chosen, strict=False)],
        "fields": FIELDS,
        "action": f"{token}/columns?{visit.request.query_string}",
    }
    return await visit.page("columns.html", context, notice)


@review_action("/review/add")
async def undo_import(visit: Visit) -> Response:
    """Takes an import back; where it was screened, only after a question."""
    form = await visit.form()
    name = first(form, "import")
    sure = bool(first(form, "even_screened"))
    try:
        await visit.change_and_reread(
            partial(take_back, visit.desk.project, name, visit.coder.id, sure)
        )
    except WouldOrphan as error:
        context = {"name": name, "orphans": error.reasons}
        return await visit.page("undo_import.html", context, Notice(status=409))
    return after_renewal(visit, f"/review/add?undone={name}")


def _read_in(review: Review, data: bytes, name: str) -> tuple[str, bool]:
    """The token of a file, and whether it could be read: a table may need its columns named."""
    token = secrets.token_urlsafe(8)
    found = read_columns(data, name) if len(data) <= LARGEST_TABLE else None
    if found is not None:
        keep_some(review.tables, token, (data, name))
        if "title" not in found.columns.places:
            return token, False
    _keep_preview(review, token, data, name, {})
    return token, True


def _keep_preview(
    review: Review, token: str, data: bytes, name: str, by_hand: dict[str, str]
) -> None:
    references, imports = library(review.desk.project)
    shipment = read_shipment(data, name, by_hand=by_hand)
    if len(shipment.records) > MOST:
        raise Refused(
            [
                review_says(
                    "import.records_up_to_are_taken", records=len(shipment.records), most=MOST
                )
            ]
        )
    lacking = lacking_abstract(review.desk.project, imports)
    preview = make_preview(shipment, references.studies, imports, lacking)
    keep_some(review.previews, token, preview)


def _groups(preview: Preview, chosen: dict[int, RecordChoice]) -> list[dict[str, Any]]:
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


def _shown(item: Item, chosen: dict[int, RecordChoice]) -> dict[str, Any]:
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
            "why": why_words(match.why),
            "score": match.score,
            "grounds": grounds(study, other),
            "rows": side_by_side(study, other),
        }
        for other, match in item.matches
    ]
    return value


def _chosen(preview: Preview, form: Form) -> dict[int, RecordChoice]:
    """What the form says of each record; records that it does not show go the usual way."""
    known = {item.number: item for item in preview.items}
    found: dict[int, RecordChoice] = {}
    for name, values in form.items():
        if not name.startswith("record.") or not name[7:].isdigit():
            continue
        number = int(name[7:])
        verdict, _, into = values[0].partition(":")
        if number not in known or verdict not in ("add", "merge", "leave"):
            raise NotAccepted([review_says("import.record_choose_one_of_the", name=name[7:17])])
        found[number] = RecordChoice(verdict, into)  # type: ignore[arg-type]
    return found
