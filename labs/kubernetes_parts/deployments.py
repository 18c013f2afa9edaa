"""A Deployment: whose the Pods are, who keeps their number, and what an update and a rollback do with its versions."""

from itertools import pairwise
from typing import Any

from labrunner import Answer, Cluster, expect
from labrunner.when import ever

from .ground import NEWEST, READY, REVISION, Raw, applied, lab, owner, pods_with, revision, versions

CREATE = "kubectl create deployment lr-web --image={web}"
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: lr-web
spec:
  replicas: 3
  selector:
    matchLabels: {app: lr-web}
  template:
    metadata:
      labels: {app: lr-web}
    spec:
      containers:
      - name: web
        image: {web}
"""
SIDECAR = DEPLOYMENT.replace("labels: {app: lr-web}", "labels: {tier: front, app: lr-web}", 1).replace(
    "      - name: web\n",
    '      - {name: side, image: "{busybox}", command: [sh, -c, "trap exit TERM; sleep 86400 & wait"]}\n'
    "      - name: page\n",
)
OTHER_LABELS = DEPLOYMENT.replace("{app: lr-web}", "{app: web}")
SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: lr-web}\nspec: {selector: {app: lr-web}, ports: [{port: 80}]}"
)
KUSTOMIZED = f"""mkdir lr-shop
cat > lr-shop/web.yaml <<'YAML'
{DEPLOYMENT.replace("replicas: 3", "replicas: 1").replace("{web}", "shop-page").strip()}
YAML
cat > lr-shop/kustomization.yaml <<'YAML'
resources: [web.yaml]
replicas: [{{name: lr-web, count: 3}}]
images: [{{name: shop-page, newName: "{{registry}}/web", newTag: "1"}}]
YAML
kubectl apply -k lr-shop
"""
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: lr-web}
spec:
  template:
    metadata: {labels: {app: lr-web}}
    spec: {restartPolicy: Never, containers: [{name: web, image: "{web}"}]}
"""
BARE_PODS = "\n".join(f"kubectl run lr-web-{number} --image={{web}} --labels=app=lr-web" for number in (1, 2, 3))

deployment = lab.step(
    "deployment",
    minutes=6,
    solve=f"{CREATE} --replicas=3\n{READY}",
    also={
        "service-first": applied(SERVICE, DEPLOYMENT),
        "sidecar": applied(SIDECAR),
        "kustomized": KUSTOMIZED,
        "scaled": f"{CREATE}\nkubectl scale deployment lr-web --replicas=3",
        "corrected": f"kubectl create deployment lr-web --image={{web2}} --replicas=3\n"
        f"kubectl set image deployment/lr-web '*={{web}}'\n{READY}",
    },
)


@deployment.check(
    wrong={
        "two-replicas": f"{CREATE} --replicas=2",
        "no-such-tag": "kubectl create deployment lr-web --image={registry}/web:9 --replicas=3",
    },
    within=40,
)
def three_replicas_are_ready(cluster: Cluster) -> None:
    web_deployment = cluster.deployment("lr-web")
    expect(web_deployment.replicas).equals(3)
    expect(web_deployment.ready_replicas).equals(3)


def images(containers: list[Raw]) -> list[str]:
    """Return the images of containers, in order."""
    return [one["image"] for one in containers]


@deployment.check(wrong={"release-2": "kubectl create deployment lr-web --image={web2} --replicas=3"})
def template_says_release_1(cluster: Cluster, web: str) -> None:
    expect(cluster.deployment("lr-web").at("spec.template.spec.containers").map(images, "images")).contains(web)


@deployment.check(wrong={"other-labels": applied(OTHER_LABELS)})
def template_labels_pods_app_lr_web(cluster: Cluster) -> None:
    expect(cluster.deployment("lr-web").at("spec.template.metadata.labels.app")).equals("lr-web")


@deployment.check(
    wrong={"bare-pods": BARE_PODS, "a-job": applied(JOB)},
    within=6,
)
def pods_are_kept_by_a_replicaset(cluster: Cluster) -> None:
    owners = pods_with(cluster, "lr-web").map(lambda pods: sorted({owner(pod) for pod in pods}), "owners' kinds")
    expect(owners).contains("ReplicaSet")


keep = lab.step(
    "keep",
    minutes=4,
    solve=f"kubectl delete {NEWEST}\n{READY}\nkubectl get pods -l app=lr-web",
    also={"all-of-them": f"kubectl delete pods -l app=lr-web\n{READY}"},
)


def given_up(replicas: list[int]) -> int:
    """Return how many Pods were given up, from how many were wanted one after the other."""
    return sum(max(0, earlier - later) for earlier, later in pairwise(replicas))


@keep.check(
    wrong={
        "fewer-were-wanted": f"kubectl scale deployment lr-web --replicas=2\n{READY}\n"
        f"kubectl wait --for=jsonpath='{{.status.replicas}}'=2 deployment/lr-web --timeout=60s\n"
        f"kubectl scale deployment lr-web --replicas=3\n{READY}",
    },
    within=20,
    when=ever,
)
def replicaset_replaced_a_pod_that_went(cluster: Cluster) -> None:
    name = versions(cluster, "lr-web").map(lambda sets: str(sets[-1]["metadata"]["name"]), "the one that serves")
    expect(name).is_there()
    past = cluster.past("ReplicaSet", str(name.value))
    lost = past.pods_gone.map(lambda gone: len(gone) - given_up(past.replicas.value or []), "that nobody gave up")
    expect(lost).at_least(1)
    expect(cluster.deployment("lr-web").ready_replicas).equals(3)


