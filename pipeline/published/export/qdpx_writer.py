"""Evidence as a REFI-QDA project (QDA-XML 1.0), for NVivo, ATLAS.ti, MAXQDA, QualCoder and others.

One text for each study: its digest and the excerpts that are coded, never a full text. What each
coder gave, and what was settled, is a selection in it with its codes. Codes of whole studies are
codings of the text, and variables for programs that have no such codings.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from pipeline.ground.steady_zip import member
from pipeline.ground.texts import said
from pipeline.published.export.datapackage_writer import BLOCK
from pipeline.published.export.qda_codes import ORIGIN, add, add_codes
from pipeline.published.export.qda_codings import (
    SETTLED,
    SUGGESTED,
    GivenCode,
    given_codes,
)
from pipeline.published.export.qda_guids import guid, source_guid, user_guid
from pipeline.published.export.qda_text import StudyText, study_text
from pipeline.published.provenance import about
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection

NAMESPACE = "urn:QDA-XML:project:1.0"
CODERS = "SELECT id, name_en, name_nl FROM coder ORDER BY id"
NAMED = 60  # characters of the words by which a selection is named


def write(selection: Selection) -> Iterator[bytes]:
    """The studies behind the chosen evidence, or those that are named, with what is coded of them.

    Positions count code points of a text whose lines end with \\n.
    """
    ids = selection.index.ids
    chosen = {ids[position] for position in selection.positions.tolist()}
    texts: dict[str, StudyText] = {}
    given: dict[str, list[GivenCode]] = {}
    for row in selection.study_rows():
        key = str(row["key"])
        given[key] = given_codes(selection, key, chosen)
        texts[key] = study_text(selection, row, {item.passage for item in given[key]})
    root = _project(selection, texts, given)
    data = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(member("project.qde"), data)
            for key, text in texts.items():
                archive.writestr(member(f"sources/{source_guid(key)}.txt"), text.text.encode())
        target.seek(0)
        while block := target.read(BLOCK):
            yield block


def _project(
    selection: Selection, texts: dict[str, StudyText], given: dict[str, list[GivenCode]]
) -> etree._Element:
    file = about(selection)
    root = etree.Element(
        f"{{{NAMESPACE}}}Project",
        nsmap={None: NAMESPACE},
        name=ORIGIN,
        origin=ORIGIN,
        creationDateTime=f"{file.retrieved}T00:00:00Z",
    )
    every = [item for items in given.values() for item in items]
    _add_users(root, selection, {item.user for item in every})
    add_codes(
        add(root, "CodeBook"), selection.terms, selection.language, {item.code for item in every}
    )
    _add_variables(root, selection)
    if texts:
        sources = add(root, "Sources")
        for key, text in texts.items():
            source = _add_source(sources, key, text, given[key])
            _add_values(source, selection, given[key])
    add(root, "Description", "\n".join(file.lines))
    return root


def _add_users(root: etree._Element, selection: Selection, used: set[str]) -> None:
    """Coders by function, and who stands for what was settled, or only suggested."""
    say = Wording(selection.language)
    place = ("en", "nl").index(selection.language) + 1
    names = {row[0]: row[place] for row in selection.connection.execute(CODERS)}
    names[SETTLED] = say("qda.settled")
    names[SUGGESTED] = said("who.suggested", selection.language)
    if used:
        users = add(root, "Users")
        for name in sorted(used):
            add(users, "User", guid=user_guid(name), name=names.get(name, name), id=name)


def _add_source(
    sources: etree._Element, key: str, text: StudyText, given: list[GivenCode]
) -> etree._Element:
    identity = source_guid(key)
    source = add(
        sources,
        "TextSource",
        guid=identity,
        name=text.name,
        plainTextPath=f"internal://{identity}.txt",
    )
    add(source, "Description", text.description)
    marked: dict[tuple[str, str, str, str, str], list[GivenCode]] = defaultdict(list)
    for item in given:
        if item.passage:
            marked[item.passage, item.user, item.at, item.quote, item.note].append(item)
    for (passage, user, at, quote, note), items in marked.items():
        start, end = text.place(passage, quote)
        words = " ".join(text.text[start:end].split())
        selected = add(
            source,
            "PlainTextSelection",
            guid=guid(f"selection:{passage}", user, at, str(start), str(end), note),
            name=words if len(words) <= NAMED else f"{words[:NAMED]}…",
            startPosition=str(start),
            endPosition=str(end),
            creatingUser=user_guid(user),
            creationDateTime=at,
        )
        if note:
            add(selected, "Description", note)
        for item in items:
            _add_coding(selected, f"coding:{passage}", item)
    for item in given:
        if not item.passage:
            _add_coding(source, f"coding:{key}", item)
    return source


def _add_variables(root: etree._Element, selection: Selection) -> None:
    asked = [item for item in selection.terms.dimensions if item.unit == "study"]
    variables = add(root, "Variables") if asked else root
    for item in asked:
        name = item.label.get(selection.language)
        add(variables, "Variable", guid=_variable(item.id), name=name, typeOfVariable="Text")


def _add_values(source: etree._Element, selection: Selection, given: list[GivenCode]) -> None:
    """What stands of the study as a whole, by dimension."""
    stands = {item.code for item in given if not item.passage}
    for dimension in selection.terms.dimensions:
        labels = [code.label.get(selection.language) for code in dimension.codes
                  if code.id in stands]  # fmt: skip
        if labels:
            value = add(source, "VariableValue")
            add(value, "VariableRef", targetGUID=_variable(dimension.id))
            add(value, "TextValue", "; ".join(labels))


def _variable(dimension: str) -> str:
    return guid(f"variable:{dimension}")


def _add_coding(parent: etree._Element, name: str, item: GivenCode) -> None:
    coding = add(
        parent,
        "Coding",
        guid=guid(name, item.user, item.at, item.code),
        creatingUser=user_guid(item.user),
        creationDateTime=item.at,
    )
    add(coding, "CodeRef", targetGUID=guid(item.dimension, item.code))
