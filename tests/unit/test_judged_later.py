"""A hidden check that is judged over what was kept has the time that it would have waited, and no other check has."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labrunner import catalog
from labrunner.grading import regrade
from labrunner.outcome import Outcome, Verdict
from tests.handed_in import PACK

HIDDEN = frozenset({"goes_on"})


def outcomes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, first: dict[str, Outcome], later: dict[str, Outcome]
) -> Any:
    read: list[str] = []

    def recheck(file: Path, **_: Any) -> Any:
        read.append(file.name)
        said = later if "later" in file.name else first
        verdicts = [Verdict("front-desk", "clerk", check, "a claim", one) for check, one in said.items()]
        return SimpleNamespace(report=SimpleNamespace(verdicts=verdicts))

    monkeypatch.setattr(regrade.rechecking, "recheck", recheck)
    loaded = catalog.load("front-desk", PACK)
    found = regrade.judged(folder, "clerk", loaded, HIDDEN)
    return {one.check: one.outcome for one in found}, read


def test_what_did_not_hold_at_first_is_judged_over_what_was_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clerk.later.json.gz").touch()
    first = {"open": Outcome.FAIL, "goes_on": Outcome.FAIL}
    later = {"open": Outcome.PASS, "goes_on": Outcome.PASS}
    assert outcomes(tmp_path, monkeypatch, first, later)[0] == {"open": Outcome.FAIL, "goes_on": Outcome.PASS}


def test_what_held_at_first_stands_as_it_does_where_it_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clerk.later.json.gz").touch()
    first = {"open": Outcome.FAIL, "goes_on": Outcome.PASS}
    later = {"open": Outcome.PASS, "goes_on": Outcome.FAIL}
    found, read = outcomes(tmp_path, monkeypatch, first, later)
    assert found == first
    assert read == ["clerk.json.gz"]


def test_where_nothing_was_read_later_the_first_reading_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"goes_on": Outcome.FAIL}
    assert outcomes(tmp_path, monkeypatch, first, {"goes_on": Outcome.PASS})[0] == first
