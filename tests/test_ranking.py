"""Ranking and stopping: on made-up studies, and on orders whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.desk.screening.ranking import Ranker, Ranking, rank
from pipeline.desk.screening.text_vectors import Vectors, vectorise
from pipeline.model.stopping import USUAL, StoppingHint, hint, missed, unlikely

TEXTS = {
    "a": "The weaver guild and its looms",
    "b": "Salt mining in the hills",
    "c": "De wever en het gilde: weaver, loom and cloth",
    "d": "Deep salt mining and its risks",
    "e": "A guild of bakers",
    "f": "",
}


def made_up(seed: int, number: int = 500, share: float = 0.06) -> tuple[dict[str, str], set[str]]:
    """Studies of two subjects that share most of their words; some lie between the two."""
    rng = np.random.default_rng(seed)
    words = np.array([f"zq{''.join(chr(97 + int(d)) for d in str(n))}" for n in range(1500)])
    common = 1 / np.arange(1, 1501) ** 1.1
    common /= common.sum()
    wanted, other = rng.choice(words, 150, replace=False), rng.choice(words, 150, replace=False)
    texts, relevant = {}, set()
    for place in range(number):
        key = f"study{place:04}"
        if rng.random() < share:
            relevant.add(key)
            about = rng.uniform(0.4, 0.9)
        else:
            about = rng.choice([0, 0.1, 0.35], p=[0.6, 0.3, 0.1])
        own = rng.binomial(80, 0.16)
        near = rng.binomial(own, about)
        parts = (
            rng.choice(words, 80 - own, p=common), rng.choice(wanted, near),
            rng.choice(other, own - near),
        )  # fmt: skip
        texts[key] = " ".join(rng.permutation(np.concatenate(parts)))
    return texts, relevant


def words_of(vectors: Vectors) -> list[str]:
    return [vectors.word(column) for column in range(vectors.rows.shape[1])]


def rank_of(
    texts: Mapping[str, str],
    seeds: Sequence[str],
    yes: Sequence[str] = (),
    no: Sequence[str] = (),
) -> Ranking:
    return Ranker(texts, seeds).rank(yes, no)


def screened(ranker: Ranker, relevant: set[str], number: int, batch: int = 10) -> list[bool]:
    """All studies in the order that the ranking gives, learning after each batch."""
    yes: set[str] = set()
    no: set[str] = set()
    order: list[bool] = []
    while len(order) < number:
        for key, _ in ranker.rank(yes, no).undecided[:batch]:
            (yes if key in relevant else no).add(key)
            order.append(key in relevant)
    return order


def work_saved(order: Sequence[bool], recall: float = 0.95) -> float:
    """The share not read when so much is found, above what a random order saves."""
    needed = np.ceil(recall * sum(order))
    read = int(np.argmax(np.cumsum(order) >= needed)) + 1
    return 1 - read / len(order) - (1 - recall)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_much_work_is_saved_over_a_random_order(seed: int) -> None:
    texts, relevant = made_up(seed)
    order = screened(Ranker(texts), relevant, len(texts))
    chance = np.random.default_rng(seed).permutation(order)
    assert work_saved(order) > 0.3
    assert work_saved(order) > work_saved(list(chance)) + 0.25


def test_seeds_put_what_is_like_them_first() -> None:
    ranked = rank(TEXTS, (), (), ["weaver guild", "loom of a weaver"])
    assert {key for key, _ in ranked[:2]} == {"a", "c"}
    assert dict(ranked)["b"] == 0 == dict(ranked)["f"]


def test_like_the_seeds_is_the_cosine() -> None:
    assert rank({"a": "loom"}, (), (), ["loom"]) == [("a", 1.0)]


def test_decisions_turn_what_the_seeds_said() -> None:
    ranked = rank(TEXTS, ["b"], ["a", "c"], ["weaver guild"])
    assert ranked[0][0] == "d"


def test_one_answer_is_enough_to_learn_from() -> None:
    assert rank(TEXTS, ["b"], ())[0][0] == "d"
    texts = {"no": "loom silk", "x": "guild loom", "y": "guild bread"}
    assert rank(texts, (), (), ["guild"])[0][0] == "x"
    assert rank(texts, (), ["no"], ["guild"])[0][0] == "y"


def test_seeds_still_count_after_the_first_decisions() -> None:
    texts = {"yes": "fog", "no": "rain", "x": "quilt", "y": "apple"}
    assert rank(texts, ["yes"], ["no"], ["quilt"])[0][0] == "x"
    assert rank(texts, ["yes"], ["no"], ["apple"])[0][0] == "y"


@pytest.mark.parametrize(
    ("yes", "no"), [((), ()), (("a",), ()), (("a",), ("b",)), (("zz",), ("b",))]
)
def test_all_undecided_keys_and_no_others(yes: Sequence[str], no: Sequence[str]) -> None:
    ranked = rank(TEXTS, yes, no, ["guild"])
    assert sorted(key for key, _ in ranked) == sorted(set(TEXTS) - {*yes, *no})
    scores = [score for _, score in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_what_is_decided_has_its_place_too() -> None:
    ranked = Ranker(TEXTS, ["guild"]).rank(["a"], ["b"])
    assert sorted(key for key, _ in ranked.scores) == sorted(TEXTS)
    assert [key for key, _ in ranked.scores].index("a") < 2
    assert [entry for entry in ranked.scores if entry[0] not in "ab"] == ranked.undecided


def test_ties_are_in_the_order_of_keys() -> None:
    texts = {"z": "salt", "m": "salt", "b": "salt", "yes": "loom", "no": "salt mine"}
    assert [key for key, _ in rank(texts, ["yes"], ["no"])] == ["b", "m", "z"]


def test_the_order_of_what_goes_in_does_not_matter() -> None:
    texts, relevant = made_up(4, 80, 0.3)
    no = sorted(set(texts) - relevant)[:20]
    yes = sorted(relevant)[:10]
    turned = dict(reversed(texts.items()))
    assert rank(texts, yes, no) == rank(turned, yes[::-1], no[::-1])


def test_ranking_again_forgets_decisions_that_were_withdrawn() -> None:
    ranker = Ranker(TEXTS, ["guild"])
    before = ranker.rank((), ()).scores
    ranker.rank(["b"], ["a"])
    assert ranker.rank((), ()).scores == before


@pytest.mark.parametrize("texts", [{}, {"a": ""}, {"a": "", "b": "the and de"}, {"a": "123 ! ?"}])
def test_nothing_to_go_by(texts: Mapping[str, str]) -> None:
    ranked = Ranker(texts, ["..."]).rank((), ())
    assert ranked.undecided == [(key, 0.0) for key in sorted(texts)]
    assert ranked.words_for("a") == ()


def test_decisions_on_texts_without_words() -> None:
    ranked = rank({"a": "", "b": "", "c": ""}, ["a"], ["b"])
    assert [key for key, _ in ranked] == ["c"]


def test_the_words_that_speak_for_a_candidate() -> None:
    ranker = Ranker(TEXTS)
    ranked = ranker.rank(["a"], ["b"])
    # Whatever somebody else's decisions make of the same texts meanwhile.
    assert ranker.rank(["b"], ["a"]).words_for("d")
    assert ranked.words_for("c")[0] == "weaver"
    assert not {"salt", "mining"} & set(ranked.words_for("c"))
    assert ranked.words_for("d") == ()
    assert ranked.words_for("nobody") == ()


def test_words_come_from_the_seeds_before_anything_is_decided() -> None:
    ranked = Ranker(TEXTS, ["guild of bakers"]).rank((), ())
    assert set(ranked.words_for("e", 2)) == {"guild", "bakers"} or ranked.words_for("e", 2) == (
        "guild bakers",
    )


def test_no_word_is_said_twice_and_no_more_than_asked() -> None:
    texts, relevant = made_up(5, 80, 0.3)
    ranked = Ranker(texts).rank(relevant, set(texts) - relevant)
    for key in relevant:
        said = " ".join(ranked.words_for(key, 4)).split()
        assert len(ranked.words_for(key, 4)) == 4
        assert len(said) == len(set(said))


def test_vectors_are_those_of_scikit_learn() -> None:
    texts = [f"the {text}" for text in made_up(6, 60)[0].values()]
    ours = vectorise(texts)
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95)
    matrix = theirs.fit_transform(texts)
    assert "the" not in theirs.vocabulary_
    columns = [theirs.vocabulary_[word] for word in words_of(ours)]
    assert sorted(columns) == list(range(matrix.shape[1]))
    assert np.allclose(matrix[:, columns].toarray(), ours.rows.toarray())


def test_words_lose_case_and_accents() -> None:
    words = words_of(vectorise(["Één Coöperatie van de boeren-bond, 2019"]))
    assert words[:6] == ["een", "cooperatie", "van", "de", "boeren", "bond"]
    assert words[6:8] == ["2019", "een cooperatie"]


def test_no_stop_word_and_no_number_is_given_as_a_reason() -> None:
    texts = {
        "yes": "the guild of 2019 and the loom", "no": "a mine in hills", "x": "the loom of 2019"
    }  # fmt: skip
    for ranked in (rank_of(texts, ["the loom of 2019"]), rank_of(texts, (), ["yes"], ["no"])):
        assert ranked.scores[0][0] in ("x", "yes")
        assert ranked.words_for("x") == ("loom",)


# --- stopping ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("order", "left"), [((), 5), ((False, True), 5), ((True, False), 0)])
def test_no_hint(order: Sequence[bool], left: int) -> None:
    assert hint(order, left) is None


def test_a_hint_counts_the_run_and_what_was_found() -> None:
    found = hint([False, True, True, *[False] * 30], 30)
    assert found == StoppingHint(run=30, left=30, found=2, most=4)
    assert found.recall == pytest.approx(2 / 6)


def test_nothing_found_and_nothing_left_to_find() -> None:
    found = hint([False] * 400, 1)
    assert found is not None
    assert (found.most, found.recall) == (0, None)
    assert "0 %" in found.words("en")[0]


@given(st.integers(1, 200), st.integers(1, 200))
def test_the_bound_is_the_highest_that_so_long_a_run_does_not_rule_out(run: int, left: int) -> None:
    found = hint([False] * run, left)
    assert found is not None

    def chance(relevant: int) -> Fraction:
        return Fraction(comb(run + left - relevant, run), comb(run + left, run))

    assert chance(found.most) > Fraction(1, 20)
    assert found.most == left or chance(found.most + 1) <= Fraction(1, 20)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_the_p_value_and_the_bound_say_the_same(run: int, left: int, found: int) -> None:
    given_ = hint([*[True] * found, *[False] * run], left)
    assert given_ is not None
    # The fewest left with which less than 95 % were found, in whole numbers.
    fewest = floor(Fraction(found * 20, 19)) - found + 1
    assert USUAL.fewest(found) == fewest
    assert unlikely(run, left, fewest, USUAL) == (given_.most < fewest)
    shown = Fraction(found, found + given_.most) >= Fraction(19, 20)
    assert unlikely(run, left, fewest, USUAL) == shown


@pytest.mark.parametrize(("number", "relevant"), [(200, 5), (400, 20), (400, 100)])
def test_one_look_at_a_random_order_is_wrong_at_most_once_in_twenty(
    number: int, relevant: int
) -> None:
    rng = np.random.default_rng(number + relevant)
    truth = np.arange(number) < relevant
    looks = [number // 4, number // 2, number * 9 // 10]
    above, stopped = np.zeros(3), np.zeros(3)
    tries = 600
    for _ in range(tries):
        order = rng.permutation(truth).tolist()
        for place, moment in enumerate(looks):
            found = hint(order[:moment], number - moment)
            if found is not None:
                above[place] += sum(order[moment:]) > found.most
                told = missed(order[:moment], number - moment) <= 0.05
                stopped[place] += told and found.found < 0.95 * relevant
    # Two standard errors above 5 %, with so many tries.
    assert max(above) / tries <= 0.05 + 2 * (0.05 * 0.95 / tries) ** 0.5
    assert max(stopped) / tries <= 0.05
    assert max(above) > 0  # the test looks where the bound can be wrong


def test_a_ranked_order_may_be_stopped_before_its_end_with_what_was_promised() -> None:
    texts, relevant = made_up(1)
    order = screened(Ranker(texts), relevant, len(texts))
    kept = 0
    for moment in range(100, len(order), 25):
        found = hint(order[:moment], len(order) - moment)
        if found is not None and found.recall is not None:
            kept += 1
            assert sum(order[:moment]) / len(relevant) >= found.recall
    assert kept > 5


@pytest.mark.parametrize(("language", "words"), [("en", "at most 4"), ("nl", "hoogstens 4")])
def test_a_hint_says_what_it_assumes(language: str, words: str) -> None:
    found = hint([True, *[False] * 30], 30)
    assert found is not None
    said, assumed = found.words(language)
    assert words in said
    assert {"en": "that run", "nl": "die reeks"}[language] in assumed
    assert "30" in said
    assert "20 %" in said  # 1 of 5


def test_the_share_found_is_never_rounded_up() -> None:
    assert "at least 99 %" in StoppingHint(run=300, left=100, found=999, most=1).words("en")[0]
