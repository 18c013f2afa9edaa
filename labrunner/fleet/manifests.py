"""What a class is to a cluster: a namespace, an account that may nothing, its bounds, and one Indexed Job. Pure."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from labrunner.environment.settings import LABEL
from labrunner.fleet.plan import Plan, digest
from labrunner.fleet.pods import PodTerms

ROLE = {"labrunner.role": "grading"}
PLAN = "labrunner/plan"
"""The annotation of a Job that names the plan which it was made from."""
JOB = "grade"
CHECKER, ENGINE = "checker", "engine"
ACCOUNT = "grader"
LOGIN, LOGIN_KEY, LOGIN_AT = "labrunner-registry", ".dockerconfigjson", "/run/registry"
"""The Secret of a registry that asks for a password, its key, and where the checker has it; no other sees it."""
SHARED, SOCKET, DATA = "/lab", "/run/docker", "/var/lib/docker"
LOST = 30
"""Seconds after which a Pod is given up whose node does not answer."""
KEPT = 7 * 86400
"""Seconds that a Job with its logs stays where nobody came back for it."""
NO_NAMES = "--dns 127.0.0.1 --dns-search ."
"""Told to the engine: a Pod's resolver is often at the very address that a cluster inside has for its own, which would
ask itself without end; and what it adds to names is the outer cluster's. Nothing in there needs a name from outside."""
USELESS = (2, 5)
"""Exit codes of a checker that would say the same again."""


@dataclass(frozen=True, slots=True)
class Made:
    """What the objects of a class are made from.

    Attributes:
        name: of the Job.
        namespace: of everything.
        install: whose it is.
        image: the grader's image, as nodes pull it.
        registry: where Pods find the class, "http://HOST:PORT…".
        repository: there.
        plan: the plan's digest.
        count: how many submissions.
        parallel: how many at a time.
        pods: what a Pod may be.
        login: with what Pods read from the registry, as `login.for_pods` has it; empty where it asks nobody.
    """

    name: str
    namespace: str
    install: str
    image: str
    registry: str
    repository: str
    plan: str
    count: int
    parallel: int
    pods: PodTerms
    login: str = field(default="", repr=False)

    def planned(self, order: Plan) -> Self:
        """Return it for a plan: the Job bears the beginning of the plan's digest."""
        named = digest(order.data())
        name = f"{JOB}-{named.removeprefix('sha256:')[:10]}"
        return replace(self, name=name, plan=named, count=len(order.seats))

    @property
    def labels(self) -> dict[str, str]:
        """What every object of it bears."""
        return {LABEL: self.install, **ROLE}


def documents(made: Made) -> list[dict[str, Any]]:
    """Return the objects of a class, in the order in which they are made."""
    return [namespace(made), account(made), quota(made), policy(made), job(made)]


def as_yaml(objects: Iterable[dict[str, Any]]) -> str:
    """Return objects as YAML documents, the same text for the same objects."""
    import yaml

    class Plain(yaml.SafeDumper):
        """A dumper that writes what is the same twice twice: nobody reads anchors."""

        def ignore_aliases(self, _data: Any) -> bool:
            return True

    return "---\n".join(yaml.dump(one, Dumper=Plain, sort_keys=False, allow_unicode=True) for one in objects)


def namespace(made: Made) -> dict[str, Any]:
    """Return the namespace: it says of itself that its Pods are privileged."""
    privileged = {"pod-security.kubernetes.io/enforce": "privileged"}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": made.namespace, "labels": {**made.labels, **privileged}},
    }


def account(made: Made) -> dict[str, Any]:
    """Return the account of the Pods: it has no role, and its token is in no Pod."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": _named(made, ACCOUNT),
        "automountServiceAccountToken": False,
    }


def quota(made: Made) -> dict[str, Any]:
    """Return the bounds of the namespace: as many Pods as are graded at a time, and as many again that end."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": _named(made, JOB),
        "spec": {"hard": {"pods": str(2 * made.parallel), "count/jobs.batch": "2", "services": "0"}},
    }


def secret(made: Made) -> dict[str, Any]:
    """Return the login of the Pods' registry: for the nodes, which pull, and in a Pod for the checker alone."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": _named(made, LOGIN),
        "stringData": {LOGIN_KEY: made.login},
    }


def policy(made: Made) -> dict[str, Any]:
    """Return the network policy: nobody comes in, and nothing goes out but to the registry and the cluster's DNS."""
    host, port = _address(made.registry)
    to_registry: dict[str, Any] = {"ports": [{"protocol": "TCP", "port": port}]}
    try:
        address = ipaddress.ip_address(host)
        to_registry["to"] = [{"ipBlock": {"cidr": f"{address}/{address.max_prefixlen}"}}]
    except ValueError:
        pass  # a name: a policy knows none, so that only its port can be said
    dns = {
        "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
        "ports": [{"protocol": one, "port": 53} for one in ("UDP", "TCP")],
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _named(made, JOB),
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [to_registry, dns]},
    }


