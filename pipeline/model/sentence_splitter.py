"""Running text cut into sentences by spaCy, with our rules of where they end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.pipeline import Sentencizer
from spacy.tokens import Doc

from pipeline.model.passages import normalise
from pipeline.model.sentence_ends import SentenceEnds

_NAME = "sentence_ends"


def sentences(text: str, language: str) -> list[str]:
    """The sentences of running text in order; with spaces between them, they are the text again."""
    return [sentence.text for sentence in _pipeline(language)(normalise(text)).sents]


class SentenceSplitter(Sentencizer):  # type: ignore[misc]  # spaCy has no types here
    """The sentencizer with our rules in place of its own, which know no abbreviations."""

    def __init__(self, language: str) -> None:
        super().__init__(_NAME)
        self._rules = SentenceEnds(language)

    def predict(self, docs: Sequence[Doc]) -> list[list[bool]]:
        """Whether each token of each text is the first of a sentence."""
        found = []
        for doc in docs:
            starts = {0, *self._rules.starts(doc.text)}
            found.append([place in starts for place in doc.to_array("IDX").tolist()])
        return found


@Language.factory(_NAME)
def _make(nlp: Language, name: str) -> SentenceSplitter:
    return SentenceSplitter(nlp.lang or "")


@lru_cache(maxsize=8)
def _pipeline(language: str) -> Language:
    """The blank pipeline of a language with the splitter."""
    nlp = spacy.blank(language)
    nlp.add_pipe(_NAME)
    nlp.max_length = 20_000_000
    return nlp
