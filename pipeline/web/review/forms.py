"""Forms with files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Forbidden
from python_multipart import parse_form
from python_multipart.exceptions import FormParserError

from pipeline.people import Coder
from pipeline.review.answers import Refused
from pipeline.web.review.session import read_form

MOST = 260_000_000  # bytes of one form


@dataclass(frozen=True)
class Upload:
    """A file that came with a form; one without a name was not chosen."""

    name: str
    data: bytes


async def read_upload(request: Any, coder: Coder) -> tuple[dict[str, list[str]], dict[str, Upload]]:
    """The fields and the files of a form. Raises Refused for what is too large or broken."""
    kind = request.headers.get("content-type", "")
    size = request.headers.get("content-length", "0")
    if size.isdigit() and int(size) > MOST:
        raise Refused([f"That is more than {MOST // 1_000_000} MB; take it in by command."])
    if not kind.startswith("multipart/form-data"):
        return await read_form(request, coder), {}
    body = await request.post_body()
    fields: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}

    def on_field(field: Any) -> None:
        value = (field.value or b"").decode("utf-8", "replace")
        fields.setdefault((field.field_name or b"").decode("utf-8", "replace"), []).append(value)

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        name = (file.file_name or b"").decode("utf-8", "replace")
        place = (file.field_name or b"").decode("utf-8", "replace")
        files[place] = Upload(name.replace("\\", "/").rpartition("/")[2], file.file_object.read())

    headers = {"Content-Type": kind.encode(), "Content-Length": str(len(body)).encode()}
    try:
        parse_form(headers, io.BytesIO(body), on_field, on_file)
    except FormParserError as error:
        raise Refused([f"The form did not arrive whole ({error}); send it again."]) from None
    if any(name != coder.id for name in fields.get("coder", [])):
        raise Forbidden(f"You are signed in as {coder.id}; nobody answers for somebody else.")
    return fields, files
