import os
import shutil
import subprocess
from pathlib import Path

import pytest

from labrunner.cli import shell_setup
from labrunner.grading import drafting
from labrunner.state import typed
from labrunner.state.typed import Typed
from tests import tiny

STEPS = [("one", ["a", "b"]), ("two", ["c"])]
AT = "2026-01-01T10:00:{}+00:00"
NOON = 1767261600


def kept(folder: Path, *commands: tuple[int, int, str]) -> Path:
    text = "".join(f"{at} {code}\n{said}\0" for at, code, said in commands)
    (folder / typed.FILE).write_text(text, encoding="utf-8")
    return folder


def test_a_command_belongs_to_the_step_that_was_not_done_yet(tmp_path: Path) -> None:
    commands = [(NOON + second, 0, f"typed at {second}") for second in (1, 5, 6, 20)]
    passed = {"a": AT.format("02"), "b": AT.format("05")}
    found = typed.by_step(typed.read(kept(tmp_path, *commands)), STEPS, passed)
    assert {step: [one.at - NOON for one in every] for step, every in found.items()} == {"one": [1, 5], "two": [6, 20]}
    passed["c"] = AT.format("10")
    found = typed.by_step(typed.read(tmp_path), STEPS, passed)
    assert [one.at - NOON for one in found["two"]] == [6], "what came after the last step is nobody's"


def test_what_is_not_understood_is_left_out(tmp_path: Path) -> None:
    (tmp_path / typed.FILE).write_bytes(b"x\0" + b"1 0\nls\0" + b"\xff\0" + b"2 0\n\0" + b"3 1\na\nb\0")
    assert typed.read(tmp_path) == [Typed(1, 0, "ls"), Typed(3, 1, "a\nb")]
    assert typed.read(tmp_path / "nowhere") == []


def test_a_draft_is_what_worked_and_remarks_on_what_did_not() -> None:
    lines = [
        Typed(1, 1, "docker run x\nsecond"),
        Typed(2, 0, "docker run y"),
        Typed(3, 0, "labrunner check"),
        Typed(4, 0, "lr"),
        Typed(5, 1, "lr hint"),
        Typed(6, 0, "lr answer look 'a b'"),
        Typed(7, 0, "exit"),
        Typed(8, 0, "lrun it"),
    ]
    assert drafting.script(lines).splitlines() == [
        "# failed with 1: docker run x",
        "#   second",
        "docker run y",
        "labrunner answer look 'a b'",
        "lrun it",
    ]


def test_a_script_that_says_something_is_left_alone(tmp_path: Path) -> None:
    lab = tiny.tiny(tmp_path)
    for name in ("one", "two"):
        tiny.step(lab, name, named(f"{name}_is_so"))
    (tmp_path / "one.sh").write_text("#!/bin/bash\n# nothing yet\n", encoding="utf-8")
    (tmp_path / "two.sh").write_text("#!/bin/bash\nmine\n", encoding="utf-8")
    commands = {name: [Typed(1, 0, f"do {name}")] for name in ("one", "two")}
    written, left = drafting.write(tmp_path, tiny.loaded(lab), commands)
    assert ([one.name for one in written], [one.name for one in left]) == (["one.sh"], ["two.sh"])
    assert (tmp_path / "one.sh").read_text(encoding="utf-8").endswith("\ndo one\n")
    assert (tmp_path / "two.sh").read_text(encoding="utf-8") == "#!/bin/bash\nmine\n"


def named(name: str) -> object:
    def claim() -> None:
        pass

    claim.__name__ = name
    return claim


@pytest.mark.parametrize("name", ["bash", "zsh"])
@pytest.mark.parametrize("keep", [True, False])
def test_a_shell_keeps_what_is_typed_only_where_that_was_asked_for(tmp_path: Path, name: str, *, keep: bool) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    (tmp_path / ".bash_history").write_text("mysql -p secret\n", encoding="utf-8")  # of another day
    environ = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "HISTCONTROL": "ignorespace",
        "LABRUNNER_SHELL": "tiny",
        "LABRUNNER_COMMAND": "true",
        "LABRUNNER_LAB_FOLDER": str(tmp_path),
        "TERM": "dumb",
    }
    argv = shell_setup.prepare(shutil.which(name) or "", tmp_path / "shell", environ, keep=keep)
    lines = "echo one\n false\nfalse\necho 'two\nlines'\n secret\n\necho 42 % \\0\nexit\n"
    subprocess.run(
        argv, env=environ, input=lines, capture_output=True, text=True, check=False, timeout=30, start_new_session=True
    )
    found = [(one.code, one.text) for one in typed.read(tmp_path)]
    wanted = [(0, "echo one"), (1, "false"), (0, "echo 'two\nlines'"), (0, "echo 42 % \\0")]
    assert found == (wanted if keep else [])
