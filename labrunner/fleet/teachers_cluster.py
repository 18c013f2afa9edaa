"""The teacher's cluster: a context that was named, and kubectl, which knows every way to log in there."""

import json
import os
from dataclasses import dataclass
from typing import Any

from labrunner import process
from labrunner.errors import ClusterDown
from labrunner.process import Completed
from labrunner.words import say

LIMIT = 30.0
"""Seconds that kubectl gets for one call."""


@dataclass(frozen=True, slots=True)
class TeachersCluster:
    """A cluster that is somebody's: what is not named is never touched.

    Attributes:
        kubectl: the program's path.
        context: of the kubeconfig; never the current one unasked.
        kubeconfig: the file; as kubectl finds it where empty.
    """

    kubectl: str
    context: str
    kubeconfig: str = ""

    def asked(self, *words: str, stdin: str | None = None, limit: float = LIMIT) -> Completed:
        """Run `kubectl WORDS…` there, and hand back whatever it comes to."""
        return process.run(self._line(words, limit), limit=limit + 5, env=dict(os.environ), stdin=stdin)

    def did(self, *words: str, stdin: str | None = None, limit: float = LIMIT) -> str:
        """Run `kubectl WORDS…` there, and return what it printed; raises ClusterDown where it fails, and why."""
        done = self.asked(*words, stdin=stdin, limit=limit)
        if not done.ok:
            raise ClusterDown(
                say(
                    en=f"the cluster of the context {self.context} did not do `kubectl {' '.join(words[:3])}`: "
                    f"{done.last_words}",
                    zh=f"上下文 {self.context} 的集群没有完成 `kubectl {' '.join(words[:3])}`：{done.last_words}",
                ),
                hint=f"kubectl --context {self.context} version",
            )
        return done.stdout

    def read(self, *words: str) -> dict[str, Any]:
        """Return one object as kubectl gives it, `kubectl get WORDS… -o json`; empty where there is none."""
        said = self.did("get", *words, "--ignore-not-found", "-o", "json")
        if not said.strip():
            return {}
        try:
            found = json.loads(said)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ClusterDown(say(en="kubectl gave no whole answer", zh="kubectl 没有给出完整的回答"))
        return found

    def lines(self, *words: str, mark: str, limit: float = LIMIT) -> list[str]:
        """Return those of the lines that kubectl prints which begin with a mark, however many they are.

        Raises:
            ClusterDown: as `did`.
        """
        found: list[str] = []

        def heard(said: str) -> None:
            if said.startswith(mark):
                found.append(said)

        done = process.run(self._line(words, limit), limit=limit + 5, env=dict(os.environ), on_line=heard)
        if not done.ok:
            raise ClusterDown(
                say(
                    en=f"the cluster of the context {self.context} does not answer: {done.last_words}",
                    zh=f"上下文 {self.context} 的集群没有回应：{done.last_words}",
                )
            )
        return found

    def _line(self, words: tuple[str, ...], limit: float) -> list[str]:
        file = ["--kubeconfig", self.kubeconfig] if self.kubeconfig else []
        return [self.kubectl, *file, "--context", self.context, f"--request-timeout={limit:.0f}s", *words]
