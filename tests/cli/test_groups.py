"""A command's line imports the module of that command alone; the table that says which is true."""

import pytest

from labrunner.cli import application
from labrunner.cli.application import GROUPS, needed


def commands(groups: tuple[str, ...]) -> list[str]:
    """Return what a program of these groups knows, in its order."""
    program = application.typer.main.get_command(application.build(groups))
    return list(program.commands)  # type: ignore[attr-defined] # a group, as this program always is


@pytest.mark.parametrize("group", GROUPS)
def test_a_module_adds_the_commands_that_stand_beside_it(group: str) -> None:
    assert commands((group,)) == list(GROUPS[group])


def test_all_together_are_the_whole_program() -> None:
    assert commands(tuple(GROUPS)) == [command for group in GROUPS.values() for command in group]


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        (["check"], ("verdicts",)),
        (["--yes", "--lang", "zh", "stop", "--all"], ("ending",)),
        (["--labs", "check", "list"], ("labs",)),
        (["dev", "prove"], ("authoring",)),
        ([], ()),
        (["--help"], tuple(GROUPS)),
        (["--version", "check"], tuple(GROUPS)),
        (["chekc"], tuple(GROUPS)),
        (["--lang"], ()),
    ],
)
def test_what_a_line_needs(words: list[str], groups: tuple[str, ...]) -> None:
    assert needed(words) == groups
