"""What each round asks of the units of an open project, and what was answered."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from pipeline.build.inputs import Inputs
from pipeline.desk.review.answer_rules import questions
from pipeline.desk.review.known_units import KnownUnits
from pipeline.model.answers import CONSENSUS, Codings, latest, study_of
from pipeline.model.joined_passages import suggested_together
from pipeline.model.people import Round
from pipeline.model.records import Decision, JoinedPassage, Passage, Suggestion
from pipeline.model.scheme import Dimension
from pipeline.model.secrecy import SecretLines
from pipeline.model.standing import Answers
from pipeline.sources.bibliography.references import References
from pipeline.sources.corpus import Corpus
from pipeline.tagger.documents import Tagged


class CodedUnits(KnownUnits):
    """The units of a project as rounds ask them of coders, and what these said."""

    def units_of(self, item: Round, study: str) -> list[str]:
        """The passages of a study that a round asks about, in order of the documents."""
        if not item.includes(study) or not self.asked(item, of_passage=True):
            return []
        return list(self.passages_of[study])

    def units_joined(self, item: Round, study: str, coders: Collection[str]) -> list[str]:
        """The passages that a round asks about, and behind them what these coders joined in it.

        What is joined counts once its coder has answered it: its passages are answered with it.
        """
        if not item.includes(study) or not self.asked(item, of_passage=True):
            return []
        to_check = self.joined_to_check(item, study)
        joined = [
            unit
            for unit, passage in self.joined[study].items()
            if unit in to_check
            or any(
                name == item.id and coder in coders and self.answers(coder, unit, item)
                for coder, name in passage.makers
            )
        ]
        return self._among(study, joined, before=False)

    def joined_to_check(self, item: Round, study: str) -> list[str]:
        """What the coder whose answers a round checks joined, as far as anybody may see it."""
        if item.checks is None or not item.includes(study):
            return []
        asked = [dimension.id for dimension in self.asked(item, of_passage=True)]
        return [
            unit
            for unit in self.joined[study]
            if any(self.open_answer(item.checks, unit, name) for name in asked)
        ]

    def passage_for(self, coder: str, unit: str) -> Passage | None:
        """A passage, unless others joined it in a blind round that is not laid open yet."""
        passage = self.passages.get(unit)
        if isinstance(passage, JoinedPassage) and not any(
            maker == coder or (name in self.rounds and not self.rounds[name].is_secret)
            for maker, name in passage.makers
        ):
            return None
        return passage

    def passage_in(self, item: Round, coder: str, unit: str) -> Passage | None:
        """A passage that a round may ask of a coder.

        One that joins others is asked of who joined it there, or checks who did.
        """
        passage = self.passages.get(unit)
        if (
            isinstance(passage, JoinedPassage)
            and (coder, item.id) not in passage.makers
            and unit not in self.joined_to_check(item, passage.study)
        ):
            return None
        return passage

    def over(self, item: Round, coder: str, passage: Passage) -> list[str]:
        """Other units with words of a passage, or all of them, that a coder has answered."""
        own = set(passage.sentences)
        joined = self.joined[passage.study].values()
        units = [*passage.sentences, *(other.id for other in joined if own & {*other.parts})]
        return [unit for unit in units if unit != passage.id and self.answers(coder, unit, item)]

    def unknown(self, study: str) -> int:
        """How many passages of a study's full text are not known, since it is not here."""
        return sum(item.length - len(item.passages) for item in self.documents[study])

    def asks_study(self, item: Round, study: str) -> bool:
        """Whether a round asks something of a study as a whole."""
        return item.includes(study) and bool(self.asked(item, of_passage=False))

    def asked_units(self, item: Round, study: str) -> list[str]:
        """All that a round asks about in a study: its passages, then the study they tell of.

        What is joined and to be checked comes before its passages, which are answered with it.
        """
        units = self.units_of(item, study)
        if to_check := self.joined_to_check(item, study):
            units = self._among(study, to_check, before=True)
        return [*units, *([study] if self.asks_study(item, study) else ())]

    def _among(self, study: str, joined: Iterable[str], before: bool) -> list[str]:
        """The passages of a study, and among them joined ones, before or behind all they join.

        Those of a text that is not here come last.
        """
        beside: dict[str, list[str]] = defaultdict(list)
        for unit in joined:
            beside[self.joined[study][unit].parts[0 if before else -1]].append(unit)
        units: list[str] = []
        for unit in self.passages_of[study]:
            own = beside.pop(unit, [])
            units += [*own, unit] if before else [unit, *own]
        return [*units, *(unit for own in beside.values() for unit in own)]

    def asked(self, item: Round, of_passage: bool) -> tuple[Dimension, ...]:
        """What a round asks of a passage or of a study.

        One that takes no more answers asks what it asked while it did, not what came later.
        """
        dimensions = questions(self.scheme, item, of_passage)
        then = self.version_of(item)
        return tuple(dimension for dimension in dimensions if dimension.since <= then)

    def version_of(self, item: Round) -> int:
        """The version of the scheme that a round is coded under, or was once it takes no more."""
        if item.state == "open":
            return self.scheme.version
        return max(self.book.versions(item.id), default=self.scheme.version)

    def answered(self, item: Round, coder: str, study: str) -> Collection[str]:
        """The passages of a study, and the study, to which a coder has answered all in a round."""
        return self.book.answered.get(study, {}).get((coder, item.id), ())

    def is_done(self, item: Round, coder: str, unit: str) -> bool:
        return unit in self.answered(item, coder, study_of(unit))

    def answers(self, coder: str, unit: str, item: Round | None = None) -> dict[str, Decision]:
        """A coder's standing answers on a unit by dimension; in one round, if one is named.

        Those of a closed round are as they were given, however they read now.
        """
        mine = (
            line
            for line in self.lines(study_of(unit)).of(coder)
            if line.unit == unit and (item is None or line.round == item.id)
        )
        closed = item is not None and item.state == "closed"
        return {
            line.dimension: replace(line, codes=line.as_written, written=None) if closed else line
            for line in latest(mine).values()
            if line.codes is not None
        }

    def open_answer(self, coder: str, unit: str, dimension: str) -> Decision | None:
        """A coder's answer as anybody may see it: not one of a blind round still closed."""
        found = latest(
            line
            for line in self.lines(study_of(unit)).open
            if (line.unit, line.coder, line.dimension) == (unit, coder, dimension)
        )
        line = found.get((unit, dimension, coder))
        return line if line is not None and line.codes is not None else None

    def seen(self, coder: str, unit: str, item: Round, dimension: str = "") -> str:
        """The words of what stands of a coder in a round, as a hash; nothing where nothing stands.

        A window that shows these words has seen all; one that shows others is behind.
        """
        standing = self.answers(coder, unit, item)
        words = [
            (name, sorted(line.codes or ()), line.confidence, line.note, line.quote)
            for name, line in sorted(standing.items())
            if dimension in ("", name)
        ]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16] if words else ""

    def shown(
        self, item: Round, coder: str, unit: str, passage: Passage | None = None
    ) -> tuple[Suggestion, ...] | None:
        """The suggestions that a coder sees in a round; None when they are hidden.

        Of passages that are joined, those of all, unless any are hidden. `passage` is one that is
        not joined yet.
        """
        passage = passage or self.passages.get(unit)
        sentences = passage.sentences if passage else (unit,)
        if not all(item.shows_suggestions(coder, sentence) for sentence in sentences):
            return None
        if passage is None or unit in self.passages:
            return self.suggestions.get(unit, ())
        return suggested_together([self.passages[one] for one in sentences], self.suggestions)

    def part(self, study: str) -> tuple[Inputs, Tagged]:
        """The inputs of a single study, and what is said of its units."""
        documents = tuple(self.documents[study])
        codings = self._codings([study])
        units = [study, *(p.id for document in documents for p in document.units)]
        said = Tagged(
            {unit: self.said.suggestions[unit] for unit in units if unit in self.said.suggestions},
            {unit: self.said.scores[unit] for unit in units if unit in self.said.scores},
        )
        references = References((self.studies[study],), (), 1, 0)
        corpus = Corpus(documents, ())
        part = replace(self.inputs, references=references, corpus=corpus, codings=codings)
        return part, said

    @property
    def held(self) -> Answers:
        """The answers that stand, of all units."""
        return Answers(self.scheme, self._codings(self.book.studies))

    def held_of(self, study: str) -> Answers:
        """The answers that stand, of the units of one study."""
        return Answers(self.scheme, self._codings([study]))

    def _codings(self, studies: Iterable[str]) -> Codings:
        rounds = tuple(self.rounds.values())
        lines = (line for study in studies for line in self.lines(study).never_shown)
        decisions, consensus = SecretLines(lines, rounds).apart(CONSENSUS)
        return Codings(decisions, consensus, tuple(self.coders.values()), rounds, ())
