"""What the Pods of a class may be, as their teacher says in a small file: `--pods FILE`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from labrunner.errors import UsageError
from labrunner.grading import guarded_yaml
from labrunner.grading.guarded_yaml import Written
from labrunner.lab import Lab
from labrunner.why import quantity
from labrunner.words import say

NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
CPU = re.compile(r"(\d{1,4})(m?)")
BYTES = re.compile(r"(\d{1,5})(Mi|Gi)")
TOLERATION = ("key", "operator", "value", "effect")
MOST_MINUTES, MOST_RETRIES = 1440, 10
LEAST_LIMIT = 3584
"""MiB of an engine: with less, what eats memory would end the whole engine, and not itself alone as elsewhere."""
LEAST_WITH_CLUSTER = 6144
"""MiB of an engine with a cluster in it: what the cluster takes beside the rest."""
WITH_CLUSTER = {"cpu": "1", "memory": "3Gi", "memory_limit": "8Gi", "minutes": 60}
"""What a Pod with a cluster in it gets where its teacher says nothing."""


@dataclass(frozen=True, slots=True)
class PodTerms:
    """What a Pod gets, and where it may run; as Kubernetes writes quantities.

    Attributes:
        namespace: made for the class and removed after it; one of this installation's own where empty.
        runtime_class: a VM or sandbox runtime of the cluster; empty for the nodes' usual one.
        node_selector, tolerations: as in a Pod.
        cpu, memory: what a Pod is promised.
        memory_limit: bytes that the engine with all that a submission runs may use.
        disk: bytes of the node's disk that a Pod may use.
        minutes: after which a Pod is given up.
        retries: how often a submission that could not be graded is tried again.
        said: the names of those above that the teacher has said.
    """

    namespace: str = ""
    runtime_class: str = ""
    node_selector: dict[str, str] = field(default_factory=dict)
    tolerations: tuple[dict[str, str], ...] = ()
    cpu: str = "500m"
    memory: str = "1Gi"
    memory_limit: str = "4Gi"
    disk: str = "10Gi"
    minutes: int = 30
    retries: int = 2
    said: frozenset[str] = frozenset()

    def roomy(self, labs: Iterable[Lab]) -> "PodTerms":
        """Return what a Pod gets for some labs: more where one makes a cluster inside; what the teacher has said stays.

        Raises:
            UsageError: the teacher has said less memory than that takes.
        """
        if not any(lab.uses_cluster for lab in labs):
            return self
        found = replace(self, **{name: more for name, more in WITH_CLUSTER.items() if name not in self.said})  # type: ignore[arg-type]
        if mebibytes(found.memory_limit) < LEAST_WITH_CLUSTER:
            raise UsageError(
                say(
                    en=f"an engine in which a cluster is made gets {LEAST_WITH_CLUSTER} MiB at least, "
                    f"and memory-limit is {found.memory_limit}",
                    zh=f"要在里面创建集群的引擎至少要 {LEAST_WITH_CLUSTER} MiB，"
                    f"而 memory-limit 是 {found.memory_limit}",
                ),
                hint=f"memory-limit: {WITH_CLUSTER['memory_limit']}",
            )
        return found


def read(file: Path) -> PodTerms:
    """Read what Pods may be.

    Raises:
        UsageError: the file is not there, or does not hold what it must hold; file and line are named.
    """
    written = guarded_yaml.read(file)
    found: dict[str, object] = {}
    for key, one in written.value.items():
        if key not in KEYS:
            hint = say(en=f"known: {', '.join(KEYS)}", zh=f"可用：{', '.join(KEYS)}")
            raise written.wrong(say(en=f"the key {key!r} is not known", zh=f"不认识键 {key!r}"), hint=hint, key=key)
        name, take = KEYS[key]
        found[name] = take(one)
    return PodTerms(**found, said=frozenset(found))  # type: ignore[arg-type] # each was taken by the function that stands beside its name


def millicores(text: str) -> int:
    """Return a quantity of processors in thousandths: "2" is 2000, "500m" is 500; 0 where it is none."""
    return int(quantity.amount(text) * 1000)


def mebibytes(text: str) -> int:
    """Return a quantity of bytes in MiB, as nodes and people write it; 0 where it is none."""
    return int(quantity.amount(text)) >> 20


def _name(one: Written) -> str:
    return _matching(one, NAME, "labrunner-grading")


def _cpu(one: Written) -> str:
    return _matching(one, CPU, "500m")


def _limit(one: Written) -> str:
    text = _bytes(one)
    if mebibytes(text) < LEAST_LIMIT:
        raise one.wrong(
            say(
                en=f"an engine gets {LEAST_LIMIT} MiB at least: a sandbox in it may take 3 GiB, here as on a laptop",
                zh=f"引擎至少要 {LEAST_LIMIT} MiB：里面的沙箱可以用到 3 GiB，与在本机评分时一样",
            ),
            hint="memory-limit: 4Gi",
        )
    return text


def _bytes(one: Written) -> str:
    return _matching(one, BYTES, "2Gi")


def _matching(one: Written, kind: re.Pattern[str], example: str) -> str:
    if not isinstance(one.value, str) or not kind.fullmatch(one.value):
        raise one.wrong(say(en="this is not as it is written here", zh="写法不对"), hint=example)
    return one.value


def _minutes(one: Written) -> int:
    return _number(one, 1, MOST_MINUTES)


def _retries(one: Written) -> int:
    return _number(one, 0, MOST_RETRIES)


def _number(one: Written, least: int, most: int) -> int:
    text = one.value if isinstance(one.value, str) else ""
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise one.wrong(say(en=f"this is no number of {least} to {most}", zh=f"这不是 {least} 到 {most} 的数"))
    return int(text)


def _labels(one: Written) -> dict[str, str]:
    if not isinstance(one.value, dict) or not all(isinstance(each.value, str) for each in one.value.values()):
        raise one.wrong(say(en="this is no list of `label: value`", zh="这里应当是“标签: 值”"))
    return {key: each.value for key, each in one.value.items()}


def _tolerations(one: Written) -> tuple[dict[str, str], ...]:
    if not isinstance(one.value, list):
        raise one.wrong(say(en="this is no list of tolerations", zh="这里应当是容忍度的列表"))
    found = tuple(_labels(each) for each in one.value)
    for each in found:
        if unknown := set(each) - set(TOLERATION):
            raise one.wrong(say(en=f"a toleration has no {min(unknown)!r}", zh=f"容忍度没有 {min(unknown)!r}"))
    return found


KEYS = {
    "namespace": ("namespace", _name),
    "runtimeClassName": ("runtime_class", _name),
    "nodeSelector": ("node_selector", _labels),
    "tolerations": ("tolerations", _tolerations),
    "cpu": ("cpu", _cpu),
    "memory": ("memory", _bytes),
    "memory-limit": ("memory_limit", _limit),
    "disk": ("disk", _bytes),
    "minutes": ("minutes", _minutes),
    "retries": ("retries", _retries),
}
