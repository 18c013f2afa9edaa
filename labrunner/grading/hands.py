"""The hands that do a submission's work: its scripts run in a container as a user of their own, and are ended there."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path
from threading import Event

from labrunner import process, wait
from labrunner.environment.docker_cli import docker
from labrunner.environment.sandbox import INSIDE
from labrunner.errors import EnvironmentNotReady
from labrunner.grading.result import StepRun
from labrunner.process import Completed
from labrunner.side_by_side import Interrupted
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

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
EVERY = 0.2
"""Seconds after which a script that runs notices that it is not wanted any more."""
ROUNDS = 20
ENDED = (
    'setpriv --reuid="$0" --regid="$1" --clear-groups bash -c "kill -KILL -1"; '
    'pgrep -u "$0" -r D,R,S,T >/dev/null; echo "left $?"'
)
"""The kill as that user, so that nobody else can be hit: one call that reaches all of them, faster than they fork. The
look as somebody whom they can do nothing to."""
NOBODY = "left 1"
"""What is said where pgrep has found none."""


class Hands:
    """One submission's user in one container.

    Args:
        outer: the engine that the container runs on.
        container: a sandbox with a terminal in it that is running, or a cell.
        client: the reference of the image with which `labrunner host` enters; empty where the lab needs none.
        stopped: set by whoever wants no script to go on.
    """

    def __init__(self, outer: Endpoint, container: str, client: str = "", *, stopped: Event) -> None:
        self._outer, self._container, self._client, self._stopped = outer, container, client, stopped
        self._uid = FIRST_UID + secrets.randbelow(UIDS)
        self._group = os.getgid()  # the one that may use the engine's socket inside
        self._user = f"{self._uid}:{self._group}"

    def place(self, folder: Path, kubeconfig: str = "") -> None:
        """Copy a lab's part of a submission to where the scripts of all its steps run.

        Args:
            folder: what is copied.
            kubeconfig: the user's own, for a cell; empty where there is none.

        Raises:
            EnvironmentNotReady: something of it is not there now.
        """
        doors = f"mkdir -p {WORK} {ANSWERS} && if [ -d {INSIDE} ]; then chgrp $0 {INSIDE} && chmod 0710 {INSIDE}; fi"
        docker(self._outer, "exec", self._container, "sh", "-c", doors, str(self._group))
        docker(self._outer, "cp", f"{folder}/.", f"{self._container}:{WORK}")
        if kubeconfig:
            write = f"umask 077 && mkdir -p {WORK}/.kube && cat > {WORK}/.kube/config"
            docker(self._outer, "exec", "-i", self._container, "sh", "-c", write, stdin=kubeconfig)
        docker(self._outer, "exec", self._container, "chown", "-R", "-h", self._user, WORK, ANSWERS)

    def run(self, step: str, script: str, limit: float = LIMIT) -> StepRun:
        """Run a script of the submission, and end whatever of it is left.

        Args:
            step: the step that it is for.
            script: its path below what was placed.
            limit: seconds.

        Raises:
            EnvironmentNotReady: the sandbox itself is not there any more, or cannot be entered.
            Interrupted: somebody wants no script to go on.
        """
        began = wait.now()
        env = {**SCRUBBED, "LABRUNNER_STEP": step, "LABRUNNER_ANSWERS": ANSWERS, "LABRUNNER_CLIENT": self._client}
        told = [f"{name}={value}" for name, value in env.items()]
        inside = ["env", "-i", *told, "bash", "-c", BOUNDED, "bash", "bash", "--", f"{WORK}/{script}"]
        done = self._watched(inside, limit)
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
            line = ("exec", self._container, "sh", "-c", ENDED, str(self._uid), str(self._group))
            if docker(self._outer, *line, may_fail=True).stdout.strip().endswith(NOBODY):
                return
        raise EnvironmentNotReady(
            say(en="what the submission started could not be ended", zh="无法结束这份提交启动的进程"),
            hint=say(en="grade it again", zh="重新评分"),
        )

    def _watched(self, argv: list[str], limit: float) -> Completed:
        with ThreadPoolExecutor(1, thread_name_prefix="hands") as pool:
            running = pool.submit(self._exec, argv, limit)
            while not wait_for([running], timeout=EVERY).done:
                if self._stopped.is_set():
                    self.end()
                    raise Interrupted
            return running.result()

    def _exec(self, argv: list[str], limit: float) -> Completed:
        line = [self._outer.cli or "docker", "exec", "--user", self._user, "--workdir", WORK, self._container, *argv]
        return process.run(line, limit=limit, env=self._outer.environ())
