"""What is not known is neither there nor absent for whoever needs it, and can be shown."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.expectation import Failure, expect
from labrunner.facts import Fact, NotRecorded
from labrunner.withheld import CUT, SECRET, Withheld, hides, marked

WHOLE, PART, LONG = Withheld(SECRET), Withheld(f"--password={SECRET}"), Withheld(f"first lines{CUT}")


def fact(value: Any) -> Fact[Any]:
    return Fact(value, "container lr-web, Config.Env", "docker inspect lr-web")


def test_it_can_be_shown_and_written_down() -> None:
    assert f"{PART}" == "--password=‹withheld›"
    assert json.loads(json.dumps([PART])) == [str(PART)]
    assert type(copy.deepcopy({"a": PART})["a"]) is Withheld
    assert " ".join(["run", *[PART]]) == "run --password=‹withheld›"


@pytest.mark.parametrize("text", [WHOLE, PART, LONG], ids=["whole", "part", "cut"])
@pytest.mark.parametrize(
    "read",
    [
        lambda text: text.startswith("-"),
        lambda text: text.splitlines(),
        lambda text: "x" in text,
        lambda text: {text},
        lambda text: text[0],
        len,
        lambda text: text < "x",
        lambda text: text == Withheld(text),
        lambda text: text != Withheld(text),
        lambda text: fact(text).map(str.strip),
        lambda text: expect(fact(text)).equals("x"),
        lambda text: expect(fact(text)).is_in(["x"]),
        lambda text: expect(fact(text)).matches("x"),
        lambda text: expect(fact(text)).contains("zzz"),
        lambda text: expect(fact([text])).equals(["x"]),
        lambda text: expect(fact(["a", text])).contains("x"),
        lambda text: expect(fact({"TOKEN": text})).equals({"TOKEN": "x"}),
        lambda text: expect(fact({"TOKEN": text}).map(lambda env: env["TOKEN"])).equals("x"),
        lambda text: expect(fact(str(text))).equals("x"),
    ],
)
def test_who_needs_it_is_told_that_it_was_not_recorded(text: str, read: Callable[[str], object]) -> None:
    with pytest.raises(NotRecorded, match="withheld"):
        read(text)


def test_what_the_known_part_decides_is_decided() -> None:
    assert PART != "--verbose"
    assert "--verbose" in ["run", PART, "--verbose"]
    expect(fact(["run", PART, "--verbose"])).contains("--verbose")
    expect(fact(LONG)).contains("first")
    expect(fact({"TOKEN": WHOLE})).contains("TOKEN")
    with pytest.raises(Failure):
        expect(fact({"TOKEN": WHOLE})).contains("MODE")
    with pytest.raises(NotRecorded):
        expect(fact(["run", PART])).contains("--password=a")


def test_it_is_there_and_not_absent() -> None:
    expect(fact(WHOLE)).is_there()
    with pytest.raises(Failure):
        expect(fact(WHOLE)).is_absent()


def test_the_marker_is_no_text_that_a_claim_can_find() -> None:
    with pytest.raises(NotRecorded):
        expect(fact(LONG)).contains("cut")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([SECRET, f"a{CUT}", "plain"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_what_was_written_is_marked_again_and_nothing_else(value: Any) -> None:
    again = marked(value)
    assert json.dumps(again) == json.dumps(value)
    assert _withheld(again) == hides_values(value)


def _withheld(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_withheld(one) for one in value.values())
    return any(_withheld(one) for one in value) if isinstance(value, list) else isinstance(value, Withheld)


def hides_values(value: Any) -> bool:
    if isinstance(value, dict):
        return any(hides_values(one) for one in value.values())
    return any(hides_values(one) for one in value) if isinstance(value, list) else hides(value)
