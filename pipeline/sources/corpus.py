"""The corpus: digests in our own words, and full texts that a researcher has dropped in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, create_model

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.project import Project, file_name, key_of
from pipeline.ground.text import decode_utf8, newlines
from pipeline.ground.yamlfile import parse_yaml
from pipeline.model.described import DESCRIBED, Described
from pipeline.model.passages import Stretch, make_passages
from pipeline.model.publication_notice import GivenNotice
from pipeline.model.records import Access, Document
from pipeline.model.related import BasedOn
from pipeline.sources.fulltexts.abstracts import read_abstract
from pipeline.sources.fulltexts.cut_text import cut_as_marked
from pipeline.sources.fulltexts.fulltext_options import SUFFIX
from pipeline.sources.fulltexts.reading_quality import doubts_on
from pipeline.sources.running_text import Marks, read_marks

_FRONT = re.compile(r"\A---\s*\n(.*?\n)---\s*\n", re.DOTALL)
_STATEMENT = re.compile(r"[-*]\s+(?:\[([^\]]*)\]\s*)?(.*)")
_COUNTRIES = Locale("en").territories


def _known_country(code: str) -> str:
    if len(code) != 2 or code not in _COUNTRIES:
        raise ValueError(f"'{code}' is not a country code of two letters (ISO 3166-1)")
    return code


Country = Annotated[str, AfterValidator(_known_country)]
Case = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_-]*)?$", max_length=60)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str
    language: LanguageCode
    access: Access
    based_on: BasedOn = None
    status: GivenNotice = None
    case: Case = ""
    countries: tuple[Country, ...] = ()
    sources: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()


_TEXTS: dict[str, Any] = dict.fromkeys(DESCRIBED, (str, ""))
FrontMatter = create_model(
    "FrontMatter",
    __base__=_FrontMatter,
    __doc__="What stands between the two lines of dashes at the head of a digest.",
    **_TEXTS,
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All documents that could be read, and what was wrong with any.

    `apart` are ids of what was joined of passages that are no longer there.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the corpus and the study it belongs to; `marks`: what people said of its words.

    `kept`: the folder in which full texts are kept as they were read.
    """

    path: Path
    study: str
    kind: str
    marks: Marks = field(default_factory=dict)
    kept: Path | None = None


Read = Callable[[Source, str], tuple[Document | None, list[Problem]]]


def sources(project: Project, marks: Mapping[str, Marks] | None = None) -> list[Source]:
    """The files of the corpus in a fixed order: digests, full texts, abstracts kept here.

    `marks` are those of full texts by the keys of their files.
    """
    said = marks or {}
    digests = (path for path in project.corpus.glob("*.md") if path.name != "README.md")
    abstracts = project.abstracts.glob("*.txt")
    texts = (
        path
        for path in project.fulltext.glob("*")
        if path.is_file() and not path.name.startswith((".", "README")) and path.suffix != SUFFIX
    )
    return [
        *(Source(path, key_of(path), "digest") for path in sorted(digests)),
        *(
            Source(path, key, "fulltext", said.get(key, {}), project.kept_texts)
            for path, key in ((path, key_of(path)) for path in sorted(texts))
        ),
        *(Source(path, key_of(path), "abstract") for path in sorted(abstracts)),
    ]


def read_corpus(project: Project) -> Corpus:
    """Read every digest and full text."""
    documents: list[Document] = []
    marks, problems = read_marks(project)
    for source in sources(project, marks):
        document, found = read_source(source, project.name(source.path))
        problems += found
        if document is not None:
            documents.append(document)
    problems += repeated(documents)
    return Corpus(tuple(documents), tuple(sorted(problems)))


def read_source(source: Source, name: str) -> tuple[Document | None, list[Problem]]:
    """Read one file of the corpus by its kind."""
    return KINDS[source.kind](source, name)


def repeated(documents: Iterable[Document]) -> list[Problem]:
    """Two full texts of one study would fight over its passages."""
    seen: dict[str, Document] = {}
    problems = []
    for document in documents:
        other = seen.setdefault(document.id, document)
        if other is not document:
            message = f"a second {document.kind} of '{document.study}' beside {other.path}"
            problems.append(Problem(document.path, 0, "second-text", message, "Keep one of them."))
    return problems


