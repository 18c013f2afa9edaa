"""A lab of the cluster graded as its Pod would: a cluster is made inside, and the grade is the one of here."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.scale import as_pods
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.fleet import assembled
from labrunner.fleet.place import Place
from labrunner.grading import class_run
from labrunner.narrate import Quiet
from labrunner.values import per_student
from labrunner.world.endpoint import Endpoint
from tests.handed_in import PACK, handed_in
from tests.installation import Installation
from tests.real.test_fleet import built, on, results, shelf, teacher, without

__all__ = ["shelf", "teacher"]
pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(2400, func_only=True)]
LAB, STUDENT = "back-office", "2026001"
NOTE = per_student(STUDENT, LAB, "note")
WORK = {
    "desk.sh": "kubectl run lr-desk --image=localhost:5777/web:1 --port=80 --expose\n",
    "board.sh": f"kubectl create configmap lr-note\nkubectl label configmap lr-note note={NOTE}\n",
    "later.sh": "kubectl create configmap lr-later\n",
}
"""Two steps that are right, and one that lacks the note."""


NAMESPACE = re.compile(rf"lab-{LAB}-[0-9a-f]{{6}}")
"""Is drawn for each grading."""


def same(result: dict[str, Any]) -> Any:
    """Return a result without what differs each time."""
    return without(json.loads(NAMESPACE.sub(f"lab-{LAB}", json.dumps(result))))


@pytest.fixture
def course(tmp_path: Path) -> Path:
    file = tmp_path / "course.yaml"
    file.write_text(f"version: 1\ncourse: c\nlabs: {{{LAB}: }}\n", encoding="utf-8")
    return file


@pytest.fixture
def handed(tmp_path: Path) -> Path:
    return handed_in(tmp_path / "handed-in", STUDENT, {f"/{LAB}/{name}": text for name, text in WORK.items()})


@pytest.fixture
def here(teacher: Installation, course: Path, handed: Path) -> Path:
    """The folder of its result here."""
    out = course.parent / "here"
    done = teacher.run(*line(course, out), str(handed), limit=400)
    assert done.code == 1, done.stdout + done.stderr
    return out


@pytest.fixture
def room(cluster: KindCluster, endpoint: Endpoint) -> Iterator[None]:
    """This cluster is stopped: some machines have no room for two."""
    docker(endpoint, "stop", "-t", "1", *cluster.nodes.values(), limit=120)
    yield
    docker(endpoint, "start", *cluster.nodes.values())


def line(course: Path, out: Path) -> list[str]:
    return ["--labs", str(PACK), "--yes", "grade", "--trust-students", "--course", str(course), "--out", str(out)]


@pytest.fixture
def there(cluster: KindCluster, endpoint: Endpoint, shelf: Place, course: Path, handed: Path) -> list[str]:
    """What is typed to have it graded by this cluster's Pods."""
    pods = course.parent / "pods.yaml"
    pods.write_text(yaml.safe_dump({"cpu": "100m", "memory": "1Gi", "minutes": 25, "retries": 0}), encoding="utf-8")
    words = [*line(course, course.parent / "there"), *on(cluster, pods), *built(LAB, shelf, endpoint)]
    return [*words, "--resume", str(handed)]


@pytest.fixture
def unbounded(cluster: KindCluster, endpoint: Endpoint) -> Callable[[], None]:
    """Let Pods have as many processes as they like, as on most clusters."""
    file = "/var/lib/kubelet/config.yaml"
    more = f"sed -i 's/^podPidsLimit: .*/podPidsLimit: -1/' {file} && grep -q '^podPidsLimit: -1' {file}"

    def unbound() -> None:
        for worker in (cluster.node("worker"), cluster.node("worker2")):
            docker(endpoint, "exec", worker, "sh", "-c", f"{more} && systemctl restart kubelet")

    return unbound


def test_a_lab_of_the_cluster_has_the_grade_in_a_pod_that_it_has_here_and_none_where_the_pod_has_no_room(
    teacher: Installation, there: list[str], unbounded: Callable[[], None], course: Path, here: Path
) -> None:
    refused = teacher.run(*there, limit=600)
    assert refused.code == 3, refused.stdout + refused.stderr
    assert "processes, and needs 2048" in " ".join((refused.stdout + refused.stderr).split())
    unbounded()
    done = teacher.run(*there, limit=1700)
    assert done.code == 1, done.stdout + done.stderr
    assert "1 handed in: 1 graded, 0 not gradable" in done.stderr
    assert same(results(course.parent / "there")[STUDENT]) == same(results(here)[STUDENT])


@pytest.mark.usefixtures("room")
def test_a_lab_of_the_cluster_has_the_grade_in_a_pods_own_cluster_that_it_has_here(
    here: Path, course: Path, handed: Path
) -> None:
    terms = class_run.terms(course=course, trust="local", isolation="", trusting=True, extra=PACK)
    with class_run.opened(terms, Quiet(yes=True)) as of:
        [(read, files, _)] = as_pods([handed], of, course.parent / "copies", 1)
        class_run.write(assembled.result(read.read, of, files, course.parent / "evidence"), course.parent / "there")
    found = results(course.parent / "there")[STUDENT]
    assert same(found) == same(results(here)[STUDENT])
    outcomes = {one["check"]: one["outcome"] for one in found["labs"][0]["checks"]}
    assert [name for name, outcome in outcomes.items() if outcome != "pass"] == ["later_note_is_on_the_board"]
