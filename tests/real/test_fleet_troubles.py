"""Twelve submissions and five troubles at once; collected where LABRUNNER_FLEET=whole says so, for it takes minutes."""

import os
import signal
from typing import Any

import pytest

from labrunner import wait
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.world.endpoint import Endpoint
from tests.handed_in import CLASS, ROOM, right
from tests.installation import Installation
from tests.real.test_fleet import kubectl, line, results, teacher, the_class, there, without

__all__ = ["teacher"]
pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(3000, func_only=True)]
HUNGRY = ROOM + "tail /dev/zero\n"
"""Makes the room, and then eats memory until somebody ends it."""
HUNGRY_ONE = "2026006"
TWELVE: dict[str, dict[str, str]] = {
    **{one: CLASS[one] for one in ("2026001", "2026002", "2026003", "2026005")},
    HUNGRY_ONE: {**right(HUNGRY_ONE), "room.sh": HUNGRY},
    **{f"20260{number:02}": right(f"20260{number:02}") for number in range(7, 14)},
}
"""Right, half right, wrong, never ending (2026005), hungry (2026006), and seven more that are right."""


def marks(result: dict[str, Any]) -> Any:
    """Return what a result comes to: its mark, and the outcome of each check."""
    return result["mark"], [(one["check"], one["outcome"]) for one in result["labs"][0]["checks"]]


def test_five_troubles_at_once_and_the_books_balance_with_the_grades_of_here(
    teacher: Installation, cluster: KindCluster, endpoint: Endpoint
) -> None:
    assert len(TWELVE) == 12
    handed = the_class(teacher, TWELVE)
    begun = teacher.begin(*there(teacher, cluster, "--jobs", "4", *handed))
    chosen = ("get", "pods", "-A", "-l", "labrunner.role=grading", "--field-selector=status.phase=Running")

    def running() -> list[list[str]]:
        listed = kubectl(cluster, *chosen, "--no-headers", "-o", "wide").stdout.splitlines()
        return [one.split() for one in listed]

    assert wait.until(lambda: len(running()) > 1, within=600, every=2), "nothing began"
    namespace, victim = running()[0][:2]
    killed = kubectl(cluster, "-n", namespace, "delete", "pod", victim, "--grace-period=0", "--force")
    assert killed.ok, killed.stderr
    os.kill(begun.pid, signal.SIGKILL)
    begun.communicate(timeout=60)
    worker = cluster.node("worker2")
    docker(endpoint, "stop", "-t", "1", worker)
    try:
        resumed = teacher.run(*there(teacher, cluster, "--jobs", "4", "--resume", *handed), limit=2400)
    finally:
        docker(endpoint, "start", worker)
    assert resumed.code == 1, resumed.stdout + resumed.stderr
    assert "12 handed in: 12 graded, 0 not gradable" in resumed.stderr
    here = teacher.run(*line(teacher, "here"), "--jobs", "2", *handed, limit=1500)
    assert here.code == 1, here.stdout + here.stderr
    found, known = results(teacher.home.parent / "class/there"), results(teacher.home.parent / "class/here")
    assert found.keys() == known.keys() >= TWELVE.keys()
    for student in TWELVE:
        assert marks(found[student]) == marks(known[student]), student
        if student != HUNGRY_ONE:  # whether its script met its limit or its memory's end first is the machine's to say
            assert without(found[student]) == without(known[student]), student
    assert found[HUNGRY_ONE]["gradable"]
