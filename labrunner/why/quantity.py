"""Amounts of CPU and memory as Kubernetes writes them: "500m", "64Mi", "2"."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from labrunner.words import say

UNITS: dict[str, Fraction] = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    **{letter: Fraction(1000 ** (power + 1)) for power, letter in enumerate("kMGTPE")},
    **{f"{letter}i": Fraction(1024 ** (power + 1)) for power, letter in enumerate("KMGTPE")},
}
WRITTEN = re.compile(r"([0-9.]+)(?:[eE]([0-9]+))?([A-Za-z]*)")


def amount(text: object) -> Fraction:
    """Return what a quantity is worth, in CPUs or bytes; 0 where it is none."""
    found = WRITTEN.fullmatch(str(text))
    if found is None or found[3] not in UNITS:
        return Fraction(0)
    try:
        return Fraction(found[1]) * Fraction(10 ** int(found[2] or 0)) * UNITS[found[3]]
    except ValueError:
        return Fraction(0)


def requested(spec: dict[str, Any], resource: str) -> Fraction:
    """Return how much of a resource a Pod asks for: its containers together, or its greediest init container."""

    def total(containers: Iterable[dict[str, Any]]) -> list[Fraction]:
        return [amount(_asks(one).get(resource, 0)) for one in containers]

    first = max(total(spec.get("initContainers") or []), default=Fraction(0))
    return max(sum(total(spec.get("containers") or []), Fraction(0)), first)


def _asks(container: dict[str, Any]) -> dict[str, Any]:
    resources = container.get("resources") or {}
    return {**(resources.get("limits") or {}), **(resources.get("requests") or {})}


def written(value: Fraction, resource: str) -> str:
    """Return an amount as people read it: "1.5 CPU", "24 MiB of memory", "2 nvidia.com/gpu"."""
    if resource == "cpu":
        return f"{float(value):g} CPU"
    if resource != "memory":
        return f"{float(value):g} {resource}"
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if value >= size:
            return say(en=f"{_short(value / size)} {unit} of memory", zh=f"{_short(value / size)} {unit} 内存")
    return say(en=f"{float(value):g} bytes of memory", zh=f"{float(value):g} 字节内存")


def _short(value: Fraction) -> str:
    return f"{round(float(value), 1):g}"
