import os
import resource
import signal
import sys
from pathlib import Path

import pytest

from labrunner import process, wait
from labrunner.process import CAP, TIMED_OUT, run

PYTHON = sys.executable


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_program_says_what_it_says_and_ends_as_it_ends() -> None:
    done = run(["sh", "-c", "echo out; echo err >&2; exit 3"], limit=10)
    assert (done.code, done.stdout, done.stderr, done.ok) == (3, "out\n", "err\n", False)
    assert done.last_words == "err"


def test_a_limit_ends_the_whole_group_even_one_that_will_not_hear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE", 0.3)
    deaf = f"trap '' TERM; echo $$ > {tmp_path}/grand; sleep 60; sleep 60"
    script = '(trap "" TERM; sh -c "$0") & sleep 60'
    began = wait.now()
    done = run(["sh", "-c", script, deaf], limit=1.0)
    assert done.code == TIMED_OUT
    assert wait.now() - began < 8
    grandchild = int((tmp_path / "grand").read_text())
    assert wait.until(lambda: not alive(grandchild), within=3)


def test_a_program_that_reads_nothing_cannot_hold_us_up_with_what_we_tell_it() -> None:
    began = wait.now()
    assert run(["sleep", "30"], limit=0.5, stdin=b"x" * (4 << 20)).code == TIMED_OUT
    assert wait.now() - began < 10


def test_stdin_is_told_whole_and_then_ends() -> None:
    assert run(["wc", "-c"], limit=10, stdin="x" * 300_000).stdout.strip() == "300000"
    assert run(["cat"], limit=10).stdout == ""


def test_what_is_printed_without_end_is_kept_to_a_cap() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = run([PYTHON, "-c", "import sys\nfor _ in range(100): sys.stdout.write('x' * (1 << 20))"], limit=60)
    assert done.ok
    assert len(done.stdout) == CAP
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


def test_what_is_no_text_is_text_all_the_same() -> None:
    assert run(["printf", r"\377ok\n"], limit=10).stdout == "\ufffdok\n"


def test_lines_are_told_as_they_come() -> None:
    heard: list[str] = []
    run(["sh", "-c", "echo a; echo b >&2; printf c"], limit=10, on_line=heard.append)
    assert sorted(heard) == ["a", "b", "c"]


def test_a_program_that_is_not_there_is_said_so() -> None:
    with pytest.raises(FileNotFoundError):
        run(["no-such-program-at-all"], limit=1)


def test_a_signal_is_a_negative_code() -> None:
    assert run(["sh", "-c", "kill -9 $$"], limit=10).code == -9


def test_what_goes_on_in_the_background_does_not_hold_us_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE", 0.3)
    began = wait.now()
    done = run(["sh", "-c", "sleep 5 & echo said"], limit=10)
    assert done.stdout == "said\n"
    assert wait.now() - began < 3


def test_ctrl_c_ends_the_child_and_goes_on_up() -> None:
    pids: list[int] = []

    def interrupt(line: str) -> None:  # is heard once the child is known, as with `interruption.heed` it always is
        pids.append(int(line))
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", "echo $$; sleep 30; sleep 30"], limit=30, on_line=interrupt)
    assert wait.until(lambda: not alive(pids[0]), within=3)
