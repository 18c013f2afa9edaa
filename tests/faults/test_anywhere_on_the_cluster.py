"""Interrupted anywhere on the cluster: while it is made, while a lab stands on it, as it falls asleep, as it goes.

It has an installation and a cluster of its own, and is run by `bin/test faults`: the gate has no time for it.
"""

import os
from pathlib import Path

import pytest

from tests.faults.ground import owner
from tests.faults.on_the_cluster import ASLEEP, AWAKE, BARE, LIMIT, START, beside_production, stood_on, told, walked
from tests.faults.striking import Case, every
from tests.faults.walk import Words
from tests.installation import Installation, stopped_after

MINUTES = float(os.environ.get("LABRUNNER_FAULTS_MINUTES") or 45)
"""After so many nothing more is interrupted; half of it is for a cluster that is awake."""
pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(MINUTES * 60 + 1200, func_only=True)]
FREEZES = ("Popen docker pause", "Popen docker unpause", "Popen python -m labrunner.environment.cluster_sleep",
           "Popen kubectl", "flock", "rename")  # fmt: skip
MAKING = {
    "start": (("Popen kind", "INT", True), ("Popen kind", "KILL", True), ("Popen docker update", "TERM", True),
              ("rename /state/cluster/cluster.json", "KILL", True)),
    "--yes": (("Popen docker rm", "KILL", False), ("Popen docker rm", "INT", True), ("Popen docker rm", "KILL", True)),
}  # fmt: skip
"""Where making and removing a cluster is interrupted: each costs a minute or two."""


def test_whatever_is_interrupted_on_the_cluster_the_next_command_puts_right(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    learner = owner(Installation(tmp_path / "own"), tmp_path / "user")
    with stopped_after(learner), beside_production(learner, tmp_path):
        bare = walked(learner, BARE, _making, MINUTES * 60 / 4)
        assert learner.run(*START, limit=LIMIT).code == 0
        with stood_on(learner.home):
            awake = walked(learner, AWAKE, lambda words, labels: list(every(words, labels)), MINUTES * 60 / 2)
        asleep = walked(learner, ASLEEP, _freezing, MINUTES * 60 / 4)
    for name, tally in (("made and removed", bare), ("awake", awake), ("asleep", asleep)):
        told(f"cluster, {name}", tally, request.config)


def _making(words: Words, labels: tuple[str, ...]) -> list[Case]:
    chosen = [one for one in MAKING[words[0]] if one[0] in labels]
    assert len(chosen) == len(MAKING[words[0]]), sorted(set(labels))
    return [Case(words, label, 1, sign, after) for label, sign, after in chosen]


def _freezing(words: Words, labels: tuple[str, ...]) -> list[Case]:
    return [case for case in every(words, labels) if case.label.startswith(FREEZES)]