DELETE = "kubectl delete deployment lr-web\n"
UPDATE = "kubectl set image deployment/lr-web web={web2}"
CAUSE = "kubectl annotate deployment/lr-web kubernetes.io/change-cause='ticket {ticket}'"
REASONED = DEPLOYMENT.replace("{web}", "{web2}").replace(
    "  name: lr-web\n", "  name: lr-web\n  annotations: {kubernetes.io/change-cause: 'ticket {ticket}'}\n"
)

update_history = lab.step(
    "update-history",
    minutes=8,
    undoes=[deployment, keep],
    solve=f"{UPDATE}\n{CAUSE}\n{READY}\nkubectl rollout history deployment/lr-web\nkubectl get replicasets",
    also={
        "applied": applied(REASONED),
        "reason-first": f"{CAUSE}\nkubectl set image deployment/lr-web '*={{web2}}'",
    },
)
ASK = "curl -sS -m 3 http://127.0.0.1/ || wget -q -O - http://127.0.0.1/"
new_page = update_history.probe(ASK, pod="app=lr-web", limit=8)


@update_history.check(
    wrong={"no-such-tag": "kubectl set image deployment/lr-web web={registry}/web:9"},
    within=40,
)
def all_three_answer_web_2(cluster: Cluster, new_page: Answer) -> None:
    web_deployment = cluster.deployment("lr-web")
    expect(web_deployment.at("metadata").map(numbered, "revision")).at_least(2)
    expect(web_deployment.updated_replicas).equals(3)
    expect(web_deployment.at("status.replicas")).equals(3)
    expect(web_deployment.ready_replicas).equals(3)
    expect(new_page.stdout).matches("^web 2 ")


def numbered(metadata: Raw) -> int:
    """Return the number of the version that a Deployment is at, from its metadata."""
    return revision({"metadata": metadata})


def wanted(sets: list[Raw]) -> list[list[Any]]:
    """Return of each version its images, without the registry, and how many Pods of it are wanted."""
    return [
        [image.rpartition("/")[2], one["spec"]["replicas"]]
        for one in sets
        for image in images(one["spec"]["template"]["spec"]["containers"])
    ]


@update_history.check(
    wrong={
        "begun-anew": f"{DELETE}kubectl create deployment lr-web --image={{web2}} --replicas=3\n{READY}",
    },
    within=40,
)
def old_replicaset_is_kept_with_no_pods(cluster: Cluster) -> None:
    sets = versions(cluster, "lr-web").map(wanted, "image and replicas")
    expect(sets).contains(["web:2", 3])
    expect(sets).contains(["web:1", 0])


def causes(sets: list[Raw]) -> str | None:
    """Return why there is a version with release 2, as the history tells."""
    told = [
        one["metadata"]["annotations"].get("kubernetes.io/change-cause")
        for one in sets
        if ["web:2", 3] in wanted([one])
    ]
    return told[0] if told else None


@update_history.check(wrong={"no-reason": UPDATE}, within=20)
def history_says_why(cluster: Cluster, ticket: str) -> None:
    sets = versions(cluster, "lr-web")
    expect(sets.map(wanted, "image and replicas")).contains(["web:2", 3])
    expect(sets.map(causes, "change cause")).contains(ticket)


OTHER_IMAGE = f"kubectl set image deployment/lr-web '*={{nginx}}'\n{READY}"

rollback = lab.step(
    "rollback",
    minutes=6,
    undoes=[update_history],
    solve=f"kubectl rollout undo deployment/lr-web\n{READY}\n"
    "kubectl rollout history deployment/lr-web\nkubectl get replicasets",
    also={
        "said-which": "kubectl rollout undo deployment/lr-web --to-revision=1",
        "set-back": "kubectl set image deployment/lr-web '*={web}'",
    },
)
old_page = rollback.probe(ASK, pod="app=lr-web", limit=8)


@rollback.check(wrong={"another-image": OTHER_IMAGE}, within=40)
def all_three_answer_web_1_again(cluster: Cluster, old_page: Answer) -> None:
    web_deployment = cluster.deployment("lr-web")
    expect(web_deployment.updated_replicas).equals(3)
    expect(web_deployment.at("status.replicas")).equals(3)
    expect(web_deployment.ready_replicas).equals(3)
    expect(old_page.stdout).matches("^web 1 ")


def was_used_before(replicaset: Raw) -> bool:
    """Tell whether a ReplicaSet has had another number before the one that it has."""
    return bool((replicaset["metadata"].get("annotations") or {}).get(f"{REVISION}-history"))


@rollback.check(
    wrong={
        "another-image": OTHER_IMAGE,
        "begun-anew": f"{DELETE}{CREATE} --replicas=3\n{READY}",
    },
    within=40,
)
def old_replicaset_works_again_as_a_new_revision(cluster: Cluster) -> None:
    expect(cluster.deployment("lr-web").at("metadata").map(numbered, "revision")).at_least(3)
    again = versions(cluster, "lr-web").map(lambda sets: wanted([one for one in sets if was_used_before(one)]))
    expect(again).contains(["web:1", 3])
