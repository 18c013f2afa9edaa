"""From a Pod to the first broken link: its containers, their ends, their probes."""

from typing import Any

import pytest

from labrunner.words import speak
from tests.cluster_objects import (
    Raw,
    ago,
    codes,
    container,
    ended,
    event,
    first,
    looping,
    node,
    pod,
    running,
    status,
    thing,
    waiting,
    why,
)

READY = {"Ready": "True", "ContainersReady": "True"}
START = 'unable to start container process: exec: "serve": '
IN_PATH, NO_FILE = "executable file not found in $PATH", "stat serve: no such file or directory"
PROBE = {"httpGet": {"path": "/up", "port": 81}, "periodSeconds": 5, "failureThreshold": 2}


def test_a_pod_that_is_ready_is_healthy() -> None:
    found = why("Pod/web-1", pod("web-1", running(ready=True), conditions=READY))
    assert found.healthy
    assert not found.causes


def test_a_pod_that_has_succeeded_is_healthy() -> None:
    assert why("Pod/web-1", pod("web-1", status(terminated=ended(0, "Completed")), phase="Succeeded")).healthy


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        (looping(3), "crashed", "exit code 3"),
        (looping(139), "crashed", "SIGSEGV"),
        (looping(0, "Completed"), "finished", "exit code 0"),
        (looping(127), "command-not-found", "127"),
        (looping(126), "command-not-executable", "126"),
        (looping(137, "OOMKilled"), "out-of-memory", "64Mi"),
        (looping(137), "stopped-by-signal", "SIGKILL"),
        (looping(143), "stopped-by-signal", "SIGTERM"),
        (looping(128, "StartError", message=f"{START}{IN_PATH}"), "command-not-found", "serve"),
        (looping(128, "StartError", message=f"{START}{NO_FILE}"), "command-not-found", "serve"),
        (looping(128, "StartError", message=f"{START}permission denied"), "command-not-executable", "serve"),
        (status(**waiting("RunContainerError", f"{START}is a directory")), "command-not-executable", "serve"),
        (status(**waiting("RunContainerError", "chdir to cwd: no such file")), "container-not-started", "main"),
        (status(**waiting("CreateContainerError", "no command specified")), "container-not-created", "main"),
        (status(restarts=1, **waiting("CrashLoopBackOff", "back-off 10s")), "crashed", "again and again"),
        (status(terminated=ended(3)), "crashed", "exit code 3"),
        (status(terminated=ended(0, "Completed")), "finished", "exit code 0"),
        (running(5, restarts=2, last=ended(3, finished=6)), "crashed", "exit code 3"),
    ],
)  # fmt: skip
def test_an_end_is_called_what_it_is(told: Raw, code: str, said: str) -> None:
    limited = container(resources={"limits": {"memory": "64Mi"}})
    cause = first(why("Pod/web-1", pod("web-1", told, spec={"containers": [limited]})))
    assert cause.code == code
    assert said in cause.sentence
    assert cause.path == ("Pod/web-1",)
    assert cause.see.startswith("kubectl ")
    assert cause.see.endswith(" -n lab")


def test_the_last_lines_are_the_causes_words_and_the_command_shows_the_run_before() -> None:
    lines = "one\ntwo\nthree\nfour\nfive\nno database"
    cause = first(why("Pod/web-1", pod("web-1", looping(3)), logs={"web-1/main": lines}))
    assert cause.words == ("Error, exit code 3", "two", "three", "four", "five", "no database")
    assert cause.see == "kubectl logs web-1 -c main --previous -n lab"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("exec /run.sh: no such file or directory", "command-not-found"),
        ("exec /run.sh: exec format error", "command-not-executable"),
        ("open data.txt: no such file or directory", "crashed"),
    ],
)
def test_what_the_runtime_printed_in_the_programs_place_is_heard(line: str, code: str) -> None:
    assert first(why("Pod/web-1", pod("web-1", looping(255)), logs={"web-1/main": line})).code == code


def test_a_container_that_its_node_ended_is_no_crash() -> None:
    lately = running(5, restarts=1, ready=True, last=ended(255, "Unknown", finished=6))
    assert why("Pod/web-1", pod("web-1", lately, conditions=READY)).healthy


