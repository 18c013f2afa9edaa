"""What is cut, garbled or slow between a command and its daemon is never a mistake of the learner's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from labrunner import wait
from labrunner.process import Completed
from tests.faults.relay import Relay
from tests.installation import LAB, Installation, sentence
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]
BOUND = 60.0
"""Seconds in which a daemon that drips must be given up, on a machine that does other things as well."""


@dataclass
class Done:
    """A learner whose first step is done rightly, behind a relay.

    Attributes:
        step: that step.
    """

    learner: Installation
    relay: Relay
    step: str

    def check(self) -> Completed:
        """Check that step by one look: a plain check would look again where something it began early broke."""
        file = self.learner.home / "evidence.json"
        return self.learner.run("check", self.step, "--evidence", str(file), limit=2 * BOUND)


@pytest.fixture(scope="module")
def done(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    front = tmp_path_factory.mktemp("relay") / "d.sock"
    before = machine.installation.inventory()
    with Relay(front, machine.sandbox.endpoint.socket) as relay:
        learner = machine.installation
        through = replace(learner, environ={**learner.environ, "DOCKER_HOST": f"unix://{front}"})
        assert through.run("start", LAB).code == 0
        through.run("solve")
        seen = json.loads(through.run("check", "--json").stdout)["verdicts"][0]
        assert seen["outcome"] == "pass"
        yield Done(through, relay, seen["step"])
        relay.works()
        assert through.run("--yes", "stop", "--all").code == 0
    assert machine.installation.inventory() == before


ALL, ONE = 1 << 30, 1
CUT = [(100, 0, ALL), (400, 0, ALL), (190, 4, ALL), *((120, after, ONE) for after in (11, 12, 13))]
"""Bytes after which replies are cut, connections that go well before, and how many go wrong then."""
GARBLED = [(0, 3, ALL), (250, 0, ALL), (3000, 5, ALL)]


def test_right_work_never_fails_because_of_what_happens_on_the_way(done: Done) -> None:
    codes: list[int] = []
    for way, spoilt in (("cuts", CUT), ("garbles", GARBLED)):
        for at, after, times in spoilt:
            done.relay.fails(after, way, at, times=times)  # type: ignore[arg-type]
            said = done.check()
            done.relay.works()
            codes.append(said.code)
            assert said.code in (0, 3, 4), f"{way} at {at} after {after}: {said.stdout}{said.stderr}"
            assert "Traceback" not in said.stderr
            assert "fault of ours" not in said.stderr
            if said.code == 3:
                assert sentence(said)
    assert codes.count(3) >= 5, codes
    assert done.check().code == 0, "the next command works"


def test_a_daemon_that_is_slow_is_only_slow(done: Done) -> None:
    done.relay.fails(0, "lags")
    said = done.check()
    done.relay.works()
    assert said.code == 0, said.stdout + said.stderr


def test_a_daemon_that_says_a_byte_now_and_then_is_given_up(done: Done) -> None:
    done.relay.fails(5, "drips", 100)
    began = wait.now()
    said = done.check()
    done.relay.works()
    assert said.code == 3, said.stdout + said.stderr
    assert sentence(said)
    assert wait.now() - began < BOUND


def test_what_changes_the_machine_ends_in_a_sentence_and_goes_on_afterwards(done: Done) -> None:
    for words in (("start", LAB), ("--yes", "reset"), ("--yes", "stop")):
        for after in (3, 9):
            done.relay.fails(after, "cuts", 190)
            said = done.learner.run(*words)
            done.relay.works()
            assert said.code in (0, 2, 3), f"{words} after {after}: {said.stdout}{said.stderr}"
            assert said.code != 2 or words[-1] == "reset", "there is a lab to begin and to end"
            if said.code:
                assert sentence(said)
    assert done.learner.run("start", LAB).code == 0
    assert done.learner.run("check").code in (1, 4), "what was recorded may have a gap"
