"""A Pod of several containers: what they share without being asked, and what they share where both mount it."""

from dataclasses import replace
from typing import Any

from labrunner import Answer, Cluster, Fact, expect

from .ground import applied, lab

SIDE = """  - name: side
    image: {busybox}
    command: [sleep, "86400"]
"""
ALONE = """
apiVersion: v1
kind: Pod
metadata:
  name: lr-pair
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: web
    image: {web}
"""
PAIR = f"{ALONE}{SIDE}"
DEAF = PAIR.replace("{web}", '{busybox}\n    command: [sleep, "86400"]')
CLASH = """
apiVersion: v1
kind: Pod
metadata:
  name: lr-clash
spec:
  restartPolicy: Never
  containers:
  - name: first
    image: {web}
  - name: second
    image: {web}
"""
FEIGNED = f"{CLASH}    command: [sh, -c, exit 1]\n"
PAIR_READY = "kubectl wait --for=condition=Ready pod/lr-pair --timeout=60s\n"
TWO_PODS = f"{applied(ALONE)}kubectl run lr-side --image={{busybox}} --restart=Never -- sleep 1"
OVERRIDES = (
    '{"spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"side","image":"{busybox}",'
    '"command":["sleep","86400"]},{"name":"web","image":"{web}"}]}}'
)

pod_net = lab.step(
    "pod-net",
    minutes=9,
    solve=f"{applied(PAIR)}{PAIR_READY}kubectl exec lr-pair -c side -- wget -q -O - http://127.0.0.1/\n{applied(CLASH)}",
    also={
        "one-file": applied(CLASH, PAIR),
        "overrides": f"kubectl run lr-pair --image={{web}} --overrides='{OVERRIDES}'\n"
        + applied(CLASH.replace("  restartPolicy: Never\n", "")),
    },
)
NAMESPACE = "readlink /proc/self/ns/net"
web_net = pod_net.probe(NAMESPACE, pod="lr-pair", container="web")
side_net = pod_net.probe(NAMESPACE, pod="lr-pair", container="side")
side_page = pod_net.probe("wget -q -O - http://127.0.0.1/", pod="lr-pair", container="side")


def running(statuses: list[dict[str, Any]]) -> list[str]:
    """Return the names of the containers that run, sorted."""
    return sorted(one["name"] for one in statuses if "running" in one["state"])


def ended(statuses: list[dict[str, Any]]) -> list[int]:
    """Return the exit codes of the containers that have ended at least once, the last one of each."""
    ends = [one["state"].get("terminated") or one["lastState"].get("terminated") for one in statuses]
    return [last["exitCode"] for last in ends if last]


def programs(containers: list[dict[str, Any]]) -> list[list[str]]:
    """Return what each container runs: its image without the registry, and a command where it has one of its own."""
    return [[one["image"].rpartition("/")[2], *one.get("command", []), *one.get("args", [])] for one in containers]


@pod_net.check(wrong={"side-forgotten": applied(ALONE), "two-pods": TWO_PODS}, within=30)
def two_containers_run_in_one_pod(cluster: Cluster) -> None:
    names: Fact[list[str]] = cluster.object("Pod", "lr-pair").at("status.containerStatuses").map(running, "running")
    expect(names).contains("web")
    expect(names).contains("side")


@pod_net.check(wrong={"two-pods": TWO_PODS}, within=30)
def both_are_in_one_network_namespace(web_net: Answer, side_net: Answer) -> None:
    expect(web_net.stdout).matches(r"^net:\[\d+\]$")
    expect(side_net.stdout).equals(web_net.stdout.value)


@pod_net.check(wrong={"nobody-listens": applied(DEAF)}, within=30)
def side_reaches_the_page_at_127_0_0_1(side_page: Answer) -> None:
    expect(side_page.stdout).equals("web 1 lr-pair")


