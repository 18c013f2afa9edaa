"""Values: per student by HMAC, the same after a reset and on another machine; fresh ones from the machine's noise."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping

from labrunner.lab import Lab
from labrunner.operation import texts
from labrunner.withheld import prescribing

COURSE = "docker-and-kubernetes-notes"
"""The course that the built-in labs belong to; another course gives other values."""
DIGITS = 8
"""Hex digits of a value: enough that nobody meets another's by chance in a class, short enough to type."""


def per_student(student: str, lab: str, name: str, *, course: str = COURSE) -> str:
    """Return a student's value of a name: eight hex digits, the same wherever it is computed."""
    message = f"{course}\0{student}\0{lab}\0{name}".encode()
    return hmac.new(course.encode(), message, hashlib.sha256).hexdigest()[:DIGITS]


def of_lab(  # noqa: PLR0913 - what values are computed from, each by name
    lab: Lab,
    *,
    student: str,
    port: int,
    namespace: str = "",
    course: str = COURSE,
    files: str = "",
    told: Mapping[str, str] | None = None,
    planted: str = "",
) -> dict[str, str]:
    """Return what stands for each declared name of a lab, fresh ones apart.

    Args:
        lab: the lab.
        student: whose values.
        port: the registry's port on loopback.
        namespace: the lab's namespace in the cluster.
        course: the course that the lab belongs to.
        files: the folder of what the lab hands out.
        told: what the cluster's add-ons say of themselves, by name.
        planted: what secrets are drawn from in place of the student, where a run plants answers of its own: who knows
            the course could compute the student's beforehand.
    """
    found = {"registry": f"localhost:{port}", "port": str(port), "namespace": namespace, "files": files}
    found |= told or {}
    found |= {image.name: f"localhost:{port}/{image.repository}" for image in lab.images.values()}
    for value in lab.values.values():
        if value.kind != "fresh":
            whose = planted if planted and value.kind == "secret" else student
            found[value.name] = per_student(whose, lab.slug, value.name, course=course)
    return found


def fresh(lab: Lab) -> dict[str, str]:
    """Return this run's own tokens, by name."""
    return {v.name: secrets.token_hex(DIGITS // 2) for v in lab.values.values() if v.kind == "fresh"}


def spoken(lab: Lab, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that may stand in words: everything but secrets."""
    return {n: t for n, t in values.items() if n not in lab.values or lab.values[n].kind != "secret"}


def secrets_of(lab: Lab, values: Mapping[str, str]) -> dict[str, str]:
    """Return the lab's secrets by name: what only somebody who did the step knows."""
    return {one.name: values[one.name] for one in lab.values.values() if one.kind == "secret" and values.get(one.name)}


def prescribed(lab: Lab, values: Mapping[str, str]) -> Callable[[str], bool]:
    """Return what tells whether a text is what the lab itself tells learners to write, and so no secret of theirs.

    Args:
        lab: the lab.
        values: what stands for its declared names, fresh and secret ones included.
    """
    return prescribing(*public(lab, values))


def public(lab: Lab, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return all that a lab tells learners to write, as one text, and its own values; as `prescribed` takes them."""
    own = [values[name] for name in lab.values if values.get(name)]
    operations = [one for step in lab.steps for one in (step.solve, *step.also.values())]
    operations += [mutant.operation for check in lab.checks for mutant in check.wrong.values()]
    return "\n".join([*lab.prepared, *(text for operation in operations for text in texts(operation))]), own
