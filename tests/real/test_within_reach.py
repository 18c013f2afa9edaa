"""A registry that goes away while a submission is graded: what was not pulled is not the student's failing."""

from pathlib import Path

import pytest

from labrunner.environment import docker_cli, within_reach
from labrunner.environment.docker_cli import docker
from labrunner.environment.settings import Settings
from labrunner.grading import class_run
from labrunner.grading.result import Result
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint
from tests.handed_in import LAB, PACK, ROOM, handed_in

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]
FORWARDER = "socat"


class Breaking(Quiet):
    """Ends what leads to the registry as the last step begins."""

    def __init__(self, endpoint: Endpoint, install: str) -> None:
        super().__init__(yes=True)
        self.endpoint, self.install, self.broken = endpoint, install, 0

    def say(self, sentence: str) -> None:
        super().say(sentence)
        if sentence == "clerk":
            for raw in docker_cli.labelled(self.endpoint, "containers", self.install, "sandbox"):
                ended = docker(self.endpoint, "exec", raw["Id"], "pkill", "-KILL", FORWARDER, may_fail=True)
                self.broken += ended.ok


def test_where_the_registry_does_not_answer_in_the_sandbox_nobody_loses_points(
    endpoint: Endpoint, chosen: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(within_reach, "PATIENCE", 3.0)
    narrator = Breaking(endpoint, chosen.install)
    pulls = "docker run -d --name lr-clerk --network lr-room localhost:5777/debian:bookworm-slim false\n"
    handed = handed_in(
        tmp_path, "2026001", {"room.sh": ROOM, "clerk.sh": f"docker rmi -f $(docker images -q)\n{pulls}"}
    )
    terms = class_run.terms(course=None, trust="local", isolation="", trusting=True, extra=PACK)
    with class_run.opened(terms, narrator) as of:
        [(_, found)] = class_run.run([handed], of, tmp_path / "results", jobs=1, resume=False)
    assert narrator.broken == 1
    assert isinstance(found, Result)
    [lab] = found.labs
    assert lab.lab == LAB
    assert "localhost:5777, does not answer" in lab.trouble, lab
    assert not found.gradable
    assert "connect" in lab.runs[-1].output, "what the student's script met"
