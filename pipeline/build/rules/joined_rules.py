"""Rules of what somebody codes as one: who joined it, and that no words count twice for one."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.build.inputs import Inputs
from pipeline.build.rules.decision_fault import fault
from pipeline.ground.problems import Problem
from pipeline.ground.project import file_name
from pipeline.model.answers import standing


def unknown_joiners(inputs: Inputs) -> Iterator[Problem]:
    coders = {coder.id for coder in inputs.codings.coders}
    rounds = {item.id: item for item in inputs.codings.rounds}
    for document in inputs.corpus.documents:
        path = f"coding/joined/{file_name(document.study)}.csv"
        for coder, name in dict.fromkeys(who for item in document.joined for who in item.makers):
            if coder not in coders:
                message, hint = f"coder '{coder}'", f"Add {coder} to coding/coders.yml."
                yield Problem(path, 0, "unknown-coder", message, hint, severity="warning")
            if name not in rounds:
                hint = f"Rounds are {', '.join(sorted(rounds))}."
                yield Problem(path, 0, "unknown-round", f"round '{name}'", hint, severity="warning")


def words_coded_twice(inputs: Inputs) -> Iterator[Problem]:
    """As where what one coder did on two machines comes together."""
    parts = {item.id: item.parts for own in inputs.corpus.documents for item in own.joined}
    said: dict[tuple[str, str, str, str], str] = {}
    for item in standing(inputs.codings.never_shown):
        if not item.codes:
            continue
        for sentence in parts.get(item.unit, (item.unit,)):
            other = said.setdefault((item.coder, item.round, item.dimension, sentence), item.unit)
            if other != item.unit and (item.unit in parts or other in parts):
                message = f"some of the same words are coded in '{other}' too"
                hint = "Take one of the two answers back, so that they do not count twice."
                yield fault(item, "coded-twice", message, hint, warning=True)
                break
