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
from labrunner.grading import keeper
from labrunner.grading.keeper import Heard
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
        self._answers: dict[str, str | None] = {}

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
        word = secrets.token_hex(16)
        done = self._watched(keeper.line(self._uid, self._group, f"{ANSWERS}/{step}", inside), word, limit)
        seconds = wait.now() - began
        heard = Heard.of(done.stdout, word)
        if heard is None or done.code == process.TIMED_OUT:
            self.end()
        else:
            seconds -= heard.seconds
            self._answers[step] = heard.answer
        said = (done.stdout.partition(word)[0] + done.stderr)[-WORDS:]
        if done.code == process.TIMED_OUT and seconds >= limit:
            why = say(en=f"ended after its limit of {limit:.0f} s", zh=f"超过 {limit:.0f} 秒的时限，被结束")
            return StepRun(step, process.TIMED_OUT, round(seconds, 3), why, said)
        return StepRun(step, done.code, round(seconds, 3), "", said)

    def answer(self, step: str, said: str) -> str:
        """Return what was handed in for a step: by `labrunner answer`, else the last line that its script printed."""
        if step not in self._answers:
            line = ("exec", "--user", self._user, self._container, "bash", "-c", keeper.READ, f"{ANSWERS}/{step}")
            done = docker(self._outer, *line, may_fail=True)
            self._answers[step] = done.stdout if done.ok else None
        if (found := self._answers[step]) is not None:
            return found.strip()
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        return lines[-1][: keeper.LARGEST] if lines else ""

    def end(self) -> None:
        """End every process of the submission's user; right as well where there is none.

        Raises:
            EnvironmentNotReady: some of them could not be ended.
        """
        for _ in range(ROUNDS):
            line = ("exec", self._container, "sh", "-c", keeper.ENDED, str(self._uid), str(self._group))
            if docker(self._outer, *line, may_fail=True).stdout.strip().endswith(keeper.NOBODY):
                return
        raise EnvironmentNotReady(
            say(en="what the submission started could not be ended", zh="无法结束这份提交启动的进程"),
            hint=say(en="grade it again", zh="重新评分"),
        )

    def _watched(self, argv: list[str], word: str, limit: float) -> Completed:
        with ThreadPoolExecutor(1, thread_name_prefix="hands") as pool:
            running = pool.submit(self._entered, argv, word, limit)
            while not wait_for([running], timeout=EVERY).done:
                if self._stopped.is_set():
                    self.end()
                    raise Interrupted
            return running.result()

    def _entered(self, argv: list[str], word: str, limit: float) -> Completed:
        program = self._outer.cli or "docker"
        line = [program, "exec", "--env", keeper.UNKNOWN, "--workdir", WORK, self._container, *argv]
        return process.run(line, limit=limit, env={**self._outer.environ(), keeper.UNKNOWN: word})
