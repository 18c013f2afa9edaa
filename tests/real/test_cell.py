"""A cheat in a cell on a real cluster: what it asks for is refused, what it forges is not believed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from labrunner import catalog
from labrunner.environment import cluster_safety, container_bounds, docker_cli, surroundings, within_reach
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.environment.kubectl import kubectl
from labrunner.environment.registry import Registry
from labrunner.grading.lab_grade import Order, grade_lab
from labrunner.grading.result import LabResult
from labrunner.grading.submission import LabWork
from labrunner.narrate import Quiet
from labrunner.values import per_student
from labrunner.world.endpoint import Endpoint
from tests.handed_in import PACK

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(600, func_only=True)]
LAB, WHO, PORT = "back-office", "2026004", 5777
NOTE = per_student(WHO, LAB, "note")
ELSEWHERE = f"lab-{LAB}"
"""Where the lab is when it is nobody's grading; here a namespace in which all of it is done already."""
LIMIT = 60.0
REACHING = {
    "privileged": {"containers": [{"name": "a", "image": "a", "securityContext": {"privileged": True}}]},
    "host-path": {
        "containers": [{"name": "a", "image": "a"}],
        "volumes": [{"name": "root", "hostPath": {"path": "/"}}],
    },
    "host-network": {"hostNetwork": True, "containers": [{"name": "a", "image": "a"}]},
}
VOLUME = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": {"name": "lr-root"},
    "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/"}},
}
ASKED = {
    "kubectl get nodes": "cannot",
    "kubectl get namespaces": "cannot",
    "kubectl -n kube-system get secrets": "cannot",
    f"kubectl -n {ELSEWHERE} get configmaps": "cannot",
    "kubectl create namespace lr-mine": "cannot",
    "kubectl create token default": "cannot",
    "kubectl create role all --verb=* --resource=*": "cannot",
    "kubectl create rolebinding all --clusterrole=cluster-admin --user=me": "cannot",
    "kubectl delete resourcequota --all": "cannot",
    "kubectl create -f volume.json": "cannot",
    **{f"kubectl create -f {name}.json": "violates PodSecurity" for name in REACHING},
    "kubectl patch pod lr-desk --subresource=status --type=merge --patch-file=status.json": "cannot",
    "curl -sS -m 2 -k https://NODE:10250/": "curl: (",
    "kubectl --kubeconfig solved.json get pods": "refused",
}
"""What is asked for, and a word of what it is answered."""
STATUS = {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}
DESK = """
cp .kube/config mine
kubectl run lr-desk --image=localhost:1/none --port=80 --expose
ask() {
  if said=$("$@" 2>&1); then said=granted; fi
  echo "$*: $(tail -c 160 <<<"$said" | tr '\\n' ' ')"
}
"""
BOARD = """
cp solved.json .kube/config
kubectl create configmap lr-note
bomb() { bomb | bomb & }; bomb 2>/dev/null
sleep 1
"""
LATER = f"""
kubectl --kubeconfig mine create configmap lr-later
kubectl --kubeconfig mine label configmap lr-later note={NOTE}
"""


@dataclass
class Looking(Quiet):
    """Looks at the cell while it is there, and takes one of its containers away as a step begins."""

    endpoint: Endpoint
    install: str
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    yes: bool = True
    takes: tuple[str, str] = ("", "")

    def say(self, sentence: str) -> None:
        super().say(sentence)
        for raw in docker_cli.labelled(self.endpoint, "containers", self.install, "sandbox"):
            what = raw["Names"][0].split("-")[1]
            self.cells[what] = docker_cli.inspect(self.endpoint, "containers", raw["Id"])
            if (sentence, what) == self.takes:
                docker(self.endpoint, "rm", "-f", raw["Id"])


