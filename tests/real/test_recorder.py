"""The recorder keeps what the daemon forgets; where it was not there, a verdict says that it cannot know."""

import http.client
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from labrunner import wait
from tests.installation import LAB, Installation
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(500, func_only=True)]
REMEMBERED = 256
"""Events that the engine itself keeps (moby, daemon/events)."""


@pytest.fixture
def learner(machine: Callable[..., Machine]) -> Iterator[Installation]:
    found = machine().installation
    assert found.run("start", LAB).code == 0
    yield found
    assert found.run("--yes", "stop").code == 0


def records(learner: Installation) -> list[dict[str, Any]]:
    text = (learner.home / "state/labs" / LAB / "log.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


class Daemon(http.client.HTTPConnection):
    """HTTP over a daemon's socket: hundreds of calls in a second or two."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=20)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


def flooded(learner: Installation) -> None:
    """Make more events than the engine remembers: an impatient health check, and names for an image beside it."""
    image = f"localhost:{learner.port}/till:1"
    flags = ["--health-cmd", "true", "--health-interval", "200ms", "--name", "busy"]
    assert learner.docker("run", "-d", *flags, image, "sleep", "600").ok
    daemon = Daemon(learner.environ["DOCKER_HOST"].removeprefix("unix://"))
    name = f"/images/{quote(image, safe='')}/tag?repo=busy&tag=1"
    for _ in range(REMEMBERED + 50):
        daemon.request("POST", name)
        answer = daemon.getresponse()
        answer.read()
        assert answer.status == http.client.CREATED
    daemon.close()
    assert learner.docker("rm", "-f", "busy").ok
    assert learner.docker("rmi", "busy:1").ok


def killed(learner: Installation) -> None:
    pid = int((learner.home / "state/labs" / LAB / "recorder.pid").read_text(encoding="utf-8"))
    os.kill(pid, signal.SIGKILL)
    assert wait.until(lambda: not os.path.exists(f"/proc/{pid}/exe") or zombie(pid), within=5)  # noqa: PTH110


def zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def verdicts(learner: Installation) -> dict[str, dict[str, Any]]:
    done = learner.run("check", "--json")
    return {one["check"]: one for one in json.loads(done.stdout)["verdicts"]}


def test_an_exit_code_outlives_its_container_and_a_flood(learner: Installation) -> None:
    image = f"localhost:{learner.port}/till:1"
    done = learner.docker("run", "--name", "lr-web", image, "sh", "-c", "exit 7")
    assert done.code == 7, done.stderr
    assert learner.docker("rm", "lr-web").ok
    flooded(learner)
    seen = wait.until(
        lambda: [
            one for one in records(learner) if one.get("action") == "die" and one.get("name") == "lr-web"
        ], within=10,
    )  # fmt: skip
    assert [one["attributes"]["exitCode"] for one in seen] == ["7"]
    assert not [one for one in records(learner) if "exec_start" in str(one.get("action"))], "noise is not kept"


def test_the_history_stands_after_a_flood(learner: Installation) -> None:
    assert learner.run("start", LAB, "--at", "stop-rm", limit=300).code == 0
    flooded(learner)
    for line in ("stop lr-window", "rm lr-window"):
        assert learner.docker(*line.split()).ok
    found = verdicts(learner)
    gone = [name for name, one in found.items() if one["step"] == "stop-rm"]
    assert gone
    assert {found[name]["outcome"] for name in gone} == {"pass"}, {name: found[name] for name in gone}


def test_a_recorder_that_was_killed_is_a_gap_only_where_something_was_missed(learner: Installation) -> None:
    killed(learner)
    found = verdicts(learner)
    assert "error" not in {one["outcome"] for one in found.values()}, "the daemon still knew all of it"
    killed(learner)
    assert learner.docker("rm", "-f", "lr-window").ok
    flooded(learner)
    found = verdicts(learner)
    unknown = [one for one in found.values() if one["outcome"] == "error"]
    assert unknown, {name: (one["outcome"], one["why"]) for name, one in found.items()}
    assert all("cannot know" in one["why"] for one in unknown)
    done = learner.run("check", unknown[0]["step"])
    assert done.code == 4
    assert "cannot know" in " ".join(done.stdout.split())
    assert learner.run("--yes", "reset").code == 0
    assert "error" not in {one["outcome"] for one in verdicts(learner).values()}, "reset mends it"
