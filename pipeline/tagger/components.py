"""The spaCy components that find indicators in a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import find_project
from pipeline.model.indicators import Indicator, IndicatorSet, read_indicators
from pipeline.model.scheme import read_scheme
from pipeline.tagger.patterns import PatternError, Patterns
from pipeline.tagger.words import blank_pipeline, words_of

FOUND = "evidence_found"
FACTORY = "evidence_indicators"


@dataclass(frozen=True, slots=True)
class IndicatorHit:
    """An indicator that fired: which one, and the tokens that made it fire."""

    dimension: str
    code: str
    indicator: str
    weight: float
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    dimension: str
    code: str
    indicator: str
    weight: float
    forbids: bool = False


@Language.factory(FACTORY, default_config={"project": "", "spans_key": FACTORY})
def make_indicator_finder(
    nlp: Language, name: str, project: str, spans_key: str
) -> IndicatorFinder:
    """A finder of the indicators of a project's folder; empty without one, see `learn`.

    What is found stands in `doc.spans` under `spans_key`, unless that is empty. Raises InputError
    and FileNotFoundError.
    """
    finder = IndicatorFinder(nlp, spans_key)
    if project:
        found = find_project(Path(project))
        scheme = read_scheme(found.scheme, found.name(found.scheme))
        sets = read_indicators(found.indicators, scheme, found.name(found.indicators))
        if problems := finder.learn(sets):
            raise InputError(problems)
    return finder


@dataclass(slots=True)
class IndicatorFinder:
    """Looks a text through once for all indicators of its language."""

    nlp: Language
    spans_key: str = ""
    patterns: Patterns = field(init=False)
    rules: list[_Rule] = field(default_factory=list)
    matcher: Matcher | None = None
    _atoms: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _dash: int = 0

    def __post_init__(self) -> None:
        self._dash = self.nlp.vocab.strings.add("-")
        self.patterns = Patterns(words_of(self.nlp.lang), {})

    def learn(self, sets: Iterable[IndicatorSet]) -> list[Problem]:
        """Take over indicators; patterns that cannot be read come back as problems."""
        problems: list[Problem] = []
        language = str(self.nlp.lang)
        for group in sets:
            classes = {name: forms[language] for name, forms in group.classes.items()}
            self.patterns = self.patterns if self.rules else Patterns(words_of(language), classes)
            for code, indicator in group:
                problems += self._learn(group.dimension, code, indicator, language)
        return problems

    def _learn(
        self, dimension: str, code: str, indicator: Indicator, language: str
    ) -> list[Problem]:
        problems = []
        full = f"{code}/{indicator.id}"
        rule = self._number(_Rule(dimension, code, full, indicator.weight))
        forbid = self._number(_Rule(dimension, code, full, 0, forbids=True))
        for number, texts in (
            (rule, indicator.phrases[language]),
            (forbid, indicator.unless[language]),
        ):
            for text in texts:
                try:
                    self.patterns.add(text, number)
                except PatternError as error:
                    path = f"coding/indicators/{dimension}/{code}.yml"
                    message = f"indicator '{indicator.id}' ({language}), '{text}': {error}"
                    hint = "See docs/indicators.md for how patterns are written."
                    problems.append(Problem(path, 0, "bad-pattern", message, hint))
        if indicator.matcher[language]:
            self.matcher = self.matcher or Matcher(self.nlp.vocab)
            try:
                self.matcher.add(str(rule), list(indicator.matcher[language]))
            except ValueError as error:
                path = f"coding/indicators/{dimension}/{code}.yml"
                message = f"indicator '{indicator.id}': not a Matcher pattern: {error}"
                hint = "See spaCy's documentation of Matcher patterns."
                problems.append(Problem(path, 0, "bad-pattern", message, hint))
        return problems

    def _number(self, rule: _Rule) -> int:
        self.rules.append(rule)
        return len(self.rules) - 1

    def __call__(self, doc: Doc) -> Doc:
        found = self.find(doc)
        if self.spans_key:
            doc.spans[self.spans_key] = _as_spans(doc, found, self.spans_key)
        else:
            doc.user_data[FOUND] = found
        return doc

    def find(self, doc: Doc) -> list[IndicatorHit]:
        """The indicators found in a text, each once, in no special order."""
        orths = [token.orth for token in doc] if len(doc) < 8 else doc.to_array("ORTH").tolist()
        positions = self._positions(doc, orths)
        hits: dict[int, tuple[int, ...]] = {}
        if positions:
            ends = _sentence_ends(doc)
            for number, hit in self.patterns.find(positions, ends):
                hits.setdefault(number, hit)
        if self.matcher is not None:
            for match, start, end in self.matcher(doc):
                number = int(self.nlp.vocab.strings[match])
                hits.setdefault(number, tuple(range(start, end)))
        rules = self.rules
        return [
            IndicatorHit(rule.dimension, rule.code, rule.indicator, rule.weight, hit)
            for number, hit in hits.items()
            if not (rule := rules[number]).forbids and number + 1 not in hits
        ]

    def _positions(self, doc: Doc, orths: Sequence[int]) -> dict[int, list[int]]:
        positions: dict[int, list[int]] = {}
        known = self._atoms
        dash = self._dash
        for index, orth in enumerate(orths):
            atoms = known.get(orth)
            if atoms is None:
                atoms = known[orth] = self.patterns.atoms_of(self.nlp.vocab.strings[orth])
            for atom in atoms:
                positions.setdefault(atom, []).append(index)
            if orth == dash and 0 < index < len(orths) - 1:
                compound = doc[index - 1 : index + 2].text
                for atom in self.patterns.atoms_of(compound):
                    places = positions.setdefault(atom, [])
                    if index - 1 not in places:
                        places.append(index - 1)
        return positions


def _as_spans(doc: Doc, found: Iterable[IndicatorHit], name: str) -> SpanGroup:
    """A span a hit from its first to its last word: the code its label, the indicator its id."""
    hits = sorted(found, key=lambda hit: (hit.tokens, hit.indicator))
    spans = [
        Span(doc, min(hit.tokens), max(hit.tokens) + 1, label=hit.code, span_id=hit.indicator)
        for hit in hits
    ]
    scores = [hit.weight for hit in hits]
    return SpanGroup(doc, name=name, spans=spans, attrs={"scores": scores})


def _sentence_ends(doc: Doc) -> list[int]:
    ends = []
    for sentence in doc.sents:
        ends += [sentence.end] * (sentence.end - sentence.start)
    return ends


def indicator_pipeline(
    language: str, sets: Iterable[IndicatorSet]
) -> tuple[Language, list[Problem]]:
    """spaCy's blank pipeline for the language with our finder at its end."""
    nlp = blank_pipeline(language)
    finder = nlp.add_pipe(FACTORY, config={"spans_key": ""})
    return nlp, finder.learn(sets)  # type: ignore[attr-defined]
