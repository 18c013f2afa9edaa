"""A lab of the cluster, interrupted wherever its commands touch the world: the next ones put it right."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labrunner.environment.cluster_record import KindCluster
from labrunner.world.endpoint import Endpoint
from tests.faults.ground import owner
from tests.faults.on_the_cluster import ASLEEP, AWAKE, stood_on, walked
from tests.faults.striking import Case, quick
from tests.faults.walk import Words
from tests.gate.tally import SAID
from tests.installation import Installation
from tests.real.test_kubernetes import Production

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
    production = Production(tmp_path)
    for file in found.environ["KUBECONFIG"].split(":"):
        Path(file).write_text(json.dumps(production.merged_into({})), encoding="utf-8")
    yield found
    production.close()
    assert production.hits == 0, "somebody talked to the user's own cluster"
    assert not production.canary.exists(), "a program that the user's kubeconfig names was run"


def test_a_lab_of_the_cluster_is_put_right_wherever_it_was_interrupted(
    learner: Installation, endpoint: Endpoint, request: pytest.FixtureRequest
) -> None:
    assert endpoint.daemon_id
    with stood_on(learner.home):
        awake = walked(learner, AWAKE, _first(CHANGES), AWAKE_FOR)
    asleep = walked(learner, ASLEEP, _only(FREEZES), ASLEEP_FOR)
    for name, tally in (("awake", awake), ("asleep", asleep)):
        request.config.stash.setdefault(SAID, []).extend(f"with the cluster {name}: {line}" for line in tally.lines())
        assert not tally.problems, "\n".join(tally.told())
        assert not tally.left
        assert {case.partition(":")[0] for case in tally.met} == set(tally.points), "every command was interrupted"


def _first(prefixes: tuple[str, ...]) -> Callable[[Words, tuple[str, ...]], list[Case]]:
    return lambda words, labels: sorted(quick(words, labels), key=lambda case: not case.label.startswith(prefixes))


def _only(prefixes: tuple[str, ...]) -> Callable[[Words, tuple[str, ...]], list[Case]]:
    return lambda words, labels: [case for case in quick(words, labels) if case.label.startswith(prefixes)]
