"""Codings of another program as answers on our passages and studies, and those that cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.desk.codebooks.codebook import CodebookEntry
from pipeline.desk.codebooks.mapped import Mapped
from pipeline.desk.codebooks.passage_places import Part, PassagePlaces
from pipeline.desk.codebooks.qda_project import QdaCoding, QdaProject, QdaSource
from pipeline.desk.codebooks.selected_sentences import as_one
from pipeline.desk.desk_texts import desk_says
from pipeline.model.records import JoinedPassage, Passage
from pipeline.model.scheme import Dimension, Scheme


@dataclass(frozen=True, slots=True)
class PlacedCoding:
    """A coding on a passage or study of ours; `quote` are the words that it holds of a passage.

    `each` are the same on every passage that its own joins.
    """

    source: str
    user: str
    unit: str
    dimension: str
    code: str
    quote: str = ""
    note: str = ""
    passage: Passage | None = None
    each: tuple[PlacedCoding, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The passages whose words it is on, or the study."""
        return self.passage.sentences if self.passage else (self.unit,)


@dataclass(frozen=True, slots=True)
class UnplacedCoding:
    """A coding that stays behind, and why (the end of a key of the texts of the desk)."""

    source: str
    user: str
    code: str
    words: str
    why: str

    @property
    def reason(self) -> str:
        return desk_says(f"qda.left.{self.why}")


class CodingPlacer:
    """Places codings of a project. `mapped` are the entries of its codebook beside the scheme."""

    def __init__(self, project: QdaProject, mapped: Sequence[Mapped], scheme: Scheme) -> None:
        self._codes = {
            item.entry.identity: item for item in mapped if item.state == "same" and item.code
        }
        self._entries = {entry.identity: entry for entry in project.book.entries}
        self._dimensions: dict[str, Dimension] = {
            code: item for item in scheme.dimensions for code in item.code_ids
        }

    def place(
        self,
        source: QdaSource,
        study: str,
        texts: Sequence[Sequence[Passage]],
        lines: Iterable[JoinedPassage] = (),
    ) -> Iterator[PlacedCoding | UnplacedCoding]:
        """Every coding of a source of which the study is known, or "" where it is not.

        `texts` are the passages of each document of the study; of `lines` see `PassagePlaces`.
        """
        passages = {passage.id: passage for text in texts for passage in text}
        places = PassagePlaces(source.text, [*passages.values()], lines)
        for coding in source.codings:
            yield self._placed(source, study, coding, study)
        for selection in source.selections:
            words = source.text[max(selection.start, 0) : max(selection.end, 0)] or selection.name
            held = places.parts(selection.start, selection.end) if study else []
            parts = [*as_one(held, texts)]
            for coding in selection.codings:
                for part in parts:
                    yield self._on(source, study, coding, words, part)
                if not parts:
                    why = self._against(coding, study, of_passage=True)
                    yield self._left(source, coding, words, why or "no_passage_holds_it")
        for coding in source.unread:
            yield self._left(source, coding, "", "it_is_of_no_text")

    def _on(
        self, source: QdaSource, study: str, coding: QdaCoding, words: str, part: Part
    ) -> PlacedCoding | UnplacedCoding:
        item = self._placed(source, study, coding, part.passage.id, words, part.quote)
        if isinstance(item, UnplacedCoding):
            return item
        each = tuple(
            replace(item, unit=one.passage.id, passage=one.passage, quote=one.quote)
            for one in part.joins
        )
        return replace(item, passage=part.passage, each=each)

    def _placed(
        self,
        source: QdaSource,
        study: str,
        coding: QdaCoding,
        unit: str,
        words: str = "",
        quote: str = "",
    ) -> PlacedCoding | UnplacedCoding:
        if why := self._against(coding, study, of_passage=unit != study):
            return self._left(source, coding, words, why)
        code = self._codes[coding.code].code
        dimension = self._dimensions[code].id
        return PlacedCoding(source.name, coding.user, unit, dimension, code, quote, coding.note)

    def _against(self, coding: QdaCoding, study: str, of_passage: bool) -> str:
        """Why a coding cannot be an answer on a passage, or on a study; empty where it can."""
        if not study:
            return "the_source_is_no_study"
        item = self._codes.get(coding.code)
        if item is None:
            return "the_code_is_not_here"
        dimension = self._dimensions[item.code]
        if of_passage and dimension.unit == "study" and not dimension.overridable:
            return "the_code_is_for_studies"
        if not of_passage and dimension.unit == "passage":
            return "the_code_is_for_passages"
        return ""

    def _left(self, source: QdaSource, coding: QdaCoding, words: str, why: str) -> UnplacedCoding:
        entry = self._entries.get(coding.code, CodebookEntry("?"))
        return UnplacedCoding(source.name, coding.user, entry.name, " ".join(words.split()), why)


def by_user(
    project: QdaProject, coders: Mapping[str, str], chosen: Mapping[str, str], usual: str
) -> dict[str, str]:
    """The coder of ours that each user is, by GUID, "" where nobody is.

    `coders` are ids by what else they are known as (see `coder_names`); `chosen` are coders by
    name of user, as a person said; `usual` is who takes all others.
    """
    found: dict[str, str] = {}
    for user, (name, own_id) in project.coded_by.items():
        known = (chosen.get(name), coders.get(user), coders.get(own_id.casefold()),
                 coders.get(name.casefold()), usual)  # fmt: skip
        found[user] = next(filter(None, known), "")
    return found
