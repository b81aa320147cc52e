"""Datasette's CSV of tables and queries, with every cell safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

from pipeline.ground.formulas import safe

_TYPES = (b"text/csv", b"text/plain")  # the second is how Datasette shows CSV in a browser


def plain_csv(app: Any) -> Any:
    """The application; the rows of an address that ends in .csv are rewritten as they are sent."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("raw_path") or scope.get("path", "").encode()
        if scope["type"] != "http" or not path.partition(b"?")[0].endswith(b".csv"):
            await app(scope, receive, send)
            return
        rows = _Rows()
        is_csv = False

        async def rewritten(message: Any) -> None:
            nonlocal is_csv
            if message["type"] == "http.response.start":
                headers = message.get("headers", [])
                is_csv = any(
                    name.lower() == b"content-type" and value.startswith(_TYPES)
                    for name, value in headers
                )
                if is_csv:
                    kept = [pair for pair in headers if pair[0].lower() != b"content-length"]
                    message = {**message, "headers": kept}
            elif is_csv:
                more = message.get("more_body", False)
                message = {**message, "body": rows.take(message.get("body", b""), not more)}
            await send(message)

        await app(scope, receive, rewritten)

    return run


class _Rows:
    """Bytes in any portions; only whole rows come out, with the rest at the end."""

    def __init__(self) -> None:
        csv.field_size_limit(2**31 - 1)  # cells hold whole passages
        self._rest = b""

    def take(self, data: bytes, last: bool) -> bytes:
        data = self._rest + data
        end = len(data) if last else _end(data)
        self._rest = data[end:]
        out = io.StringIO()
        reader = csv.reader(io.StringIO(data[:end].decode("utf-8", "replace"), newline=""))
        csv.writer(out).writerows([safe(cell) for cell in row] for row in reader)
        return out.getvalue().encode()


def _end(data: bytes) -> int:
    """Where the last whole row ends; a line end between quotation marks ends none."""
    end = data.rfind(b"\n") + 1
    while end and data.count(b'"', 0, end) % 2:
        end = data.rfind(b"\n", 0, end - 1) + 1
    return end
