"""A step's task on a terminal, what to take away from it, and what comes after the last one."""

from collections.abc import Mapping
from typing import Any

from labrunner.catalog import LoadedLab
from labrunner.operation import filled
from labrunner.render import prose
from labrunner.render.screen import Screen
from labrunner.words import say


def show(screen: Screen, loaded: LoadedLab, step: str, values: Mapping[str, str]) -> None:
    """Print a step's task: which step of how many, the minutes, what to do, and what is then true.

    Args:
        screen: where to.
        loaded: the lab.
        step: the step's id.
        values: what stands for the words' placeholders.
    """
    number, said = number_of(loaded, step), loaded.text.steps[step]
    of = len(loaded.lab.steps)
    head = say(en=f"step {number} of {of} · {said.title}", zh=f"第 {number}/{of} 步 · {said.title}")
    screen.rule(head.replace("·", screen.symbol("dot")))
    screen.line((pace(loaded, step), "dim"))
    screen.gap()
    prose.show(screen, filled(said.task, values))
    screen.gap()
    screen.line((say(en="It is done when", zh="做到这些就完成了"), "bold"))
    for claim in said.claims.values():
        text = prose.inline(filled(claim, values), marks=not screen.colour)
        screen.line(*text, lead=f"  {screen.symbol('dot')} ")
    screen.gap()
    screen.line(
        (
            say(
                en="look: labrunner check    stuck: labrunner hint",
                zh="检查：labrunner check    卡住了：labrunner hint",
            ),
            "dim",
        )
    )


def intro(screen: Screen, loaded: LoadedLab, values: Mapping[str, str]) -> None:
    """Print the lab's title and its first words."""
    screen.line((loaded.text.title, "title"), (f"  {loaded.entry.slug}", "dim"))
    if loaded.text.intro:
        screen.gap()
        prose.show(screen, filled(loaded.text.intro, values))
    for step, why in loaded.left_out.items():
        screen.gap()
        screen.line(say(en=f"{step}: not here, because {why}", zh=f"{step}：这里做不了，因为 {why}"))
    screen.gap()


def take_away(screen: Screen, loaded: LoadedLab, step: str, values: Mapping[str, str]) -> None:
    """Print what a passed step teaches, and whether this is a good place to pause."""
    screen.gap()
    prose.show(screen, filled(loaded.text.steps[step].take_away, values), indent=2)
    screen.gap()
    if step in loaded.lab.pauses:
        screen.line(
            (
                say(
                    en="A good place to pause: all stays as it is, and `labrunner task` tells where you were.",
                    zh="这里适合休息一下：一切都会保留，回来后用 labrunner task 继续。",
                ),
                "dim",
            )
        )
        screen.gap()


def finished(screen: Screen, loaded: LoadedLab, assisted: int) -> None:
    """Print what comes after the last step."""
    own = len(loaded.lab.steps) - assisted
    screen.line(
        (say(en=f"{loaded.entry.slug} is done. ", zh=f"{loaded.entry.slug} 全部完成。"), "good"),
        say(en=f"Steps of your own: {own} of {own + assisted}.", zh=f"其中 {own}/{own + assisted} 步由你自己完成。")
        if assisted
        else "",
    )
    screen.line(
        say(
            en="What was made is still there to look at; labrunner stop removes it and leaves what is yours.",
            zh="做出来的东西都还在，可以再看看；labrunner stop 会移除它们，你自己的东西不受影响。",
        )
    )


def number_of(loaded: LoadedLab, step: str) -> int:
    """Return which step of the lab this is, from 1."""
    return next(at for at, found in enumerate(loaded.lab.steps, start=1) if found.id == step)


def pace(loaded: LoadedLab, step: str) -> str:
    """Return how long a step takes, and when the next good place to pause comes.

    Args:
        loaded: the lab.
        step: the step's id.
    """
    steps = loaded.lab.steps[number_of(loaded, step) - 1 :]
    own = steps[0].minutes
    said = say(en=f"{step}, about {own} min", zh=f"{step}，约 {own} 分钟")
    if step in loaded.lab.pauses:
        return said + say(en="; a good place to pause comes after it", zh="；做完它可以休息一下")
    ahead = 0
    for one in steps:
        ahead += one.minutes
        if one.id in loaded.lab.pauses:
            return said + say(
                en=f"; the next pause is after {one.id}, in about {ahead} min",
                zh=f"；下一次休息在 {one.id} 之后，还有约 {ahead} 分钟",
            )
    return said + (say(en=f"; about {ahead} min to the end", zh=f"；到最后还有约 {ahead} 分钟") if steps[1:] else "")


def record(loaded: LoadedLab, step: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the task as JSON-able values."""
    said = loaded.text.steps[step]
    found = loaded.lab.find(step)
    return {
        "schema": 1,
        "lab": loaded.entry.slug,
        "step": step,
        "number": number_of(loaded, step),
        "of": len(loaded.lab.steps),
        "minutes": found.minutes if found else 0,
        "pauses": loaded.lab.pauses,
        "title": said.title,
        "task": filled(said.task, values),
        "claims": {check: filled(claim, values) for check, claim in said.claims.items()},
    }
