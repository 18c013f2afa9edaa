"""A lab of the cluster, interrupted wherever its commands touch the world: the next ones put it right."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labrunner.environment.cluster_record import KindCluster
from tests.faults.ground import owner
from tests.faults.on_the_cluster import ASLEEP, AWAKE, START, beside_production, stood_on, told, walked
from tests.faults.striking import Case, quick
from tests.faults.walk import Words
from tests.installation import Installation

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(600, func_only=True)]
AWAKE_FOR, ASLEEP_FOR = 55.0, 25.0
"""Seconds after which no further touch is interrupted; the rest of them is for `bin/test faults`."""
CHANGES = ("Popen kubectl create", "Popen kubectl apply", "Popen kubectl delete", "Popen sh", "Popen python", "rename")
"""What changes the cluster, or what is written of it."""
FREEZES = ("Popen docker pause", "Popen docker unpause", "Popen python -m labrunner.environment.cluster_sleep")


@pytest.fixture
def learner(cluster: KindCluster, tmp_path: Path) -> Iterator[Installation]:
    """Who has the session's cluster, and kubeconfigs of their own that lead to production."""
    assert cluster.uid
    home, port = Path(os.environ["LABRUNNER_HOME"]), int(os.environ["LABRUNNER_PORT"])
    found = owner(Installation(home, port=port), tmp_path / "user")
    with beside_production(found, tmp_path):
        yield found


def test_a_lab_of_the_cluster_is_put_right_wherever_it_was_interrupted(
    learner: Installation, request: pytest.FixtureRequest
) -> None:
    with stood_on(learner.home):
        assert learner.run(*START).code == 0  # the Pod that asks inside stays with the cluster
        told("cluster, awake", walked(learner, AWAKE, _first(CHANGES), AWAKE_FOR), request.config)
    told("cluster, asleep", walked(learner, ASLEEP, _only(FREEZES), ASLEEP_FOR), request.config)


def _first(prefixes: tuple[str, ...]) -> Callable[[Words, tuple[str, ...]], list[Case]]:
    return lambda words, labels: sorted(quick(words, labels), key=lambda case: not case.label.startswith(prefixes))


def _only(prefixes: tuple[str, ...]) -> Callable[[Words, tuple[str, ...]], list[Case]]:
    return lambda words, labels: [case for case in quick(words, labels) if case.label.startswith(prefixes)]
