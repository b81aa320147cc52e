"""Decisions on a passage that reads otherwise now, led to the one that holds the same words.

A passage is known by its words with every space and sign, and these change where a text is read
better. Nothing is rewritten, and nothing is guessed: where two passages hold the words, or none,
the decision stays an orphan.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from rapidfuzz import fuzz, process

from pipeline.model.answers import by_time, is_passage, study_of
from pipeline.model.joined_passages import MOST
from pipeline.model.marked_words import GAP, stretches
from pipeline.model.passages import normalise
from pipeline.model.records import Decision, Passage

_DECIMAL = re.compile(r"\d[.,]\d")  # no punctuation


def words_alone(text: str) -> str:
    """Letters, digits and signs such as % and <, without spaces, hyphens and punctuation."""
    text = normalise(text)
    return "".join(text[at] for at in _counting(text))


def led(lines: Iterable[Decision], passages: Mapping[str, Passage]) -> list[Decision]:
    """The same lines; those without a passage are about the one of their study that has its words.

    `passages` are all that there are now, by id.
    """
    lines = list(lines)
    leads = _leads(lines, passages)
    return [
        replace(
            line,
            unit=leads[line.unit].id,
            quote=_marked_now(line.quote, line.text, leads[line.unit].text),
            coded_as=line.unit,
        )
        if line.unit in leads
        else line
        for line in lines
    ]


def led_to_last(lines: Iterable[Decision]) -> list[Decision]:
    """The same lines; of passages of a study that have the same words, all are about the last.

    For who does not know which passages there are now: it is the one that was answered last.
    """
    lines = by_time(lines)
    alike: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for line in lines:
        if is_passage(line.unit) and line.text:
            letters = "".join(filter(str.isalnum, normalise(line.text)))
            texts = alike[study_of(line.unit), letters]
            texts.pop(line.unit, None)
            texts[line.unit] = line.text
    last: dict[tuple[str, str], Passage] = {}
    for (study, letters), texts in alike.items():
        for unit, text in texts.items():
            words = words_alone(text) if len(texts) > 1 else letters  # which takes its time
            last[study, words] = Passage(unit, study, 0, text, "", "")
    return led(lines, {passage.id: passage for passage in last.values()})


def row_of_words(text: str, passages: Iterable[Passage]) -> list[Passage]:
    """The several passages in a row that have these words together; none where two rows do."""
    wanted = words_alone(text)
    if not wanted:
        return []
    own = [(passage, words_alone(passage.text)) for passage in passages]
    rows = []
    for start, (_, words) in enumerate(own):
        end, rest = start, wanted
        while words and rest.startswith(words) and end - start < MOST:
            rest, end = rest[len(words) :], end + 1
            words = own[end][1] if end < len(own) else ""
        if not rest and end - start > 1:
            rows.append([passage for passage, _ in own[start:end]])
    return rows[0] if len(rows) == 1 else []


def nearest(text: str, texts: Mapping[str, str], limit: int) -> list[tuple[str, float]]:
    """The keys of those most like a text, with their likeness from 0 to 100.

    First come those that hold its words, or are held by them, as halves of a sentence are.
    """
    packed = text.replace(" ", "")

    def apart(found: tuple[str, float, str]) -> bool:
        other = found[0].replace(" ", "")
        return packed not in other and other not in packed

    found = sorted(process.extract(text, texts, scorer=fuzz.ratio, limit=None), key=apart)
    return [(key, score) for _, score, key in found[:limit]]


def _leads(lines: list[Decision], passages: Mapping[str, Passage]) -> dict[str, Passage]:
    """The passage that has the words of one that is gone, by the id of that."""
    gone = {line.unit for line in lines if is_passage(line.unit) and line.unit not in passages}
    if not gone:
        return {}
    studies = {study_of(unit) for unit in gone}
    now: dict[tuple[str, str], set[str]] = defaultdict(set)
    for passage in passages.values():
        if passage.study in studies:
            now[passage.study, words_alone(passage.text)].add(passage.id)
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        unit = line.coded_as or line.unit
        if unit in gone and line.text:
            # Of one passage its coders wrote the same words; where they did not, nobody knows.
            found[unit] |= now.get((study_of(unit), words_alone(line.text)), {""})
    return {
        unit: passages[name]
        for unit, names in found.items()
        if len(names) == 1 and (name := min(names))
    }


def _marked_now(quote: str, before: str, text: str) -> str:
    """All stretches that were marked, as the passage has them now; none where one is gone."""
    found = [_in_other_words(part, text) for part in stretches(quote, before)]
    return GAP.join(found) if all(found) else ""


def _in_other_words(quote: str, text: str) -> str:
    """Marked words as the passage has them now; none where it does not have them once."""
    if quote in text:
        return quote
    places = list(_counting(text))
    packed, wanted = "".join(text[at] for at in places), words_alone(quote)
    if not wanted or packed.count(wanted) != 1:
        return ""
    first = packed.index(wanted)
    return text[places[first] : places[first + len(wanted) - 1] + 1]


def _counting(text: str) -> Iterator[int]:
    """At which characters of a normalised text something stands that is no space or punctuation."""
    solid = [at for at, sign in enumerate(text) if sign != " "]
    signs = "".join(text[at] for at in solid)
    for place, (at, sign) in enumerate(zip(solid, signs, strict=True)):
        kind = unicodedata.category(sign)[0]
        if kind in "LMNS" or sign in "%‰" or _DECIMAL.fullmatch(signs, place - 1, place + 2):
            yield at