def test_a_crash_is_forgotten_once_the_next_run_has_lasted() -> None:
    long_ago = running(100, restarts=1, ready=True, last=ended(3, began=110, finished=105))
    assert why("Pod/web-1", pod("web-1", long_ago, conditions=READY)).healthy
    slowly = running(100, restarts=1, ready=True, last=ended(3, began=400, finished=105))
    assert codes(why("Pod/web-1", pod("web-1", slowly, conditions=READY))) == ["crashed"]


@pytest.mark.parametrize(
    ("policy", "code", "broken"), [("Never", 0, []), ("OnFailure", 0, []), ("Never", 2, ["crashed"])]
)
def test_who_is_to_end_may_end_well(policy: str, code: int, broken: list[str]) -> None:
    raw = pod("web-1", status(terminated=ended(code)), spec={"restartPolicy": policy}, conditions={"Ready": "False"})
    assert codes(why("Pod/web-1", raw)) == broken


def test_an_init_container_that_fails_keeps_the_others() -> None:
    spec = {"initContainers": [container("prepare")]}
    init = looping(4) | {"name": "prepare"}
    raw = pod("web-1", status(**waiting("PodInitializing")), spec=spec, inits=[init])
    cause = first(why("Pod/web-1", raw, logs={"web-1/prepare": "no schema"}))
    assert cause.code == "init-failing"
    assert "prepare" in cause.sentence
    assert cause.words[-1] == "no schema"
    assert codes(why("Pod/web-1", raw)) == ["init-failing"]


def test_an_init_container_that_runs_is_on_its_way() -> None:
    init = running() | {"name": "prepare"}
    spec = {"initContainers": [container("prepare")]}
    found = why("Pod/web-1", pod("web-1", status(**waiting("PodInitializing")), spec=spec, inits=[init]))
    assert "prepare" in found.moving
    assert not found.causes


def test_an_init_container_that_has_ended_well_is_passed_by() -> None:
    init = status("prepare", terminated=ended(0, "Completed"))
    spec = {"initContainers": [container("prepare")]}
    assert codes(why("Pod/web-1", pod("web-1", looping(3), spec=spec, inits=[init]))) == ["crashed"]


def test_containers_are_told_in_the_order_in_which_the_pod_names_them() -> None:
    spec = {"containers": [container("zeta"), container("alpha")]}
    raw = pod("web-1", looping(2) | {"name": "alpha"}, looping(0, "Completed") | {"name": "zeta"}, spec=spec)
    assert codes(why("Pod/web-1", raw)) == ["finished", "crashed"]


def probed(which: str, told: Raw, **probe: Any) -> Raw:
    spec = {"containers": [container(**{f"{which}Probe": {**PROBE, **probe}})]}
    return pod("web-1", told, spec=spec, conditions={"Ready": "False"})


def test_readiness_is_failing_once_its_tries_are_used_up() -> None:
    raw = probed("readiness", running(30))
    got = event(raw, "Unhealthy", 'Readiness probe failed: Get "http://10.0.0.1:81/up": connection refused', of="main")
    cause = first(why("Pod/web-1", raw, got, listening={"web-1": [80]}))
    assert cause.code == "readiness-failing"
    assert "GET /up, port 81" in cause.sentence
    assert "connection refused" in cause.words[0]
    assert cause.words[1].endswith(": 80")


def test_a_probe_that_has_failed_once_is_on_its_way_while_it_has_tries() -> None:
    raw = probed("readiness", running(4))
    once = event(raw, "Unhealthy", "Readiness probe failed: connection refused", of="main", before=1)
    assert why("Pod/web-1", raw, once).moving


def test_a_probe_that_nobody_said_has_failed_is_given_more_time() -> None:
    assert why("Pod/web-1", probed("readiness", running(30))).moving
    assert codes(why("Pod/web-1", probed("readiness", running(200)))) == ["readiness-failing"]
    raw = probed("readiness", running(30))
    before = event(raw, "Unhealthy", "Readiness probe failed: of the run before", of="main", before=40)
    assert why("Pod/web-1", raw, before).moving


