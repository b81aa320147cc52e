"""From what a report says to the parts of a document, in order."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, groupby

from pipeline.ground.texts import clean
from pipeline.published.report.document_parts import (
    Block,
    Contents,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quoted,
    ReportDocument,
    Table,
)
from pipeline.published.report.method_facts import Method
from pipeline.published.report.report_content import Gap, Reference, Report
from pipeline.published.report.report_sections import Quotation, Referred, Section
from pipeline.published.report.text_runs import Run, Runs, from_html, plain
from pipeline.published.report_texts import Wording


@dataclass(frozen=True)
class Byline:
    """By whom a report is, and of when: of the day on which it is made, if not told."""

    author: str = ""
    organisation: str = ""
    date: datetime.date | None = None


UNSIGNED = Byline()


def lay_out(report: Report, byline: Byline = UNSIGNED) -> ReportDocument:
    """The whole report as a document."""
    say = Wording(report.language)
    tables = count(1)
    blocks: list[Block] = [Contents(say("contents"))]
    blocks += _overview(report, say, tables)
    for place, section in enumerate(report.sections, 1):
        blocks += _section_blocks(section, f"role-{place}", say)
    blocks += _gaps(report, say, tables)
    blocks += _end(report, say, tables)
    document = _document(report, report.title, blocks)
    names = (clean(byline.author), clean(byline.organisation))
    front = (*filter(None, names), say.date(byline.date or document.made))
    return replace(document, author=names[0], front=front)


def lay_out_chosen(report: Report, title: str, note: str = "") -> ReportDocument:
    """The chosen evidence with what a report says of it: no map, no gaps, no rules."""
    say = Wording(report.language)
    blocks = [*([Paragraph(plain(note))] if note else ()), *_lead(report, say)]
    for place, section in enumerate(report.sections, 1):
        if section.pieces:
            blocks += _section_blocks(section, f"role-{place}", say, rules=False)
    blocks += _end(report, say, count(1))
    return _document(report, title, blocks)


def _document(report: Report, title: str, blocks: list[Block]) -> ReportDocument:
    subtitle = _subtitle(report, Wording(report.language))
    made = datetime.date.fromisoformat(report.about.retrieved)
    return ReportDocument(report.language, title, subtitle, made, tuple(blocks))


def _subtitle(report: Report, say: Wording) -> str:
    values = {"version": report.version}
    if report.date:
        return say("subtitle", date=say.date(report.date), **values)
    return say("subtitle.none", **values)


def _end(report: Report, say: Wording, tables: Iterator[int]) -> Iterator[Block]:
    """Method and limits, references, how to cite the database, on what terms."""
    yield from _method(report.method, say, tables)
    yield _limits(report, say)
    yield from _reference_blocks(report.references, say)
    yield Heading(1, say("own"), "own")
    yield Paragraph(plain(say("own.lead")))
    yield Paragraph(from_html(report.own.html), "entry")
    yield Paragraph(plain(say("about.licence", licence=report.about.licence)))


def _section_blocks(
    section: Section, anchor: str, say: Wording, rules: bool = True
) -> Iterator[Block]:
    """One role: its rules in the codebook, and each piece of evidence."""
    yield Heading(1, section.label, anchor)
    if rules and section.definition:
        yield Paragraph(plain(section.definition))
    for key in ("include", "exclude"):
        words = getattr(section, key)
        if rules and words:
            yield Paragraph((Run(say(f"section.{key}"), bold=True), *plain(words)), "note")
    if not section.pieces:
        yield Paragraph(plain(say("section.none")))
        return
    counted = say(
        "section.counts",
        pieces=say.many("pieces", section.pieces),
        studies=say.many("studies", section.studies),
    )
    yield Paragraph(plain(counted))
    for place, group in enumerate(section.groups, 1):
        yield Heading(2, group.label, f"{anchor}-{place}")
        for quotation in group.quotations:
            if quotation.gist:
                runs = (*plain(quotation.gist), Run(f" ({quotation.gist_said})", italic=True))
                yield Paragraph(runs)
            yield quoted(quotation, say)
        if group.referred:
            yield Paragraph(_referred(group.referred, say), "note")


def quoted(item: Quotation, say: Wording) -> Quoted:
    """A piece of evidence with its citation and links."""
    language = item.language if item.language != say.language else ""
    source = [Run(f"[{item.number}] {item.citation} · {' · '.join(item.said)}")]
    for words, href in ((item.link, item.link), (say("piece.study"), item.study_link)):
        if href:
            source += [Run(" · "), Run(words, href=href)]
    text = plain(item.text, language=language)
    return Quoted(text, tuple(source), _anchor(item.number), item.verbatim)


def _reference_blocks(references: tuple[Reference, ...], say: Wording) -> Iterator[Block]:
    """The list of references."""
    yield Heading(1, say("references"), "references")
    for item in references:
        yield Paragraph(from_html(item.formatted.html), "entry")
    if not references:
        yield Paragraph(plain(say("references.none")))


def _anchor(number: int) -> str:
    return f"piece-{number}"


def _referred(items: tuple[Referred, ...], say: Wording) -> Runs:
    runs = [Run(say("section.referred"))]
    for place, item in enumerate(items):
        runs += [
            Run("; " if place else ""),
            Run(f"[{item.number}]", href=f"#{_anchor(item.number)}"),
            Run(f" {item.citation}, {say('section.under', sector=item.sector)}"),
        ]
    return (*(run for run in runs if run.text), Run("."))


def _lead(report: Report, say: Wording) -> Iterator[Block]:
    """What is in the document and where it is from, how much was read and checked."""
    if report.sections:
        counted = say(
            "overview.counts",
            pieces=say.many("pieces", report.pieces),
            studies=say.many("studies", report.studies),
            roles=say.many("roles", sum(not section.retired for section in report.sections)),
        )
        yield Paragraph(plain(counted))
    selection = report.about.selection
    words = f"{selection[:1].upper()}{selection[1:]}. {report.about.source}"
    yield Paragraph(plain(words))
    if report.studies:
        numbers = {name: say.number(number) for name, number in report.access.items()}
        yield Paragraph(plain(say("overview.access", **numbers)))
    if report.pieces:
        key = "checked.some" if report.checked else "checked.none"
        numbers = {"pieces": say.number(report.pieces), "checked": say.number(report.checked)}
        yield Paragraph(plain(say(key, **numbers)))
    yield Paragraph(plain(say("overview.own")))


def _overview(report: Report, say: Wording, tables: Iterator[int]) -> Iterator[Block]:
    yield Heading(1, say("overview"), "overview")
    yield from _lead(report, say)
    heads = ("role", "pieces", "studies", "abstract")
    rows = tuple(
        (
            plain(item.label),
            *(plain(say.number(value)) for value in (item.pieces, item.studies, item.abstract)),
        )
        for item in report.sections
    )
    head = tuple(say(f"counts.{name}") for name in heads)
    yield Table(next(tables), say("counts.caption"), head, rows, frozenset((1, 2, 3)))
    yield Figure(1, report.picture)


def _gaps(report: Report, say: Wording, tables: Iterator[int]) -> Iterator[Block]:
    yield Heading(1, say("gaps"), "gaps")
    if not report.gaps:
        yield Paragraph(plain(say("gaps.none")))
        return
    yield Paragraph(plain(say("gaps.lead")))
    head = (report.roles_label, say("gaps.reason"), say("gaps.where"))
    rows = tuple(tuple(plain(cell) for cell in row) for row in _gathered(report.gaps, report, say))
    yield Table(next(tables), say("gaps.caption"), head, rows)


def _gathered(gaps: tuple[Gap, ...], report: Report, say: Wording) -> Iterator[tuple[str, ...]]:
    """Gaps with the same role and reason in one row; what holds for every role comes first."""
    everywhere: dict[tuple[str, str], int] = {}
    for gap in gaps:
        everywhere[gap.sector, gap.reason] = everywhere.get((gap.sector, gap.reason), 0) + 1
    many = len(report.sections)
    shared = {place for place, number in everywhere.items() if number == many and many > 1}
    own = [(gap.role, gap.reason, gap.sector) for gap in gaps
           if (gap.sector, gap.reason) not in shared]  # fmt: skip
    every = [(say("gaps.every"), reason, sector) for sector, reason in everywhere
             if (sector, reason) in shared]  # fmt: skip
    for rows in (every, own):
        roles = {role: place for place, (role, _, _) in reversed(list(enumerate(rows)))}
        rows.sort(key=lambda row: (roles[row[0]], row[1]))
        for (role, reason), same in groupby(rows, key=lambda row: row[:2]):
            yield role, reason, "; ".join(row[2] for row in same)


def _method(method: Method, say: Wording, tables: Iterator[int]) -> Iterator[Block]:
    yield Heading(1, say("method"), "method")
    yield Paragraph(plain(say("method.scheme", version=method.version, title=method.scheme)))
    yield Paragraph(plain(say("method.coding")))
    yield Heading(2, say("method.coders"), "coders")
    head = tuple(say(f"method.{name}") for name in ("coder", "nature", "kind", "lines"))
    # What a coder's function is stands in the project in English only.
    foreign = "" if say.language == "en" else "en"
    rows = tuple(
        (
            plain(item.name),
            plain(say(f"nature.{item.nature}")),
            plain(item.kind, language=foreign),
            plain(say.number(item.lines)),
        )
        for item in method.coders
    )
    yield Table(next(tables), say("method.coders.caption"), head, rows, frozenset((3,)))
    yield Heading(2, say("method.rounds"), "rounds")
    yield Items(tuple(plain(f"{item.said} {item.note}") for item in method.rounds))
    yield Heading(2, say("agreement"), "agreement")
    for agreed in method.agreement:
        body = tuple(tuple(plain(cell) for cell in row) for row in agreed.rows)
        right = frozenset(range(1, len(agreed.heads)))
        yield Table(next(tables), agreed.caption, agreed.heads, body, right)
        if agreed.incomplete:
            yield Paragraph(plain(say("agreement.missing")), "note")
    if not method.agreement:
        yield Paragraph(plain(say("agreement.none")))
    yield Heading(2, say("limits"), "limits")


def _limits(report: Report, say: Wording) -> Items:
    models = any(item.nature == "model" for item in report.method.coders)
    items = [plain(say("method.check"))] if models else []
    items += [(Run(f"{label}: "), *from_html(read.html)) for label, read in report.instead]
    return Items(tuple(items))
