"""Twelve submissions and five troubles at once; collected where LABRUNNER_FLEET=whole says so, for it takes minutes."""

import os
import signal
import sys
from typing import Any

import pytest

from labrunner import wait
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.fleet.place import Place
from labrunner.world.endpoint import Endpoint
from tests.handed_in import CLASS, LAB, ROOM, right
from tests.installation import Installation
from tests.real.accounts import kubectl
from tests.real.test_fleet import built, line, results, shelf, teacher, the_class, there, without

__all__ = ["shelf", "teacher"]
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


def running(cluster: KindCluster) -> dict[str, str]:
    """Return the Pods of the class that run: name → node."""
    chosen = ("get", "pods", "-A", "-l", "labrunner.role=grading", "--field-selector=status.phase=Running")
    listed = kubectl(cluster, *chosen, "--no-headers", "-o", "wide").stdout.splitlines()
    return {one.split()[1]: one.split()[-3] for one in listed}


def test_five_troubles_at_once_and_the_books_balance_with_the_grades_of_here(
    teacher: Installation, cluster: KindCluster, endpoint: Endpoint, shelf: Place
) -> None:
    assert len(TWELVE) == 12
    handed, out = the_class(teacher, TWELVE), teacher.home.parent / "class/there"
    # Named like somebody else's: of the course's own, the controller would wake the node that is lost.
    words = there(teacher, cluster, "--jobs", "4", *built(LAB, shelf, endpoint))
    stays, goes = f"{cluster.name}-worker", f"{cluster.name}-worker2"
    begun = teacher.begin(*words, *handed)
    assert wait.until(lambda: {stays, goes} <= set(running(cluster).values()), within=600, every=2), "nothing began"
    seen = running(cluster)
    victim = next(name for name, node in seen.items() if node == stays)
    namespace = f"labrunner-grading-{teacher.install[:6]}"
    killed = kubectl(cluster, "-n", namespace, "delete", "pod", victim, "--grace-period=0", "--force")
    assert killed.ok, killed.stderr
    docker(endpoint, "stop", "-t", "1", cluster.node("worker2"))
    try:
        begun.send_signal(signal.SIGINT)
        said, _ = begun.communicate(timeout=100)
        assert begun.returncode == 130, said
        assert "goes on by itself: the same command with --resume takes it up" in " ".join(said.split())
        again = teacher.begin(*words, "--resume", *handed)
        assert wait.until(lambda: results(out), within=900, every=1), "nobody was graded"
        os.kill(again.pid, signal.SIGKILL)
        again.communicate(timeout=60)
        first = results(out)
        resumed = teacher.run(*words, "--resume", *handed, limit=2400)
    finally:
        docker(endpoint, "start", cluster.node("worker2"))
    sys.stdout.write(f"{said}\n{resumed.stderr}")  # the books, for whoever runs it with -s
    assert resumed.code == 1, resumed.stdout + resumed.stderr
    assert "12 handed in: 12 graded, 0 not gradable" in resumed.stderr
    assert {one: results(out)[one]["nonce"] for one in first} == {one: first[one]["nonce"] for one in first}, (
        "nobody is graded twice"
    )
    here = teacher.run(*line(teacher, "here"), "--jobs", "2", *handed, limit=1500)
    assert here.code == 1, here.stdout + here.stderr
    found, known = results(out), results(teacher.home.parent / "class/here")
    assert found.keys() == known.keys() >= TWELVE.keys()
    for student in TWELVE:
        assert marks(found[student]) == marks(known[student]), student
        if student != HUNGRY_ONE:  # whether its script met its limit or its memory's end first is the machine's to say
            assert without(found[student]) == without(known[student]), student
    assert found[HUNGRY_ONE]["gradable"]
