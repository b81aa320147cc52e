"""Formats in which agreement is printed: the function of each in the modules that print it."""

from __future__ import annotations

from collections.abc import Mapping

# Of coders in `agreement_output`, of screeners in `screener_agreement_output`.
AGREEMENT_FORMATS: Mapping[str, str] = {
    "text": "as_text",
    "json": "as_json",
    "csv": "as_csv",
    "md": "as_markdown",
}
