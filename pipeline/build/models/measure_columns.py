"""Tables with a column for every coefficient of agreement and for each end of its interval."""

from __future__ import annotations

from typing import Any

from pydantic import create_model
from sqlmodel import SQLModel

from pipeline.model.coefficients import COEFFICIENTS

ENDINGS = {"": "value", "_low": "low", "_high": "high"}  # of columns, and what they hold


def measured(name: str, of: type[SQLModel]) -> type[SQLModel]:
    """The table of these columns, then those of the coefficients, then why some are empty."""
    columns: dict[str, Any] = {
        f"{coefficient}{ending}": (float | None, ...)
        for coefficient in COEFFICIENTS
        for ending in ENDINGS
    }
    return create_model(
        name, __base__=of, __cls_kwargs__={"table": True}, **columns, remark=(str, ...)
    )
