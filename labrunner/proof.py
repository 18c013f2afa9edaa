"""The records of a proof: what every check of a lab was seen to do."""

from dataclasses import asdict, dataclass, field
from typing import Any

from labrunner.outcome import SCHEMA


@dataclass(frozen=True, slots=True)
class LabProof:
    """The proof of one lab on one engine.

    Attributes:
        lab, engine: what was proved, and where ("20.10", "29", or "kind").
        checks, checks_seen: how many checks there are, and how many were seen to fail and to pass.
        mutants, mutants_killed: known-wrong ways, and how many their check rejected.
        alternatives, alternatives_accepted: other right ways, and how many all checks accepted.
        replays: how often the way to a step was replayed in a fresh world.
        complaints: what does not hold; empty for a good lab.
        seconds: how long it took.
        left_out: steps that were not proved, because this machine lacks what they need, each with the reason.
        students, students_passed: how many students' values it was proved with, the first one's included, and for how
            many of them everything passed and nothing of another student's did.
    """

    lab: str
    engine: str
    checks: int = 0
    checks_seen: int = 0
    mutants: int = 0
    mutants_killed: int = 0
    alternatives: int = 0
    alternatives_accepted: int = 0
    replays: int = 0
    complaints: tuple[str, ...] = ()
    seconds: float = 0.0
    left_out: dict[str, str] = field(default_factory=dict)
    students: int = 1
    students_passed: int = 1

    @property
    def holds(self) -> bool:
        """Tell whether the lab is proved."""
        return (
            not self.complaints
            and self.checks > 0
            and (self.checks, self.mutants, self.alternatives, self.students)
            == (self.checks_seen, self.mutants_killed, self.alternatives_accepted, self.students_passed)
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """Every lab that was proved in one run."""

    labs: tuple[LabProof, ...]
    schema: int = SCHEMA

    @property
    def exit_code(self) -> int:
        """0 where every proof holds; 4 where one does not, or none was made."""
        return 0 if self.labs and all(lab.holds for lab in self.labs) else 4

    def record(self) -> dict[str, Any]:
        """Return the proof as JSON-able values."""
        return {**asdict(self), "exit_code": self.exit_code}