def job(made: Made) -> dict[str, Any]:
    """Return the Job: an index is a submission, and what could not be graded is tried again by itself."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {**_named(made, made.name), "annotations": {PLAN: made.plan}},
        "spec": {
            "completionMode": "Indexed",
            "completions": made.count,
            "parallelism": min(made.parallel, made.count),
            "backoffLimitPerIndex": made.pods.retries,
            "maxFailedIndexes": made.count,
            "podReplacementPolicy": "Failed",
            "ttlSecondsAfterFinished": KEPT,
            "podFailurePolicy": {
                "rules": [
                    # Who lost the node, or made way for somebody, has not been graded, nor tried.
                    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
                    {
                        "action": "FailIndex",
                        "onExitCodes": {"containerName": CHECKER, "operator": "In", "values": list(USELESS)},
                    },
                ]
            },
            "template": {"metadata": {"labels": made.labels}, "spec": pod(made)},
        },
    }


def pod(made: Made) -> dict[str, Any]:
    """Return a Pod: an engine of its own, and the checker, which talks to it by a socket that both see."""
    terms = made.pods
    mounts = [{"name": "lab", "mountPath": SHARED}, {"name": "socket", "mountPath": SOCKET}]
    found: dict[str, Any] = {
        "restartPolicy": "Never",
        "activeDeadlineSeconds": 60 * terms.minutes,
        "terminationGracePeriodSeconds": 10,
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "initContainers": [_engine(made, mounts)],
        "containers": [_checker(made, mounts)],
        "volumes": [{"name": name, "emptyDir": {}} for name in ("lab", "socket")]
        + [{"name": "data", "emptyDir": {"sizeLimit": terms.disk}}],
        "tolerations": [
            {"key": f"node.kubernetes.io/{why}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": LOST}
            for why in ("not-ready", "unreachable")
        ]
        + [dict(one) for one in terms.tolerations],
    }
    if made.login:
        found["imagePullSecrets"] = [{"name": LOGIN}]
        found["volumes"].append({"name": "login", "secret": {"secretName": LOGIN, "defaultMode": 0o400}})
    if terms.runtime_class:
        found["runtimeClassName"] = terms.runtime_class
    if terms.node_selector:
        found["nodeSelector"] = dict(terms.node_selector)
    return found


def _engine(made: Made, mounts: list[dict[str, str]]) -> dict[str, Any]:
    ready = {"exec": {"command": ["docker", "--host", f"unix://{SOCKET}/docker.sock", "version"]}}
    return {
        "name": ENGINE,
        "image": made.image,
        "args": [ENGINE],
        "env": [{"name": "EXTRA", "value": NO_NAMES}],
        "restartPolicy": "Always",  # so it ends when the checker has
        "securityContext": {"privileged": True},
        "startupProbe": {**ready, "periodSeconds": 2, "timeoutSeconds": 10, "failureThreshold": 60},
        "resources": {
            "requests": {"cpu": made.pods.cpu, "memory": made.pods.memory},
            "limits": {"memory": made.pods.memory_limit},
        },
        "volumeMounts": [*mounts, {"name": "data", "mountPath": DATA}],
    }


def _checker(made: Made, mounts: list[dict[str, str]]) -> dict[str, Any]:
    told = {
        "LABRUNNER_HOME": f"{SHARED}/home",
        "TMPDIR": f"{SHARED}/temporary",
        "DOCKER_HOST": f"unix://{SOCKET}/docker.sock",
        "LABRUNNER_CLASS": f"{made.registry} {made.repository} {made.plan}",
    }
    if made.login:
        told["LABRUNNER_REGISTRY_LOGIN"] = f"{LOGIN_AT}/{LOGIN_KEY}"
        mounts = [*mounts, {"name": "login", "mountPath": LOGIN_AT, "readOnly": True}]  # type: ignore[dict-item]
    return {
        "name": CHECKER,
        "image": made.image,
        "command": ["tini", "--", "python3", "-m", "labrunner.fleet.checker"],
        "env": [{"name": name, "value": value} for name, value in told.items()],
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
        "volumeMounts": mounts,
    }


def _named(made: Made, name: str) -> dict[str, Any]:
    return {"name": name, "namespace": made.namespace, "labels": made.labels}


def _address(registry: str) -> tuple[str, int]:
    from urllib.parse import urlsplit

    parts = urlsplit(registry)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
