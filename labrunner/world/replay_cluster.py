"""What is recorded of the cluster's objects: each change as what differs, and the way from one moment to the next."""

from collections.abc import Mapping
from typing import Any

Raw = Mapping[str, Any]
WATCHED = (
    ("v1", "Pod"),
    ("v1", "Service"),
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
"""What the recorder watches; what Secrets and ConfigMaps held is nobody's past."""
KINDS = [kind for _, kind in WATCHED]
NOTES = ("kubectl.kubernetes.io/last-applied-configuration",)
"""Annotations that repeat the whole object."""


def trimmed(raw: Raw) -> dict[str, Any]:
    """Return an object without what only machines read: managed fields, and annotations that repeat it."""
    meta = {key: value for key, value in raw["metadata"].items() if key not in ("managedFields", "selfLink")}
    if notes := meta.get("annotations"):
        meta["annotations"] = {key: value for key, value in notes.items() if key not in NOTES}
    return {**raw, "metadata": meta}


def difference(old: Any, new: Any) -> Any:
    """Return the JSON merge patch (RFC 7396) that makes the new object of the old one."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    changed = {key: value for key, value in new.items() if key not in old or old[key] != value}
    gone: dict[str, Any] = {key: None for key in old if key not in new}
    return {key: difference(old.get(key), value) for key, value in changed.items()} | gone


def patched(old: Any, patch: Any) -> Any:
    """Return what a merge patch makes of an object; the object itself stays as it was."""
    if not isinstance(patch, dict):
        return patch
    found = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = patched(found.get(key), value)
    return found


def after(objects: dict[str, Raw], record: Raw) -> dict[str, Raw]:
    """Return the objects by UID as they are after a recorded change; the same ones where it tells nothing of them."""
    if record.get("type") != "object":
        return objects
    uid = str(record["id"])
    if record.get("action") == "DELETED":
        return {one: raw for one, raw in objects.items() if one != uid} if uid in objects else objects
    if "raw" in record:
        return {**objects, uid: record["raw"]}
    if "patch" in record and uid in objects:
        return {**objects, uid: patched(objects[uid], record["patch"])}
    return objects
