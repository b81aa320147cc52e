"""PDFs beside their publishers' XML: how much of each article becomes true passages.

python -m tests.bench.fulltexts FOLDER [--only NAME]… [--faults N] [--json FILE]

FOLDER holds pairs `<name>.pdf` and `<name>.xml` or `.nxml` in JATS (docs/benchmarks.md says what
each figure means). Sentences of the XML are cut by the same splitter as those of the PDF, so that
how well it cuts is measured elsewhere.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
from rapidfuzz import fuzz, process

from pipeline.ground.problems import InputError
from pipeline.model.passages import make_passages
from pipeline.model.records import Passage
from pipeline.sources.fulltexts.cut_text import cut
from pipeline.sources.fulltexts.fulltext_readers import read_text
from pipeline.sources.fulltexts.headings import bare
from tests.bench.jats import Article, Sentence, letters, read_article, words

NEAR = 90  # rapidfuzz's ratio from which on a passage is nearly a sentence
ABSTRACT = {"abstract", "summary"}


@dataclass(slots=True)
class Tally:
    """What was counted of one article, or of all: numbers to be added."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, other: Tally) -> None:
        self.counts.update(other.counts)

    def share(self, part: str, whole: str, per: int = 100) -> float:
        return per * self.counts[part] / max(self.counts[whole], 1)


@dataclass
class Matching:
    """Sentences of an article and passages of its PDF, each with the best of the others."""

    article: Article
    passages: Sequence[Passage]

    @cached_property
    def keys(self) -> list[str]:
        return [words(passage.text) for passage in self.passages]

    @cached_property
    def packed(self) -> list[str]:
        return [letters(passage.text) for passage in self.passages]

    @cached_property
    def found(self) -> dict[int, tuple[int, bool]]:
        """By the place of a sentence: that of its passage, and whether they are equal."""
        exact = {key: place for place, key in reversed(list(enumerate(self.keys)))}
        result = {}
        for place, sentence in enumerate(self.article.sentences):
            equal = next((key for key in sentence.keys if key in exact), None)
            if equal is not None:
                result[place] = (exact[equal], True)
                continue
            bests = [_nearest(key, self.keys) for key in sentence.keys]
            best = next((best for best in bests if best is not None), None)
            if best is not None:
                result[place] = (best, False)
        return result

    @cached_property
    def true(self) -> set[int]:
        """Places of passages that are a sentence of the article, exactly or nearly."""
        keys = [key for sentence in self.article.sentences for key in sentence.keys]
        exact = set(keys)
        return {
            place
            for place, key in enumerate(self.keys)
            if key in exact or _nearest(key, keys) is not None
        }

    def lost(self, sentence: Sentence) -> tuple[str, str]:
        """What became of a sentence that is no passage, and the words of one that shows it."""
        packed = sentence.packed
        holder = next((place for place, text in enumerate(self.packed) if packed in text), None)
        if holder is not None:
            text = self.packed[holder]
            others = sum(other.packed in text for other in self.article.sentences)
            return ("glued" if others > 1 else "among others"), self.passages[holder].text
        for place, (one, other) in enumerate(pairwise(self.packed)):
            if packed in one + other:
                return "split", " | ".join(part.text for part in self.passages[place : place + 2])
        near = process.extractOne(packed, self.packed, scorer=fuzz.ratio, score_cutoff=50)
        return "missing", self.passages[near[2]].text if near else ""


def _nearest(key: str, keys: Sequence[str]) -> int | None:
    """The place of the key most like this one, where it is nearly the same."""
    best = process.extractOne(key, keys, scorer=fuzz.ratio, score_cutoff=NEAR)
    return best[2] if best else None


def measure(pdf: Path, xml: Path) -> Tally:
    """All figures of one pair. A PDF that cannot be read has no passages."""
    tally = Tally()
    article = read_article(xml)
    pages = [letters(text) for text in _page_texts(pdf)]
    start = time.process_time()
    try:
        text = read_text(pdf, pdf.name)
        passages, _ = make_passages(pdf.stem, text.language, cut(text.blocks, text.language), "")
    except InputError as error:
        passages = []
        tally.faults["unreadable"] += map(str, error.problems)
    tally.counts["ms"] = round(1000 * (time.process_time() - start))
    tally.counts["pages"] = len(pages)
    tally.counts["files"] = 1
    matching = Matching(article, passages)
    _count_sentences(tally, matching, pages)
    _count_passages(tally, matching)
    return tally


def _page_texts(pdf: Path) -> Iterator[str]:
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        yield page.get_textpage().get_text_range()


