"""The way into the virtual machine: in-vm and who answers it there, joined here by pipes instead of a serial port."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

VM = Path(__file__).parents[2] / "provision" / "images" / "vm"
SHELLS = [shell for shell in (["bash"], ["busybox", "sh"]) if shutil.which(shell[0])]
LIMIT = 20.0

pytestmark = pytest.mark.skipif(not shutil.which("flock"), reason="no flock here")


class Machine:
    """What stands for a virtual machine: its two pipes, and the program that answers at the other end."""

    def __init__(self, folder: Path, shell: list[str]) -> None:
        self.folder, self.shell = folder, shell
        self.env = {**os.environ, "VM_HOME": str(folder), "PORTER_HOME": str(folder / "inside"), "IN_VM_LIMIT": "8"}
        (folder / "inside").mkdir()
        for name in ("port.in", "port.out"):
            os.mkfifo(folder / name)
        # As QEMU does: a pipe that is open for both ends neither waits for the other one nor ends with it.
        self.pipes = [os.open(folder / name, os.O_RDWR) for name in ("port.in", "port.out")]
        self.porter: subprocess.Popen[bytes] | None = None

    def boots(self) -> None:
        command = [*self.shell, str(VM / "inside/sbin/porter")]
        self.porter = subprocess.Popen(command, stdin=self.pipes[0], stdout=self.pipes[1], env=self.env)

    def asked(self, *words: str) -> subprocess.Popen[str]:
        command = [*self.shell, str(VM / "in-vm"), *words]
        return subprocess.Popen(
            command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def says(self, *words: str) -> tuple[int, str, str]:
        with self.asked(*words) as asked:
            out, err = asked.communicate(timeout=LIMIT)
            return asked.returncode, out, err

    def close(self) -> None:
        if self.porter:
            self.porter.kill()
            self.porter.wait(LIMIT)
        for pipe in self.pipes:
            os.close(pipe)


@pytest.fixture(name="machine", params=SHELLS, ids=[shell[0] for shell in SHELLS])
def _machine(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Machine]:
    machine = Machine(tmp_path, request.param)
    yield machine
    machine.close()


def test_output_errors_and_exit_code_come_back_each_as_it_was(machine: Machine) -> None:
    machine.boots()
    assert machine.says("sh", "-c", "echo out; echo err >&2; exit 7") == (7, "out\n", "err\n")
    assert machine.says("printf", "%s|", "it's", "two  words", '"$HOME" `x` \\n', "店") == (
        0,
        'it\'s|two  words|"$HOME" `x` \\n|店|',
        "",
    )
    assert machine.says("false") == (1, "", "")
    assert machine.says("lr-no-such-command")[0] == 127
    assert machine.says()[0] == 2


def test_more_than_a_pipe_holds_comes_through(machine: Machine) -> None:
    machine.boots()
    code, out, _ = machine.says("sh", "-c", "seq 20000")
    assert (code, out.split()[-1]) == (0, "20000")


def test_who_asks_before_it_has_booted_waits(machine: Machine) -> None:
    with machine.asked("echo", "up") as asked:
        machine.boots()
        assert asked.communicate(timeout=LIMIT)[0] == "up\n"


def test_a_machine_that_never_answers_is_given_up(machine: Machine) -> None:
    machine.env["IN_VM_LIMIT"] = "2"
    code, _, err = machine.says("true")
    assert code == 124
    assert "did not answer" in err


def test_a_command_that_does_not_end_is_ended_and_the_next_one_is_answered(machine: Machine) -> None:
    machine.boots()
    machine.env["IN_VM_LIMIT"] = "1"
    assert machine.says("sleep", "60")[0] == 137
    machine.env["IN_VM_LIMIT"] = "8"
    assert machine.says("echo", "next") == (0, "next\n", "")


def test_several_at_once_take_turns(machine: Machine) -> None:
    machine.boots()
    asked = [machine.asked("sh", "-c", f"sleep 0.1; echo {number}") for number in range(5)]
    assert [one.communicate(timeout=LIMIT)[0] for one in asked] == [f"{number}\n" for number in range(5)]


def test_what_is_left_over_of_one_that_was_killed_is_nobody_elses(machine: Machine) -> None:
    machine.boots()
    with machine.asked("sh", "-c", "sleep 1; echo late") as killed:
        with pytest.raises(subprocess.TimeoutExpired):
            killed.wait(0.6)
        killed.kill()
    os.write(machine.pipes[0], b"ello 1\nnoise\n\n")
    assert machine.says("echo", "mine") == (0, "mine\n", "")


def test_where_no_machine_runs_that_is_said(tmp_path: Path) -> None:
    env = {**os.environ, "VM_HOME": str(tmp_path), "IN_VM_LIMIT": "1"}
    done = subprocess.run([*SHELLS[0], str(VM / "in-vm"), "true"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 125
    assert "no virtual machine" in done.stderr
