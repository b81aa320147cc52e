"""One key for all forms of a word, so that a pattern written once matches its inflections."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer
from spacy.language import Language
from spacy.lookups import load_lookups

STEMMERS = {"en": "english", "nl": "dutch"}
# Nouns that a stemmer would take for a form of a verb that means something else.
KEPT_APART = {
    "en": frozenset(("organisation", "organisations", "organization", "organizations")),
    "nl": frozenset(("vereniging", "verenigingen")),
}
_AMERICAN = re.compile(r"iz(?=(?:e|es|ed|er|ers|ing|ation|ations|ational)\Z)")


class Words:
    """Forms to keys for one language: the stem of the word and the stem of its lookup lemma.

    Stems are Snowball's (Porter 2001); they also bring nominalisations to their verb.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._stem = snowballstemmer.stemmer(STEMMERS.get(language, "english")).stemWord
        tables = load_lookups(language, ["lexeme_norm", "lemma_lookup"], strict=False)
        self._lemmas = tables.get_table("lemma_lookup") if "lemma_lookup" in tables else {}
        self._apart = KEPT_APART.get(language, frozenset())
        self.keys = lru_cache(maxsize=200_000)(self._keys)

    def _keys(self, form: str) -> frozenset[str]:
        lower = form.lower()
        if lower in self._apart:
            return frozenset((self.key(lower),))
        return frozenset((self._stem(self._british(lower)), self.key(lower)))

    def key(self, form: str) -> str:
        """The stem of the lemma: what is counted when words are compared."""
        lower = form.lower()
        if lower in self._apart:
            return self._british(lower).removesuffix("en").removesuffix("s")
        lemma = str(self._lemmas.get(lower, lower)).lower()
        return str(self._stem(self._british(lemma)))

    def _british(self, word: str) -> str:
        return _AMERICAN.sub("is", word) if self.language == "en" else word


@lru_cache(maxsize=8)
def words_of(language: str) -> Words:
    """The shared instance for a language."""
    return Words(language)


def blank_pipeline(language: str) -> Language:
    """spaCy's blank pipeline with sentences and lookup lemmas; nothing trained, nothing fetched.

    What it knows of the language is read once, and shared by all pipelines of a process.
    """
    known = _pipeline_of(language)
    nlp = type(known)(known.vocab, create_tokenizer=lambda _: known.tokenizer)
    for name in known.pipe_names:
        nlp.add_pipe(name, source=known)
    return nlp


@lru_cache(maxsize=8)
def _pipeline_of(language: str) -> Language:
    import spacy

    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    return nlp
