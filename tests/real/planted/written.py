"""Manifests as short as their faults: what is said of the container and of the Pod, and the rest around it."""

from textwrap import indent

GRACE = "terminationGracePeriodSeconds: 0"
"""So that what was planted is soon gone."""


def _containers(container: str, more: str) -> str:
    second = f"- {{name: second, {more}}}\n" if more else ""
    return f"{GRACE}\ncontainers:\n- {{name: main, {container}}}\n{second}"


def pod(name: str, container: str, extra: str = "", *, more: str = "", labels: str = "") -> str:
    """Return a Pod's manifest.

    Args:
        name: its name.
        container: what is said of its first container, as the inside of a YAML flow mapping.
        extra: further lines of its spec.
        more: what is said of a second container.
        labels: its labels, as the inside of a YAML flow mapping.
    """
    spec = indent(f"{_containers(container, more)}{extra}", "  ")
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{{labels}}}}}\nspec:\n{spec}\n---\n"


def deployment(name: str, container: str, extra: str = "", *, spec: str = "", replicas: int = 1) -> str:
    """Return a Deployment's manifest; `spec` holds further lines of its own spec, `extra` of its Pods'."""
    inner = indent(f"{_containers(container, '')}{extra}", "      ")
    own = indent(spec, "  ")
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  replicas: {replicas}\n{own}\n"
        f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n"
        f"    spec:\n{inner}\n---\n"
    )


def statefulset(name: str, container: str, *, spec: str = "") -> str:
    """Return a StatefulSet's manifest, of one Pod; `spec` holds further lines of its own spec."""
    inner = indent(_containers(container, ""), "      ")
    return (
        f"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: {name}}}\nspec:\n{indent(spec, '  ')}\n"
        f"  serviceName: {name}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n"
        f"    metadata: {{labels: {{app: {name}}}}}\n    spec:\n{inner}\n---\n"
    )


def daemonset(name: str, container: str, extra: str = "") -> str:
    """Return a DaemonSet's manifest; `extra` holds further lines of its Pods' spec."""
    inner = indent(f"{_containers(container, '')}{extra}", "      ")
    return (
        f"apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: {name}}}\nspec:\n"
        f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n"
        f"    metadata: {{labels: {{app: {name}}}}}\n    spec:\n{inner}\n---\n"
    )


def job(name: str, container: str, spec: str = "") -> str:
    """Return a Job's manifest; `spec` holds further lines of its own spec."""
    inner = indent(f"restartPolicy: Never\n{_containers(container, '')}", "      ")
    return (
        f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}}}\nspec:\n{indent(spec, '  ')}\n"
        f"  template:\n    spec:\n{inner}\n---\n"
    )
