"""Forms with files, written to disk as they come in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, BinaryIO

from datasette.utils.asgi import Forbidden
from python_multipart import create_form_parser
from python_multipart.exceptions import FormParserError

from pipeline.desk.review.answer_rules import Refused
from pipeline.web.review.review_page import Form, Visit
from pipeline.web.review.review_session import first
from pipeline.web.review.review_texts import review_says


@dataclass(frozen=True)
class Upload:
    """A file that came with a form; one without bytes was not chosen."""

    name: str
    size: int
    file: BinaryIO

    def read(self) -> bytes:
        self.file.seek(0)
        return self.file.read()


async def read_upload(visit: Visit) -> tuple[Form, dict[str, Upload]]:
    """The fields and the files of a form; what is larger than 1 MB lies on disk, until it is read.

    Raises Refused for a broken form, 403 for one without its token or that names another coder.
    """
    request, coder = visit.request, visit.coder
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        return await visit.form(), {}
    fields: Form = {}
    files: dict[str, Upload] = {}

    def on_field(field: Any) -> None:
        fields.setdefault(_text(field.field_name), []).append(_text(field.value))

    def on_file(file: Any) -> None:
        name = _text(file.file_name).replace("\\", "/").rpartition("/")[2]
        files[_text(file.field_name)] = Upload(name, file.size, file.file_object)

    # Beside the review's copy of the database: the machine's own folder may lie in memory.
    copy = visit.review.copy
    place = {"UPLOAD_DIR": str(copy.parent)} if copy else {}
    try:
        parser = create_form_parser({"Content-Type": kind.encode()}, on_field, on_file, place)
        more = True
        while more:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise FormParserError(review_says("upload.it_breaks_off"))
            parser.write(message.get("body", b""))
            more = message.get("more_body", False)
        parser.finalize()
    except FormParserError as error:
        raise Refused([review_says("upload.the_form_did_not_arrive", error=error)]) from None
    given = request.headers.get("x-csrftoken") or first(fields, "csrftoken")
    if not secrets.compare_digest(given.encode(), request.scope["csrftoken"]().encode()):
        raise Forbidden(review_says("upload.this_form_has_no_valid"))
    if any(name != coder.id for name in fields.get("coder", [])):
        raise Forbidden(review_says("refused.you_are_signed_in_as", coder=coder.id))
    return fields, files


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
