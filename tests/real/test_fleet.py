"""A class on the course's own cluster, as if it were the teacher's: the same grades as here, come what may."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from labrunner import catalog
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.registry import Registry
from labrunner.environment.settings import Settings
from labrunner.fleet import class_image, place
from labrunner.fleet.place import Place
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint
from tests.faults.on_the_cluster import stood_on
from tests.handed_in import CLASS, COURSE, LAB, PACK, handed_in
from tests.installation import Installation
from tests.real import accounts
from tests.real.accounts import kubectl
from tests.real.locked import Locked, locked

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(1500, func_only=True)]
ASIDE = ("run", "nonce", "started", "ended", "seconds", "own_seconds", "versions", "output")
"""What differs between two gradings of the same: times, hosts, and what is drawn anew."""
QUICK = ("2026001", "2026002")


@pytest.fixture(scope="module")
def teacher(cluster: KindCluster, home: Path, chosen: Settings) -> Iterator[Installation]:
    """The installation whose cluster it is, with a course, and with what Pods may be."""
    assert chosen.install == cluster.install
    found = Installation(home, port=chosen.port)
    folder = home.parent / "class"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    pods = {"cpu": "100m", "memory": "512Mi", "minutes": 10}
    (folder / "pods.yaml").write_text(yaml.safe_dump(pods), encoding="utf-8")
    with stood_on(home):  # else who grades here as well puts the cluster to sleep
        yield found


@pytest.fixture(scope="module")
def shelf(endpoint: Endpoint, course_registry: Registry) -> Place:
    return place.own(endpoint, course_registry)


@pytest.fixture(scope="module")
def account(cluster: KindCluster, teacher: Installation) -> Iterator[Path]:
    """A kubeconfig of an account that may nothing yet."""
    with accounts.account(cluster, teacher.home.parent / "class/kubeconfig") as config:
        yield config


@pytest.fixture(scope="module")
def asking(
    endpoint: Endpoint, course_registry: Registry, cluster: KindCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Locked]:
    """A registry that asks for a password."""
    with locked(endpoint, course_registry, tmp_path_factory.mktemp("locked"), cluster) as found:
        yield found


@pytest.fixture(scope="module")
def image(endpoint: Endpoint, asking: Locked) -> str:
    """The image of Pods, in that registry."""
    with pytest.MonkeyPatch.context() as logged_in:
        logged_in.setenv("DOCKER_CONFIG", str(asking.config.parent))
        return built(LAB, asking.place(), endpoint)[-1]


def line(teacher: Installation, out: str) -> list[str]:
    folder = teacher.home.parent / "class"
    course = ("--course", str(folder / "course.yaml"), "--out", str(folder / out))
    return ["--labs", str(PACK), "--yes", "grade", "--trust-students", "--limit", "20", *course]


def there(teacher: Installation, cluster: KindCluster, *words: str, config: str = "") -> list[str]:
    pods = teacher.home.parent / "class/pods.yaml"
    return [*line(teacher, "there"), *on(cluster, pods, config), *words]


def on(cluster: KindCluster, pods: Path, config: str = "") -> list[str]:
    where = ("--on", "kubernetes", "--context", cluster.context, "--kubeconfig", config or cluster.kubeconfig)
    return [*where, "--pods", str(pods)]


def built(lab: str, shelf: Place, endpoint: Endpoint) -> list[str]:
    """Have the image of a lab's Pods on a shelf; returns what is typed to have it taken from there."""
    image = class_image.pushed(shelf, [catalog.load(lab, PACK).lab], PACK, endpoint, Quiet(yes=True))
    return ["--registry", shelf.pods, "--image", image]


def results(folder: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(one.read_text()) for one in folder.glob("*/result.json")]
    return {one["student"]: one for one in found}


def without(value: Any) -> Any:
    """Return a result without what differs each time."""
    if isinstance(value, dict):
        return {key: without(one) for key, one in value.items() if key not in ASIDE}
    return [without(one) for one in value] if isinstance(value, list) else value


def the_class(teacher: Installation, work: dict[str, dict[str, str]]) -> list[str]:
    folder = teacher.home.parent / "class" / "handed-in"
    return [str(handed_in(folder, student, files)) for student, files in work.items()]


def test_a_class_there_has_the_grades_that_it_has_here_with_no_more_than_the_files_allow_an_account_and_its_pods(
    teacher: Installation, cluster: KindCluster, asking: Locked, image: str, account: Path
) -> None:
    handed = the_class(teacher, {one: CLASS[one] for one in QUICK})
    where = ("--jobs", "2", "--registry", asking.address, "--image", image)
    words = there(teacher, cluster, *where, config=str(account))
    logged_in = {"DOCKER_CONFIG": str(asking.config.parent)}
    bare = teacher.run(*words, *handed, limit=100, **logged_in)
    assert bare.code == 3, bare.stderr
    assert "this account may not get namespaces, create namespaces" in " ".join(bare.stderr.split())
    accounts.allowed(cluster)
    refused = teacher.run(*words, *handed, limit=100, **logged_in)
    assert refused.code == 3, refused.stderr
    assert "said 401 where files of a class were put or taken" in " ".join(refused.stderr.split())
    words += ["--registry-login", str(asking.config)]
    accounts.allowed(cluster, accounts.LOGIN)
    done = teacher.run(*words, *handed, limit=900, **logged_in)
    assert done.code == 1, done.stdout + done.stderr
    assert "2 handed in: 2 graded, 0 not gradable" in done.stderr
    here = teacher.run(*line(teacher, "here"), "--jobs", "2", *handed, limit=400)
    assert here.code == 1, here.stdout + here.stderr
    found, known = results(teacher.home.parent / "class/there"), results(teacher.home.parent / "class/here")
    assert found.keys() == known.keys() == set(QUICK)
    for student in QUICK:
        assert without(found[student]) == without(known[student]), student
    hidden = {one["check"]: one["shown"] for one in found["2026001"]["labs"][0]["checks"]}
    assert hidden["clerk_goes_on"] == "count", "judged here, over what the Pod has read"
    left = kubectl(cluster, "get", "namespaces", "-l", "labrunner.role=grading", "-o", "name")
    assert (left.ok, left.stdout) == (True, ""), left.stderr
