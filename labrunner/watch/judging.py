"""The verdicts as they stand: a check is judged again where something that it read has changed."""

from collections.abc import Callable
from dataclasses import replace

from labrunner.lab import Check, Lab
from labrunner.outcome import Outcome, Verdict
from labrunner.words import say
from labrunner.world.asked import BEHIND, CLUSTER, DOCKER, PAST, Noting, concerns, noted, side_of, whole
from labrunner.world.snapshot import Snapshot

Judge = Callable[[list[Check], Snapshot], list[Verdict]]
TIME = "time/passed"
"""What has changed where nothing has: a claim that waits may have waited long enough."""


class Judging:
    """Every check's verdict, and what it was read from.

    Args:
        lab: whose checks.
        judge: judges some.
        together: True where many are judged at once, in a process of their own.
    """

    def __init__(self, lab: Lab, judge: Judge, *, together: bool = False) -> None:
        self.lab, self._judge, self._together = lab, judge, together
        self.verdicts: dict[str, Verdict] = {}
        self._asked: dict[str, frozenset[str]] = {}
        self._behind: dict[str, frozenset[str]] = {}
        names = {probe.name for probe in lab.probes}
        self.probes = {check.id: names.intersection(check.parameters) for check in lab.checks}
        """Check → the probes that it reads."""

    def concerned(self, changed: set[str], held: set[str], step: str) -> list[Check]:
        """Return the checks to judge again.

        Args:
            changed: the subjects that changed.
            held: probes whose replies are out of date; what reads them waits for the new ones.
            step: the current one: causes are shown of its claims alone, and they may have been read from anything.
        """
        free = [check for check in self.lab.checks if not self.probes[check.id] & held]
        return [check for check in free if self._is_concerned(check, changed, step)]

    def of_step(self, step: str, held: set[str]) -> list[Check]:
        """Return the checks of a step that has become the current one, whose causes nobody has looked after yet."""
        own = [check for check in self.lab.checks if check.step == step and not self.probes[check.id] & held]
        return [check for check in own if check.id in self.verdicts and not self.verdicts[check.id].passed]

    def _is_concerned(self, check: Check, changed: set[str], step: str) -> bool:
        if check.id not in self.verdicts or concerns(self._asked[check.id], changed):
            return True
        if TIME in changed and self.verdicts[check.id].outcome is Outcome.WAITING:
            return True
        return check.step == step and concerns(self._behind[check.id], changed)

    def judge(self, checks: list[Check], snapshot: Snapshot) -> set[str]:
        """Judge some checks; returns their ids."""
        noting = Noting.of(snapshot)
        for some in [checks] if self._together else [[check] for check in checks]:
            with noted() as asked:
                found = self._judge(some, noting)
            for check, verdict in zip(some, found, strict=True):
                self.verdicts[check.id] = verdict
                self._asked[check.id] = whole(asked) | {f"probe/{one}" for one in self.probes[check.id]}
                self._behind[check.id] = _behind(verdict, asked)
        return {check.id for check in checks}

    def forget(self) -> None:
        """Take no verdict for one any more: what it was read from was not seen for a while."""
        self.verdicts.clear()

    def sides(self, check: Check) -> set[str]:
        """Return which sides of the world a verdict stands on: "docker", "cluster", both, or none."""
        found = {side_of(one) for one in self._asked.get(check.id, frozenset())} - {""}
        if any(one.startswith(("past/", "probe/")) for one in self._asked.get(check.id, frozenset())):
            found.add("docker")
        if self.probes[check.id]:
            found |= {"docker", "cluster"} if self.lab.uses_cluster else {"docker"}
        return found or ({"docker"} if check.id not in self.verdicts else set())

    def unmet(self) -> set[str]:
        """Return the probes of which some check that reads them does not pass."""
        open_ = [check for check, verdict in self.verdicts.items() if not verdict.passed]
        return {name for check in open_ for name in self.probes[check]}


def _behind(verdict: Verdict, asked: set[str]) -> frozenset[str]:
    """Return what the cause of a verdict may have been read from: everything on the sides that were looked at."""
    if verdict.passed:
        return frozenset()
    parts = {one.removeprefix(BEHIND) for one in asked}
    found = DOCKER | {"survey/docker", PAST} if "@docker" in parts else frozenset()
    return found | CLUSTER | {"survey/cluster", PAST} if "@cluster" in parts else found


def asking(verdict: Verdict) -> Verdict:
    """Return a verdict that waits: what it was read from has changed, and the probe has not answered yet."""
    why = say(en="asking again", zh="正在重新询问")
    return replace(_bare(verdict), outcome=Outcome.WAITING, why=why)


def hidden(verdict: Verdict, why: str) -> Verdict:
    """Return a verdict that is none: what it was read from cannot be seen."""
    return replace(_bare(verdict), outcome=Outcome.ERROR, why=why)


def _bare(verdict: Verdict) -> Verdict:
    return replace(verdict, expected=None, found=None, source="", see="", causes=(), more=(), absent=False)
