"""The same digest by another runtime than Docker, and what is refused there."""

from collections.abc import Mapping
from typing import Any

from labrunner import Answer, Cluster, Docker, expect

from .ground import lab
from .shipping import digest_of

RUN = "kubectl run lr-menu --env STAGE=production --port 80 --expose "
PRODUCTION = "$(docker inspect --format '{{.Config.Image}}' lr-production)"
DIGEST = f"--image {PRODUCTION}"
READY = "kubectl wait --for=condition=Ready pod/lr-menu --timeout=90s"
MINE = 'kubectl apply -f "{files}/mine.yaml"'

other_runtime = lab.step(
    "other-runtime",
    minutes=8,
    needs=["cluster"],
    solve=f"{MINE}\nkubectl describe replicaset -l app=lr-mine\n{RUN}{DIGEST}\n{READY}",
    also={
        "deployment": f"{MINE}\nkubectl create deployment lr-menu --image {PRODUCTION}\n"
        "kubectl set env deployment/lr-menu STAGE=production\nkubectl expose deployment lr-menu --port 80\n"
        "kubectl rollout status deployment/lr-menu --timeout=90s",
    },
)
pod_page = other_runtime.probe("curl -sS -m 5 http://lr-menu.{namespace}/", at="cluster", limit=8)


def ran(pod: Mapping[str, Any]) -> list[list[str]]:
    """Return the runtime and the digest of each container of a Pod that a runtime has made."""
    made = [one for one in pod["status"].get("containerStatuses", []) if one.get("containerID")]
    return [[one["containerID"].partition("://")[0], one["imageID"].rpartition("@")[2]] for one in made]


@other_runtime.check(
    wrong={"by-the-tag": f"{RUN}--image {{registry}}/lr-menu:1\n{READY}"},
    within=30,
)
def containerd_runs_the_same_digest(docker: Docker, cluster: Cluster) -> None:
    wanted = digest_of(docker.container("lr-production").image).value
    expect(cluster.pods().map(lambda pods: [one for pod in pods for one in ran(pod)])).contains(["containerd", wanted])


@other_runtime.check(
    wrong={"stage-forgotten": f"{RUN.replace('--env STAGE=production ', '')}{DIGEST}\n{READY}"},
    within=30,
)
def pod_gives_the_same_answer(production_page: Answer, pod_page: Answer) -> None:
    expect(pod_page.stdout).contains("served by")
    expect(pod_page.stdout).equals(production_page.stdout.value)


def refusal(conditions: list[dict[str, str]]) -> str | None:
    """Return why a Deployment's Pods are refused; None where they are not."""
    return next((one["message"] for one in conditions if one["type"] == "ReplicaFailure"), None)


@other_runtime.check(
    wrong={
        "empty-folder": "sed -e '/path:/d' -e 's/hostPath:/emptyDir: {}/' \"{files}/mine.yaml\" | kubectl apply -f -",
    },
    within=10,
)
def folder_of_a_machine_is_refused(cluster: Cluster) -> None:
    mine = cluster.deployment("lr-mine")
    expect(mine.at("spec.template.spec.volumes.0.hostPath.path")).is_there()
    expect(mine.at("status.conditions").map(refusal)).matches("hostPath")
