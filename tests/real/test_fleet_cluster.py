"""A lab of the cluster graded as its Pod would: a cluster is made inside, and the grade is the one of here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.scale import as_pods
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.fleet import assembled
from labrunner.grading import class_run
from labrunner.narrate import Quiet
from labrunner.values import per_student
from labrunner.world.endpoint import Endpoint
from tests.handed_in import handed_in
from tests.installation import Installation
from tests.real.test_fleet import PACK, results, teacher, without

__all__ = ["teacher"]
pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(1800, func_only=True)]
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
def here(teacher: Installation, cluster: KindCluster, endpoint: Endpoint, course: Path, handed: Path) -> Iterator[Path]:
    """The folder of its result here; this cluster is then stopped: some machines have no room for two."""
    out = course.parent / "here"
    words = ("--labs", str(PACK), "--yes", "grade", "--trust-students", "--course", str(course), "--out", str(out))
    done = teacher.run(*words, str(handed), limit=400)
    assert done.code == 1, done.stdout + done.stderr
    docker(endpoint, "stop", "-t", "1", *cluster.nodes.values(), limit=120)
    yield out
    docker(endpoint, "start", *cluster.nodes.values())


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