def read_digest(path: Path, name: str) -> tuple[Document | None, list[Problem]]:
    """A digest: front matter, a summary, and under `## Statements` one passage a bullet."""
    text, problems = decode_utf8(path.read_bytes(), name)
    text = newlines(text)
    if problems:
        return None, problems
    match = _FRONT.match(text)
    if match is None:
        hint = "Begin with a line ---, the front matter, and a line ---. See docs/formats.md."
        return None, [Problem(name, 1, "no-front-matter", "no front matter", hint)]
    try:
        front = parse_yaml(match[1], FrontMatter, name, first_line=2)
    except InputError as error:
        return None, error.problems
    if front.key != key_of(path):
        message = f"the file is called {path.stem}, its key is '{front.key}'"
        hint = f"Rename the file to {file_name(front.key)}.md, or correct the key."
        problems.append(Problem(name, 2, "wrong-key", message, hint))
    start = text.count("\n", 0, match.end()) + 1
    summary, statements, found = _body(text[match.end() :], start, name)
    problems += found
    passages, found = make_passages(key_of(path), front.language, statements, name)
    problems += found
    if bool(passages) == (front.access == "none"):
        message = "statements, but 'access: none'" if passages else "no statement"
        hint = (
            "Say how much you have read: abstract, partial or full."
            if passages
            else "Write '- [locator] text' lines under '## Statements', or access: none for now."
        )
        kind = "no-access" if passages else "no-statements"
        problems.append(Problem(name, 2 if passages else start, kind, message, hint))
    document = Document(
        study=key_of(path),
        kind="digest",
        language=front.language,
        access=front.access,
        path=name,
        passages=tuple(passages),
        summary=summary,
        related=front.based_on.record() if front.based_on else None,
        notice=front.status.record() if front.status else None,
        case=front.case,
        described=Described(**{field: getattr(front, field) for field in DESCRIBED}),
        countries=front.countries,
        sources=front.sources,
        unconfirmed=front.unconfirmed,
    )
    return document, problems


def _body(text: str, start: int, name: str) -> tuple[str, list[Stretch], list[Problem]]:
    summary: list[str] = []
    statements: list[Stretch] = []
    problems = []
    inside = False
    for line, raw in enumerate(text.split("\n"), start):
        stripped = raw.strip()
        if stripped.lower() == "## statements":
            inside = True
        elif not inside:
            summary.append(stripped)
        elif not stripped:
            continue
        elif (match := _STATEMENT.match(raw)) and raw[:1] in "-*":
            locator, words = match[1], match[2]
            if locator is None:
                problems.append(
                    Problem(
                        name,
                        line,
                        "no-locator",
                        "a statement without its locator",
                        "Begin it with [abstract], [p. 4] or where it stands.",
                        first_line(raw),
                        "warning",
                    )
                )
            statements.append(Stretch(words, locator or "", line))
        elif raw[:1].isspace() and statements:
            last = statements[-1]
            statements[-1] = replace(last, text=f"{last.text} {stripped}")
        else:
            hint = "Begin it with '- [locator] '."
            problems.append(
                Problem(name, line, "not-a-statement", "no statement", hint, first_line(raw))
            )
    return " ".join(part for part in summary if part), statements, problems


def read_fulltext(
    path: Path, name: str, marks: Marks | None = None, kept: Path | None = None
) -> tuple[Document | None, list[Problem]]:
    """A full text, cut into sentences with page and section as locator.

    What is marked as no running text is in it, for somebody may have answered it.
    """
    from pipeline.sources.fulltexts.kept_texts import read_kept  # and all that reads any format

    try:
        text = read_kept(path, name, kept)
    except InputError as error:
        return None, error.problems
    blocks = [block for block, _ in text.parts]
    stretches = cut_as_marked(text.parts, text.language, marks or {})
    passages, _ = make_passages(key_of(path), text.language, stretches, name)
    pages = max((page.number for block in blocks for page in block.pages), default=0)
    problems = [
        *text.problems,
        *doubts_on([item.text for item in passages if not item.marked], pages, name),
    ]
    if not passages:
        hint = "Is there running text in it? Take the file out, or replace it."
        problems.append(Problem(name, 0, "no-text", "no passage found in this file", hint))
        return None, problems
    return (
        Document(
            study=key_of(path),
            kind="fulltext",
            language=text.language,
            access="full",
            path=name,
            passages=tuple(passages),
            pages=pages,
            left_out=sum(bool(block.why) for block in blocks),
        ),
        problems,
    )


KINDS: dict[str, Read] = {
    "digest": lambda source, name: read_digest(source.path, name),
    "fulltext": lambda source, name: read_fulltext(source.path, name, source.marks, source.kept),
    "abstract": lambda source, name: read_abstract(source.path, name),
}
