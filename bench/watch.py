"""How soon a watch has its verdict after an event has arrived, and what it holds in memory meanwhile.

`python bench/watch.py [docker] [cluster] [--rounds N] [--minutes N]`. Docker is measured in a machine of its own, the
cluster as in run.py. Goals: 100 ms for Docker and 200 ms for the cluster, in the median. With --minutes the changes go
on for so long, and the memory is printed every ten seconds; run.py's `memory` does the same from outside.
"""

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from labrunner import catalog, wait  # noqa: E402 - the checkout is found first
from labrunner.state import session  # noqa: E402
from labrunner.watch import Seen, Watch  # noqa: E402
from labrunner.watch.sight import Became, Happened  # noqa: E402

LIMIT = 60.0
"""Seconds within which a change must be seen at all."""
EVERY = 10.0
"""Seconds between two looks at the memory."""
Run = Callable[..., object]


class Followed:
    """A watch in a thread, with the moments at which events arrived."""

    def __init__(self, found: session.Session) -> None:
        self.watch = Watch(found)
        self.arrived: dict[str, float] = {}
        self.outcomes: dict[str, tuple[str, float, float]] = {}
        put = self.watch.heard.put

        def heard(one: object) -> None:
            if isinstance(one, Happened):
                actor = one.event.get("Actor") or {}
                self.arrived[f"{(actor.get('Attributes') or {}).get('name')} {one.event.get('Action')}"] = one.at
            elif isinstance(one, Became):
                self.arrived[f"{one.raw['kind']}/{one.raw['metadata']['name']}"] = one.at
            put(one)

        # Before any stream is begun: what is bound to it is what the streams tell.
        self.watch.hearing._tell = heard  # noqa: SLF001 - to listen at the very door
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        for seen in self.watch:
            self._take(seen, wait.now())

    def _take(self, seen: Seen, at: float) -> None:
        for verdict in seen.report.verdicts:
            if self.outcomes.get(verdict.check, ("", 0.0, 0.0))[0] != verdict.outcome:
                self.outcomes[verdict.check] = (str(verdict.outcome), at, seen.arrived)

    def until(self, check: str, passed: bool) -> tuple[float, float]:  # noqa: FBT001 - the one thing that is asked
        """Return when a check came to pass, or to pass no longer, and when the event arrived that led there."""
        found = wait.until(
            lambda: (self.outcomes.get(check, ("", 0.0, 0.0))[0] == "pass") is passed and check in self.outcomes,
            within=LIMIT,
            every=0.01,
        )
        if not found:
            raise RuntimeError(f"{check} is still {self.outcomes.get(check)}")
        return self.outcomes[check][1:]


def docker(run: Run, followed: Followed, lags: dict[str, list[float]]) -> None:
    """Stop a container and start it, and note how long each verdict took."""
    runs, answers = "web_runs_from_the_pulled_image", "web_answers"
    for words, action, passed in ((("stop", "-t", "0"), "die", False), (("start",), "start", True)):
        run("docker", *words, "lr-web")
        for check in (runs, answers):
            at, _ = followed.until(check, passed)
            name = f"Docker, {'probed' if check is answers else 'read'}, {'pass' if passed else 'fail'}"
            lags.setdefault(name, []).append(max(0.0, at - followed.arrived[f"lr-web {action}"]))


def cluster(run: Run, followed: Followed, lags: dict[str, list[float]]) -> None:
    """Scale a Deployment down and up again, and note how long each verdict took."""
    for replicas, passed in ((2, False), (3, True)):
        run("kubectl", "scale", "deployment", "lr-web", f"--replicas={replicas}")
        at, arrived = followed.until("service_finds_the_three_pods", passed)
        lags.setdefault(f"cluster, read, {'pass' if passed else 'fail'}", []).append(at - arrived)
        if passed:
            run("kubectl", "rollout", "status", "deployment/lr-web", "--timeout=60s")


def resident() -> float:
    """Return the memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / (1 << 20)


def measure(
    change: Callable[[Run, Followed, dict[str, list[float]]], None],
    run: Run,
    found: session.Session,
    given: argparse.Namespace,
) -> None:
    """Change the world for so many rounds, or minutes, and print what was measured."""
    followed, lags, began, told = Followed(found), {}, time.monotonic(), 0.0
    try:
        followed.until(found.loaded.lab.checks[0].id, passed=True)
        while len(next(iter(lags.values()), [])) < given.rounds or time.monotonic() - began < given.minutes * 60:
            change(run, followed, lags)
            if given.minutes and time.monotonic() - told >= EVERY:
                told = time.monotonic()
                print(f"{told - began:7.0f} s  {resident():6.1f} MiB", flush=True)
    finally:
        followed.watch.close()
    for name, seconds in lags.items():
        median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
        print(f"{name:24} median {median:6.1f} ms, worst {worst:6.1f} ms, of {len(seconds)}")


def main() -> None:
    """Run the measurements that are named."""
    import worlds

    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("names", nargs="*", metavar="NAME", help="docker, cluster; both where none is named")
    asked.add_argument("--rounds", type=int, default=15)
    asked.add_argument("--minutes", type=float, default=0)
    given = asked.parse_args()
    made = {"docker": (worlds.docker_basics, docker), "cluster": (worlds.kubernetes_parts, cluster)}
    for name in given.names or list(made):
        open_, change = made[name]
        with open_() as world:
            folder = world.installation.home / "state/labs" / world.lab
            measure(change, world.run, session.opened(catalog.load(world.lab), folder), given)


if __name__ == "__main__":
    main()
