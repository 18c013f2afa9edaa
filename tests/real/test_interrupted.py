"""A lab of the cluster, interrupted where its commands touch the cluster: the next ones put it right."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from labrunner.environment import cluster_sleep
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.cluster_safety import read
from labrunner.world.endpoint import Endpoint
from tests.faults.striking import CODES, RIGHTLY, WAYS, Case, at_work, gone, struck
from tests.gate.tally import SAID
from tests.installation import Installation
from tests.real.test_kubernetes import SLUG, pack

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(900, func_only=True)]
START, RESET, STOP = ("start", SLUG), ("reset",), ("--yes", "stop")
EACH = 2
"""Touches of a command that are interrupted: the rest of what it does is interrupted on an engine without a cluster."""
CHANGES = ("Popen kubectl", "send POST /api", "send DELETE /api", "send PATCH /api", "Popen docker unpause")


def test_a_lab_of_the_cluster_is_put_right_wherever_it_was_interrupted(
    endpoint: Endpoint, cluster: KindCluster, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    more = {"LABRUNNER_LABS": str(pack(tmp_path)), "KUBECONFIG": str(tmp_path / "production")}
    learner = Installation(Path(os.environ["LABRUNNER_HOME"]), more, port=int(os.environ["LABRUNNER_PORT"]))
    points = {words: changes(learner, words) for words in (START, RESET, STOP)}
    before = namespaces(endpoint, cluster)
    ways = [(words, label) for words, found in points.items() for label in found[:EACH]]
    assert len(ways) >= len(points), points
    met = 0
    for number, (words, label) in enumerate(ways):
        if words != START:
            assert learner.run(*START).code == 0
        sign, after = WAYS[number % len(WAYS)]
        found = struck(learner, words, Case(words, label, 1, sign, after))
        assert found.met or found.done.code == 0, found.done.stderr
        met += found.met
        if found.met:
            assert found.done.code in CODES[sign], (words, label, sign, found.done.stderr)
        assert "Traceback" not in found.done.stderr
        assert gone(learner.home, but=RIGHTLY), at_work(learner.home, RIGHTLY)
        told = json.loads(learner.run("status", "--json").stdout)
        if told["lab"]:
            assert learner.run("check").code == 1, "what is said to be open can be worked in"
        righted = learner.run(*(START if number % 2 else STOP))
        assert righted.code == 0, (words, label, sign, righted.stderr)
        if not number % 2:
            assert namespaces(endpoint, cluster) == before, (words, label, sign)
    assert learner.run(*STOP).code == 0
    assert namespaces(endpoint, cluster) == before
    there = ", ".join(f"{' '.join(words)} {len(found)}" for words, found in points.items())
    request.config.stash.setdefault(SAID, []).append(
        f"interrupted in the cluster {met} times (labels of touches that change it: {there}), namespaces left 0"
    )


def changes(learner: Installation, words: tuple[str, ...]) -> list[str]:
    """Run a command to its end, and return what in the cluster it changes, once each."""
    found = struck(learner, words)
    assert found.done.code == 0, found.done.stderr
    return list(Counter(label for label in found.labels if label.startswith(CHANGES)))


def namespaces(endpoint: Endpoint, cluster: KindCluster) -> set[str]:
    """Return the names of the cluster's namespaces; it may sleep."""
    cluster_sleep.wake(endpoint, cluster)
    return {one["metadata"]["name"] for one in read(endpoint, cluster, "/api/v1/namespaces")["items"]}
