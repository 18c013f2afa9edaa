"""A class on its way to a cluster and back: the plan, the manifests, the frame of a result, and what nodes hold."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labrunner import catalog
from labrunner.errors import EnvironmentNotReady, Fault, LabrunnerError, UsageError
from labrunner.fleet import class_image, framed, manifests, plan, pods, preflight, standing
from labrunner.fleet import place as places
from labrunner.fleet.following import progress
from labrunner.fleet.gathered import Books
from labrunner.fleet.manifests import Made
from labrunner.fleet.plan import Seat
from labrunner.fleet.pods import PodTerms
from tests.handed_in import PACK

BLOB = "sha256:" + "a" * 64
FILES = {"result.json": b'{"what": "labrunner result"}', "evidence/front-desk/room.json.gz": bytes(range(256)) * 400}
FILES["evidence/front-desk/room.later.json.gz"] = b"later"
TOLD = {"limit": 8.0, "language": "en", "isolation": "privileged", "settle": {}}


def made(**other: Any) -> Made:
    told = {
        "name": "grade-0123456789",
        "namespace": "labrunner-grading-abcdef",
        "install": "abcdef012345",
        "image": "localhost:5777/labrunner-grader:0123",
        "registry": "http://192.0.2.7:5000",
        "repository": "labrunner-class",
        "plan": BLOB,
        "count": 12,
        "parallel": 4,
        "pods": PodTerms(),
    }
    return Made(**{**told, **other})


def seat(number: int) -> Seat:
    return Seat(f"2026{number:03}-0", f"2026{number:03}", BLOB, 100, ("front-desk",))


def test_the_same_class_is_the_same_plan_in_whatever_order_it_is_named() -> None:
    there, back = [seat(one) for one in range(5)], [seat(one) for one in reversed(range(5))]
    assert plan.of(there, **TOLD).data() == plan.of(back, **TOLD).data()
    assert plan.parsed(plan.of(there, **TOLD).data()) == plan.of(there, **TOLD)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"version": 2, "seats": []}', b'{"version": 1, "seats": [{}]}'])
def test_what_is_no_plan_is_no_work_order(data: bytes) -> None:
    with pytest.raises(Fault):
        plan.parsed(data)


def test_a_result_comes_whole_through_a_log_that_says_other_things_too() -> None:
    lines = framed.lines(FILES, BLOB)
    noisy = [word for line in lines for word in ("✓ starting a sandbox", line, "labrunner-result nothing")]
    assert framed.read(noisy, BLOB) == FILES
    assert max(map(len, lines)) < 16 << 10, "a container runtime would split it"


@given(st.data())
def test_a_result_that_was_cut_off_or_changed_on_its_way_is_none(data: st.DataObject) -> None:
    lines = framed.lines(FILES, BLOB)
    at = data.draw(st.integers(0, len(lines) - 1))
    if data.draw(st.booleans()):
        assert framed.read(lines[:at], BLOB) == {}
        return
    line = lines[at]
    where = data.draw(st.integers(0, len(line) - 1))
    lines[at] = line[:where] + ("B" if line[where] == "A" else "A") + line[where + 1 :]
    assert framed.read(lines, BLOB) in ({}, FILES)


def test_somebody_elses_result_is_not_taken_and_of_two_the_last_whole_one_is() -> None:
    other = framed.lines({"result.json": b"other"}, "sha256:" + "b" * 64)
    first, second = framed.lines({"result.json": b"1"}, BLOB), framed.lines({"result.json": b"2"}, BLOB)
    assert framed.read(other, BLOB) == {}
    assert framed.read([*first, *second, *first[:-1]], BLOB) == {"result.json": b"2"}


@pytest.mark.parametrize("name", ["../result.json", "/etc/passwd", "evidence/../../x.json.gz", "evidence/a/b.sh", "x"])
def test_a_result_brings_no_file_that_is_none_of_a_result(name: str) -> None:
    assert framed.read(framed.lines({"result.json": b"{}", name: b"x"}, BLOB), BLOB) == {}


def test_what_is_too_much_for_a_log_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framed, "MOST", 100)
    with pytest.raises(EnvironmentNotReady, match="log"):
        framed.lines(FILES, BLOB)


def test_only_the_engine_is_privileged_and_no_pod_can_ask_the_api() -> None:
    job = manifests.job(made())
    pod = job["spec"]["template"]["spec"]
    (engine,), (checker,) = pod["initContainers"], pod["containers"]
    assert engine["securityContext"] == {"privileged": True}
    assert "securityContext" not in checker
    assert (pod["automountServiceAccountToken"], pod["restartPolicy"]) == (False, "Never")
    assert manifests.account(made())["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    assert all(set(volume) == {"name", "emptyDir"} for volume in pod["volumes"])
    shared = {mount["name"]: mount["mountPath"] for mount in checker["volumeMounts"]}
    assert shared.items() <= {mount["name"]: mount["mountPath"] for mount in engine["volumeMounts"]}.items()


def test_what_could_not_be_graded_is_tried_again_and_what_lost_its_node_does_not_count() -> None:
    spec = manifests.job(made())["spec"]
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 12, 4)
    assert spec["backoffLimitPerIndex"] == PodTerms().retries
    lost, useless = spec["podFailurePolicy"]["rules"]
    assert (lost["action"], lost["onPodConditions"][0]["type"]) == ("Ignore", "DisruptionTarget")
    assert (useless["action"], useless["onExitCodes"]["values"]) == ("FailIndex", [2, 5])
    assert spec["maxFailedIndexes"] == 12, "one that cannot be graded ends nobody else's"


def test_nothing_leads_out_of_a_pod_but_to_the_registry_and_the_clusters_dns() -> None:
    egress = manifests.policy(made())["spec"]["egress"]
    assert egress[0] == {
        "ports": [{"protocol": "TCP", "port": 5000}],
        "to": [{"ipBlock": {"cidr": "192.0.2.7/32"}}],
    }
    assert [one["port"] for one in egress[1]["ports"]] == [53, 53]
    assert len(egress) == 2
    named = manifests.policy(made(registry="https://registry.example/course"))["spec"]["egress"][0]
    assert named == {"ports": [{"protocol": "TCP", "port": 443}]}, "a policy knows no names"


def test_what_the_teacher_says_of_pods_is_in_them_and_the_yaml_is_the_same_each_time(tmp_path: Path) -> None:
    file = tmp_path / "pods.yaml"
    file.write_text(
        "runtimeClassName: kata\nnodeSelector: {pool: grading}\n"
        "tolerations: [{key: grading, operator: Exists, effect: NoSchedule}]\nminutes: 5\ncpu: 2\nmemory: 2Gi\n",
        encoding="utf-8",
    )
    told = made(pods=pods.read(file))
    pod = manifests.pod(told)
    assert (pod["runtimeClassName"], pod["nodeSelector"]) == ("kata", {"pool": "grading"})
    assert pod["activeDeadlineSeconds"] == 300
    assert {"key": "grading", "operator": "Exists", "effect": "NoSchedule"} in pod["tolerations"]
    text = manifests.as_yaml(manifests.documents(told))
    assert text == manifests.as_yaml(manifests.documents(told))
    assert "&id" not in text, "an anchor is nothing for people"
    kinds = [one["kind"] for one in yaml.safe_load_all(text)]
    assert kinds == ["Namespace", "ServiceAccount", "ResourceQuota", "NetworkPolicy", "Job"]
    assert all(one["metadata"]["labels"].items() >= told.labels.items() for one in yaml.safe_load_all(text)), (
        "all of it can be found again"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [("cpus: 1\n", 1), ("minutes: 0\n", 1), ("cpu: 1\nmemory: lots\n", 2), ("tolerations: x\n", 1),
     ("tolerations: [{colour: red}]\n", 1), ("namespace: A_B\n", 1), ("nodeSelector: []\n", 1),
     ("memory-limit: 1Gi\n", 1)],
)  # fmt: skip
def test_what_is_wrong_in_the_file_of_pods_is_said_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "pods.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=f"pods.yaml:{line}:"):
        pods.read(file)


def node(cpu: str, memory: str, *, ready: str = "True", taint: str = "", **labels: str) -> dict[str, Any]:
    taints = [{"key": taint, "effect": "NoSchedule"}] if taint else []
    conditions = [{"type": "Ready", "status": ready}]
    status = {"allocatable": {"cpu": cpu, "memory": memory}, "conditions": conditions}
    return {"metadata": {"labels": labels}, "spec": {"taints": taints}, "status": status}


def test_room_is_what_nodes_have_that_take_such_a_pod() -> None:
    nodes = [
        node("4", "8388608Ki", pool="grading"),
        node("2000m", "4Gi", pool="grading", taint="grading"),
        node("64", "256Gi", pool="grading", ready="Unknown"),
        node("64", "256Gi", pool="web"),
        node("64", "256Gi", pool="grading", taint="gpu"),
    ]
    selected = {"pool": "grading"}
    tolerant = PodTerms(node_selector=selected, tolerations=({"key": "grading", "operator": "Exists"},))
    room = preflight.room_of(nodes, made(pods=tolerant))
    assert (room.nodes, room.cpu, room.memory, room.largest_memory) == (2, 6000, 12288, 8192)
    assert preflight.room_of(nodes, made(pods=PodTerms(node_selector=selected))).nodes == 1
    assert preflight.room_of([], made()) == preflight.Room(0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("memory", "mib"),
    [("8388608Ki", 8192), ("8589934592", 8192), ("8589934592000m", 8192), ("8.5Gi", 8704), ("8G", 7629), ("8e9", 7629),
     ("lots", 0)],
)  # fmt: skip
def test_memory_of_nodes_is_read_in_every_way_in_which_kubernetes_writes_it(memory: str, mib: int) -> None:
    assert preflight.room_of([node("3920m", memory)], made()).memory == mib


def test_how_a_job_stands_is_read_from_its_status() -> None:
    assert list(standing.indexes("0,2-4,9")) == [0, 2, 3, 4, 9]
    assert list(standing.indexes("")) == []
    job = json.loads(json.dumps(manifests.job(made())))
    job["metadata"]["uid"] = "1"
    seen = standing.of_job(job, manifests.PLAN)
    assert (seen.there, seen.plan, seen.image, seen.over) == (True, BLOB, made().image, False)
    job["status"] = {
        "completedIndexes": "0-9",
        "failedIndexes": "10,11",
        "conditions": [{"type": "Failed", "status": "True"}],
    }
    seen = standing.of_job(job, manifests.PLAN)
    assert (len(seen.done), seen.failed, seen.over) == (10, {10, 11}, True)
    assert not standing.of_job({}, manifests.PLAN).there
    killed = standing.pod_of("pod|grade-x-3-abcde|3|Failed|||OOMKilled|137|2026-11-26T08:00:00Z|worker")
    assert (killed.index, killed.code, killed.cause) == (3, 137, "its memory was not enough")
    beside = standing.pod_of("pod|grade-x-3-abcde|3|Failed||||3|2026-11-26T08:00:00Z|worker|OOMKilled|")
    assert (beside.code, beside.cause) == (3, "its memory was not enough"), "it was its engine's"
    late = standing.pod_of("pod|grade-x-4-abcde|4|Failed||DeadlineExceeded|||2026-11-26T08:00:00Z|worker")
    assert "in its time" in late.cause


def test_books_that_do_not_balance_name_who_is_missing() -> None:
    handed = [Path("a"), Path("b"), Path("c")]
    books = Books(handed)
    books.note((Path("a"), None))
    books.note((Path("b"), UsageError("no submission")))
    assert books.lacking() == ["c"]
    books.note((Path("c"), None))
    assert books.lacking() == []
    books.note((Path("c"), None))
    assert books.lacking() == ["c"], "twice is no balance"


def test_progress_says_how_many_how_fast_and_how_long_still() -> None:
    assert progress(0, 12, 0, 30.0) == "0 of 12"
    assert progress(6, 12, 3, 60.0) == "6 of 12, 3.0 a minute, about 2 min left"


@pytest.mark.parametrize("address", ["", "https://", "ftp://x", "https://user@x", "https://x?y"])
def test_what_is_no_registrys_address_is_said(address: str) -> None:
    with pytest.raises(LabrunnerError, match="no registry's address"):
        places.named(address)


def test_a_registry_of_the_teachers_is_the_same_for_everybody() -> None:
    found = places.named("https://registry.example/course/")
    assert (found.push, found.pull) == ("registry.example/course", "registry.example/course")
    assert found.here == found.pods == "https://registry.example/course"
    assert places.named("registry.example:5000").here == "https://registry.example:5000", (
        "plain HTTP only where it is said"
    )


def test_another_lab_of_the_teachers_is_another_image_and_the_same_is_the_same(tmp_path: Path) -> None:
    lab = catalog.load("front-desk", PACK).lab
    own = tmp_path / "pack"
    own.mkdir()
    (own / "__init__.py").write_text("SECTIONS = ()\n", encoding="utf-8")
    first = class_image.key([lab], own)
    assert class_image.key([lab], own) == first
    assert class_image.key([lab], None) != first
    (own / "__init__.py").write_text("SECTIONS = ( )\n", encoding="utf-8")
    assert class_image.key([lab], own) != first
    needed = class_image.targets([lab])
    assert {"image-hands", "image-registry", "store-debian"} <= set(needed), "a Pod asks nobody for anything"
    assert not {"image-node", "kubernetes"} & set(needed), "who asks for no cluster carries none"


def test_a_lab_of_the_cluster_brings_along_what_a_cluster_is_made_of_and_no_more_programs_than_are_run() -> None:
    lab = catalog.load("back-office", PACK).lab
    needed = class_image.targets([lab, catalog.load("front-desk", PACK).lab])
    assert {"image-hands", "image-node", "kubernetes", "store-client", "store-debian", "store-web-1"} <= set(needed)
    below = {"kubernetes": Path("/cache/kubernetes/0123"), "image-node": Path("/cache/image-node/4567")}
    assert class_image.contents(below) == {
        **{
            f"cache/kubernetes/0123/bin/{one}": below["kubernetes"] / "bin" / one
            for one in ("kind", "kubectl", "etcdctl")
        },
        "cache/image-node/4567": below["image-node"],
    }
