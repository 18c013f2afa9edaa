"""Where objects are looked for, and what cannot be asked for at all."""

import json
from pathlib import Path

import pytest

from labrunner import asking
from labrunner.errors import ClusterDown, UsageError
from labrunner.outcome import Outcome, Report, Verdict


def opened(home: Path, slug: str, **kept: object) -> None:
    folder = home / "state" / "labs" / slug
    folder.mkdir(parents=True)
    (folder / "lab.json").write_text(json.dumps(kept), encoding="utf-8")


def test_it_is_looked_where_the_open_lab_lives(home: Path) -> None:
    opened(home, "kubernetes-parts", endpoint={"url": "unix:///lab.sock"}, namespace="lab-kubernetes-parts")
    assert asking.place() == asking.Place("unix:///lab.sock", "lab-kubernetes-parts")


def test_without_a_lab_it_is_looked_where_docker_would(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///mine.sock")
    assert asking.place() == asking.Place("unix:///mine.sock", "default")
    opened(home, "broken")
    assert asking.place().docker == "unix:///mine.sock"


@pytest.mark.parametrize("namespace", ["../../x", "UPPER", "-a", "a b", "x" * 64])
def test_what_is_no_namespace_is_never_asked_for(namespace: str) -> None:
    with pytest.raises(UsageError):
        asking.why("pod/x", namespace=namespace)


@pytest.mark.usefixtures("home")
def test_without_the_courses_cluster_no_other_is_asked() -> None:
    with pytest.raises(ClusterDown) as none:
        asking.why("pod/x")
    assert "labrunner start" in none.value.hint


def test_only_what_does_not_hold_in_the_current_step_is_explained_unless_more_is_asked_for() -> None:
    verdicts = tuple(
        Verdict("a-lab", step, check, "claim", outcome)
        for step, check, outcome in (
            ("one", "a", Outcome.PASS),
            ("two", "b", Outcome.PASS),
            ("two", "c", Outcome.FAIL),
            ("three", "d", Outcome.FAIL),
            ("three", "e", Outcome.BLOCKED),
        )
    )
    report = Report("a-lab", verdicts)
    assert [one.check for one in asking.broken(report).verdicts] == ["c"]
    assert [one.check for one in asking.broken(report, more=True).verdicts] == ["c", "d"]
