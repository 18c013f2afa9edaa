from typing import Any

import pytest

from labrunner.expectation import HIDDEN, Failure, expect
from labrunner.facts import Fact


def fact(value: object, *, hidden: bool = False) -> Fact[object]:
    return Fact(value, "somewhere", "docker …", hidden=hidden)


GONE: Fact[object] = Fact(None, "somewhere", "docker …", "no container lr-web", "container/lr-web")


@pytest.mark.parametrize(("value", "wanted"), [(False, 0), (0, False), (1, True), (True, 1), ([True], [1]), ("1", 1)])
def test_a_truth_is_no_number(value: object, wanted: object) -> None:
    with pytest.raises(Failure):
        expect(fact(value)).equals(wanted)
    with pytest.raises(Failure):
        expect(fact(value)).is_in([wanted])


@pytest.mark.parametrize(("value", "wanted"), [(1, 1.0), ((1, 2), [1, 2]), ({"a"}, ["a"]), (False, False), ("", "")])
def test_the_same_value_equals(value: object, wanted: object) -> None:
    expect(fact(value)).equals(wanted)
    expect(fact(value)).is_in([None, wanted])


def test_what_is_absent_fails_every_verb_but_one() -> None:
    judged: list[Any] = [
        lambda: expect(GONE).equals(None),
        lambda: expect(GONE).is_in([None]),
        lambda: expect(GONE).contains("x"),
        lambda: expect(GONE).matches("."),
        lambda: expect(GONE).at_least(0),
        lambda: expect(GONE).is_there(),
    ]
    for judge in judged:
        with pytest.raises(Failure):
            judge()
    expect(GONE).is_absent()


def test_what_is_there_is_not_absent_even_when_it_is_nothing_much() -> None:
    values: list[Any] = [0, "", False, []]
    for value in values:
        expect(fact(value)).is_there()
        with pytest.raises(Failure):
            expect(fact(value)).is_absent()


def test_contains_looks_into_texts_lists_and_mappings() -> None:
    expect(fact("hello")).contains("ell")
    expect(fact(["a", "b"])).contains("a")
    expect(fact({"a": 1})).contains("a")
    for value in ("hello", ["ab"], {"b": 1}, 5, None):
        with pytest.raises(Failure):
            expect(fact(value)).contains("a")


def test_containing_nothing_is_no_claim() -> None:
    with pytest.raises(ValueError, match="empty"):
        expect(fact("anything")).contains("")


def test_at_least_is_no_claim_about_text() -> None:
    expect(fact(3)).at_least(3)
    with pytest.raises(Failure):
        expect(fact(2)).at_least(3)
    with pytest.raises(TypeError):
        expect(fact("9")).at_least(3)


def test_an_answer_is_never_printed_right_or_wrong() -> None:
    with pytest.raises(Failure) as caught:
        expect(fact("wrong-guess", hidden=True)).equals("the-secret")
    assert caught.value.expected == HIDDEN
    assert "the-secret" not in str(caught.value)
    assert "wrong-guess" not in str(caught.value)


def test_an_author_who_raises_a_failure_prints_no_answer_either() -> None:
    assert Failure("the-secret", fact("guess", hidden=True)).expected == HIDDEN


def test_a_fact_that_derives_from_an_answer_is_as_hidden() -> None:
    derived = fact("Guess", hidden=True).map(lambda text: str(text).lower())
    with pytest.raises(Failure) as caught:
        expect(derived).equals("the-secret")
    assert "guess" not in str(caught.value)
