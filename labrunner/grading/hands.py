"""The hands that do a submission's work: its scripts run in a sandbox as a user of their own, and are ended there."""

import os
import secrets
from pathlib import Path

from labrunner import process, wait
from labrunner.environment.docker_cli import docker
from labrunner.environment.sandbox import INSIDE, Sandbox
from labrunner.errors import EnvironmentNotReady
from labrunner.grading.result import StepRun
from labrunner.process import Completed
from labrunner.words import say

IMAGE = "hands"
"""The catalogue's name of what the sandbox is made of."""
WORK = "/work"
ANSWERS = "/answers"
LIMIT = 120.0
"""Seconds that one step's script gets, where the course does not say otherwise."""
PROCESSES = 256
"""How many processes the submission's user may have at once."""
WORDS = 4096
"""Characters kept of what a script said, from its end."""
LARGEST = 4096
"""Bytes of an answer."""
FIRST_UID, UIDS = 61_000, 4_000
"""Where the users of submissions begin, and how many there are: the limit of processes counts by user alone."""
SCRUBBED = {
    "HOME": WORK,
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "USER": "student",
    "DOCKER_HOST": f"unix://{INSIDE}/docker.sock",
    "DOCKER_CLI_HINTS": "false",
}
"""The whole environment of a script, but for what names its step."""
BOUNDED = f'ulimit -u {PROCESSES} -c 0; exec "$@"'
ROUNDS = 20


class Hands:
    """One submission's user in one sandbox.

    Args:
        sandbox: made of IMAGE, and running.
        client: the reference of the image with which `labrunner host` enters; empty where the lab needs none.
    """

    def __init__(self, sandbox: Sandbox, client: str = "") -> None:
        self._outer, self._container, self._client = sandbox.outer, sandbox.container, client
        self._uid = FIRST_UID + secrets.randbelow(UIDS)
        self._user = f"{self._uid}:{os.getgid()}"  # the group that may use the engine's socket inside

    def place(self, folder: Path) -> None:
        """Copy a lab's part of a submission into the sandbox; the scripts of all its steps run there."""
        open_door = f'mkdir -p {WORK} {ANSWERS} && chgrp "$0" {INSIDE} && chmod 0710 {INSIDE}'
        docker(self._outer, "exec", self._container, "sh", "-c", open_door, str(os.getgid()))
        docker(self._outer, "cp", f"{folder}/.", f"{self._container}:{WORK}")
        docker(self._outer, "exec", self._container, "chown", "-R", "-h", self._user, WORK, ANSWERS)

    def run(self, step: str, script: str, limit: float = LIMIT) -> StepRun:
        """Run a script of the submission, and end whatever of it is left.

        Args:
            step: the step that it is for.
            script: its path below what was placed.
            limit: seconds.

        Raises:
            EnvironmentNotReady: the sandbox itself is not there any more, or cannot be entered.
        """
        began = wait.now()
        env = {**SCRUBBED, "LABRUNNER_STEP": step, "LABRUNNER_ANSWERS": ANSWERS, "LABRUNNER_CLIENT": self._client}
        told = [f"{name}={value}" for name, value in env.items()]
        inside = ["env", "-i", *told, "bash", "-c", BOUNDED, "bash", "bash", "--", f"{WORK}/{script}"]
        done = self._exec(inside, limit)
        seconds = wait.now() - began
        self.end()
        said = (done.stdout + done.stderr)[-WORDS:]
        if done.code == process.TIMED_OUT and seconds >= limit:
            why = say(en=f"ended after its limit of {limit:.0f} s", zh=f"超过 {limit:.0f} 秒的时限，被结束")
            return StepRun(step, process.TIMED_OUT, round(seconds, 3), why, said)
        return StepRun(step, done.code, round(seconds, 3), "", said)

    def answer(self, step: str, said: str) -> str:
        """Return what was handed in for a step: by `labrunner answer`, else the last line that its script printed."""
        done = self._exec(["head", "-c", str(LARGEST), f"{ANSWERS}/{step}"], 20)
        if done.ok:
            return done.stdout.strip()
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        return lines[-1][:LARGEST] if lines else ""

    def end(self) -> None:
        """End every process of the submission's user; right as well where there is none.

        Raises:
            EnvironmentNotReady: some of them could not be ended.
        """
        for _ in range(ROUNDS):
            # As that user, so that nobody else can be hit: one call that reaches all of them, faster than they fork.
            self._exec(["bash", "-c", "kill -KILL -1"], 20)
            if not self._outer_exec("pgrep", "-u", str(self._uid)).stdout.strip():
                return
        raise EnvironmentNotReady(
            say(en="what the submission started could not be ended", zh="无法结束这份提交启动的进程"),
            hint=say(en="grade it again", zh="重新评分"),
        )

    def _exec(self, argv: list[str], limit: float) -> Completed:
        line = [self._outer.cli or "docker", "exec", "--user", self._user, "--workdir", WORK, self._container, *argv]
        return process.run(line, limit=limit, env=self._outer.environ())

    def _outer_exec(self, *argv: str) -> Completed:
        return docker(self._outer, "exec", self._container, *argv, may_fail=True)
