"""The only import of kubernetes: reads the course's cluster as raw JSON, from a kubeconfig of our own.

What is read and watched goes over HTTP at a fixed path a kind (see wire.py and kube_kinds.py): the kubernetes client
takes 0.3 to 1.5 s to be imported, and its dynamic client asks for the API's whole discovery first. What is deleted goes
through it.
"""

import http.client
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from labrunner import wait
from labrunner.errors import ClusterDown
from labrunner.words import say
from labrunner.world import kubeconfig as kubeconfigs
from labrunner.world import pod_exec
from labrunner.world.kube_kinds import AROUND, KINDS, path, trimmed
from labrunner.world.probe_reply import answer_of
from labrunner.world.wire import Wire

__all__ = ["AROUND", "KINDS", "TIMEOUTS", "WATCH", "ClusterRefused", "Gone", "KubeCluster", "errors_mapped"]
TIMEOUTS = (3, 20)
"""Seconds to connect and to read."""
WATCH = 300
"""Seconds after which the server ends a watch, politely."""
SIDE_BY_SIDE = 2
"""Connections that kinds are listed over: each costs a TLS handshake, and more than two were slower."""
PRINTED = 1 << 16
"""Bytes that are kept of what a probe prints, of each stream."""
LOG_LIMIT = 2.0
"""Seconds for the log of one container: it is its node that has to answer, and a lost one does not."""
LAST_LINES = 1 << 13
"""Bytes that are kept of a log's last lines."""
REFUSED, GONE = 400, 410
Raw = dict[str, Any]
Raws = list[Raw]


class ClusterRefused(ClusterDown):
    """The API server answered a call with an error.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(
            say(en=f"the cluster does not answer: {message}", zh=f"集群没有回应：{message}"),
            hint=say(en="see: labrunner doctor", zh="查看：labrunner doctor"),
        )
        self.status = status


class Gone(ClusterRefused):
    """The resourceVersion that a watch was to begin at is too old: what came after it is not known in full."""


@contextmanager
def errors_mapped() -> Iterator[None]:
    """Turn what kubernetes, urllib3 and HTTP raise into our tree."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, _broken()):
            raise
        said = str(getattr(error, "reason", "") or error).strip()
        brief = said.splitlines()[0][:200] if said else type(error).__name__
        raise ClusterDown(
            say(en=f"the cluster does not answer: {brief}", zh=f"集群没有回应：{brief}"),
            hint=say(en="see: labrunner doctor", zh="查看：labrunner doctor"),
        ) from error


def _broken() -> tuple[type[Exception], ...]:
    """Return what a talk may break with; a module that nobody imported raises nothing."""
    found: list[type[Exception]] = [OSError, http.client.HTTPException, json.JSONDecodeError]
    theirs = (
        ("yaml", ("YAMLError",)),
        ("urllib3.exceptions", ("HTTPError",)),
        ("kubernetes.client.exceptions", ("OpenApiException",)),
        ("kubernetes.config.config_exception", ("ConfigException",)),
        (
            "kubernetes.dynamic.exceptions",
            ("KubernetesValidateMissing", "ResourceNotFoundError", "ResourceNotUniqueError"),
        ),
    )
    for module, names in theirs:
        if (imported := sys.modules.get(module)) is not None:
            found += [getattr(imported, name) for name in names]
    return tuple(found)


