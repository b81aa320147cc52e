"""The corpus: digests in our own words, and full texts that a researcher has dropped in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, create_model

from pipeline.ground.problems import InputError, Problem, first_line
from pipeline.ground.project import Project, file_name, key_of
from pipeline.ground.text import decode_utf8, newlines
from pipeline.model.described import DESCRIBED, Described
from pipeline.model.passages import Stretch, make_passages
from pipeline.model.publication_notice import GivenNotice
from pipeline.model.records import Access, Document
from pipeline.model.related import BasedOn
from pipeline.sources.fronted import Line, fronted, items
from pipeline.sources.fulltexts.abstracts import read_abstract
from pipeline.sources.fulltexts.cut_text import cut_as_marked, words_in
from pipeline.sources.fulltexts.fulltext_options import SUFFIX, TextState
from pipeline.sources.fulltexts.reading_quality import doubts_on
from pipeline.sources.joined_lines import JoinedLines
from pipeline.sources.running_text import Marks, read_marks, unmatched

STATEMENTS = "## statements"
NO_LOCATOR = "Begin it with [abstract], [p. 4] or where it stands."
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

    `apart` are ids of what was joined of passages that are no longer there. `joined` are the lines
    that say it, by study, and `marks` what people said of words of full texts, by file.
    `texts` are the full texts by name, each as it was when it was read.
    `left_out` are ids of what somebody answered and is left out of its text now, with the reason.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    apart: frozenset[str] = frozenset()
    joined: JoinedLines = field(default_factory=dict)
    marks: Mapping[str, Marks] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, TextState] = field(default_factory=dict)


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
    return [
        *(Source(path, key_of(path), "digest") for path in sorted(digests)),
        *(
            Source(path, key, "fulltext", said.get(key, {}), project.kept_texts)
            for path, key in ((path, key_of(path)) for path in sorted(fulltext_files(project)))
        ),
        *(Source(path, key_of(path), "abstract") for path in sorted(abstracts)),
    ]


def fulltext_files(project: Project) -> Iterator[Path]:
    """The full texts that lie here, in no order."""
    for path in project.fulltext.glob("*"):
        if not path.name.startswith((".", "README")) and path.suffix != SUFFIX and path.is_file():
            yield path


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
    try:
        head = fronted(text, FrontMatter, name)
    except InputError as error:
        return None, error.problems
    front, start = head.front, head.start
    if front.key != key_of(path):
        message = f"the file is called {path.stem}, its key is '{front.key}'"
        hint = f"Rename the file to {file_name(front.key)}.md, or correct the key."
        problems.append(Problem(name, 2, "wrong-key", message, hint))
    summary, statements, found = _body(head.lines, name)
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


def _body(lines: Sequence[Line], name: str) -> tuple[str, list[Stretch], list[Problem]]:
    heads = (place for place, (_, raw) in enumerate(lines) if raw.strip().lower() == STATEMENTS)
    cut = next(heads, len(lines))
    behind = [line for line in lines[cut:] if line[1].strip().lower() != STATEMENTS]
    statements, problems = items(behind, "not-a-statement", "no statement", name)
    for item in statements:
        if not item.locator:
            message, hint = "a statement without its locator", NO_LOCATOR
            raw = first_line(item.text)
            problems.append(Problem(name, item.line, "no-locator", message, hint, raw, "warning"))
    return " ".join(filter(None, (raw.strip() for _, raw in lines[:cut]))), statements, problems


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
            strange_marks=tuple(
                (key_of(path), words)
                for words in sorted(unmatched(marks or {}, words_in(text.parts, text.language)))
            ),
        ),
        problems,
    )


KINDS: dict[str, Read] = {
    "digest": lambda source, name: read_digest(source.path, name),
    "fulltext": lambda source, name: read_fulltext(source.path, name, source.marks, source.kept),
    "abstract": lambda source, name: read_abstract(source.path, name),
}
