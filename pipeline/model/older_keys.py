"""Keys under which studies were cited before."""

from __future__ import annotations

import re

from pipeline.model.records import Study

LONGEST_KEY = 200
_NO_KEY = re.compile(r"[,{}\\\x00-\x1f]")


def older_key(text: str) -> str:
    """A key as `ids` can hold it beside others; empty where it cannot."""
    key = " ".join(text.split())
    return "" if len(key) > LONGEST_KEY or _NO_KEY.search(key) else key


def older_keys(study: Study) -> tuple[str, ...]:
    """Keys under which the study was cited before: BibLaTeX's field `ids`."""
    keys = (key.strip() for key in study.raw.get("ids", "").split(","))
    return tuple(dict.fromkeys(key for key in keys if key))
