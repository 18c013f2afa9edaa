from typing import Any

import pytest

from labrunner.facts import Fact, shown

HERE: Fact[dict[str, Any]] = Fact({"a": {"b": 0}, "n": None}, "container x", "docker inspect x", subject="container/x")


def test_a_derived_fact_says_where_it_comes_from() -> None:
    inner = HERE.map(lambda raw: raw["a"]["b"], "a.b")
    assert (inner.value, inner.source, inner.see, inner.subject) == (
        0,
        "container x, a.b",
        "docker inspect x",
        "container/x",
    )
    assert inner.known


@pytest.mark.parametrize("read", [lambda r: r["z"], lambda r: r["a"]["b"]["c"], lambda r: r["n"], lambda r: r["a"][0]])
def test_a_field_that_is_not_there_is_absent_and_no_error(read: Any) -> None:
    found = HERE.map(read, "z")
    assert not found.known
    assert found.absent == "no container x, z"


def test_what_is_absent_stays_absent_with_its_reason() -> None:
    gone: Fact[str] = Fact(None, "container x", "", "no container x", "container/x")
    assert gone.map(len).map(lambda n: n + 1).absent == "no container x"


def test_an_error_of_the_reader_is_not_taken_for_absence() -> None:
    with pytest.raises(ZeroDivisionError):
        HERE.map(lambda _: 1 // 0)


def test_values_are_shown_as_json_has_them() -> None:
    assert shown({1: ("a", {"c", "b"})}) == {"1": ["a", ["b", "c"]]}
