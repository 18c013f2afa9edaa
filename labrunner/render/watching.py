"""What a watch shows: the step's claims in place on a terminal, a line a change elsewhere, a record a line as JSON."""

import io
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from labrunner.inert import json_text
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.render import prose
from labrunner.render import report as reports
from labrunner.render.plain import one_line
from labrunner.render.screen import Screen
from labrunner.watch import Seen
from labrunner.words import say

NAMES = {"docker": "Docker", "cluster": "Kubernetes"}


def frame(  # noqa: PLR0913 - what is shown, each by name
    like: Screen, seen: Seen, titles: dict[str, str], *, step: str, width: int, more: bool = False
) -> list[str]:
    """Return the lines that show one look.

    Args:
        like: the screen whose colours and signs are used.
        seen: the look.
        titles: of the lab's steps, by id, in order.
        step: the one that is shown.
        width: cells a line.
        more: whether every cause is shown.
    """
    text = io.StringIO()
    screen = Screen(text, width=width, colour=like.colour, fancy=like.fancy)
    if seen.hidden & {verdict.check for verdict in seen.report.of(step)}:
        _hidden(screen, seen, titles, step)
    else:
        only = Report(seen.report.lab, seen.report.of(step), seen.report.versions)
        reports.show(screen, only, titles, step=step, more=more)
    for one in seen.unseen:
        since = clock(one.since)
        said = say(
            en=f"{NAMES[one.side]}: {one.why}; not seen since {since}, trying again",
            zh=f"{NAMES[one.side]}：{one.why}；{since} 起看不到，正在重试",
        )
        screen.line((said, "error"), lead=(f"{screen.symbol('error')} ", "error"), hang=2)
    done = sum(seen.report.done(one) for one in titles)
    status = say(
        en=f"{done} of {len(titles)} steps done {screen.symbol('dot')} watching, Ctrl-C ends",
        zh=f"{len(titles)} 步中已完成 {done} 步 {screen.symbol('dot')} 正在观察，Ctrl-C 结束",
    )
    screen.line((status, "dim"))
    return text.getvalue().rstrip("\n").split("\n")


def _hidden(screen: Screen, seen: Seen, titles: dict[str, str], step: str) -> None:
    """Print the claims of a step of which something cannot be seen: what is not known is neither right nor wrong."""
    number = list(titles).index(step) + 1
    screen.line((f"{number}  {titles[step]}", "bold"), ("  " + step, "dim"))
    since = min(one.since for one in seen.unseen) if seen.unseen else ""
    for verdict in seen.report.of(step):
        if verdict.check not in seen.hidden:
            reports.claims(screen, (verdict,))
            continue
        claim = prose.inline(verdict.claim, style="dim", marks=not screen.colour)
        note = say(en=f"  (not seen since {clock(since)})", zh=f"（{clock(since)} 起看不到）")
        screen.line(*claim, (note, "dim"), lead=("   ? ", "dim"))


def plainly(screen: Screen, seen: Seen, before: Seen | None, titles: dict[str, str]) -> None:
    """Print a line for each change.

    Args:
        screen: where to.
        seen: this look.
        before: the last one; None for the first.
        titles: of the lab's steps, by id, in order.
    """
    at = clock(datetime.now(UTC).isoformat())
    was = {one.side: one for one in before.unseen} if before is not None else {}
    for one in seen.unseen:
        if one.side not in was:
            lost = say(en=f"not seen any more: {one.why}", zh=f"看不到了：{one.why}")
            _told(screen, at, "?", f"{NAMES[one.side]}: {lost}", "error")
    for side in was.keys() - {one.side for one in seen.unseen}:
        _told(screen, at, screen.symbol("pass"), f"{NAMES[side]}: {say(en='seen again', zh='又能看到了')}", "good")
    for verdict in seen.report.verdicts:
        if verdict.check in seen.changed and verdict.check not in seen.hidden:
            _changed(screen, at, verdict, titles)
    screen.stream.flush()


def _changed(screen: Screen, at: str, verdict: Verdict, titles: dict[str, str]) -> None:
    if verdict.outcome is Outcome.BLOCKED:
        return
    why = verdict.causes[0].sentence if verdict.causes else verdict.why
    said = f"{list(titles).index(verdict.step) + 1}  {verdict.claim}" + (f": {why}" if why else "")
    _told(screen, at, screen.symbol(verdict.outcome.value), said, reports.STYLES[verdict.outcome])


def _told(screen: Screen, at: str, sign: str, said: str, style: str) -> None:
    screen.verbatim(one_line(said), lead=(f"{at} {sign} ", style))


def record(seen: Seen) -> str:
    """Return one look as JSON on one line: the report's record, with what changed and what cannot be seen."""
    found: dict[str, Any] = {
        **seen.report.record(),
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "changed": list(seen.changed),
        "unseen": [asdict(one) for one in seen.unseen],
        "hidden": sorted(seen.hidden),
    }
    return json_text(found, ascii_only=True)


def clock(iso: str) -> str:
    """Return a UTC moment (ISO 8601) as local time to the second: "14:02:11"."""
    return datetime.fromisoformat(iso).astimezone().strftime("%H:%M:%S")
