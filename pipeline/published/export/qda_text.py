"""What is published of a study as one plain text, and where its passages stand in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.ground.texts import LANGUAGES, said
from pipeline.model.marked_words import places
from pipeline.published.citation.database_citation import TITLE
from pipeline.published.read_words import of_study
from pipeline.published.report_texts import Wording
from pipeline.published.selection import Selection

PASSAGES = """
SELECT passage.id, passage.locator, passage.text, passage.sentences, document.kind FROM passage
JOIN document ON document.id = passage.document WHERE passage.study = ?
ORDER BY document.kind != 'digest', document.id, passage.position, passage.sentences
"""


@dataclass(frozen=True)
class StudyText:
    """The text of a study; `places` are start and end of its passages (code points)."""

    name: str
    description: str
    text: str
    places: Mapping[str, tuple[int, int]]

    def place(self, passage: str, quote: str) -> tuple[int, int]:
        """From the first to the last marked word of a passage; all of it where none are there."""
        start, end = self.places[passage]
        found = places(quote, self.text[start:end])
        return (start + found[0][0], start + found[-1][1]) if found else (start, end)


def in_our_words() -> list[str]:
    """What a text of ours is said to be, in each language."""
    return [said("words.digest", language, database=TITLE) for language in LANGUAGES]


def study_text(selection: Selection, row: Mapping[str, Any], coded: Collection[str]) -> StudyText:
    """The title, the digest, and of other texts the passages that are `coded`.

    One that joins others is a line of its own, behind theirs.
    """
    say, language = Wording(selection.language), selection.language
    head = [row["title"], f"{row['authors']} ({row['year']})", row["doi"]]
    lines = [*filter(None, head), "", *filter(None, [row["summary"]]), ""]
    places: dict[str, tuple[int, int]] = {}
    length = sum(len(line) + 1 for line in lines)
    is_digest = True
    rows = selection.connection.execute(PASSAGES, [row["key"]])
    for passage, locator, text, sentences, kind in rows:
        if (kind != "digest" or sentences > 1) and passage not in coded:
            continue
        if is_digest and kind != "digest":
            is_digest = False
            lines += ["", say("qda.excerpts"), ""]
            length = sum(len(line) + 1 for line in lines)
        shown = text if kind == "digest" else said("quoted", language, text=text)
        line = f"[{locator}] {shown}" if locator else shown
        start = length + line.index(text, len(line) - len(shown))
        places[passage] = (start, start + len(text))
        lines.append(line)
        length += len(line) + 1
    description = "; ".join(_about(selection, row, language))
    return StudyText(f"{row['label']} {row['key']}", description, "\n".join(lines) + "\n", places)


def _about(selection: Selection, row: Mapping[str, Any], language: str) -> Iterator[str]:
    """Whose words the text is in, how much was read, on what terms, and where it comes from."""
    yield said("words.digest", language, database=TITLE)
    what = said("read.instead", language, what=row["based_on"]) if row["based_on"] else None
    yield from of_study(row, what, language)
    yield said("licence.file", language)
    yield selection.link(f"/study/{row['key']}")
