"""What came of a series of interruptions, and the lines that say so."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

CHANGED = "the learner's file is another one"
SIDE = re.compile(r": (INT|KILL|TERM|INTINT) (before|after) ")
"""What a case says beside the touch."""


@dataclass(slots=True)
class Tally:
    """What came of a series.

    Attributes:
        points: how many touches each command has.
        met: the interruptions that were.
        missed: those whose touch did not come.
        problems: interruption → what was wrong after it.
        once: the same, where it was not so when the very same was interrupted once more.
        left: what no command took away.
    """

    points: dict[str, int] = field(default_factory=dict)
    met: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    once: dict[str, list[str]] = field(default_factory=dict)

    def take(self, case: str, tried: Callable[[], list[str] | None]) -> None:
        """Interrupt, and take what came of it: what was wrong is a problem where it is wrong a second time.

        On a machine that does other things as well one in hundreds looks wrong once; a learner's file that is
        another one is a problem at once.

        Args:
            case: the interruption.
            tried: interrupts, puts right, and returns what was wrong; None where the touch did not come.
        """
        wrong = tried()
        if wrong is None:
            self.missed.append(case)
            return
        self.met.append(case)
        if not wrong:
            return
        again = wrong if any(one.startswith(CHANGED) or CHANGED in one for one in wrong) else tried()
        if again:
            self.problems[case] = again
        else:
            self.once[case] = wrong

    @classmethod
    def of(cls, several: Iterable[Self]) -> Self:
        """Put several together."""
        found = cls()
        for one in several:
            found.points |= one.points
            found.met += one.met
            found.missed += one.missed
            found.problems |= one.problems
            found.left += one.left
            found.once |= one.once
        return found

    def lines(self) -> list[str]:
        """Return the table for the closing lines."""
        changed = {one for one in self.left if one.startswith(CHANGED)}
        leaked = [one for one in self.left if one not in changed]
        rows = []
        for command, points in self.points.items():
            met = [case for case in self.met if case.startswith(f"{command}: ")]
            touches = {SIDE.sub("", case) for case in met}
            rows.append(f"{command}: {points} points, {len(touches)} of them interrupted in {len(met)} ways")
        survived = len(self.met) - len(self.problems)
        rows.append(
            f"interrupted {len(self.met)} times, survived {survived}, objects leaked {len(leaked)}, "
            f"files of the user's changed {len(changed)}"
        )
        rows += [f"wrong once and not again: {case}: {'; '.join(wrong)}" for case, wrong in self.once.items()]
        return rows + [f"leaked: {one}" for one in leaked]

    def told(self) -> list[str]:
        """Return what was wrong, an interruption after the other."""
        return [f"{case}\n" + "\n".join(f"    {one}" for one in wrong) for case, wrong in self.problems.items()]
