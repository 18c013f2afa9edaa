"""Long work shown on standard error: a spinner on a terminal, a line per change without one."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

from labrunner.render.cells import cut
from labrunner.render.clock import duration
from labrunner.render.plain import one_line
from labrunner.render.screen import Screen
from labrunner.wait import now
from labrunner.words import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

EVERY = 2.0
"""Seconds between two lines about the same work, where there is no terminal."""
SHORT = 0.15
"""Seconds of work that is not worth a line."""
YES = frozenset({"y", "yes", "是", "好", "好的", "同意"})
Doing = Callable[[str, float | None], None]


class LineNarrator:
    """One line per change: for logs, pipes and CI.

    Args:
        screen: where to; standard error.
        yes: whether every change of the machine is agreed to beforehand.
    """

    def __init__(self, screen: Screen, *, yes: bool = False) -> None:
        self.screen = screen
        self.yes = yes

    def say(self, sentence: str) -> None:
        """Print one line that stays."""
        self.screen.line(sentence)
        self.screen.stream.flush()

    def working(self, label: str) -> Iterator[Doing]:
        """Say what begins, now and then what is being done, and how long it took."""
        began = told = now()
        before = ""
        self.say(f"{label}{self._dots}")

        def doing(what: str, part: float | None) -> None:
            nonlocal told, before
            line = one_line(what, size=200) + (f" ({part:.0%})" if part is not None else "")
            if line.strip() and line != before and now() - told >= EVERY:
                told, before = now(), line
                self.say(f"  {label}: {line}")

        try:
            yield doing
        except BaseException:
            self._ended(label, began, "fail")
            raise
        self._ended(label, began, "pass")

    def consents(self, question: str, changes: list[str]) -> bool:
        """Show the exact commands; agree where `--yes` or CI=true said so beforehand, else nobody is here to ask."""
        self._show_changes(question, changes)
        if self.yes:
            self.say(say(en="allowed by --yes or CI=true", zh="已由 --yes 或 CI=true 允许"))
        elif self.is_alone():
            self.say(say(en="nobody is here to say yes; --yes would", zh="这里没有人可以同意；加 --yes 表示同意"))
        return self.yes

    def is_alone(self) -> bool:
        """Tell whether nobody can be asked."""
        return True

    @property
    def _dots(self) -> str:
        return " …" if self.screen.fancy else " ..."

    def _show_changes(self, question: str, changes: list[str]) -> None:
        self.screen.line((question, "bold"))
        for change in changes:
            self.screen.verbatim(change, lead="    ", style="code")
        self.screen.stream.flush()

    def _ended(self, label: str, began: float, outcome: str) -> None:
        mark = (self.screen.symbol(outcome) + " ", {"pass": "good", "fail": "bad"}[outcome])
        self.screen.line(label, (f"  {duration(now() - began)}", "dim"), lead=mark)
        self.screen.stream.flush()


class TerminalNarrator(LineNarrator):
    """A spinner with what is being done, a bar where a part is known, and one line when it is done."""

    def __init__(self, screen: Screen, *, yes: bool = False, answers: TextIO | None = None) -> None:
        super().__init__(screen, yes=yes)
        self.answers = answers
        self.progress: Progress | None = None

    def say(self, sentence: str) -> None:
        """Print one line that stays, above what is moving."""
        self._above(lambda: LineNarrator.say(self, sentence))

    def working(self, label: str) -> Iterator[Doing]:
        """Show the work while it lasts."""
        began, outer = now(), self.progress
        progress = outer or self._begin()
        task = progress.add_task(one_line(label), total=None, doing="")

        def doing(what: str, part: float | None) -> None:
            self._update(progress, task, what, part)

        outcome = "fail"
        try:
            yield doing
            outcome = "pass"
        finally:
            progress.remove_task(task)
            if outer is None:
                progress.stop()
                self.progress = None
            if outcome == "fail" or now() - began >= SHORT:
                self._above(lambda: self._ended(label, began, outcome))

    def consents(self, question: str, changes: list[str]) -> bool:
        """Show the exact commands and ask, unless the answer was given beforehand; enter means no."""
        agreed = False

        def ask() -> None:
            nonlocal agreed
            agreed = LineNarrator.consents(self, question, changes) or (
                not self.yes and is_yes(self._asked(say(en="Go ahead? [y/N] ", zh="同意吗？[y/N] ")))
            )

        self._above(ask)
        return agreed

    def is_alone(self) -> bool:
        """Tell whether nobody can be asked."""
        return self.answers is None

    def _asked(self, question: str) -> str:
        if self.answers is None:
            return ""
        self.screen.stream.write(question)
        self.screen.stream.flush()
        return self.answers.readline()

    def _begin(self) -> "Progress":
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        console = Console(file=self.screen.stream, highlight=False, no_color=not self.screen.colour)
        self.progress = Progress(
            SpinnerColumn("dots" if self.screen.fancy else "line"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=16),
            TimeElapsedColumn(),
            TextColumn("{task.fields[doing]}", markup=False, style="dim"),
            console=console,
            transient=True,
            refresh_per_second=8,
        )
        self.progress.start()
        return self.progress

    def _update(self, progress: "Progress", task: "TaskID", what: str, part: float | None) -> None:
        shown = cut(one_line(what, size=200), max(10, self.screen.width - 60))
        if part is None:
            progress.update(task, doing=shown, total=None)
        else:
            progress.update(task, doing=shown, total=1.0, completed=min(1.0, max(0.0, part)))

    def _above(self, write: Callable[[], None]) -> None:
        """Write while nothing moves."""
        if self.progress is None:
            write()
            return
        self.progress.stop()
        try:
            write()
        finally:
            self.progress.start()


def is_yes(answer: str) -> bool:
    """Tell whether an answer agrees; an empty one does not."""
    return answer.strip().lower() in YES


def standard(*, yes: bool) -> LineNarrator:
    """Return the narrator of standard error: with a spinner where that is a terminal that can show one.

    Args:
        yes: whether --yes was given; CI=true says the same.
    """
    agreed = yes or os.environ.get("CI", "").lower() in ("true", "1")
    screen = Screen(sys.stderr)
    if not sys.stderr.isatty() or os.environ.get("TERM", "") in ("", "dumb"):
        return LineNarrator(screen, yes=agreed)
    answers = sys.stdin if sys.stdin is not None and sys.stdin.isatty() else None
    return TerminalNarrator(screen, yes=agreed, answers=answers)