class KubeCluster:
    """The course's cluster, spoken to as raw JSON; threads may share it.

    Args:
        kubeconfig: our own file; no other is ever read.
        patience: seconds for each step of a talk.

    Raises:
        ClusterDown: the file is not there, or is no kubeconfig.
    """

    def __init__(self, kubeconfig: Path, *, patience: float = TIMEOUTS[1]) -> None:
        self.kubeconfig = kubeconfig
        try:
            with errors_mapped():
                self._wire = Wire(kubeconfigs.connections(kubeconfig, patience))
        except (KeyError, TypeError, ValueError, StopIteration) as broken:
            raise ClusterRefused(f"{kubeconfig}: {type(broken).__name__}: {broken}", 0) from broken

    def close(self) -> None:
        """Give the connections back; watches that somebody still follows end."""
        self._wire.close()

    def objects(self, namespace: str) -> Raws:
        """Return every object of a namespace, of the kinds of KINDS, asked side by side.

        Each is raw, with its kind and apiVersion, without managed fields; a Secret keeps the names of its keys and its
        certificate. Each kind is one consistent reading, and two kinds may be some milliseconds apart.
        """
        return self._listed(KINDS, namespace)

    def around(self) -> Raws:
        """Return the objects of the kinds of AROUND, as `objects` does."""
        return self._listed(AROUND, "")

    def list(self, version: str, kind: str, namespace: str = "") -> tuple[Raws, str]:
        """Return the objects of one kind, and the resourceVersion from which a watch goes on.

        Args:
            version: "v1", "apps/v1" and the like.
            kind: as in a manifest.
            namespace: where; everywhere in the cluster where it is empty.
        """
        said = self._json(path(version, kind, namespace))
        found = [trimmed(raw, version, kind) for raw in said.get("items") or []]
        return found, str((said.get("metadata") or {}).get("resourceVersion", ""))

    def uid(self) -> str:
        """Return the UID of kube-system, which names a cluster."""
        return str(self._json("/api/v1/namespaces/kube-system")["metadata"]["uid"])

    def version(self) -> str:
        """Return the API server's version ("v1.36.1")."""
        return str(self._json("/version")["gitVersion"])

    def pod_log(self, namespace: str, pod: str, container: str, *, previous: bool = False, lines: int = 10) -> str:
        """Return the last lines that a container printed, stripped, at most 8 KiB.

        Empty where there are none to be had: no such Pod, not started yet, no run before this one, or a node that does
        not answer within LOG_LIMIT.

        Args:
            namespace: the Pod's.
            pod: its name.
            container: the container's name.
            previous: True for the run before the present one.
            lines: how many at most.
        """
        asked = {"container": container, "tailLines": str(lines), "limitBytes": str(LAST_LINES)}
        query = urlencode(asked | ({"previous": "true"} if previous else {}))
        try:
            said = self._call(f"{path('v1', 'Pod', namespace)}/{pod}/log?{query}", limit=LOG_LIMIT)
        except (ClusterRefused, ClusterDown):
            return ""
        return said.decode(errors="replace").strip()

    def ask_inside(
        self, namespace: str, pod: str, command: str, *, limit: float, container: str = ""
    ) -> dict[str, Any]:
        """Run a shell line in a container of a Pod, its usual one where none is named.

        See `docker_engine.answer_of` for what comes back.

        Raises:
            ClusterRefused: there is no such Pod, or it does not run.
            ClusterDown: the talk broke.
        """
        where = f"{path('v1', 'Pod', namespace)}/{pod}/exec"
        ends = wait.now() + limit
        try:
            with errors_mapped(), self._wire.bare(limit) as talk:
                words = ["sh", "-c", command]
                heard = pod_exec.answered(talk, where, words, PRINTED, lambda: wait.now() < ends, container)
        except ClusterDown as down:
            if isinstance(down.__cause__, TimeoutError):
                return answer_of(b"", b"", None)
            raise
        except pod_exec.Refused as refused:
            raise _refusal(refused.status, refused.said) from refused
        except ValueError as broken:
            raise ClusterRefused(str(broken), 0) from broken
        return answer_of(*heard)

    def running(self, namespace: str, labels: str) -> tuple[str, ...]:
        """Return the names of the Pods with these labels ("app=lr-web") that run and are not being deleted, sorted."""
        query = urlencode({"labelSelector": labels, "fieldSelector": "status.phase=Running"})
        found = self._json(f"{path('v1', 'Pod', namespace)}?{query}").get("items") or []
        return tuple(
            sorted(str(one["metadata"]["name"]) for one in found if "deletionTimestamp" not in one["metadata"])
        )

    def watch(
        self, version: str, kind: str, namespace: str, *, resource_version: str = ""
    ) -> Iterator[tuple[str, Raw]]:
        """Yield what becomes of a kind's objects: ("ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK", raw).

        Ends after WATCH seconds, or when the server ends it, or when this cluster is closed; begin again at the
        resourceVersion of the last object heard of. A bookmark's object holds nothing but that.

        Args:
            version: "v1", "apps/v1" and the like.
            kind: as in a manifest.
            namespace: where; everywhere in the cluster where it is empty.
            resource_version: after which one to begin; empty for what is there already, as ADDED, and from then on.

        Raises:
            Gone: that version is too old.
            ClusterDown: the stream broke.
        """
        asked = {"watch": "1", "allowWatchBookmarks": "true", "timeoutSeconds": str(WATCH)}
        query = urlencode(asked | ({"resourceVersion": resource_version} if resource_version else {}))
        where = f"{path(version, kind, namespace)}?{query}"
        with errors_mapped(), self._wire.stream("GET", where, limit=WATCH + TIMEOUTS[1]) as answer:
            if answer.status >= REFUSED:
                raise _refusal(answer.status, answer.read(LAST_LINES))
            for line in self._wire.lines(answer):
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise _refusal(int(event["object"].get("code") or GONE), json.dumps(event["object"]).encode())
                yield str(event["type"]), trimmed(event["object"], version, kind)

    def delete(self, version: str, kind: str, name: str, namespace: str) -> None:
        """Delete one object, with what it owns, and do not wait; one that is gone is no error.

        A Pod gets a second to end: one that does not listen would be waited for half a minute.
        """
        with errors_mapped():
            from kubernetes import config, dynamic
            from kubernetes.dynamic.exceptions import NotFoundError

            client = config.new_client_from_config(str(self.kubeconfig))
            client.configuration.no_proxy = "*"
            client = dynamic.DynamicClient(client, cache_file=str(self.kubeconfig.with_name("discovery.json")))
            api = client.resources.get(api_version=version, kind=kind)
            try:
                grace = {"gracePeriodSeconds": 1} if kind == "Pod" else {}
                api.delete(name=name, namespace=namespace, body={"propagationPolicy": "Background", **grace})
            except NotFoundError:
                return

    def _listed(self, kinds: tuple[tuple[str, str], ...], namespace: str) -> Raws:
        def listed(one: tuple[str, str]) -> Raws:
            return self.list(*one, namespace)[0]

        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
            return [raw for found in pool.map(listed, kinds) for raw in found]

    def _call(self, where: str, *, limit: float | None = None) -> bytes:
        with errors_mapped():
            status, said = self._wire.ask("GET", where, limit=limit)
        if status >= REFUSED:
            raise _refusal(status, said)
        return said

    def _json(self, where: str) -> Any:
        said = self._call(where)
        with errors_mapped():
            return json.loads(said)


def _refusal(status: int, said: bytes) -> ClusterRefused:
    try:
        message = str(json.loads(said)["message"])
    except (ValueError, TypeError, KeyError):
        message = said[:200].decode(errors="replace").strip() or f"HTTP {status}"
    return (Gone if status == GONE else ClusterRefused)(message, status)