def _count_sentences(tally: Tally, matching: Matching, pages: Sequence[str]) -> None:
    counts, faults = tally.counts, tally.faults
    abstract = Counter[bool]()
    for place, sentence in enumerate(matching.article.sentences):
        if not sentence.counts:
            continue
        counts["sentences"] += 1
        if place not in matching.found:
            kind, shown = matching.lost(sentence)
            counts[kind] += 1
            faults[kind].append(f"{sentence.text}\n      -> {shown}")
            abstract[False] += sentence.abstract
            continue
        at, exact = matching.found[place]
        passage = matching.passages[at]
        counts["exactly"] += exact
        counts["nearly"] += 1
        if not exact:
            faults["nearly"].append(f"{sentence.text}\n      -> {passage.text}")
        if page := _page_of(sentence.packed, pages):
            counts["paged"] += 1
            if passage.page != page:
                counts["wrong page"] += 1
                faults["wrong page"].append(f"{page}, not {passage.locator}: {passage.text}")
        heading = re.sub(r"^p\. [^,]*(?:, |$)", "", passage.locator)
        titles = {letters(bare(title))[:60] for title in sentence.titles}
        right = letters(bare(heading))[:60] in titles
        if sentence.abstract:
            abstract[right or bare(heading) in ABSTRACT] += 1
        elif titles:
            counts["titled"] += 1
            counts["right section"] += right
            if not right:
                wrong = f"{' > '.join(sentence.titles)}, not '{heading}': {passage.text}"
                faults["wrong section"].append(wrong)
    counts["abstracts"] = bool(abstract)
    counts["abstracts seen"] = abstract[True] > abstract[False]


def _page_of(packed: str, pages: Sequence[str]) -> int:
    """The one page, counted from 1, on which a sentence's letters begin; 0 where that cannot be told."""
    for start in (packed, packed[:40]):
        held = [number for number, page in enumerate(pages, 1) if start in page]
        if len(held) == 1:
            return held[0]
    return 0


def _count_passages(tally: Tally, matching: Matching) -> None:
    article, counts = matching.article, tally.counts
    for place, passage in enumerate(matching.passages):
        counts["passages"] += 1
        counts["true"] += place in matching.true
        if place not in matching.true:
            kind = "references" if article.cites(passage.text) else "not a sentence"
            counts[kind] += 1
            tally.faults[kind].append(f"[{passage.locator}] {passage.text}")
        for word in passage.text.split():
            packed = letters(word)
            counts["words"] += bool(packed)
            if article.joins(packed):
                counts["joined"] += 1
                tally.faults["joined"].append(word)


FIGURES = {
    "exact %": ("exactly", "sentences", 100, ">= 88"),
    "near %": ("nearly", "sentences", 100, ">= 95"),
    "glued %": ("glued", "sentences", 100, ""),
    "split %": ("split", "sentences", 100, ""),
    "prec %": ("true", "passages", 100, ">= 85"),
    "joined": ("joined", "words", 1000, "<= 1"),
    "page %": ("wrong page", "paged", 100, "<= 3"),
    "sect %": ("right section", "titled", 100, ">= 80"),
    "refs %": ("references", "passages", 100, "<= 0.5"),
    "abstr %": ("abstracts seen", "abstracts", 100, ""),
    "ms/page": ("ms", "pages", 1, ""),
}


def _row(name: str, tally: Tally) -> str:
    cells = (tally.share(part, whole, per) for part, whole, per, _ in FIGURES.values())
    return f"{name[:34]:34} {tally.counts['sentences']:5} " + " ".join(f"{x:7.1f}" for x in cells)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fulltexts")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", metavar="NAME", help="part of a file's name")
    parser.add_argument("--faults", type=int, default=0, metavar="N", help="show N of each kind")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all counts and faults")
    options = parser.parse_args()
    total, kept = Tally(), dict[str, Any]()
    print(f"{'':34} {'sent.':>5} " + " ".join(f"{name:>7}" for name in FIGURES))
    for pdf in sorted(options.folder.glob("*.pdf")):
        xml = next((pdf.with_suffix(end) for end in (".xml", ".nxml")
                    if pdf.with_suffix(end).exists()), None)  # fmt: skip
        if xml is None or (options.only and not any(part in pdf.stem for part in options.only)):
            continue
        tally = measure(pdf, xml)
        total.add(tally)
        kept[pdf.stem] = {"counts": tally.counts, "faults": tally.faults}
        print(_row(pdf.stem, tally), flush=True)
        for kind, found in tally.faults.items():
            for fault in found[: options.faults]:
                print(f"    {kind}: {fault}")
    print(_row(f"all {total.counts['files']}", total))
    print(f"{'to hold':40} " + " ".join(f"{figure[3]:>7}" for figure in FIGURES.values()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{total.counts['passages']:,} passages; peak {peak:.0f} MB with all that is imported")
    if options.json:
        options.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
