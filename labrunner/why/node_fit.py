"""Which nodes a Pod may run on, by its own words and theirs: selector, affinity, taints."""

from collections.abc import Callable, Mapping
from typing import Any

from labrunner.why.scene import Raw

EFFECTS = ("NoSchedule", "NoExecute")
CORDON = "node.kubernetes.io/unschedulable"
"""The taint of a node that was cordoned."""


def wanted(spec: Mapping[str, Any]) -> str:
    """Return what a Pod wants of a node's labels, as a person writes it: "disk=fast, zone in (a, b)"."""
    said = [f"{key}={value}" for key, value in (spec.get("nodeSelector") or {}).items()]
    for term in _terms(spec):
        said += [_spelled(one) for one in [*(term.get("matchExpressions") or []), *(term.get("matchFields") or [])]]
    return ", ".join(said)


def matches(spec: Mapping[str, Any], node: Raw) -> bool:
    """Tell whether a node has what a Pod's selector and required affinity want."""
    labels = node["metadata"].get("labels") or {}
    if not (spec.get("nodeSelector") or {}).items() <= labels.items():
        return False
    terms = _terms(spec)
    return not terms or any(_fits(term, node) for term in terms)


def taints(spec: Mapping[str, Any], node: Raw) -> list[dict[str, Any]]:
    """Return the taints of a node that keep a Pod away: those that it does not tolerate."""
    own = (node.get("spec") or {}).get("taints") or []
    return [taint for taint in own if taint["effect"] in EFFECTS and not _tolerated(spec, taint)]


def _terms(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    return list((affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or [])


def _fits(term: Mapping[str, Any], node: Raw) -> bool:
    labels = node["metadata"].get("labels") or {}
    fields = {"metadata.name": node["metadata"]["name"]}
    expressions, others = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not expressions and not others:
        return False  # an empty term selects nothing
    return all(_true(one, labels) for one in expressions) and all(_true(one, fields) for one in others)


def _true(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or []
    asked: dict[str, Callable[[], bool]] = {
        "In": lambda: value in values,
        "NotIn": lambda: value not in values,
        "Exists": lambda: value is not None,
        "DoesNotExist": lambda: value is None,
        "Gt": lambda: _number(value) is not None and _number(value) > _number(values[0]),  # type: ignore[operator]
        "Lt": lambda: _number(value) is not None and _number(value) < _number(values[0]),  # type: ignore[operator]
    }
    return asked[expression["operator"]]()


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.lstrip("-").isdigit() else None


def _spelled(expression: Mapping[str, Any]) -> str:
    values = ", ".join(expression.get("values") or [])
    return f"{expression['key']} {expression['operator']}" + (f" ({values})" if values else "")


def _tolerated(spec: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    for one in spec.get("tolerations") or []:
        if one.get("effect") not in (None, "", taint["effect"]):
            continue
        if one.get("key") in (None, "", taint["key"]) and (
            one.get("operator") == "Exists" or (one.get("key") and one.get("value", "") == taint.get("value", ""))
        ):
            return True
    return False
