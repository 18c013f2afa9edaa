"""The work order of a class: which index of the Job is which submission, and what every Pod is told."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from labrunner.errors import Fault
from labrunner.words import Language

VERSION = 1


@dataclass(frozen=True, slots=True)
class Seat:
    """One submission.

    Attributes:
        place: the name of its folder among the results; unique in a class.
        student: whose it is.
        blob: the digest of its zip, "sha256:…".
        size: bytes of the zip.
        labs: the slugs that its Pod grades.
    """

    place: str
    student: str
    blob: str
    size: int
    labs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A class as its Pods are told of it; index 3 of the Job is `seats[3]`.

    Attributes:
        seats: sorted by place, so that the same class is the same plan.
        limit: seconds that a step's script gets.
        language: in which sentences are said.
        isolation: by its name, as the teacher says.
        settle: "lab/step" → seconds that are waited before what is kept is read, for checks that are judged elsewhere.
    """

    seats: tuple[Seat, ...]
    limit: float
    language: Language
    isolation: str
    settle: dict[str, float]

    def seating(self, seats: Iterable[Seat]) -> "Plan":
        """Return the same plan for some submissions."""
        return replace(self, seats=tuple(sorted(seats, key=lambda one: one.place)))

    def data(self) -> bytes:
        """Return it as JSON; the same plan is the same bytes."""
        return json.dumps({"version": VERSION, **asdict(self)}, sort_keys=True, ensure_ascii=False).encode()


def of(seats: Iterable[Seat], **told: object) -> Plan:
    """Return the plan of some submissions; the further arguments are those of `Plan`."""
    return Plan((), **told).seating(seats)  # type: ignore[arg-type] # as it says


def parsed(data: bytes) -> Plan:
    """Return the plan in JSON that `data` made; raises Fault where it is none."""
    try:
        raw = json.loads(data)
        {VERSION: None}[raw.pop("version")]
        seats = tuple(Seat(**{**one, "labs": tuple(one["labs"])}) for one in raw.pop("seats"))
        return Plan(seats, **raw)
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise Fault(f"this is no plan of this version of labrunner: {broken}") from broken


def digest(data: bytes) -> str:
    """Return how a registry names bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
