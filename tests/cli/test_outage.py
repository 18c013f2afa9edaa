"""The command that stops a component of the cluster and brings it back."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from cli_fakes import FakeDoors, FakeLifecycle, Run, report

from labrunner.outcome import Outcome

RECORD = SimpleNamespace(component="kubelet", node="worker", until=time.time() + 200)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    module = SimpleNamespace(
        begin=lambda directory, component, node, _: (seen.append((str(directory), component, node)), RECORD)[1],
        over=lambda: (seen.append("over"), "kubelet")[1],
        record=lambda: RECORD if "stopped" in seen else None,
        is_done_with=lambda _session, _report: "kubelet",
    )
    monkeypatch.setattr(FakeDoors, "outage", lambda _: module, raising=False)
    return seen


def test_what_is_stopped_is_told_with_when_it_comes_back(
    run: Run, asked: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABRUNNER_LAB", "/a/stage")
    assert run("outage", "kubelet", "--node", "worker") == 0
    said = capsys.readouterr().out
    assert asked == [("/a/stage", "kubelet", "worker")]
    assert "kubelet on worker is stopped" in said
    assert "labrunner outage --over" in " ".join(said.split())


def test_over_brings_it_back(run: Run, asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("outage", "--over") == 0
    assert asked == ["over"]
    assert "kubelet is back" in capsys.readouterr().out


def test_outage_alone_says_what_is_stopped(run: Run, asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("outage") == 0
    assert not asked
    assert "nothing is stopped" in capsys.readouterr().out


def test_status_says_what_is_stopped(
    run: Run, asked: list[Any], lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.session.loaded.lab.steps[0].outage("kubelet")
    run("status")
    assert "stopped" not in capsys.readouterr().out
    asked.append("stopped")
    run("status")
    assert "kubelet on worker" in capsys.readouterr().out


def test_over_with_a_component_is_misuse(run: Run, asked: list[Any]) -> None:
    assert run("outage", "kubelet", "--over") == 2
    assert not asked


def test_a_check_brings_back_what_the_lab_needs_no_more(run: Run, asked: list[Any], lifecycle: FakeLifecycle) -> None:
    lifecycle.reports = [report(Outcome.PASS)]
    lifecycle.session.loaded.lab.steps[0].outage("kubelet")
    run("check")
    assert asked == ["over"]
