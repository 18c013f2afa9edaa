"""The only import of kubernetes: reads one namespace through the dynamic client, from our own kubeconfig."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from labrunner.errors import ClusterDown
from labrunner.words import say

TIMEOUTS = (3, 20)
"""Seconds to connect and to read."""
WATCH = 300
"""Seconds after which the server ends a watch, politely."""
KINDS = (
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Event"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("batch/v1", "Job"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
    ("networking.k8s.io/v1", "Ingress"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
)


@contextmanager
def errors_mapped() -> Iterator[None]:
    """Turn what kubernetes and urllib3 raise into our tree."""
    import urllib3.exceptions
    from kubernetes.client.exceptions import OpenApiException
    from kubernetes.config import ConfigException
    from kubernetes.dynamic.exceptions import (
        KubernetesValidateMissing,
        ResourceNotFoundError,
        ResourceNotUniqueError,
    )

    broken = (
        OpenApiException,
        ConfigException,
        ResourceNotFoundError,
        ResourceNotUniqueError,
        KubernetesValidateMissing,
        urllib3.exceptions.HTTPError,
        yaml.YAMLError,
        OSError,
    )
    try:
        yield
    except broken as error:
        said = str(getattr(error, "reason", "") or error).strip()
        brief = said.splitlines()[0][:200] if said else type(error).__name__
        raise ClusterDown(
            say(en=f"the cluster does not answer: {brief}", zh=f"集群没有回应：{brief}"),
            hint=say(en="see: labrunner doctor", zh="查看：labrunner doctor"),
        ) from error


class KubeCluster:
    """The course's cluster, spoken to as raw JSON.

    Args:
        kubeconfig: our own file; no other is ever read.
    """

    def __init__(self, kubeconfig: Path) -> None:
        from kubernetes import config, dynamic

        self.kubeconfig = kubeconfig
        with errors_mapped():
            text = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
            client = config.new_client_from_config_dict(text)
            client.configuration.no_proxy = "*"
            cache = kubeconfig.with_name("discovery.json")
            self._dynamic = dynamic.DynamicClient(client, cache_file=str(cache))

    def objects(self, namespace: str) -> list[dict[str, Any]]:
        """Return every object of a namespace, raw; Secrets without their data, nothing with managed fields."""
        found: list[dict[str, Any]] = []
        for version, kind in KINDS:
            with errors_mapped():
                api = self._dynamic.resources.get(api_version=version, kind=kind)
                listed = api.get(namespace=namespace, _request_timeout=TIMEOUTS).to_dict()
            for raw in listed.get("items") or []:
                raw.setdefault("kind", kind)
                raw.setdefault("apiVersion", version)
                raw["metadata"].pop("managedFields", None)
                if kind == "Secret":
                    raw.pop("data", None)
                found.append(raw)
        return found

    def uid(self) -> str:
        """Return the UID of kube-system, which names a cluster."""
        with errors_mapped():
            api = self._dynamic.resources.get(api_version="v1", kind="Namespace")
            found = api.get(name="kube-system", _request_timeout=TIMEOUTS).to_dict()
        return str(found["metadata"]["uid"])

    def watch(self, version: str, kind: str, namespace: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield ("ADDED" | "MODIFIED" | "DELETED", raw) of a kind in a namespace; ends after WATCH seconds.

        What is there already comes first, as ADDED.
        """
        with errors_mapped():
            api = self._dynamic.resources.get(api_version=version, kind=kind)
            for event in api.watch(namespace=namespace, timeout=WATCH):
                yield str(event["type"]), event["raw_object"]

    def delete(self, version: str, kind: str, name: str, namespace: str) -> None:
        """Delete one object, with what it owns, and do not wait; one that is gone is no error."""
        from kubernetes.dynamic.exceptions import NotFoundError

        with errors_mapped():
            api = self._dynamic.resources.get(api_version=version, kind=kind)
            try:
                api.delete(name=name, namespace=namespace, body={"propagationPolicy": "Background"})
            except NotFoundError:
                return
