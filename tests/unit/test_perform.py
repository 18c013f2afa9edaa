import os
import sys
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.errors import Fault
from labrunner.operation import HandIn, Terminal
from labrunner.perform import ESCAPES, Unseen, answer, perform
from labrunner.process import TIMED_OUT

ENV = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


class Seen(Unseen):
    """Keeps what was shown."""

    def __init__(self) -> None:
        self.commands, self.outputs, self.codes = list[str](), list[str](), list[int]()

    def command(self, line: str) -> None:
        self.commands.append(line)

    def output(self, text: str) -> None:
        self.outputs.append(text)

    def ended(self, code: int, seconds: float) -> None:
        assert seconds >= 0
        self.codes.append(code)


def python(folder: Path, *lines: str) -> str:
    """Return a command that runs a small program at the terminal."""
    (folder / "program.py").write_text("\n".join(("import sys, time", *lines)), encoding="utf-8")
    return f"{sys.executable} -u {folder}/program.py"


def test_each_command_is_shown_with_its_real_output_and_the_first_failure_ends_the_script(tmp_path: Path) -> None:
    seen = Seen()
    assert perform("echo one\n# no\nprintf 'two\n' >&2; exit 4\necho three", ENV, tmp_path, seen) == 4
    assert seen.commands == ["echo one", "printf 'two\n' >&2; exit 4"]
    assert seen.outputs == ["one\n", "two\n"]
    assert seen.codes == [0, 4]


def test_commands_run_in_the_folder_and_environment_that_are_given(tmp_path: Path) -> None:
    seen = Seen()
    assert perform('pwd; echo "$WHO-${HOME-none}"', {**ENV, "WHO": "me"}, tmp_path, seen) == 0
    assert seen.outputs == [f"{tmp_path}\nme-none\n"]


def test_an_answer_is_not_performed(tmp_path: Path) -> None:
    with pytest.raises(Fault):
        perform(HandIn("x"), ENV, tmp_path, Unseen())


def test_an_answer_that_nobody_can_know_beforehand_is_asked_of_the_shell(tmp_path: Path) -> None:
    seen = Seen()
    (tmp_path / "pid").write_text("47\n", encoding="utf-8")
    assert answer(HandIn("a $b"), ENV, tmp_path, seen) == ("a $b", 0)
    assert seen.outputs == []
    assert answer(HandIn("$(cat pid)-$(echo 'x  y')"), ENV, tmp_path, seen) == ("47-x  y", 0)
    assert seen.outputs == ["47-x  y\n"]
    assert answer(HandIn("$(cat none)"), ENV, tmp_path, Unseen()) == ("", 1)


def test_a_dialogue_talks_to_a_program_that_believes_in_its_terminal(tmp_path: Path) -> None:
    program = python(
        tmp_path,
        "assert sys.stdin.isatty() and sys.stdout.isatty()",
        "import os; assert os.get_terminal_size() == (80, 24)",
        "name = input('name> ')",
        "print('hello', name)",
        "sys.exit(7)",
    )
    seen = Seen()
    talk = Terminal(program).until("name> ").types("Ada").until("hello Ada").ends()
    assert perform(talk, ENV, tmp_path, seen) == 7
    assert "hello Ada" in seen.outputs[0]


def test_the_same_words_are_waited_for_twice(tmp_path: Path) -> None:
    program = python(tmp_path, "print('> ', end='')", "time.sleep(0.5)", "print('> ready')", "input()")
    talk = Terminal(program).until("> ").until("> ").presses("enter").ends()
    seen = Seen()
    assert perform(talk, ENV, tmp_path, seen) == 0
    assert "ready" in seen.outputs[0]


def test_words_that_never_come_end_the_dialogue_at_their_limit(tmp_path: Path) -> None:
    began = wait.now()
    assert perform(Terminal("sleep 30").until("never", limit=0.3), ENV, tmp_path, Unseen()) == TIMED_OUT
    assert wait.now() - began < 4


def test_a_program_that_does_not_end_is_ended(tmp_path: Path) -> None:
    began = wait.now()
    assert perform(Terminal("sleep 30").ends(limit=0.3), ENV, tmp_path, Unseen()) == TIMED_OUT
    assert wait.now() - began < 4


def test_a_program_that_ends_before_its_words_come_ends_the_wait(tmp_path: Path) -> None:
    began = wait.now()
    assert perform(Terminal("true").until("never", limit=20), ENV, tmp_path, Unseen()) == TIMED_OUT
    assert wait.now() - began < 5


def test_ctrl_c_reaches_the_program(tmp_path: Path) -> None:
    program = python(
        tmp_path,
        "try:",
        "    print('going')",
        "    time.sleep(30)",
        "except KeyboardInterrupt:",
        "    sys.exit(130)",
    )
    assert perform(Terminal(program).until("going").presses("ctrl-c").ends(), ENV, tmp_path, Unseen()) == 130


def test_ctrl_d_ends_what_is_read(tmp_path: Path) -> None:
    assert perform(Terminal("cat").types("x").until("x").presses("ctrl-d").ends(), ENV, tmp_path, Unseen()) == 0


def test_letters_of_several_bytes_are_whole_however_they_come(tmp_path: Path) -> None:
    program = python(
        tmp_path,
        "for byte in '你好> '.encode():",
        "    sys.stdout.buffer.write(bytes([byte])); sys.stdout.flush(); time.sleep(0.05)",
        "input()",
    )
    assert perform(Terminal(program).until("你好> ", limit=5).presses("enter").ends(), ENV, tmp_path, Unseen()) == 0


@pytest.mark.parametrize(
    "text", ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07red", "\x1b]8;;http://x\x1b\\red", "\x1b(Bred"]
)
def test_escapes_are_stripped(text: str) -> None:
    assert ESCAPES.sub("", text) == "red"


def test_a_dialogue_shows_no_escapes(tmp_path: Path) -> None:
    seen = Seen()
    perform(Terminal("printf '\\033[1mbold\\033[0m\\n'").ends(), ENV, tmp_path, seen)
    assert seen.outputs == ["bold\n"]
