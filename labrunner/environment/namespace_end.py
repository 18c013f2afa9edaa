"""What keeps a namespace that is to go: somebody's finalizer, or an API of the cluster that does not answer."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from labrunner import wait
from labrunner.environment.cluster_record import ADDON, KindCluster
from labrunner.environment.kubectl import APPLY, kubectl, read
from labrunner.environment.settings import LABEL
from labrunner.world.endpoint import Endpoint

APIS = "/apis/apiregistration.k8s.io/v1/apiservices"
KEEPING = ("NamespaceFinalizersRemaining", "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionContentFailure",
           "NamespaceDeletionGroupVersionParsingFailure")  # fmt: skip
"""Conditions of a namespace that somebody has to do something about; content that remains may only be ending."""


def kept_by(endpoint: Endpoint, cluster: KindCluster, name: str) -> str:
    """Return the API server's own words for what keeps a namespace; empty where it names nothing."""
    found = (read(endpoint, cluster, f"/api/v1/namespaces/{name}").get("status") or {}).get("conditions") or []
    said = {one["type"]: str(one.get("message", "")) for one in found if one["status"] == "True"}
    return "; ".join(said[kind] for kind in KEEPING if kind in said)[:400]


@contextmanager
def unhindered(endpoint: Endpoint, cluster: KindCluster, *, after: float) -> Iterator[Callable[[], None]]:
    """Put aside APIs of our add-ons that do not answer, while a namespace goes, and put them back in the end.

    While the API server cannot ask an API which kinds it has, it removes no namespace at all.

    Args:
        endpoint: the daemon that the cluster runs on.
        cluster: the cluster, guarded.
        after: seconds after which it is looked for them; most namespaces are gone by then.

    Yields:
        a function to call again and again while it is waited for.
    """
    began, aside = wait.now(), dict[str, dict[str, Any]]()

    def look() -> None:
        if wait.now() - began < after:
            return
        for raw in read(endpoint, cluster, f"{APIS}?labelSelector={ADDON},{LABEL}={cluster.install}").get("items", []):
            name = str(raw["metadata"]["name"])
            if name not in aside and not _answers(endpoint, cluster, raw):
                aside[name] = _as_made(raw)
                kubectl(endpoint, cluster, "delete", "apiservice", name, "--ignore-not-found", "--wait=false")

    try:
        yield look
    finally:
        for raw in aside.values():
            kubectl(endpoint, cluster, *APPLY, stdin=json.dumps(raw), may_fail=True)


def _answers(endpoint: Endpoint, cluster: KindCluster, raw: dict[str, Any]) -> bool:
    """Tell whether an API answers: the API server calls some available that it cannot get a word of itself."""
    conditions = (raw.get("status") or {}).get("conditions") or []
    if not any(one["type"] == "Available" and one["status"] == "True" for one in conditions):
        return False
    return bool(read(endpoint, cluster, f"/apis/{raw['spec']['group']}/{raw['spec']['version']}"))


def _as_made(raw: dict[str, Any]) -> dict[str, Any]:
    """Return an object as it can be made again."""
    kept = {name: raw["metadata"][name] for name in ("name", "labels", "annotations") if name in raw["metadata"]}
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": kept,
        "spec": raw["spec"],
    }
