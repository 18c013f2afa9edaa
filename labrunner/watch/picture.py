"""What is shown of the verdicts as they stand: settled as `check` settles them, with what cannot be seen said so."""

from labrunner import wait
from labrunner.operation import filled
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.settling import settled
from labrunner.state.session import Session
from labrunner.watch import judging as verdicts
from labrunner.watch.eyes import Eyes
from labrunner.watch.judging import Judging
from labrunner.watch.probing import Probing
from labrunner.watch.sight import Seen, Unseen
from labrunner.words import say

LATE = 0.3
"""Seconds that a reply may be out of date before what was read from it is no verdict any more."""
FIRST = 2.0
"""Seconds within which the first picture is shown, whole or not."""


class Picture:
    """The last look that was handed out, and what differs now.

    Args:
        found: the started lab.
        judging: its verdicts.
        probing: its probes.
        eyes: what can be seen.
    """

    def __init__(self, found: Session, judging: Judging, probing: Probing, eyes: Eyes) -> None:
        self._session, self._judging, self._probing, self._eyes = found, judging, probing, eyes
        self._shown: Report | None = None
        self._unseen: tuple[Unseen, ...] = ()
        self._hidden: set[str] = set()
        self._began = wait.now()
        self.current = ""
        """The first step that is not done."""

    @property
    def is_whole(self) -> bool:
        """Tell whether every check was judged on what is there now."""
        return not self._probing.open and len(self._judging.verdicts) == len(self._judging.lab.checks)

    @property
    def next_due(self) -> float | None:
        """When a reply that is out of date becomes too late; None where none is."""
        now = wait.now()
        return min((at + LATE for at in self._probing.open.values() if at + LATE > now), default=None)

    def take(self) -> Report:
        """Return the report as it stands now: settled, with what cannot be seen and what is out of date said so."""
        unseen = self._eyes.unseen
        late = {name for name, at in self._probing.open.items() if wait.now() - at >= LATE}
        self._hidden = set()
        found: list[Verdict] = []
        for check in self._judging.lab.checks:
            verdict = self._judging.verdicts.get(check.id) or self._none(check.step, check.id)
            if unseen and self._judging.sides(check):  # nothing is judged while a side is missing
                self._hidden.add(check.id)
                verdict = verdicts.hidden(verdict, unseen[0].why)
            elif self._judging.probes[check.id] & late and verdict.passed:
                verdict = verdicts.asking(verdict)
            found.append(verdict)
        report = settled(self._session.loaded, self._session.progress.passes, found)
        self.current = report.current
        return report

    def show(self, report: Report, judged: set[str], arrived: float) -> Seen | None:
        """Return what is to be shown, or None where it is what was shown last, or too little to begin with.

        Args:
            report: as it stands now.
            judged: the checks that were judged since.
            arrived: when the event arrived that led here.
        """
        unseen = self._eyes.unseen
        if self._shown is None and not self.is_whole and wait.now() - self._began < FIRST:
            return None
        if report == self._shown and unseen == self._unseen:
            return None
        before = {one.check: one.outcome for one in self._shown.verdicts} if self._shown is not None else {}
        changed = tuple(one.check for one in report.verdicts if before.get(one.check) is not one.outcome)
        stand = {one.check for one in report.verdicts if one.outcome is Outcome.ERROR}
        self._shown, self._unseen = report, unseen
        return Seen(report, unseen, frozenset(self._hidden & stand), changed, frozenset(judged), arrived)

    def _none(self, step: str, check: str) -> Verdict:
        loaded = self._session.loaded
        claim = filled(loaded.text.steps[step].claims[check], self._session.spoken)
        why = say(en="being looked at", zh="正在查看")
        return Verdict(loaded.entry.slug, step, check, claim, Outcome.WAITING, why=why, notes=loaded.entry.heading)
