"""From what makes Pods to the first broken link: refusals, Pods, rollouts, Jobs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.why import explain
from labrunner.words import speak
from tests.cluster_objects import (
    Raw,
    ago,
    codes,
    container,
    deployment,
    ended,
    event,
    first,
    looping,
    pod,
    replicaset,
    running,
    status,
    thing,
    waiting,
    why,
    world,
)

READY = {"Ready": "True"}
FORBIDDEN = 'pods "web-1" is forbidden: '
QUOTA = "exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2"
WELL: dict[str, int] = {"replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1}
LATE = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out"}


def own(name: str, *told: Raw, owner: str = "ReplicaSet/web-a", **said: Any) -> Raw:
    return pod(name, *told, owner=owner, **said)


def fine(name: str, owner: str = "ReplicaSet/web-a") -> Raw:
    return own(name, running(ready=True), owner=owner, conditions=READY)


def failing(said: str) -> dict[str, Any]:
    """Return the status of a ReplicaSet that may not make Pods."""
    told = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": said}
    return {"replicas": 0, "conditions": [told]}


def test_a_deployment_whose_pods_are_ready_is_healthy() -> None:
    assert why("Deployment/web", deployment(**WELL), replicaset("web-a"), fine("web-1")).healthy


def test_the_path_leads_over_the_present_replicaset_into_the_pod() -> None:
    cause = first(why("Deployment/web", deployment(), replicaset("web-a"), own("web-1", looping(3))))
    assert cause.code == "crashed"
    assert cause.path == ("Deployment/web", "ReplicaSet/web-a", "Pod/web-1")


def test_what_a_newer_replicaset_has_replaced_is_not_what_is_broken() -> None:
    old, new = replicaset("web-a", revision=1), replicaset("web-b", revision=2)
    stuck, well = own("web-1", looping(3)), fine("web-2", owner="ReplicaSet/web-b")
    assert why("Deployment/web", deployment(**WELL), old, new, stuck, well).healthy
    assert why("ReplicaSet/web-a", deployment(**WELL), old, new, stuck, well).healthy
    assert codes(why("Pod/web-1", deployment(**WELL), old, new, stuck, well)) == ["crashed"]


def test_pods_that_fail_alike_are_one_cause_and_unlike_ones_are_two() -> None:
    pods = [own(f"web-{number}", looping(3)) for number in range(3)]
    other = own("web-9", looping(137, "OOMKilled"))
    assert codes(why("Deployment/web", deployment(wanted=4), replicaset("web-a"), *pods)) == ["crashed"]
    found = why("Deployment/web", deployment(wanted=4), replicaset("web-a"), *pods, other)
    assert sorted(codes(found)) == ["crashed", "out-of-memory"]


@pytest.mark.parametrize(
    ("said", "code", "subject"),
    [
        (FORBIDDEN + QUOTA, "quota-exceeded", "ResourceQuota/small"),
        (FORBIDDEN + "failed quota: small: must specify requests.cpu", "quota-wants-requests", "ResourceQuota/small"),
        (FORBIDDEN + "maximum cpu usage per Container is 1, but limit is 2", "limit-range-refused", "ReplicaSet/web-a"),
        (
            FORBIDDEN + "minimum memory usage per Pod is 1Gi, but request is 1Mi",
            "limit-range-refused",
            "ReplicaSet/web-a",
        ),
        (
            FORBIDDEN + 'violates PodSecurity "baseline:latest": host namespaces',
            "admission-refused",
            "ReplicaSet/web-a",
        ),
        ('admission webhook "rules.example" denied the request: no', "admission-refused", "ReplicaSet/web-a"),
        (FORBIDDEN + "no reason given", "admission-refused", "ReplicaSet/web-a"),
        (
            FORBIDDEN + 'error looking up service account lab/robot: serviceaccount "robot" not found',
            "serviceaccount-absent",
            "ServiceAccount/robot",
        ),
        ('Pod "web-1" is invalid: spec.containers[0].image: Required value', "pod-invalid", "ReplicaSet/web-a"),
        ("Internal error occurred: the moon", "create-refused", "ReplicaSet/web-a"),
    ],
)
def test_a_refusal_of_the_api_server_is_told_apart(said: str, code: str, subject: str) -> None:
    cause = first(why("Deployment/web", deployment(), replicaset("web-a", **failing(said))))
    assert (cause.code, cause.subject, cause.words) == (code, subject, (said,))
    assert cause.path[:2] == ("Deployment/web", "ReplicaSet/web-a")


def test_a_near_serviceaccount_is_offered() -> None:
    said = FORBIDDEN + 'serviceaccount "robto" not found'
    others = [replicaset("web-a", **failing(said)), thing("ServiceAccount", "robot")]
    assert "(there is robot)" in first(why("Deployment/web", deployment(), *others)).sentence
    unread = why("Deployment/web", deployment(), *others, kinds=["Deployment", "ReplicaSet", "Pod"])
    assert "there is no ServiceAccount robto" in first(unread).sentence


def test_a_deadline_that_has_passed_comes_behind_what_broke_and_alone_where_nothing_did() -> None:
    late = deployment(conditions=[LATE])
    assert codes(why("Deployment/web", late, replicaset("web-a"), own("web-1", looping(3)))) == [
        "crashed",
        "progress-deadline",
    ]
    slow = own("web-1", running(2), conditions={"Ready": "False"})
    cause = first(why("Deployment/web", late, replicaset("web-a"), slow))
    assert cause.code == "progress-deadline"
    assert cause.words == ("ProgressDeadlineExceeded: timed out",)


def test_a_paused_rollout_is_told_only_where_something_waits_for_it() -> None:
    assert codes(why("Deployment/web", deployment(paused=True))) == ["rollout-paused"]
    well = deployment(paused=True, **WELL)
    assert why("Deployment/web", well, replicaset("web-a"), fine("web-1")).healthy


@pytest.mark.parametrize("subject", ["Deployment/web", "ReplicaSet/web-a", "StatefulSet/db"])
def test_no_pods_wanted_is_said(subject: str) -> None:
    none = [
        deployment(wanted=0),
        replicaset("web-a", replicas=0),
        thing("StatefulSet", "db", spec={"replicas": 0}, status={}),
    ]
    assert codes(why(subject, *none)) == ["scaled-to-zero"]


def test_a_rollout_on_its_way_is_no_fault() -> None:
    made = own("web-1", status(**waiting("ContainerCreating")), startTime=ago(3))
    for others in ([], [replicaset("web-a")], [replicaset("web-a"), made]):
        found = why("Deployment/web", deployment(), *others)
        assert found.moving
        assert not found.causes
    surplus = deployment(**{**WELL, "replicas": 2})
    assert why("Deployment/web", surplus, replicaset("web-a"), fine("web-1")).moving
    unseen = deployment(**{**WELL, "observedGeneration": 0})
    assert "taken up" in why("Deployment/web", unseen, replicaset("web-a"), fine("web-1")).moving


def test_pods_that_are_not_understood_are_shown() -> None:
    odd = own("web-1", status(**waiting("MoonPhaseWrong", "wait")))
    found = why("Deployment/web", deployment(), replicaset("web-a"), odd)
    assert not found.known
    assert any("MoonPhaseWrong" in phrase for phrase in found.saw)


def test_a_statefulset_and_a_replicaset_of_nobody_are_walked_into_their_pods() -> None:
    db = thing("StatefulSet", "db", spec={"replicas": 1}, status={})
    assert first(why("StatefulSet/db", db, pod("db-0", looping(3), owner="StatefulSet/db"))).path == (
        "StatefulSet/db",
        "Pod/db-0",
    )
    alone = thing("ReplicaSet", "alone", spec={"replicas": 1}, status={"readyReplicas": 1, "replicas": 1})
    assert why("ReplicaSet/alone", alone, fine("alone-1", owner="ReplicaSet/alone")).healthy


def test_a_statefulset_that_is_partitioned_is_not_on_its_way() -> None:
    told = {"readyReplicas": 2, "replicas": 2, "updatedReplicas": 1}
    rolling = thing("StatefulSet", "db", spec={"replicas": 2}, status=told)
    assert why("StatefulSet/db", rolling).moving
    rolling["spec"]["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    assert why("StatefulSet/db", rolling).healthy


def test_the_last_word_on_making_pods_counts() -> None:
    db = thing("StatefulSet", "db", spec={"replicas": 1}, status={})
    refused = event(db, "FailedCreate", FORBIDDEN + QUOTA, before=20)
    assert codes(why("StatefulSet/db", db, refused)) == ["quota-exceeded"]
    made = event(db, "SuccessfulCreate", "create Pod db-0 in StatefulSet db successful", before=5)
    assert why("StatefulSet/db", db, refused, made).moving


def daemonset(*, wanted: int, ready: int = 0, updated: int | None = None, **spec: Any) -> Raw:
    fresh = ready if updated is None else updated
    told = {"desiredNumberScheduled": wanted, "numberReady": ready, "updatedNumberScheduled": fresh}
    inner = {"containers": [container()], **spec}
    return thing("DaemonSet", "agent", spec={"template": {"spec": inner}}, status=told)


def test_a_daemonset_is_for_nodes() -> None:
    nowhere = why("DaemonSet/agent", daemonset(wanted=0, nodeSelector={"disk": "fast"}))
    assert codes(nowhere) == ["no-node-for-daemonset"]
    assert "disk=fast" in first(nowhere).sentence
    assert why("DaemonSet/agent", daemonset(wanted=2, ready=2)).healthy
    assert why("DaemonSet/agent", daemonset(wanted=2, ready=1)).moving
    assert why("DaemonSet/agent", daemonset(wanted=2, ready=2, updated=1)).moving
    by_hand = daemonset(wanted=2, ready=2, updated=1)
    by_hand["spec"]["updateStrategy"] = {"type": "OnDelete"}
    assert why("DaemonSet/agent", by_hand).healthy
    broken = pod("agent-1", looping(3), owner="DaemonSet/agent")
    assert codes(why("DaemonSet/agent", daemonset(wanted=1), broken)) == ["crashed"]


def job(*conditions: tuple[str, str], owner: str = "", **spec: Any) -> Raw:
    told = [{"type": kind, "status": "True", "reason": reason, "message": "so it is"} for kind, reason in conditions]
    return thing("Job", "once", owner=owner, spec=spec, status={"conditions": told})


def test_a_job_that_is_done_is_healthy_whatever_failed_before() -> None:
    crashed = pod("once-1", status(terminated=ended(3)), owner="Job/once", spec={"restartPolicy": "Never"})
    assert why("Job/once", job(("Complete", "CompletionsReached")), crashed).healthy


def test_a_job_that_failed_leads_to_its_pods_first() -> None:
    crashed = pod("once-1", status(terminated=ended(3)), owner="Job/once", spec={"restartPolicy": "Never"})
    found = why("Job/once", job(("Failed", "BackoffLimitExceeded")), crashed)
    assert codes(found) == ["crashed", "job-failed"]
    assert first(found).path == ("Job/once", "Pod/once-1")
    assert codes(why("Job/once", job(("Failed", "DeadlineExceeded")))) == ["job-failed"]


def test_a_job_that_runs_is_on_its_way() -> None:
    runs = pod("once-1", running(ready=True), owner="Job/once", conditions=READY, spec={"restartPolicy": "Never"})
    assert why("Job/once", job(), runs).moving
    assert codes(why("Job/once", job(suspend=True))) == ["job-suspended"]


def test_a_cronjob_is_as_its_last_job_is() -> None:
    cron = thing("CronJob", "nightly", spec={"schedule": "0 3 * * *"}, status={})
    assert "0 3 * * *" in why("CronJob/nightly", cron).moving
    failed = job(("Failed", "DeadlineExceeded"), owner="CronJob/nightly")
    cause = first(why("CronJob/nightly", cron, failed))
    assert (cause.code, cause.path) == ("job-failed", ("CronJob/nightly", "Job/once"))
    cron["spec"]["suspend"] = True
    assert codes(why("CronJob/nightly", cron, failed)) == ["job-suspended"]


@pytest.mark.parametrize(
    "kind", ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "PersistentVolumeClaim"]
)
def test_what_is_not_there_is_said_with_what_may_be_meant(kind: str) -> None:
    found = why(f"{kind}/wbe", thing(kind, "web"), kinds=[kind])
    assert codes(found) == ["object-absent"]
    assert "(there is web)" in first(found).sentence


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_is_in_the_language_that_is_spoken(language: Any) -> None:
    speak(language)
    refused = replicaset("web-a", **failing(FORBIDDEN + QUOTA))
    found = [
        why("Deployment/web", deployment(conditions=[LATE]), refused),
        why("Deployment/web", deployment(paused=True)),
        why("Deployment/web", deployment(wanted=0)),
        why("Job/once", job(("Failed", "DeadlineExceeded"))),
        why("DaemonSet/agent", daemonset(wanted=0)),
        why("Deployment/none"),
    ]
    for cause in (cause for one in found for cause in one.causes):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in cause.sentence) == (language == "zh")


RAWS = [
    deployment(conditions=[LATE]),
    replicaset("web-a", **failing(FORBIDDEN + QUOTA)),
    own("web-1", looping(3), spec={"initContainers": [container("prepare")], "volumes": [{"secret": {}}]}),
    thing("PersistentVolumeClaim", "data", spec={"storageClassName": "fast"}, status={"phase": "Pending"}),
    job(("Failed", "DeadlineExceeded")),
]


@given(st.data())
def test_evidence_of_which_parts_are_missing_is_never_a_crash(data: st.DataObject) -> None:
    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {
                key: cut(item) for key, item in value.items() if key in ("kind", "name") or data.draw(st.booleans())
            }
            return {"metadata": {"name": "web"}, **kept} if "kind" in value else kept
        return [cut(item) for item in value] if isinstance(value, list) else value

    snapshot = world(*(cut(raw) for raw in RAWS))
    for raw in RAWS:
        subject = f"{raw['kind']}/{raw['metadata']['name']}"
        assert explain(snapshot, subject).subject == subject
