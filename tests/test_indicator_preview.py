"""The preview of edited indicators says just what tagging everything anew would."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.desk.review.review_desk import open_desk
from pipeline.desk.scheme.indicator_preview import preview_indicators
from pipeline.desk.scheme.passage_bench import PassageBench
from pipeline.desk.scheme.plan_indicators import bench_of
from pipeline.ground.project import Project
from pipeline.model.indicators import Indicator, IndicatorFile, IndicatorSet, PerLanguage
from pipeline.tagger.components import IndicatorFinder
from pipeline.tagger.tagging import Tagger, TextUnit
from pipeline.tagger.word_index import make_index
from pipeline.tagger.words import blank_pipeline

CODE = "mediator"
Edit = Callable[[IndicatorFile], IndicatorFile]


@pytest.fixture(scope="module")
def bench(real: Project) -> PassageBench:
    return bench_of(open_desk(real))


def added(english: str, dutch: str = "", unless: str = "", weight: float = 0.7) -> Edit:
    def edit(file: IndicatorFile) -> IndicatorFile:
        new = Indicator(
            id="zz-added",
            weight=weight,
            phrases=PerLanguage(en=(english,), nl=(dutch,) if dutch else ()),
            unless=PerLanguage(en=(unless,)) if unless else PerLanguage(),
        )
        return file.model_copy(update={"indicators": (*file.indicators, new)})

    return edit


def without(place: int) -> Edit:
    return lambda file: file.model_copy(
        update={"indicators": (*file.indicators[:place], *file.indicators[place + 1 :])}
    )


def weighed(place: int, weight: float) -> Edit:
    def edit(file: IndicatorFile) -> IndicatorFile:
        items = list(file.indicators)
        items[place] = items[place].model_copy(update={"weight": weight})
        return file.model_copy(update={"indicators": tuple(items)})

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        added("trust"),
        added("trust", unless="partner|network"),
        added("partner* ... trust|network"),
        added("=trust|=Trust"),
        added("*ship & role|trust"),
        added("cross-sector .. partnership"),
        added("the|a"),
        added("<settle>|<conflict>", "<conflict>"),
        without(0),
        without(2),
        weighed(0, 0.05),
        weighed(1, 0.95),
        lambda file: file,
    ],
)
def test_the_same_as_tagging_everything(bench: PassageBench, edit: Edit) -> None:
    tagger = bench.tagger
    group = next(item for item in tagger.sets if item.dimension == tagger.scheme.evidence)
    old = next(file for file in group.files if file.code == CODE)
    file = edit(old)
    trial = preview_indicators(bench, tagger.scheme, group.dimension, file)
    files = tuple(file if item.code == CODE else item for item in group.files)
    whole = Tagger(
        tagger.scheme,
        (IndicatorSet(group.dimension, files, group.classes),),
        tagger.models,
        tagger.reviewed,
        tagger.training,
        readers=tagger.readers,
    )
    units = [TextUnit(item.language, item.text) for item in bench.passages]
    gained, lost = set(), set()
    for passage, suggestions in zip(bench.passages, whole.suggest(units), strict=True):
        was = any(item.code == CODE for item in bench.suggestions.get(passage.id, ()))
        now = any(item.code == CODE for item in suggestions)
        (gained if now else lost).update({passage.id} if was != now else ())
    assert {shift.passage.id for shift in trial.gained} == gained
    assert {shift.passage.id for shift in trial.lost} == lost
    assert trial.looked_at <= trial.passages
    if file == old:
        assert trial.looked_at == 0


WORDS = ["trust", "trusted", "cross-sector", "cross", "sector", "don't", "e.g.", "and/or", "Partner", "partners", "partnership", "U.S.", "co-operate", "vertrouwen", "3rd"]  # fmt: skip
ATOMS = ["trust", "=trust", "partner*", "*ship", "cross-sector", "sector", "co-operate", "partner|trust"]  # fmt: skip
PHRASES = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=3).flatmap(
    lambda atoms: st.sampled_from([" ", " .. ", " ... ", " & "]).map(lambda gap: gap.join(atoms))
)
NLP = {"en": blank_pipeline("en")}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=6),
    PHRASES,
)  # fmt: skip
def test_no_passage_that_can_match_is_passed_over(texts: list[str], phrase: str) -> None:
    nlp = NLP["en"]
    finder = IndicatorFinder(nlp)
    indicator = Indicator(id="one", weight=0.5, phrases=PerLanguage(en=(phrase,)))
    file = IndicatorFile(code="x", indicators=(indicator,))
    assert not finder.learn([IndicatorSet("d", (file,), {})])
    fired = {place for place, text in enumerate(texts) if finder.find(nlp(text))}
    found = set(make_index(texts, "en").may_match([phrase], {}).tolist())
    assert fired <= found


def test_an_edited_word_class(bench: PassageBench) -> None:
    group = next(
        item for item in bench.tagger.sets if item.dimension == bench.tagger.scheme.evidence
    )
    file = next(item for item in group.files if item.code == CODE)
    classes = {**group.classes, "conflict": PerLanguage(en=("trust",), nl=("vertrouwen",))}
    trial = preview_indicators(bench, bench.tagger.scheme, group.dimension, file, classes)
    assert trial.looked_at > 0
    assert trial.lost or trial.gained or trial.rescored
