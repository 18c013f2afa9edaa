"""Which kinds of a cluster are read, and where the API has them; a fixed path a kind, so that nothing is discovered."""

KINDS = (
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "ServiceAccount"),
    ("v1", "ResourceQuota"),
    ("v1", "LimitRange"),
    ("v1", "Event"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
)
"""What a namespace's snapshot holds."""
AROUND = (
    ("v1", "Node"),
    ("v1", "Namespace"),
    ("v1", "PersistentVolume"),
    ("storage.k8s.io/v1", "StorageClass"),
    ("networking.k8s.io/v1", "IngressClass"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("apiregistration.k8s.io/v1", "APIService"),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
)
"""What no namespace holds, and what becomes of a namespace's objects may hang on."""
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def path(version: str, kind: str, namespace: str = "") -> str:
    """Return where the API has the objects of a kind; all of the cluster's where no namespace is said."""
    group = "/api/v1" if version == "v1" else f"/apis/{version}"
    return f"{group}/namespaces/{namespace}/{plural(kind)}" if namespace else f"{group}/{plural(kind)}"


def plural(kind: str) -> str:
    """Return a kind as paths have it: the API's own kinds follow English."""
    name = kind.lower()
    if name == "endpoints":
        return name
    if name.endswith(("s", "x", "ch")):
        return name + "es"
    if name.endswith("y"):
        return name[:-1] + "ies"
    return name + "s"


def trimmed(raw: dict[str, object], version: str, kind: str) -> dict[str, object]:
    """Return an object as it is kept: with its kind, without what is only bookkeeping or secret.

    Of a Secret the names of its keys stay, and the certificate of a TLS secret, which every client is shown anyway.
    """
    raw.setdefault("kind", kind)
    raw.setdefault("apiVersion", version)
    metadata = raw["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101 - the API has no object without
    metadata.pop("managedFields", None)
    if kind == "Secret":
        data = raw.get("data")
        if isinstance(data, dict):
            raw["data"] = {name: text if name == "tls.crt" else None for name, text in data.items()}
        annotations = metadata.get("annotations")
        if isinstance(annotations, dict):
            annotations.pop(APPLIED, None)  # it says the whole Secret once more
    return raw
