"""Plants faults in a cluster, all at once, and looks at them until each is called what it is."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from labrunner import wait
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.kubectl import kubectl
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import explain
from labrunner.why.request import explain_request
from labrunner.world.cluster_survey import survey
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.endpoint import Endpoint
from labrunner.world.kube_cluster import KubeCluster
from labrunner.world.snapshot import Snapshot
from tests.real.planted import HEALTHY, UNKNOWN, Place, Planted

TOKEN = re.compile(r"\b(WEB2|WEB|CLIENT|REDIS|NOWHERE)\b")
MARK = {"labrunner-tests": "planted"}
ALONE = ("wrong-namespace", "object-absent")
"""Codes for which the survey has to be told what is asked about."""
AROUND = ("IngressClass", "Namespace", "StorageClass", "PersistentVolume", "PriorityClass")
RELEASED = {"metadata": {"finalizers": None}}


@dataclass(frozen=True, slots=True)
class Named:
    """What a planted fault was called, and when.

    Attributes:
        row: the fault.
        found: the diagnosis.
        seconds: after the planting, when it was first called so.
        right: whether that is what it is.
    """

    row: Planted
    found: Diagnosis
    seconds: float
    right: bool

    @property
    def called(self) -> str:
        """The first cause's code, or that it is well, moving, or not known."""
        if self.found.causes:
            return self.found.causes[0].code
        return HEALTHY if self.found.healthy else self.found.moving or UNKNOWN


@dataclass(slots=True)
class Field:
    """A cluster in which faults are planted.

    Attributes:
        endpoint, cluster: the real ones.
        port: the course's registry's.
        looks: how long each survey took, in seconds.
    """

    endpoint: Endpoint
    cluster: KindCluster
    port: int
    looks: list[float] = field(default_factory=list)

    def filled(self, text: str) -> str:
        """Return a text in which the words for the course's images are their references."""
        own = f"localhost:{self.port}"
        means = {"WEB": "web:1", "WEB2": "web:2", "CLIENT": "client:1", "REDIS": "redis:7.0"}
        return TOKEN.sub(lambda word: f"{own}/{means[word[0]]}" if word[0] in means else own, text)

    def plant(self, places: Iterable[Place], rows: Iterable[Planted]) -> None:
        """Make the places, and plant everything in them at once."""
        everywhere, planted = list(places), list(rows)
        self._create([_namespace(place) for place in everywhere])
        self._create([one for place in everywhere for one in self._objects(place.manifest, place.namespace)])
        for place in everywhere:
            if "ResourceQuota" in place.manifest:  # which counts nothing until it has been taken up
                seen = ("wait", "resourcequota", "--all", "--for=jsonpath={.status.hard}", "--timeout=30s")
                kubectl(self.endpoint, self.cluster, "-n", place.namespace, *seen, limit=40)
        self._create([one for row in planted for one in self._objects(row.manifest, _where(row))])
        for row in planted:
            for words in row.after:
                kubectl(self.endpoint, self.cluster, "-n", _where(row), *words)

    def look(self, rows: Iterable[Planted], *, within: float) -> list[Named]:
        """Survey and explain until every fault is called what it is, or the time is up."""
        began, all_rows = wait.now(), list(rows)
        named: dict[str, Named] = {}
        with (
            closing(KubeCluster(Path(self.cluster.kubeconfig))) as cluster,
            closing(DockerEngine(self.endpoint.url)) as engine,
        ):

            def all_named() -> bool:
                seen: dict[tuple[str, str], Snapshot] = {}
                for row in all_rows:
                    if row.fault in named and named[row.fault].right:
                        continue
                    asked = row.subject if row.code in ALONE or row.subject.startswith("Namespace/") else ""
                    if (_where(row), asked) not in seen:
                        at = wait.now()
                        seen[_where(row), asked] = survey(cluster, _where(row), engine=engine, subject=asked)
                        self.looks.append(wait.now() - at)
                    found = _explained(seen[_where(row), asked], row.subject)
                    named[row.fault] = Named(row, found, wait.now() - began, self.is_right(row, found))
                return all(one.right for one in named.values())

            wait.until(all_named, within=within, every=2)
        return [named[row.fault] for row in all_rows]

    def is_right(self, row: Planted, found: Diagnosis) -> bool:
        """Tell whether a diagnosis is what was planted: the code, the words, the others, and the way from the asked."""
        if row.code in (HEALTHY, UNKNOWN):
            return not found.causes and not found.moving and found.healthy == (row.code == HEALTHY)
        if not found.causes:
            return False
        first, others = found.causes[0], {cause.code for cause in found.causes[1:]}
        said = "\n".join((first.sentence, *first.words))
        return (
            first.code == row.code
            and all(self.filled(word) in said for word in row.words)
            and set(row.also) <= others
            and row.first in ("", first.subject)
            and ("://" in row.subject or first.path[0] == row.subject)
            and first.path[-1].partition("/")[0] != ""
            and first.see.startswith("kubectl ")
        )

    def clear(self, places: Iterable[Place]) -> None:
        """Let everything go that was planted; the namespaces go on going by themselves."""
        self._may("-n", "why-stuck", "patch", "configmap", "held", "--type=merge", "-p", json.dumps(RELEASED))
        self._may("delete", "ingressclass", "planted", "--ignore-not-found")
        names = [place.namespace for place in places]
        self._may("delete", "namespace", *names, "--ignore-not-found", "--wait=false")

    def _may(self, *words: str) -> None:
        kubectl(self.endpoint, self.cluster, *words, may_fail=True)

    def _objects(self, manifest: str, namespace: str) -> list[Mapping[str, Any]]:
        found = [one for one in yaml.safe_load_all(self.filled(manifest)) if one]
        for one in found:
            if one["kind"] not in AROUND:
                one["metadata"]["namespace"] = namespace
        return found

    def _create(self, objects: list[Mapping[str, Any]]) -> None:
        if objects:
            whole = {"apiVersion": "v1", "kind": "List", "items": objects}
            kubectl(self.endpoint, self.cluster, "create", "-f", "-", stdin=json.dumps(whole), limit=90)


def table(named: Iterable[Named]) -> str:
    """Return the table of faults: each, what it was called, when, and whether that is right."""
    lines = [f"{'ok ' if one.right else 'NO '} {one.seconds:5.1f} s  {one.called:<28} {one.row.fault}" for one in named]
    return "\n".join(lines)


def _namespace(place: Place) -> Mapping[str, Any]:
    labels = {**MARK, **dict(place.labels)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place.namespace, "labels": labels}}


def _where(row: Planted) -> str:
    return f"why-{row.place}"


def _explained(snapshot: Snapshot, subject: str) -> Diagnosis:
    return explain_request(snapshot, subject) if "://" in subject else explain(snapshot, subject)
