"""A machine that reaches nothing and has nothing built: with a bundle a lab starts there, is begun, and ends."""

from collections.abc import Callable
from pathlib import Path

import pytest

from labrunner import process, wait
from tests.installation import LAB, Installation
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(500, func_only=True)]


def cut_off(machine: Installation) -> None:
    """Take the way out of the machine's network: no registry, no index of packages, no proxy is reached any more."""
    away = process.run([*machine.before, "ip", "route", "del", "default"], limit=20)
    assert away.ok, away.stderr
    assert not process.run([*machine.before, "ip", "route", "get", "192.0.2.1"], limit=20).ok


def test_a_lab_starts_with_a_bundle_and_no_network_at_all(
    machine: Callable[..., Machine], own: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times: dict[str, float] = {}
    began = wait.now()
    saved = own.run("bundle", "save", str(tmp_path / "bundle"), LAB, "--python", "none", limit=200)
    times["save"] = wait.now() - began
    assert saved.code == 0, saved.stderr
    learner = machine().installation
    cut_off(learner)
    learner.environ["LABRUNNER_CACHE"] = str(tmp_path / "cache")
    before = learner.inventory()
    for name, words in (
        ("load", ("bundle", "load", str(tmp_path / "bundle"))),
        ("start", ("start", LAB)),
        ("solve", ("solve",)),  # the first step alone: it pulls and runs
        ("stop", ("stop",)),
    ):
        began = wait.now()
        done = learner.run(*words, limit=200)
        times[name] = wait.now() - began
        assert done.code == 0, f"{name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        assert "build" not in done.stderr, done.stderr
    assert learner.inventory() == before
    size = (tmp_path / "bundle/docker.tar").stat().st_size
    assert size < 150_000_000
    with capsys.disabled():
        print(f"\n  {size / 1e6:.0f} MB: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items()))  # noqa: T201
