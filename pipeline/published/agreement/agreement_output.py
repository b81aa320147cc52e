"""A report of agreement as text, JSON, CSV or Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from pipeline.ground.texts import read_texts, spoken
from pipeline.model.coefficients import COEFFICIENTS, Measured
from pipeline.model.machine_agreement import Influence, Machine
from pipeline.model.round_agreement import CODE, AgreementLine, RoundAgreement
from pipeline.model.scheme import Scheme
from pipeline.published.report_texts import Wording, report_says


def measure(name: str) -> str:
    """A coefficient by name; one without words of its own goes by its id."""
    key = f"measure.{name}"
    return report_says(key) if key in read_texts(Wording.package) else name


def in_words(said: str) -> str:
    """What is kept in English, such as why a coefficient cannot be computed, as it is spoken."""
    kept = {
        text["en"]: key
        for key, text in read_texts(Wording.package).items()
        if key.startswith("kept.")
    }
    return report_says(kept[said]) if said in kept else said


def as_text(found: RoundAgreement, scheme: Scheme) -> str:
    return "\n".join(_document(found, scheme, plain_table, lambda text: text.upper()))


def as_markdown(found: RoundAgreement, scheme: Scheme) -> str:
    return "\n".join(_document(found, scheme, pipe_table, lambda text: f"### {text}"))


def as_json(found: RoundAgreement, scheme: Scheme) -> str:
    return found.model_dump_json(indent=2)


def as_csv(found: RoundAgreement, scheme: Scheme) -> str:
    """One row for each code and each measure of the whole, values and limits in columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    heads = [f"{name}{part}" for name in COEFFICIENTS for part in ("", "_low", "_high", "_why")]
    writer.writerow(["round", "dimension", "of", "code", "unit", "units", "prevalence", *heads])
    for line in found.lines:
        cells: list[object] = []
        for name in COEFFICIENTS:
            value = line.measured(name)
            cells += [value.value, value.low, value.high, value.why]
        writer.writerow(
            [
                found.round,
                line.dimension,
                line.of,
                line.code,
                line.unit,
                line.units,
                line.prevalence,
                *cells,
            ]
        )
    return text.getvalue().rstrip("\n")


def said(value: Measured) -> str:
    """A coefficient with its interval, or in words why there is none."""
    if value.value is None:
        return in_words(value.why)
    if value.low is None or value.high is None:
        return two(value.value)
    return report_says(
        "agreement.interval", value=two(value.value), low=two(value.low), high=two(value.high)
    )


def two(value: float) -> str:
    """Two decimals as they are written, and no minus before a zero."""
    return Wording(spoken()).decimal(value)


def share(value: float | None) -> str:
    return "–" if value is None else two(value)


def name_of(line: AgreementLine, scheme: Scheme) -> str:
    """What a line is about, in words."""
    if line.of != CODE:
        return in_words(line.of).capitalize()
    return _label(scheme, line.dimension, line.code)


def tables(
    found: RoundAgreement, scheme: Scheme
) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Title, heads and rows of each part of a report, in words."""
    heads = ["", *_heads("units", "prevalence"), *map(measure, COEFFICIENTS)]
    for dimension in dict.fromkeys(line.dimension for line in found.lines):
        lines = [line for line in found.lines if line.dimension == dimension]
        label = scheme.dimension(dimension).label[spoken()]
        title = report_says("agreed.by", label=label, unit=report_says(f"agreed.{lines[0].unit}"))
        yield title, heads, [_line(line, scheme) for line in lines]
    if found.machine:
        heads = ["", *_heads("right", "wrong", "missed", "precision", "recall"), "F1"]
        yield report_says("agreed.machine"), heads, [_machine(row, scheme) for row in found.machine]
    if found.influence:
        heads = _heads("coder", "suggestions", "answers", "same", "taken", "dropped", "added")
        rows = [_influence(row) for row in found.influence]
        if any(row.changed is not None for row in found.influence):
            heads += _heads("changed")
            for cells, row in zip(rows, found.influence, strict=True):
                cells.append(_changed(row))
        yield report_says("agreed.influence"), heads, rows


def introduction(found: RoundAgreement) -> str:
    """What was compared, in a sentence or two."""
    return report_says(
        "agreed.blind" if found.independent else "agreed.mostly",
        round=found.round,
        state=report_says(f"agreed.{found.state}"),
        coders=", ".join(found.coders),
        disputed=str(found.disputed),
        resamples=str(found.resamples),
        seed=str(found.seed),
        settled=str(found.settled),
    )


def _document(
    found: RoundAgreement,
    scheme: Scheme,
    table: Callable[[list[str], list[list[str]]], Iterator[str]],
    heading: Callable[[str], str],
) -> Iterator[str]:
    yield introduction(found)
    for title, heads, rows in tables(found, scheme):
        yield ""
        yield heading(title)
        yield ""
        yield from table(heads, rows)


def _heads(*names: str) -> list[str]:
    return [report_says(f"agreed.{name}") for name in names]


def _line(line: AgreementLine, scheme: Scheme) -> list[str]:
    measures = [said(line.measured(name)) for name in COEFFICIENTS]
    return [name_of(line, scheme), str(line.units), share(line.prevalence), *measures]


def _machine(row: Machine, scheme: Scheme) -> list[str]:
    label = _label(scheme, row.dimension, row.code)
    return [
        f"– {row.indicator}" if row.indicator else label,
        str(row.right),
        str(row.wrong),
        str(row.missed),
        share(row.precision),
        share(row.recall),
        share(row.f1),
    ]


def _influence(row: Influence) -> list[str]:
    return [
        row.coder,
        report_says(f"agreed.{row.suggestions}"),
        str(row.units),
        f"{row.same} ({row.same / row.units:.0%})",
        str(row.right),
        str(row.wrong),
        str(row.missed),
    ]


def _changed(row: Influence) -> str:
    return "–" if row.changed is None else f"{row.changed} ({row.changed / row.units:.0%})"


def _label(scheme: Scheme, dimension: str, code: str) -> str:
    codes = scheme.dimension(dimension).codes
    return next((item.label[spoken()] for item in codes if item.id == code), code)


def plain_table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    for row in [heads, *rows]:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def pipe_table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield _pipes(heads)
    yield _pipes(["---"] * len(heads))
    for row in rows:
        yield _pipes(row)


def _pipes(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