@dataclass
class Seen:
    """What came of it, and what was there meanwhile."""

    result: LabResult
    cells: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def seen(
    endpoint: Endpoint, cluster: KindCluster, course_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seen]:
    """The one submission, graded."""
    loaded = catalog.load(LAB, PACK)
    narrator = Looking(endpoint, course_registry.install)
    around = surroundings.arrange(loaded.lab, narrator, endpoint)
    cluster_safety.namespace(endpoint, cluster, ELSEWHERE)
    done = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "lr-note", "labels": {"note": NOTE}}}
    kubectl(endpoint, cluster, "-n", ELSEWHERE, "create", "-f", "-", stdin=json.dumps(done))
    folder = tmp_path_factory.mktemp("cheat")
    addresses = docker(endpoint, "inspect", "--format", "{{json .NetworkSettings.Networks}}", next(iter(cluster.nodes)))
    [node] = [one["IPAddress"] for one in json.loads(addresses.stdout).values()]
    asked = "".join(f"ask {line.replace('NODE', node)}\n" for line in ASKED)
    files = {"desk.sh": DESK + asked, "board.sh": BOARD, "later.sh": LATER, "volume.json": json.dumps(VOLUME)}
    files |= {"status.json": json.dumps(STATUS), "solved.json": Path(cluster.kubeconfig).read_text(encoding="utf-8")}
    for name, spec in REACHING.items():
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"lr-{name}"}, "spec": spec}
        files[f"{name}.json"] = json.dumps(pod)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    scripts = {step.id: folder / f"{step.id}.sh" for step in loaded.lab.steps}
    order = Order(WHO, "planted", PORT, limit=LIMIT)
    yield Seen(grade_lab(loaded, LabWork(LAB, folder, scripts), order, around, narrator), narrator.cells)
    kubectl(endpoint, cluster, "delete", "namespace", ELSEWHERE, "--wait=false")


def outcomes(seen: Seen) -> dict[str, str]:
    return {one.check: str(one.outcome) for one in seen.result.checks}


def test_whatever_leads_out_of_the_namespace_is_refused(seen: Seen) -> None:
    said = seen.result.runs[0].output.splitlines()[-len(ASKED) :]
    assert len(said) == len(ASKED), seen.result.runs[0]
    answers = dict(zip(ASKED, said, strict=True))
    assert not [line for line in said if line.rstrip().endswith(": granted")]
    assert not {line: answers[line] for line, word in ASKED.items() if word not in answers[line]}


def test_a_status_that_was_patched_and_a_namespace_that_was_ready_gain_nothing(seen: Seen) -> None:
    assert seen.result.settled, seen.result.trouble
    found = outcomes(seen)
    assert (found["desk_is_ready"], found["desk_answers"]) == ("fail", "fail")
    assert found["note_is_on_the_board"] == "fail", "what is done elsewhere is not done here"


def test_a_kubeconfig_for_another_cluster_leads_the_checks_nowhere(seen: Seen) -> None:
    board = next(run for run in seen.result.runs if run.step == "board")
    assert "connect" in board.output, "from the cell nobody is there"
    assert "created" not in board.output


def test_who_forks_without_end_hinders_no_later_step(seen: Seen) -> None:
    later = seen.result.runs[-1]
    assert (later.code, later.ended) == (0, ""), later
    assert outcomes(seen)["later_note_is_on_the_board"] == "pass"


def test_a_cell_may_do_nothing_to_the_machine_and_keeps_to_its_bounds(seen: Seen, endpoint: Endpoint) -> None:
    for what, options in (("cell", container_bounds.CELL), ("gate", container_bounds.GATE)):
        how = seen.cells[what]["HostConfig"]
        given = dict(zip(options[::2], options[1::2], strict=True))
        assert how["Memory"] == int(given["--memory"].removesuffix("m")) << 20
        assert how["PidsLimit"] == int(given["--pids-limit"])
        assert (how["CpuQuota"], how["NanoCpus"]) == (int(given["--cpu-quota"]), 0), "--cpus is an error elsewhere"
        assert how["CapDrop"] == ["ALL"]
        assert "no-new-privileges" in how["SecurityOpt"]
        assert not how["Privileged"]
        assert {one["Type"] for one in seen.cells[what]["Mounts"]} <= {"volume"}, "no folder of the machine"
    [network] = seen.cells["cell"]["NetworkSettings"]["Networks"]
    assert network.startswith("labrunner-closed-")
    left = [what for what, raw in seen.cells.items() if docker_cli.inspect(endpoint, "containers", raw["Id"])]
    assert not left, "both go with the grading"


@pytest.mark.usefixtures("cluster")
def test_where_the_cluster_is_not_reached_from_a_cell_nobody_loses_points(
    endpoint: Endpoint, course_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(within_reach, "PATIENCE", 3.0)
    loaded = catalog.load(LAB, PACK)
    narrator = Looking(endpoint, course_registry.install, takes=("board", "gate"))
    around = surroundings.arrange(loaded.lab, narrator, endpoint)
    script = tmp_path / "board.sh"
    script.write_text(
        f"kubectl create configmap lr-note\nkubectl label configmap lr-note note={NOTE}\n", encoding="utf-8"
    )
    work = LabWork(LAB, tmp_path, {"board": script})
    found = grade_lab(loaded, work, Order(WHO, "planted", PORT, limit=6), around, narrator)
    assert "gate" in narrator.cells
    assert "not reached" in found.trouble, found
    assert not found.settled
