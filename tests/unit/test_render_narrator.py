import io

import pytest

from labrunner.narrate import stage
from labrunner.render.narrator import LineNarrator, TerminalNarrator, is_yes
from labrunner.render.screen import Screen


def screen() -> Screen:
    return Screen(io.StringIO(), width=80, colour=False, fancy=True)


def shown(narrator: LineNarrator) -> str:
    text: str = narrator.screen.stream.getvalue()  # type: ignore[attr-defined]
    return text


def test_work_without_a_terminal_is_a_line_when_it_begins_and_one_when_it_ends() -> None:
    narrator = LineNarrator(screen())
    with stage(narrator, "building the node image") as doing:
        for part in range(100):
            doing(f"layer {part}", part / 100)
    lines = shown(narrator).splitlines()
    assert lines[0] == "building the node image …"
    assert lines[-1].startswith("✓ building the node image")
    assert len(lines) == 2


def test_work_that_fails_is_marked() -> None:
    narrator = LineNarrator(screen())
    with pytest.raises(RuntimeError), stage(narrator, "building"):
        raise RuntimeError
    assert "✗ building" in shown(narrator)


def test_what_work_says_cannot_steer_the_terminal() -> None:
    narrator = TerminalNarrator(screen())
    with stage(narrator, "building") as doing:
        doing("\x1b]0;owned\x07[bold]x", None)
    assert "owned" not in shown(narrator)


def test_stages_may_stand_within_one_another() -> None:
    narrator = TerminalNarrator(screen())
    with stage(narrator, "outer"), stage(narrator, "inner"):
        narrator.say("between")
    assert "between" in shown(narrator)
    assert narrator.progress is None


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y\n", True), ("是\n", True), ("\n", False), ("n\n", False), ("", False)]
)
def test_only_a_yes_agrees(answer: str, *, agreed: bool) -> None:
    narrator = TerminalNarrator(screen(), answers=io.StringIO(answer))
    assert narrator.consents("install docker.io?", ["apt-get install -y docker.io"]) is agreed
    assert "apt-get install -y docker.io" in shown(narrator)
    assert is_yes(answer) is agreed


def test_nobody_to_ask_means_no() -> None:
    assert not LineNarrator(screen()).consents("install docker.io?", ["apt-get install -y docker.io"])


def test_yes_beforehand_agrees_and_still_shows_the_commands() -> None:
    narrator = LineNarrator(screen(), yes=True)
    assert narrator.consents("install docker.io?", ["apt-get install -y docker.io"])
    assert "apt-get install -y docker.io" in shown(narrator)
