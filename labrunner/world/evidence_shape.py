"""What a file of evidence must hold before anything of it is read without asking."""

from collections.abc import Mapping
from typing import Any


def demand(raw: Mapping[str, Any]) -> None:
    """Look at what is read without asking.

    Args:
        raw: the file, as JSON.

    Raises:
        KeyError: a part is missing.
        TypeError, AttributeError: a part is of another kind.
    """
    snapshot = raw["snapshot"]
    _each(raw, dict, "lab", "seeds", "passes", "versions", "snapshot")
    _each(raw, list, "assisted")
    _each(raw, str, "started")
    _each(raw["lab"], str, "slug", "hash")
    _each(raw["seeds"], str, "student", "install", "namespace", "client", "course")
    _each(raw["seeds"], int, "port")
    _each(snapshot, dict, "probes", "answers", "values", "prepared", "scope")
    _each(snapshot, list, "log", "gaps")
    _each(snapshot["scope"], str, "names", "prefix")
    _each(snapshot, str, "taken")
    _each(snapshot, bool, "complete")
    for record in (*snapshot["log"], *snapshot["gaps"], *snapshot["probes"].values(), *raw["passes"].values()):
        _is(record, dict)
    for text in (*snapshot["answers"].values(), *snapshot["values"].values(), *raw["versions"].values()):
        _is(text, str)
    if snapshot["docker"] is not None:
        for held in snapshot["docker"].values():
            _is(held, dict)
    if (cluster := snapshot["cluster"]) is not None:
        _each(cluster, str, "namespace")
        _each(cluster, list, "objects")
        _is(cluster.get("kinds", []), list)
        for one in (*cluster["objects"], *cluster.get("around", [])):
            _each(one, str, "kind")
            _each(one["metadata"], str, "name")


def _each(raw: Mapping[str, Any], kind: type, *names: str) -> None:
    for name in names:
        _is(raw[name], kind)


def _is(value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} in place of {kind.__name__}")
