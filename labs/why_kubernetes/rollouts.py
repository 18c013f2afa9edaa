"""Releases under load: one that goes through, one that gets stuck and harms nobody, and the way back."""

from dataclasses import replace
from typing import Any

from labrunner import Answer, Cluster, Fact, expect
from labrunner.words import say

from .ground import Run, lab, made, manifest, owned, pods_of, replicasets, runs, status

LONG = 5.0
"""Seconds on end of one release's answers that are no part of a rolling update: there they alternate."""
AFTERWARDS = 10.0
"""Seconds after the last answer of the old release in which an update may still lose a request."""
BILL = "bill lr-web 60"
SET = "kubectl set image deployment/lr-web web="
UNLABELLED = manifest("lr-web", "{web2}").replace("tea-{shop}", "tea-house")
AT_ONCE = (
    "kubectl create deployment lr-web --image={web} --replicas=3\n"
    "kubectl expose deployment lr-web --port=80\n"
    f"{status('lr-web')}\n"
    """kubectl patch deployment lr-web --patch '
spec: {strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 3}}}'
"""
    f"{SET}{{web2}}\n{status('lr-web')}"
)
UPDATED = f"{SET}{{web2}}\n{status('lr-web')}"

rollout = lab.step(
    "rollout",
    minutes=10,
    solve=f"{manifest('lr-web')}{status('lr-web')}\n{UPDATED}",
    also={
        "applied-again": f"{manifest('lr-web')}{status('lr-web')}\n{manifest('lr-web', '{web2}')}{status('lr-web')}",
    },
)
update_bill = rollout.probe(BILL, pod="lr-shopper")


def update(cluster: Cluster, bill: Answer) -> Fact[list[Run]]:
    """Return the requests around the last change from release 1 to release 2 of the present Deployment lr-web."""
    born = cluster.deployment("lr-web").at("metadata.creationTimestamp")
    seen = runs(bill)
    if born.absent:
        return replace(seen, value=None, absent=born.absent, subject=born.subject)
    since = made({"metadata": {"creationTimestamp": born.value}})
    return seen.map(lambda found: around_change([one for one in found if one.until >= since], since), "update")


def around_change(found: list[Run], born: float) -> list[Run]:
    """Return the runs of the last change from "web 1" to "web 2"; raises KeyError where there was none.

    What failed before the Deployment answered for the first time is not counted, nor what failed before an earlier
    attempt was over.
    """
    ones = [n for n, one in enumerate(found) if one.answer == "web 1"]
    last = next((n for n in reversed(ones) if any(one.answer == "web 2" for one in found[n:])), None)
    if last is None:
        raise KeyError("web 2")
    first = next((n for n in ones if found[n].since >= born), ones[0])
    begin = last
    while begin > first and not _lasted(found[begin], "web 1"):
        begin -= 1
        if _lasted(found[begin], "web 2"):  # what an earlier change came to
            begin = next(n for n in ones if n > begin)
            break
    return [one for one in found[begin:] if one.since <= found[last].until + AFTERWARDS]


def _lasted(one: Run, answer: str) -> bool:
    return one.answer == answer and one.until - one.since >= LONG


def left(cluster: Cluster, name: str) -> Fact[int]:
    """Return how many Pods of older releases are still there, those that are leaving included."""
    older = [one["metadata"]["uid"] for one in replicasets(cluster, name)[:-1]]
    number = sum(len(owned(pods_of(cluster, name), uid)) for uid in older)
    return Fact(number, f"Pods of older releases of {name}", f"kubectl get pods -l app={name}")


@rollout.check(
    wrong={"no-update": manifest("lr-web"), "no-such-release": manifest("lr-web", "{registry}/web:9")},
    within=40,
)
def three_pods_of_release_2_are_ready(cluster: Cluster, web2: str) -> None:
    deployment = cluster.deployment("lr-web")
    expect(deployment.image).equals(web2)
    expect(deployment.replicas).equals(3)
    expect(deployment.updated_replicas).equals(3)
    expect(deployment.ready_replicas).equals(3)
    expect(left(cluster, "lr-web")).equals(0)


@rollout.check(wrong={"another-shops": f"{UNLABELLED}{status('lr-web')}"})
def pods_bear_your_shops_label(cluster: Cluster, shop: str) -> None:
    expect(cluster.deployment("lr-web").at("spec.template.metadata.labels.shop")).equals(f"tea-{shop}")


@rollout.check(wrong={"release-2-from-the-start": f"{UNLABELLED}{status('lr-web')}"}, within=8)
def answers_went_from_release_1_to_release_2(cluster: Cluster, update_bill: Answer) -> None:
    expect(cluster.deployment("lr-web").uid).is_there()
    answers = update(cluster, update_bill).map(
        lambda found: list(dict.fromkeys(one.answer for one in found)), "answers"
    )
    expect(answers).contains("web 1")
    expect(answers).contains("web 2")


@rollout.check(
    wrong={
        "recreate": f"{manifest('lr-web', strategy='{type: Recreate}')}{status('lr-web')}\n{UPDATED}",
        "all-at-once": AT_ONCE,
    },
    within=8,
)
def no_request_failed_in_the_update(cluster: Cluster, update_bill: Answer) -> None:
    expect(cluster.deployment("lr-web").uid).is_there()
    expect(left(cluster, "lr-web")).equals(0)
    expect(update(cluster, update_bill).map(failed, "failed requests")).equals(0)


