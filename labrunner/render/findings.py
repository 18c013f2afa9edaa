"""What doctor found, a line each, with the one command that mends it."""

from collections.abc import Sequence
from typing import Protocol

from labrunner.render.screen import Screen
from labrunner.words import say


class Finding(Protocol):
    """One thing that was looked at; ok is None where it could not be told."""

    @property
    def ok(self) -> bool | None:
        """Whether it is as it should be."""

    @property
    def needed(self) -> bool:
        """Whether labs cannot run without it."""

    @property
    def sentence(self) -> str:
        """What is so."""

    @property
    def mend(self) -> str:
        """The command that mends it; empty where nothing is to be mended."""

    @property
    def detail(self) -> str:
        """More, where there is more."""


def show(screen: Screen, found: Sequence[Finding]) -> None:
    """Print the findings, and how many of them stand in the way."""
    for finding in found:
        name, style = "pass", "good"
        if finding.ok is None:
            name, style = "blocked", "dim"
        elif not finding.ok:
            name, style = ("fail", "bad") if finding.needed else ("error", "soon")
        detail = (f"  {finding.detail}" if finding.detail else "", "dim")
        screen.line(finding.sentence, detail, lead=(screen.symbol(name) + " ", style))
        if finding.mend and not finding.ok:
            screen.verbatim(f"$ {finding.mend}", lead="    ", style="code")
    missing = sum(finding.needed and finding.ok is False for finding in found)
    if missing:
        screen.line((say(en=f"{missing} needed and missing", zh=f"缺少 {missing} 项必需的条件"), "bad"))
    else:
        screen.line((say(en="This machine can run the labs.", zh="这台机器可以运行实验。"), "good"))
