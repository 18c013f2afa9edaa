"""Commands shown as they are run, with what they really print: for solve and demo."""

from labrunner.outcome import Report
from labrunner.render import report as reports
from labrunner.render.clock import duration
from labrunner.render.screen import Screen

LONG = 5.0
"""Seconds from which on it is said how long a command took."""


class Shown:
    """Prints commands, their output and what was then seen.

    Args:
        screen: where to.
    """

    def __init__(self, screen: Screen) -> None:
        self.screen = screen

    def step(self, title: str) -> None:
        """Print the heading of a step."""
        self.screen.gap()
        self.screen.rule(title)

    def command(self, line: str) -> None:
        """Print a command as it is about to run."""
        self.screen.verbatim(line, lead=("$ ", "dim"), style="bold")
        self.screen.stream.flush()

    def output(self, text: str) -> None:
        """Print what a command said; escapes are taken out, and its end is cut where it is long."""
        if text.strip():
            self.screen.verbatim(text.rstrip("\r\n"))
            self.screen.stream.flush()

    def ended(self, code: int, seconds: float) -> None:
        """Print the exit code where it is not 0, and the time where it was long."""
        notes = [f"exit {code}"] if code else []
        notes += [duration(seconds)] if seconds >= LONG else []
        if notes:
            self.screen.line((f"({', '.join(notes)})", "dim"))

    def report(self, report: Report) -> None:
        """Print a line a claim of what was then seen; what is blocked comes later and is left out."""
        seen = tuple(verdict for verdict in report.verdicts if verdict.outcome != "blocked")
        reports.claims(self.screen, seen)
        self.screen.stream.flush()