def answers_in(found: list[Run]) -> list[str]:
    """Return each answer once, in order."""
    return list(dict.fromkeys(one.answer for one in found))


def failed(found: list[Run]) -> int:
    """Return how many requests were not answered."""
    return sum(one.requests for one in found if one.failed)


bad_release = lab.step(
    "bad-release-halts",
    minutes=6,
    undoes=[rollout],
    solve=f"{SET}{{registry}}/web:9",
    also={
        "not-ready": "kubectl patch deployment lr-web --patch '\n"
        "spec: {template: {spec: {containers: [{name: web, readinessProbe: {httpGet: {port: 81}}}]}}}'",
    },
)
halt_bill = bad_release.probe(BILL, pod="lr-shopper")
RECREATE_BAD = f"""kubectl patch deployment lr-web --patch '
spec: {{strategy: {{type: Recreate, rollingUpdate: null}}}}'
{SET}{{registry}}/web:9"""


def ready_of(raw: Any) -> str:
    """Return a ReplicaSet's name and how many of its Pods are ready."""
    state = raw.get("status") or {}
    return f"{raw['metadata']['name']}: {state.get('readyReplicas', 0)} of {state.get('replicas', 0)} ready"


def newest(cluster: Cluster) -> Fact[Any]:
    """Return the present ReplicaSet of lr-web."""
    found = replicasets(cluster, "lr-web")
    see = "kubectl get replicasets -l app=lr-web"
    raw, absent = (
        (found[-1], "") if found else (None, say(en="no ReplicaSet of lr-web", zh="没有 lr-web 的 ReplicaSet"))
    )
    return Fact(raw, "ReplicaSet of the newest release", see, absent, "Deployment/lr-web")


def after_newest(cluster: Cluster, bill: Answer) -> Fact[list[Run]]:
    """Return the requests since the newest release of lr-web was asked for."""
    since = newest(cluster).map(made).value or 0.0
    return runs(bill).map(lambda found: [one for one in found if one.until >= since], "since the release")


@bad_release.check(wrong={"a-good-release": f"{SET}{{web}}\n{status('lr-web')}"}, within=20)
def new_pods_are_not_ready(cluster: Cluster, halt_bill: Answer) -> None:
    expect(newest(cluster).map(ready_of, "ready")).matches(r": 0 of [1-9]")
    waited = after_newest(cluster, halt_bill).map(lambda found: found[-1].until - made(newest(cluster).value))
    expect(replace(waited, subject="", source="seconds since the release")).at_least(8)


@bad_release.check(wrong={"recreate": RECREATE_BAD}, within=20)
def old_pods_keep_answering(cluster: Cluster, halt_bill: Answer) -> None:
    expect(newest(cluster).map(ready_of, "ready")).matches(r": 0 of [1-9]")
    last = after_newest(cluster, halt_bill).map(lambda found: found[-1].answer, "last answer")
    expect(last).equals("web 2")


@bad_release.check(wrong={"recreate": RECREATE_BAD}, within=4)
def no_request_failed_since_the_release(cluster: Cluster, halt_bill: Answer) -> None:
    expect(newest(cluster).map(ready_of, "ready")).matches(r": 0 of [1-9]")
    expect(after_newest(cluster, halt_bill).map(failed, "failed requests")).equals(0)


rollback = lab.step(
    "rollback",
    minutes=5,
    undoes=[rollout, bad_release],
    solve=f"kubectl rollout undo deployment/lr-web\n{status('lr-web')}\n"
    f"kubectl rollout undo deployment/lr-web --to-revision=1\n{status('lr-web')}",
    also={
        "straight-back": f"kubectl rollout undo deployment/lr-web --to-revision=1\n{status('lr-web')}",
        "said-anew": f"{manifest('lr-web')}{status('lr-web')}",
    },
)
back_bill = rollback.probe(BILL, pod="lr-shopper")


@rollback.check(wrong={"one-step-back": f"kubectl rollout undo deployment/lr-web\n{status('lr-web')}"}, within=30)
def release_1_answers_again(cluster: Cluster, back_bill: Answer) -> None:
    deployment = cluster.deployment("lr-web")
    expect(newest(cluster).map(ready_of, "ready")).matches(r": 3 of 3")
    expect(left(cluster, "lr-web")).equals(0)
    expect(deployment.updated_replicas).equals(3)
    expect(runs(back_bill).map(lambda found: found[-1].answer, "last answer")).equals("web 1")


@rollback.check(
    wrong={"a-third-release": f"kubectl set env deployment/lr-web BACK=1\n{SET}{{web}}\n{status('lr-web')}"},
)
def replicaset_of_release_1_serves_again(cluster: Cluster, web: str) -> None:
    expect(cluster.deployment("lr-web").image).equals(web)
    notes = newest(cluster).map(lambda raw: raw["metadata"]["annotations"], "annotations")
    expect(notes.map(list, "history")).contains("deployment.kubernetes.io/revision-history")
