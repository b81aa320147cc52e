"""The classes that stand in for citeproc-py's own."""

from __future__ import annotations

from pipeline.published.citation.mended import csl_dates, csl_elements, csl_names

MENDED: tuple[type, ...] = (
    csl_dates.Date,
    csl_dates.Date_Part,
    csl_elements.Else_If,
    csl_elements.Group,
    csl_elements.If,
    csl_elements.Label,
    csl_elements.Locale,
    csl_elements.Macro,
    csl_elements.Name_Part,
    csl_elements.Number,
    csl_elements.Substitute,
    csl_elements.Text,
    csl_names.Name,
    csl_names.Names,
)
