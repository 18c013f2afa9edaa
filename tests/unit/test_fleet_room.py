"""What room the Pods of a class ask for: more where a lab needs a cluster for what is graded of it, and only there."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from labrunner.errors import UsageError
from labrunner.fleet import class_run, pods
from labrunner.fleet.class_run import Wanted
from labrunner.fleet.pods import PodTerms
from tests.handed_in import handed_in
from tests.unit.test_fleet_asked import a_class


def manifests_of(folder: Path, lab: str, told: str) -> list[dict[str, Any]]:
    """Return the manifests of a class of one, with what its teacher says of Pods."""
    student = handed_in(folder / "in", "2026001", {f"/{lab}/solve.sh": "true\n"})
    file = folder / "pods.yaml"
    file.write_text(f"{told}\n", encoding="utf-8")
    wanted = Wanted("c", registry="https://registry.example", image="grader:1", pods=pods.read(file))
    with a_class(folder, lab=lab) as of:
        return list(yaml.safe_load_all(class_run.documents([student], of, wanted)))


@pytest.mark.usefixtures("home")
def test_pods_of_a_lab_of_the_cluster_have_room_for_one_and_what_the_teacher_says_stays(tmp_path: Path) -> None:
    job = manifests_of(tmp_path, "kubernetes-parts", "cpu: 2\nminutes: 20")[-1]
    pod = job["spec"]["template"]["spec"]
    engine = pod["initContainers"][0]["resources"]
    more = pods.WITH_CLUSTER
    assert engine["limits"]["memory"] == more["memory_limit"]
    assert engine["requests"] == {"cpu": "2", "memory": more["memory"]}
    assert pod["activeDeadlineSeconds"] == 20 * 60


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("lab", ["docker-basics", "what-is-docker"])
def test_pods_that_need_no_cluster_for_what_is_graded_stay_small(tmp_path: Path, lab: str) -> None:
    engine = manifests_of(tmp_path, lab, "retries: 1")[-1]["spec"]["template"]["spec"]["initContainers"][0]
    assert engine["resources"]["limits"]["memory"] == PodTerms().memory_limit


@pytest.mark.usefixtures("home")
def test_too_little_memory_for_a_cluster_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{pods.LEAST_WITH_CLUSTER} MiB at least, and memory-limit is 4Gi"):
        manifests_of(tmp_path, "kubernetes-parts", "memory-limit: 4Gi")