@pytest.mark.parametrize("probe", [{}, {"initialDelaySeconds": 60}, {"failureThreshold": 100}])
def test_readiness_that_has_time_yet_is_on_its_way(probe: dict[str, int]) -> None:
    raw = probed("readiness", running(40 if probe else 3), **probe)
    found = why("Pod/web-1", raw)
    assert found.moving
    assert not found.causes


def test_who_listens_is_only_said_where_it_was_asked_and_matters() -> None:
    raw = probed("readiness", running(200))
    assert first(why("Pod/web-1", raw)).words == ()
    assert "nobody" in first(why("Pod/web-1", raw, listening={"web-1": []})).words[0]
    by_command = pod(
        "web-1",
        running(200),
        spec={"containers": [container(readinessProbe={"exec": {"command": ["cat", "/up"]}})]},
        conditions={"Ready": "False"},
    )
    cause = first(why("Pod/web-1", by_command, listening={"web-1": []}))
    assert cause.words == ()
    assert "cat /up" in cause.sentence


@pytest.mark.parametrize(("which", "code"), [("liveness", "liveness-failing"), ("startup", "startup-failing")])
def test_a_container_that_the_kubelet_ends_for_a_probe_did_not_crash(which: str, code: str) -> None:
    raw = probed(which, looping(137))
    killing = event(raw, "Killing", f"Container main failed {which} probe, will be restarted", of="main", before=12)
    got = event(
        raw, "Unhealthy", f"{which.capitalize()} probe failed: HTTP probe failed with statuscode: 500", of="main"
    )
    cause = first(why("Pod/web-1", raw, killing, got))
    assert cause.code == code
    assert "statuscode: 500" in cause.words[0]


def test_an_older_kill_counts_where_the_end_looks_like_the_kubelets() -> None:
    raw = probed("liveness", looping(137, began=40))
    old = event(raw, "Killing", "Container main failed liveness probe, will be restarted", of="main", before=900)
    assert codes(why("Pod/web-1", raw, old)) == ["liveness-failing"]
    own = probed("liveness", looping(3, began=40))
    assert codes(why("Pod/web-1", own, old)) == ["crashed"]
    at_once = probed("liveness", looping(137, began=11))
    assert codes(why("Pod/web-1", at_once, old)) == ["stopped-by-signal"]
    greedy = probed("liveness", looping(137, "OOMKilled", began=40))
    assert codes(why("Pod/web-1", greedy, old)) == ["out-of-memory"]


def test_a_hook_for_which_the_kubelet_ends_a_container_is_named() -> None:
    raw = pod("web-1", looping(137))
    failed = event(raw, "FailedPostStartHook", "PostStartHook failed", of="main", before=12)
    assert codes(why("Pod/web-1", raw, failed)) == ["hook-failing"]
    before = event(raw, "FailedPostStartHook", "PostStartHook failed", of="main", before=100)
    assert codes(why("Pod/web-1", raw, before)) == ["stopped-by-signal"]


def test_another_containers_probe_is_not_this_ones() -> None:
    raw = probed("liveness", looping(137))
    killing = event(raw, "Killing", "Container side failed liveness probe, will be restarted", of="side", before=12)
    assert codes(why("Pod/web-1", raw, killing)) == ["stopped-by-signal"]


def test_a_readiness_gate_that_nobody_opens_is_named() -> None:
    raw = pod(
        "web-1",
        running(ready=True),
        spec={"readinessGates": [{"conditionType": "example.com/ok"}]},
        conditions={"ContainersReady": "True", "Ready": "False"},
    )
    cause = first(why("Pod/web-1", raw))
    assert cause.code == "readiness-gate"
    assert "example.com/ok" in cause.sentence


@pytest.mark.parametrize(("reason", "code"), [("Evicted", "evicted"), ("DeadlineExceeded", "pod-failed")])
def test_a_pod_that_failed_as_a_whole_says_why(reason: str, code: str) -> None:
    cause = first(why("Pod/web-1", pod("web-1", phase="Failed", reason=reason, message="low on memory")))
    assert cause.code == code
    assert cause.words == (f"{reason}: low on memory",)