@pod_net.check(
    wrong={"one-server": "kubectl run lr-clash --image={web}", "feigned": applied(FEIGNED)},
    within=30,
)
def second_server_finds_port_80_taken(cluster: Cluster) -> None:
    clash = cluster.object("Pod", "lr-clash")
    expect(clash.at("spec.containers").map(programs, "programs")).equals([["web:1"], ["web:1"]])
    ends = clash.at("status.containerStatuses").map(ended, "exit codes")
    # No subject: a server that tries to get its port for some seconds does not look like something that moves.
    expect(replace(ends, subject="")).equals([1])


CONTAINERS = """  - name: writer
    image: {busybox}
    command: [sh, -c, "echo {dish} > /shelf/note; sleep 86400"]
  - name: reader
    image: {busybox}
    command: [sleep, "86400"]
  - name: guest
    image: {busybox}
    command: [sleep, "86400"]
"""
MOUNT = """    volumeMounts:
    - name: shelf
      mountPath: /shelf
"""
WRITER, READER, GUEST = (f"  - name{one}" for one in CONTAINERS.split("  - name")[1:])
POD = """
apiVersion: v1
kind: Pod
metadata:
  name: lr-shelf
spec:
  terminationGracePeriodSeconds: 1
  volumes:
  - name: shelf
    emptyDir: {}
  containers:
"""
SHELF = f"{POD}{WRITER}{MOUNT}{READER}{MOUNT}{GUEST}"
OWN_FOLDER = WRITER.replace("echo", "mkdir /shelf; echo")
SHELF_READY = "kubectl wait --for=condition=Ready pod/lr-shelf --timeout=60s\n"
WRITE = "kubectl exec lr-shelf -c {} -- sh -c 'mkdir -p /shelf; echo {{dish}} > /shelf/note'\n"
IN_MEMORY = SHELF.replace("emptyDir: {}", "emptyDir: {medium: Memory, sizeLimit: 4Mi}")

pod_vol = lab.step(
    "pod-vol",
    minutes=7,
    solve=f"{applied(SHELF)}{SHELF_READY}"
    "kubectl exec lr-shelf -c reader -- cat /shelf/note\nkubectl exec lr-shelf -c writer -- ls /shelf",
    also={
        "in-memory": applied(IN_MEMORY),
        "by-hand": applied(f"{POD}{GUEST}{READER}{MOUNT}{READER.replace('reader', 'writer')}{MOUNT}")
        + SHELF_READY
        + WRITE.format("writer"),
    },
)
STAT = "cat /shelf/note && stat -c %d:%i /shelf/note"
writer_note = pod_vol.probe(STAT, pod="lr-shelf", container="writer")
reader_note = pod_vol.probe(STAT, pod="lr-shelf", container="reader")
guest_note = pod_vol.probe(
    "if [ -e /shelf/note ]; then cat /shelf/note; else echo nothing; fi", pod="lr-shelf", container="guest"
)


@pod_vol.check(
    wrong={
        "another-note": applied(SHELF.replace("{dish}", "tea")),
        "unwritten": applied(SHELF.replace("echo", "true")),
    },
    within=30,
)
def writer_left_the_note(writer_note: Answer, dish: str) -> None:
    expect(writer_note.stdout).matches(rf"^{dish}\n")


@pod_vol.check(
    wrong={
        "only-declared": applied(f"{POD}{WRITER}{MOUNT}{READER}{GUEST}"),
        "written-twice": f"{applied(POD + OWN_FOLDER + READER + GUEST)}{SHELF_READY}{WRITE.format('reader')}",
    },
    within=30,
)
def reader_has_the_very_same_file(writer_note: Answer, reader_note: Answer) -> None:
    expect(reader_note.stdout).is_there()
    expect(reader_note.stdout).equals(writer_note.stdout.value)


@pod_vol.check(wrong={"all-mount": applied(f"{POD}{WRITER}{MOUNT}{READER}{MOUNT}{GUEST}{MOUNT}")}, within=30)
def guest_has_nothing_there(reader_note: Answer, guest_note: Answer) -> None:
    expect(reader_note.exit_code).equals(0)
    expect(guest_note.stdout).equals("nothing")
