"""Which section of the notes explains a cause."""

from labrunner.why.kinds import DOCKER

BASICS = "Docker › 基本使用"
IMAGES = "Docker › 容器和镜像的区别"
NODES = "Kubernetes › 什么是Kubernetes"
SCALING = "Kubernetes › 为什么使用 k8s ，使用 k8s 做集群有什么优势"
PARTS = "Kubernetes › k8s 组成"
SECTIONS = (BASICS, IMAGES, NODES, SCALING, PARTS)
"""Every section that a cause may point at, as "part › heading"."""

BY_CODE = {
    "command-not-found": IMAGES,
    "command-not-executable": IMAGES,
    "no-metrics": SCALING,
    "no-requests": SCALING,
    "autoscaler-target-absent": SCALING,
    "unschedulable-cpu": NODES,
    "unschedulable-memory": NODES,
    "unschedulable-selector": NODES,
    "unschedulable-taint": NODES,
    "unschedulable-volume": NODES,
    "node-not-ready": NODES,
    "node-cordoned": NODES,
    "node-pressure": NODES,
}
"""Where the code alone says it; the others follow the world that the broken object lives in."""


def section(code: str, subject: str) -> str:
    """Return the section of the notes that explains a cause.

    Args:
        code: the cause's.
        subject: the broken object, as "kind/name".
    """
    if code in BY_CODE:
        return BY_CODE[code]
    kind = subject.partition("/")[0]
    return BASICS if kind in DOCKER or kind == "past" else PARTS
