"""How a class's Job stands: which indexes have ended and how, and what has become of each Pod."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labrunner.fleet.manifests import CHECKER, ENGINE
from labrunner.fleet.teachers_cluster import TeachersCluster
from labrunner.words import say

INDEX = r"batch\.kubernetes\.io/job-completion-index"
MARK = "pod|"
HUNGRY = "OOMKilled"
ENDED = f'.status.containerStatuses[?(@.name=="{CHECKER}")].state.terminated'
BESIDE = f'.status.initContainerStatuses[?(@.name=="{ENGINE}")]'
COLUMNS = (
    ".metadata.name",
    f".metadata.labels.{INDEX}",
    ".status.phase",
    ".metadata.deletionTimestamp",
    ".status.reason",
    f"{ENDED}.reason",
    f"{ENDED}.exitCode",
    ".metadata.creationTimestamp",
    ".spec.nodeName",
    f"{BESIDE}.state.terminated.reason",
    f"{BESIDE}.lastState.terminated.reason",
)
TEMPLATE = "{range .items[*]}pod" + "".join("|{" + one + "}" for one in COLUMNS) + "{end}"


@dataclass(frozen=True, slots=True)
class PodSeen:
    """A Pod as it was seen.

    Attributes:
        name, index: its name, and the index that it works for.
        phase: as the API says.
        leaving: when it was told to end, ISO 8601; empty where it was not.
        why: what the API says of its end; empty where it says nothing.
        code: the checker's exit code; None while there is none.
        made: when, ISO 8601.
        node: where it runs.
    """

    name: str
    index: int
    phase: str
    leaving: str = ""
    why: str = ""
    code: int | None = None
    made: str = ""
    node: str = ""

    @property
    def cause(self) -> str:
        """Why it gave no result, for a person."""
        if self.why == HUNGRY:
            return say(en="its memory was not enough", zh="内存不足")
        if self.why == "DeadlineExceeded":
            return say(en="it did not end in its time", zh="没有在时限内结束")
        said = self.why or (f"exit {self.code}" if self.code is not None else self.phase)
        return say(en=f"its Pod ended without a result: {said}", zh=f"Pod 结束时没有结果：{said}")


@dataclass(frozen=True, slots=True)
class Standing:
    """A Job as it was seen.

    Attributes:
        there: whether there is one.
        plan: the plan that it was made from.
        image: what its Pods are made of.
        done, failed: the indexes that have ended, one way and the other.
        over: whether it has ended as a whole.
        uid: which one it is.
    """

    there: bool
    plan: str = ""
    image: str = ""
    done: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    over: bool = False
    uid: str = ""


def of_job(raw: dict[str, Any], plan: str) -> Standing:
    """Return how a Job stands, as the API gives it; `plan` is the name of the annotation that names the plan."""
    if not raw:
        return Standing(there=False)
    status = raw.get("status", {})
    ended = {one["type"] for one in status.get("conditions") or [] if one.get("status") == "True"}
    return Standing(
        there=not raw["metadata"].get("deletionTimestamp"),
        plan=(raw["metadata"].get("annotations") or {}).get(plan, ""),
        image=raw["spec"]["template"]["spec"]["containers"][0]["image"],
        done=frozenset(indexes(status.get("completedIndexes", ""))),
        failed=frozenset(indexes(status.get("failedIndexes", ""))),
        over=bool(ended & {"Complete", "Failed"}),
        uid=raw["metadata"]["uid"],
    )


def indexes(text: str) -> Iterator[int]:
    """Yield the numbers of "0,2-4"."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def pods(cluster: TeachersCluster, namespace: str, job: str) -> list[PodSeen]:
    """Return the Pods of a Job; raises ClusterDown."""
    chosen = ("-l", f"batch.kubernetes.io/job-name={job}", "--chunk-size=500")
    template = TEMPLATE.replace("{end}", '{"\\n"}{end}')
    found = cluster.lines("-n", namespace, "get", "pods", *chosen, "-o", f"jsonpath={template}", mark=MARK)
    return [pod_of(line) for line in found]


def pod_of(line: str) -> PodSeen:
    """Return the Pod of a line that the template has made."""
    name, index, phase, leaving, reason, ended, code, made, node, *beside = line.removeprefix(MARK).split("|")
    why = HUNGRY if HUNGRY in beside else reason or (ended if ended not in ("Completed", "Error") else "")
    return PodSeen(name, int(index), phase, leaving, why, int(code) if code else None, made, node)