def test_a_pod_on_a_lost_node_leads_to_the_node() -> None:
    lost = node("n1")
    lost["status"]["conditions"] = [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}]
    cause = first(why("Pod/web-1", pod("web-1", running(ready=True), conditions=READY), around=[lost]))
    assert (cause.code, cause.path) == ("node-not-ready", ("Pod/web-1", "Node/n1"))


def test_a_pod_that_names_a_node_that_is_not_there_never_starts() -> None:
    cause = first(why("Pod/web-1", pod("web-1", scheduled="n9")))
    assert (cause.code, cause.subject) == ("node-absent", "Node/n9")
    unread = why("Pod/web-1", pod("web-1", scheduled="n9"), around=None, kinds=["Pod"])
    assert not unread.causes


def test_a_pod_that_goes_is_on_its_way() -> None:
    raw = pod("web-1", looping(3))
    raw["metadata"]["deletionTimestamp"] = ago(3)
    found = why("Pod/web-1", raw)
    assert found.moving
    assert not found.causes


def test_a_container_that_is_being_made_is_on_its_way_and_after_a_while_not_understood() -> None:
    new = pod("web-1", status(**waiting("ContainerCreating")), startTime=ago(10))
    assert why("Pod/web-1", new).moving
    old = pod("web-1", status(**waiting("ContainerCreating")), startTime=ago(500))
    found = why("Pod/web-1", old, event(old, "Pulling", "Pulling image web:1"))
    assert not found.known
    assert "Pulling image" in found.saw[0]


@pytest.mark.parametrize(
    ("reason", "code"), [("FailedMount", "mount-failed"), ("FailedCreatePodSandBox", "sandbox-failed")]
)
def test_what_the_kubelet_cannot_prepare_is_told_in_its_words_once_the_pod_is_no_longer_new(
    reason: str, code: str
) -> None:
    raw = pod("web-1", status(**waiting("ContainerCreating")))
    cause = first(why("Pod/web-1", raw, event(raw, reason, "it cannot be done")))
    assert (cause.code, cause.words) == (code, ("it cannot be done",))
    new = pod("web-1", status(**waiting("ContainerCreating")), startTime=ago(5))
    assert why("Pod/web-1", new, event(new, reason, "it cannot be done")).moving


def test_a_reason_that_nobody_knows_is_shown_and_not_explained() -> None:
    found = why("Pod/web-1", pod("web-1", status(**waiting("MoonPhaseWrong", "wait for the full moon"))))
    assert not found.known
    assert "MoonPhaseWrong" in found.saw[0]


def test_a_pod_that_no_scheduler_looks_at_is_not_understood() -> None:
    found = why("Pod/web-1", pod("web-1", scheduled="", spec={"schedulerName": "nobody"}))
    assert not found.known
    assert "nobody" in found.saw[0]


def test_a_pod_that_is_not_there_is_named_with_the_one_that_was_meant() -> None:
    cause = first(why("Pod/wbe-1", pod("web-1", running())))
    assert cause.code == "object-absent"
    assert "(there is web-1)" in cause.sentence


def test_a_pod_of_another_namespace_is_found_there() -> None:
    cause = first(why("Pod/web-1", elsewhere={"Pod/web-1": ["other"]}))
    assert cause.code == "wrong-namespace"
    assert cause.see == "kubectl get pod web-1 -n other"


def test_the_absence_of_what_was_not_listed_says_nothing() -> None:
    assert not why("Pod/web-1", kinds=["Service"]).known


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret", "ServiceAccount"])
def test_what_only_has_to_be_there_is_well_where_it_is(kind: str) -> None:
    assert why(f"{kind}/one", thing(kind, "one")).healthy
    assert codes(why(f"{kind}/none", thing(kind, "other"))) == ["object-absent"]


@pytest.mark.parametrize("told", [looping(3), looping(127), looping(137, "OOMKilled"), looping(0, "Completed")])
def test_chinese_sentences_are_chinese_and_the_objects_words_stay(told: Raw) -> None:
    speak("zh")
    cause = first(why("Pod/web-1", pod("web-1", told), logs={"web-1/main": "no database"}))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in cause.sentence)
    assert "web-1" in cause.sentence
    assert cause.words[-1] == "no database"
