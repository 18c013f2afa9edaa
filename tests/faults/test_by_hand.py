"""Commands at once, and a machine that somebody tidied up by hand: nothing is lost or claimed, and it converges."""

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import wiped
from tests.installation import LAB, Installation

if TYPE_CHECKING:
    import subprocess

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]


def ended(one: "subprocess.Popen[str]") -> tuple[int, str]:
    """Return how a command that was begun ended, and what it said."""
    said, _ = one.communicate(timeout=200)
    assert "Traceback" not in said, said
    return one.returncode, said


def test_commands_at_once_wait_or_name_who_is_at_work(learner: Installation) -> None:
    assert learner.run("start", LAB).code == 0
    looks = [ended(one) for one in [learner.begin("check", "--json") for _ in range(3)]]
    assert [code for code, _ in looks] == [1, 1, 1], "who only looks waits for nobody"
    seen = [[(v["check"], v["outcome"]) for v in json.loads(said)["verdicts"]] for _, said in looks]
    assert seen[0] == seen[1] == seen[2]
    lines = (("--yes", "reset"), ("--yes", "reset"), ("start", LAB))
    begun = {one.pid: one for one in [learner.begin(*line) for line in lines]}
    done = [ended(one) for one in begun.values()]
    assert any(code == 0 for code, _ in done)
    for code, said in done:
        assert code in (0, 2, 3), said
        if code == 3:
            assert any(f"another labrunner is at work: pid {pid} " in " ".join(said.split()) for pid in begun), said
        if code == 2:
            assert "interrupted" in said or "no lab is open" in said, "a reset that came while another had cleared"
    assert learner.run("start", LAB).code == 0
    assert learner.run("check").code == 1


def test_what_was_removed_by_hand_is_not_missed(learner: Installation) -> None:
    assert learner.run("start", LAB).code == 0
    ours = [one.split()[0] for one in learner.inventory()["containers"] if " lr-" in one]
    assert ours
    assert learner.docker("rm", "-f", "-v", *ours).ok
    for _ in range(2):
        done = learner.run("--yes", "reset")
        assert done.code == 0, done.stderr
    assert learner.run("check").code == 1
    registry = [one for one in learner.inventory()["containers"] if "labrunner-registry" in one]
    assert learner.docker("rm", "-f", *(one.split()[0] for one in registry)).ok
    assert learner.run("--yes", "stop").code == 0


def test_without_what_was_written_the_labels_still_say_what_is_ours(learner: Installation) -> None:
    assert learner.run("stop").code == 0, "right with nothing to end"
    before = learner.inventory()
    assert learner.run("start", LAB).code == 0
    shutil.rmtree(learner.home / "state")
    unlabelled = {one for one in learner.inventory()["containers"] - before["containers"] if " lr-" in one}
    assert learner.run("--yes", "stop", "--all").code == 0
    left = learner.docker("ps", "-aq", "--filter", f"label=labrunner={learner.install}").stdout
    assert not left
    assert learner.docker("network", "ls", "-q", "--filter", f"label=labrunner={learner.install}").stdout == ""
    now = learner.inventory()
    assert unlabelled <= now["containers"], "whose they are is known no more"
    refused = learner.run("start", LAB)
    assert refused.code == 5
    assert "docker rename" in refused.stderr
    wiped(learner, before, now)
