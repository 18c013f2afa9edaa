"""A lab that was started, without a world, and what is seen of it."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from labrunner.errors import NoLabStarted
from labrunner.outcome import Outcome, Report, Verdict

CHECKOUT = Path(__file__).parents[2]
Program = Callable[..., subprocess.CompletedProcess[str]]
Run = Callable[..., int]


@dataclass
class FakeLifecycle:
    """A lab that was started, without a world: reports are handed in."""

    session: Any = None
    reports: list[Report] = field(default_factory=list)
    raises: BaseException | None = None
    asked: list[Any] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def environ(self, _session: Any) -> dict[str, str]:
        return self.environment

    def current(self, _narrator: Any, _extra: Any = None, **_: Any) -> Any:
        if self.raises is not None:
            raise self.raises
        if self.session is None:
            raise NoLabStarted("no lab is open", hint="labrunner list")
        return self.session

    def check(self, _session: Any, step: str = "", *, patient: bool = True) -> Report:
        self.asked.append((step, patient))
        return self.reports.pop(0)

    def hand_in(self, _session: Any, step: str, value: str) -> Report:
        self.asked.append((step, value))
        return self.reports.pop(0)

    def hint(self, _session: Any, step: str = "") -> Any:
        return SimpleNamespace(step=step or "network", number=1, of=2, text="look at `docker network`")

    def solve(self, _session: Any, step: str = "", *, all_steps: bool, show: Any) -> Report:
        self.asked.append((step, all_steps))
        show.step("A network")
        show.command("docker network create lr-tiny-lab")
        show.output("0123\x1b[2J\n")
        show.ended(0, 0.1)
        return self.reports.pop(0)


class FakeDoors:
    def __init__(self, lifecycle: FakeLifecycle) -> None:
        self._lifecycle = lifecycle

    def lifecycle(self) -> Any:
        return self._lifecycle


def verdict(outcome: Outcome, **more: Any) -> Verdict:
    claim = "containers on `lr-tiny-lab` reach the outside"
    return Verdict("tiny-lab", "network", "network_reaches_outside", claim, outcome, **more)


def report(outcome: Outcome, **more: Any) -> Report:
    return Report("tiny-lab", (verdict(outcome, **more),))


FAILED = {
    "expected": False,
    "found": True,
    "source": "network lr-tiny-lab, Internal",
    "see": "docker network inspect lr-tiny-lab",
    "why": "it was made with --internal",
}
