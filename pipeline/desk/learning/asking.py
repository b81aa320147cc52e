"""Has a language model read the passages of a project; every answer is kept as it comes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.desk.learning.endpoint_client import EndpointClient, NotAnswered
from pipeline.ground.problems import Mendable
from pipeline.ground.project import Project
from pipeline.ground.reporting import Progress, Tell, silent
from pipeline.ground.writing import write_whole
from pipeline.model.passages import digest_of
from pipeline.model.people import stamp
from pipeline.model.scheme import read_scheme
from pipeline.sources.corpus import read_corpus
from pipeline.tagger.examples import read_examples
from pipeline.tagger.readers.endpoint_reader import EndpointOptions, Questions
from pipeline.tagger.readers.kept_answers import Answer, keep_answer, read_answers
from pipeline.tagger.readers.reader_registry import ENDPOINT, chosen_readers

GIVE_UP = 5  # passages in a row that were not answered


@dataclass(slots=True)
class Asked:
    """What became of the passages: answered before, answered now, why others were not."""

    file: Path
    before: int
    now: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    in_a_row: int = 0


@dataclass(frozen=True)
class Asking:
    """A model, what it is asked, and the passages that it has not read."""

    project: Project
    options: EndpointOptions
    questions: Questions
    texts: dict[str, tuple[str, str]]  # language and words by their hash
    before: int

    def run(self, progress: Progress = silent) -> Asked:
        """Ask about all; what was answered is kept whatever happens. Raises Mendable."""
        told = "\n\n".join(f"# {key}\n\n{text}" for key, text in self.questions.told.items())
        file = self.questions.path(self.project)
        file.parent.mkdir(exist_ok=True)
        head = f"What {self.options.model} was told before it read.\n\n"
        write_whole(self.questions.path(self.project, ".md"), [f"{head}{told}\n".encode()])
        asked = Asked(file, self.before)
        asyncio.run(self._ask_all(asked, progress))
        return asked

    async def _ask_all(self, asked: Asked, progress: Progress) -> None:
        waiting = iter(self.texts.items())
        try:
            async with (
                EndpointClient(self.options, self.questions) as client,
                asyncio.TaskGroup() as group,
            ):
                for _ in range(self.options.parallel):
                    group.create_task(self._ask_some(client, waiting, asked, progress))
        except* Mendable as found:
            raise found.exceptions[0] from None

    async def _ask_some(
        self,
        client: EndpointClient,
        waiting: Iterator[tuple[str, tuple[str, str]]],
        asked: Asked,
        progress: Progress,
    ) -> None:
        for key, (language, text) in waiting:
            try:
                self._keep(key, await client.ask(language, text))
                asked.now += 1
                asked.in_a_row = 0
            except NotAnswered as error:
                asked.unread[str(error)] += 1
                asked.in_a_row += 1
                if asked.in_a_row >= GIVE_UP:
                    reason = f"{GIVE_UP} passages in a row were not answered: {error}."
                    raise Mendable([reason]) from None
            progress(asked.now + asked.unread.total(), len(self.texts))

    def _keep(self, key: str, answer: Answer) -> None:
        when = stamp(datetime.now(UTC))
        keep_answer(self.project, self.questions.path(self.project), when, key, answer)


def prepare_asking(
    project: Project,
    dimension: str | None = None,
    examples: bool = False,
    limit: int | None = None,
    tell: Tell = lambda _: None,
) -> Asking:
    """What there is to ask: of the corpus, or of examples that measure. Raises Mendable."""
    scheme = read_scheme(project.scheme, project.name(project.scheme))
    readers = chosen_readers(project)
    options = readers.options.get(ENDPOINT)
    if not isinstance(options, EndpointOptions):
        name = project.name(project.tagger)
        raise Mendable([f"{name} names no endpoint. docs/readers.md says how to write it."])
    wanted = dimension or scheme.evidence
    if wanted not in scheme.by_id or scheme.dimension(wanted).unit != "passage":
        names = ", ".join(item.id for item in scheme.dimensions if item.unit == "passage")
        raise Mendable([f"No dimension '{wanted}' that codes passages. These do: {names}."])
    questions = Questions.of(scheme, scheme.dimension(wanted), options)
    known = read_answers(project, questions.path(project))
    texts = (
        [
            (item.language, item.text)
            for item in read_examples(project, scheme, wanted)
            if item.held or readers.is_natural(item)
        ]
        if examples
        else _corpus(project, options, tell)
    )
    found = {digest_of(text): (language, text) for language, text in texts}
    unread = {key: item for key, item in found.items() if key not in known}
    some = dict(list(unread.items())[:limit])
    return Asking(project, options, questions, some, len(found) - len(unread))


def _corpus(
    project: Project, options: EndpointOptions, tell: Callable[[str], None]
) -> Iterator[tuple[str, str]]:
    kinds = {"digest"} | ({"fulltext"} if options.reads_full_texts else set())
    for document in read_corpus(project).documents:
        if document.kind in kinds:
            for passage in document.passages:
                if not passage.marked:
                    yield passage.language, passage.text
        elif document.kind == "fulltext":
            tell(f"{document.path} stays here: 'full_texts: true' would send it.")
