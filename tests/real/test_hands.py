"""A submission's hands in a real container, with no more rights than a cell has: what is ended, and who is believed."""

import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from labrunner import process, wait
from labrunner.environment import images
from labrunner.environment.cell import IMAGE, NOTHING, OURS
from labrunner.environment.container_bounds import CELL
from labrunner.environment.docker_cli import docker, labels
from labrunner.environment.sandbox_journal import ROLE, Entry, journalled
from labrunner.environment.settings import Settings
from labrunner.grading.hands import Hands
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint

pytestmark = [pytest.mark.docker, pytest.mark.timeout(120, func_only=True)]
SCRIPTS = {
    "leaves.sh": "setsid sleep 1234 & disown\ntrap '' TERM\nsetsid sh -c 'while :; do sleep 0.1; done' &\nexit 7\n",
    "hangs.sh": "echo begun\ntrap '' TERM INT HUP\nsleep 1234\n",
    "rests.sh": "sleep 3\necho rested\n",
    "asks.sh": "cat /proc/$PPID/environ /proc/1/environ; tr '\\0' '\\n' < /proc/self/environ; ps axeww\n"
    "setsid sleep 1234 & for one in /proc/$PPID/fd/*; do echo 'left 1' > $one; done; echo left 1; echo left 1 >&2\n",
    "pipe.sh": "mkfifo /answers/pipe\n",
    "link.sh": "ln -s /etc/shadow /answers/link\necho mine\n",
    "answers.sh": "printf 'two\\nlines' > /answers/answers\n",
}
ALIVE = 'pgrep -c -f "^sleep 1234|^sh -c while"'


@pytest.fixture(scope="module")
def container(endpoint: Endpoint, chosen: Settings) -> Iterator[str]:
    name = f"labrunner-cell-{chosen.install[:6]}-{secrets.token_hex(3)}"
    image = images.environment_image(IMAGE, Quiet(), endpoint.environ())
    with journalled(endpoint, Entry(name, "", endpoint.url, chosen.install)):
        caps = [word for one in OURS for word in ("--cap-add", one)]
        marked = labels(chosen.install, ROLE)
        docker(endpoint, "run", "-d", "--name", name, *marked, *NOTHING, *CELL, *caps, image, "sleep", "infinity")
        yield name


@pytest.fixture
def hands(endpoint: Endpoint, container: str, tmp_path: Path) -> Hands:
    for name, text in SCRIPTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = Hands(endpoint, container, stopped=Event())
    found.place(tmp_path)
    return found


def inside(endpoint: Endpoint, container: str, line: str) -> process.Completed:
    return docker(endpoint, "exec", container, "sh", "-c", line, may_fail=True)


def test_what_a_script_leaves_is_ended_before_it_is_said_to_be_over(
    hands: Hands, endpoint: Endpoint, container: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hands, "end", lambda _: pytest.fail("the container is entered once a script"))
    run = hands.run("leaves", "leaves.sh")
    assert (run.code, run.ended) == (7, "")
    assert inside(endpoint, container, ALIVE).stdout.strip() == "0"


def test_a_keeper_who_comes_late_ends_nothing_of_the_next_script(
    hands: Hands, endpoint: Endpoint, container: str
) -> None:
    """Where the machine is so busy that a script's limit passes while its keeper cannot run."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(hands.run, "hangs", "hangs.sh", 4.0)
        stop = "pkill -STOP -f ^bash.*keeper-"
        assert wait.until(lambda: inside(endpoint, container, stop).ok, within=4, every=0.05)
        assert running.result().code == process.TIMED_OUT
        going = pool.submit(hands.run, "rests", "rests.sh", 60.0)
        assert wait.until(lambda: inside(endpoint, container, "pgrep -f ^sleep.3").ok, within=20, every=0.05)
        inside(endpoint, container, "pkill -CONT -f ^bash.*keeper-")
        run = going.result()
    assert (run.code, run.output) == (0, "rested\n")


def test_nobody_else_can_say_that_all_is_over(hands: Hands, endpoint: Endpoint, container: str) -> None:
    run = hands.run("asks", "asks.sh")
    assert "KEEPER=" not in run.output
    assert not re.search("[0-9a-f]{32}", run.output)
    assert run.output.count("Permission denied") >= 2, run.output
    assert inside(endpoint, container, ALIVE).stdout.strip() == "0"
    assert hands.answer("asks", run.output) == "left 1", "the last line that the script has printed"


@pytest.mark.parametrize(
    ("step", "answer"), [("answers", "two\nlines"), ("pipe", ""), ("link", "mine")], ids=["file", "pipe", "link"]
)
def test_an_answer_is_read_as_the_one_who_wrote_it(hands: Hands, step: str, answer: str) -> None:
    run = hands.run(step, f"{step}.sh")
    assert run.code == 0
    assert hands.answer(step, run.output) == answer
