"""One reading of a project's files, with all that a running review keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipeline.desk.review.queue import Queue
from pipeline.desk.review.review_desk import Desk
from pipeline.desk.scheme.passage_bench import PassageBench
from pipeline.desk.scheme.plan_indicators import bench_of
from pipeline.desk.screening.screening_desk import ScreeningDesk
from pipeline.model.records import Document


@dataclass(frozen=True)
class OpenedProject:
    """The desk over the files as they were read once; what was read again is another one."""

    desk: Desk

    @cached_property
    def queue(self) -> Queue:
        """What comes next, for each coder."""
        return Queue(self.desk)

    @cached_property
    def screening(self) -> ScreeningDesk:
        """The screening of the same files."""
        return ScreeningDesk(self.desk.project, self.desk.everything)

    @cached_property
    def fulltexts(self) -> dict[str, Document]:
        """The full texts that are on this machine, by their study; those of candidates too."""
        return {
            document.study: document
            for document in self.desk.everything.corpus.documents
            if document.kind == "fulltext" and not document.absent
        }

    @cached_property
    def bench(self) -> PassageBench:
        """The passages, ready for trials of indicators."""
        return bench_of(self.desk)
