"""`check --watch`: looks whenever something has changed, until the lab is done or Ctrl-C ends it."""

import contextlib
from typing import Any

from labrunner import interruption
from labrunner.cli import changes, verdicts
from labrunner.cli.calling import Calling
from labrunner.render import live, watching
from labrunner.render import task as tasks


def run(calling: Calling, session: Any, step: str, *, as_json: bool, more: bool) -> int:
    """Watch a lab.

    Args:
        calling: where to print.
        session: the started lab.
        step: watch this step alone; whichever is the current one where empty.
        as_json: print each look as a record on one line.
        more: show every cause.

    Returns:
        0 once the lab, or the step, is done; 130 where Ctrl-C ended it, 143 where SIGTERM did, whatever it showed last.
    """
    looks = iter(calling.doors.watch().Watch(session))
    view = _Lines(calling, session, step, as_json=as_json)
    drawn = not as_json and calling.screen.stream.isatty() and calling.screen.colour | calling.screen.fancy
    try:
        with contextlib.ExitStack() as stack:
            if drawn:
                view = _Block(calling, session, step, more=more)
                stack.enter_context(live.taken(calling.screen.stream, view.redraw))
            for seen in looks:
                view.show(seen)
                if not seen.unseen:
                    verdicts.bring_back(calling, session, seen.report)
                if _is_done(seen, step):
                    return 0
    except KeyboardInterrupt as stopped:
        verdicts.bring_back(calling, session)
        return interruption.exit_code(stopped)
    finally:
        looks.close()
    return interruption.exit_code(KeyboardInterrupt())


def _is_done(seen: Any, step: str) -> bool:
    return not seen.unseen and (seen.report.done(step) if step else not seen.report.current)


class _Lines:
    """A line a change, or a record a look: for pipes, logs and programs."""

    def __init__(self, calling: Calling, session: Any, step: str, *, as_json: bool = False) -> None:
        self.calling, self.session, self.step, self.as_json = calling, session, step, as_json
        self.titles = {one.id: session.loaded.text.steps[one.id].title for one in session.loaded.lab.steps}
        self.before: Any = None

    def show(self, seen: Any) -> None:
        """Print what changed."""
        screen = self.calling.screen
        if self.as_json:
            screen.stream.write(watching.record(seen) + "\n")
        else:
            watching.plainly(screen, seen, self.before, self.titles)
        self.before = seen
        screen.stream.flush()


class _Block(_Lines):
    """The step in place; what a step teaches and the next task stay above it."""

    def __init__(self, calling: Calling, session: Any, step: str, *, more: bool) -> None:
        super().__init__(calling, session, step)
        self.more = more
        self.live = live.Live(calling.screen.stream)
        self.printing = False
        self.shown = ""

    def show(self, seen: Any) -> None:
        """Draw the look; after a step that is newly done, print what to take away and the next task above it."""
        self.before = seen
        current = self.step or seen.report.current
        if not (current or self.shown):
            tasks.finished(self.calling.screen, self.session.loaded, len(self.session.progress.assisted))
            return
        new = [] if seen.unseen else changes.untaught(self.session, seen.report)
        if new or (self.shown and current != self.shown and seen.report.done(self.shown)):
            self._next(seen, new, current)
        self.shown = current or self.shown
        if current or not new:
            self.redraw()

    def redraw(self) -> None:
        """Draw the last look again, as wide as the terminal is now."""
        if self.before is not None and self.shown and not (self.live.is_drawing or self.printing):
            self.live.draw(self._frame(self.shown))

    def _frame(self, step: str) -> list[str]:
        from labrunner.render.screen import Screen

        screen = self.calling.screen
        width = Screen(screen.stream, colour=screen.colour, fancy=screen.fancy).width
        return watching.frame(screen, self.before, self.titles, step=step, width=width, more=self.more)

    def _next(self, seen: Any, new: list[str], current: str) -> None:
        """Leave the done step as it is, teach what is new, and show what comes next."""
        screen, loaded, spoken = self.calling.screen, self.session.loaded, self.session.spoken
        if self.shown and seen.report.done(self.shown):
            self.live.draw(self._frame(self.shown)[:-1])
        self.live.leave()
        self.printing = True
        for name in new:
            tasks.take_away(screen, loaded, name, spoken)
        if not current:
            tasks.finished(screen, loaded, len(self.session.progress.assisted))
        elif not self.step and current != self.shown:
            tasks.show(screen, loaded, current, spoken)
            screen.gap()
        screen.stream.flush()
        changes.remember(self.session, seen.report, taught=new)
        self.printing = False
