"""What came of a series of interruptions, and the lines that say so."""

import re
from collections.abc import Iterable
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
        left: what no command took away.
    """

    points: dict[str, int] = field(default_factory=dict)
    met: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

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
        return rows + [f"leaked: {one}" for one in leaked]

    def told(self) -> list[str]:
        """Return what was wrong, an interruption after the other."""
        return [f"{case}\n" + "\n".join(f"    {one}" for one in wrong) for case, wrong in self.problems.items()]
