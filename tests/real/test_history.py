"""Claims about the past on a real engine, with the recorder as the process that it is."""

import http.client
import json
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from labrunner import Docker, ever, expect, runner, sequence, stable, wait
from labrunner.environment.docker_cli import docker
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox import Sandbox
from labrunner.narrate import Quiet
from labrunner.outcome import Outcome, Verdict
from labrunner.state import recorder
from labrunner.state.session import Session
from labrunner.when import When, now
from labrunner.world import Snapshot
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.endpoint import Endpoint
from labrunner.world.moments import Moments
from labrunner.world.reader import World
from tests.installation import CHECKOUT, Installation
from tests.tiny import loaded, tiny

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]
REMEMBERED = 256
"""Events that the engine itself keeps (moby, daemon/events)."""
QUIET = 12.0
"""Seconds in which nothing but health checks happens, while the recorder's CPU is measured."""
LIGHT = 40 << 10
"""KiB that a recorder may take."""


def runs(docker: Docker) -> None:
    expect(docker.container("lr-web").status).equals("running")


def stands_still(docker: Docker) -> None:
    expect(docker.container("lr-web").status).equals("paused")


def is_over(docker: Docker) -> None:
    expect(docker.container("lr-web").status).equals("exited")


def is_off_the_net(docker: Docker) -> None:
    expect(docker.container("lr-web").networks).equals(["lr-shop"])


def net_is_gone(docker: Docker) -> None:
    expect(docker.past_network("lr-shop").was_removed).is_there()


def book_is_gone(docker: Docker) -> None:
    expect(docker.past_volume("lr-book").was_removed).is_there()


def image_is_gone(docker: Docker) -> None:
    expect(docker.past_image("lr-own:1").was_removed).is_there()


@dataclass
class Lived:
    """A lab of claims, begun on an engine, with a recorder of its own."""

    session: Session
    world: World
    image: str

    def do(self, *lines: str) -> None:
        for line in lines:
            done = docker(self.session.endpoint, *line.replace("IMAGE", self.image).split("|"), may_fail=True)
            assert done.ok, (line, done.stderr)

    def look(self, *, patient: bool = True) -> tuple[dict[str, Verdict], Snapshot]:
        assert recorder.begin(self.session.directory)
        report, snapshot = runner.look(self.session, self.world, patient=patient)
        return {verdict.check: verdict for verdict in report.verdicts}, snapshot

    @property
    def pid(self) -> int:
        return int((self.session.directory / "recorder.pid").read_text(encoding="utf-8"))

    def kill_the_recorder(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        assert wait.until(lambda: not recorder.is_alive(self.session.directory), within=5, every=0.02)

    def flood(self, count: int, path: str, body: bytes = b"") -> None:
        """Make events that are none of the lab's, in a second or two."""
        daemon = http.client.HTTPConnection("docker", timeout=20)
        daemon.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        daemon.sock.connect(self.session.endpoint.url.removeprefix("unix://"))
        for _ in range(count):
            daemon.request("POST", path, body, {"Content-Type": "application/json"} if body else {})
            answer = daemon.getresponse()
            answer.read()
            assert answer.status == http.client.CREATED
        daemon.close()

    def tags(self, count: int) -> None:
        """Give the image other names, again and again."""
        self.flood(count, f"/images/{quote(self.image, safe='')}/tag?repo=busy&tag=1")


@pytest.fixture(scope="module")
def sandbox(endpoint: Endpoint, course_registry: Registry, narrator: Quiet) -> Iterator[Sandbox]:
    with Sandbox(endpoint, course_registry, narrator=narrator) as made:
        yield made


@pytest.fixture
def lived(
    sandbox: Sandbox, course_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Lived]]:
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    image = f"localhost:{course_registry.port}/client:1"
    begun: list[Session] = []

    def begin(*claims: tuple[Any, When]) -> Lived:
        inner = sandbox.endpoint
        assert docker(inner, "pull", "-q", image).ok
        lab = tiny(tmp_path)
        for claim, when in claims:
            step = lab.step(claim.__name__.replace("_", "-") + f"-{when.mode}", solve="docker run --name lr-web x")
            step.check(wrong={"other": "docker run x"}, when=when, within=2)(_named(claim, when))
        engine = DockerEngine(inner.url)
        directory = tmp_path / "lab"
        directory.mkdir()
        found = Session(loaded(lab), directory, inner, "mine", "me", course_registry.port, baseline=engine.inventory())
        found.progress.done = True
        found.begin_log()
        found.save()
        begun.append(found)
        assert recorder.begin(directory)
        return Lived(found, World(engine, None), image)

    yield begin
    for one in begun:
        recorder.end(one.directory)
        left = docker(one.endpoint, "ps", "-aq", "--filter", "name=lr-").stdout.split()
        if left:
            docker(one.endpoint, "rm", "-f", *left)
        docker(one.endpoint, "network", "rm", "lr-shop", may_fail=True)


def _named(claim: Any, when: When) -> Any:
    """Return the same claim as a function of its own: a lab's checks have different names."""

    def judged(docker: Docker) -> None:
        claim(docker)

    judged.__name__ = f"{claim.__name__}_{when.mode}"
    return judged


def test_what_happened_is_known_afterwards_by_moments_and_by_id(lived: Callable[..., Lived]) -> None:
    lab = lived(
        (stands_still, ever),
        (is_off_the_net, ever),
        (is_over, sequence(runs, stands_still, runs)),
        (stands_still, sequence(is_over)),
        (net_is_gone, now),
        (book_is_gone, now),
        (image_is_gone, now),
    )
    lab.do(
        "network|create|lr-shop",
        "volume|create|lr-book",
        "run|-d|--name|lr-web|--network|lr-shop|IMAGE|sleep|600",
        "network|connect|bridge|lr-web",
    )
    same(lab)
    lab.do("network|disconnect|bridge|lr-web", "pause|lr-web")
    same(lab)
    lab.do("unpause|lr-web", "restart|-t|0|lr-web", "rename|lr-web|lr-away", "rename|lr-away|lr-web")
    same(lab)
    lab.do("kill|lr-web")
    same(lab)
    lab.do(
        "rm|lr-web",
        "tag|IMAGE|lr-own:1",
        "rmi|lr-own:1",
        "network|rm|lr-shop",
        "volume|rm|lr-book",
    )
    wait.until(lambda: lab.look(patient=False)[0]["image_is_gone_now"].passed, within=5)
    verdicts, snapshot = lab.look(patient=False)
    wrong = verdicts.pop("stands_still_sequence")
    assert {name: (one.outcome, one.why) for name, one in verdicts.items() if not one.passed} == {}
    assert wrong.outcome in (Outcome.FAIL, Outcome.BLOCKED)
    assert "UTC" in verdicts["stands_still_ever"].why
    assert snapshot.complete
    lab.do("network|create|lr-shop", "volume|create|lr-book", "tag|IMAGE|lr-own:1")
    again = wait.until(
        lambda: not (seen := lab.look(patient=False)[0])["image_is_gone_now"].passed and seen, within=5
    )  # fmt: skip
    assert again
    assert not any(again[name].passed for name in ("net_is_gone_now", "book_is_gone_now", "image_is_gone_now"))
    lab.do("network|rm|lr-shop", "volume|rm|lr-book", "rmi|lr-own:1")


def same(lab: Lived) -> None:
    """Assert that the last recorded moment is, in what claims read, what the daemon says now."""

    def told(docker: dict[str, Any]) -> Any:
        states = [
            (raw["Name"], raw["State"]["Status"], raw["State"]["ExitCode"], sorted(raw["NetworkSettings"]["Networks"]))
            for raw in docker["containers"].values()
        ]
        nets = [
            (raw["Name"], sorted(one["Name"] for one in raw["Containers"].values()))
            for raw in docker["networks"].values()
        ]
        return (sorted(states), sorted(nets), sorted(docker["volumes"]))

    def differs() -> Any:
        present = lab.look(patient=False)[1]
        moments = Moments(present)
        recorded, seen = moments.snapshot(len(moments) - 2).docker, present.docker
        assert recorded is not None
        assert seen is not None
        return None if told(recorded) == told(seen) else (told(recorded), told(seen))

    assert wait.until(lambda: not differs(), within=5), differs()


def test_stable_waits_for_its_seconds_and_begins_again_after_a_change(lived: Callable[..., Lived]) -> None:
    lab = lived((runs, stable(2)))
    lab.do("run|-d|--name|lr-web|IMAGE|sleep|600")
    first = lab.look(patient=False)[0]["runs_stable"]
    assert first.outcome is Outcome.WAITING, first
    assert "of 2 s" in first.why
    began = wait.now()
    assert lab.look()[0]["runs_stable"].passed
    assert wait.now() - began > 0.5
    lab.do("pause|lr-web", "unpause|lr-web")
    assert lab.look(patient=False)[0]["runs_stable"].outcome is Outcome.WAITING
    lab.do("restart|-t|0|lr-web")
    assert lab.look(patient=False)[0]["runs_stable"].outcome is Outcome.WAITING


def test_a_restart_loop_passes_between_no_two_crashes(lived: Callable[..., Lived]) -> None:
    lab = lived((runs, now), (runs, stable(1)))
    lab.do("run|-d|--restart|always|--name|lr-web|IMAGE|sh|-c|sleep 0.6; exit 3")
    between, ends = 0, wait.now() + 8
    while wait.now() < ends:
        verdicts, snapshot = lab.look(patient=False)
        raw = next(iter((snapshot.docker or {})["containers"].values()))
        assert not verdicts["runs_stable"].passed, verdicts["runs_stable"]
        if raw["RestartCount"]:
            between += raw["State"]["Status"] == "running"
            assert not verdicts["runs_now"].passed, (raw["State"], raw["RestartCount"])
    assert between > 1, "it was seen to run between two crashes"
    assert verdicts["runs_now"].outcome is Outcome.FAIL or verdicts["runs_now"].outcome is Outcome.WAITING


def test_what_a_killed_recorder_missed_cannot_be_known_and_what_it_did_not_miss_is_no_gap(
    lived: Callable[..., Lived],
) -> None:
    lab = lived((stands_still, ever), (is_over, ever), (runs, stable(2)))
    lab.kill_the_recorder()  # before it recorded anything at all
    lab.do("run|-d|--name|lr-web|IMAGE|sleep|600", "pause|lr-web", "unpause|lr-web")
    assert wait.until(lambda: lab.look(patient=False)[0]["stands_still_ever"].passed, within=5), "the daemon knew it"
    assert lab.look(patient=False)[1].complete
    lab.kill_the_recorder()
    lab.tags(REMEMBERED + 20)
    verdicts, snapshot = lab.look()
    assert not snapshot.complete
    assert verdicts["stands_still_ever"].passed, "what was seen stands"
    unknown = verdicts["is_over_ever"]
    assert unknown.outcome is Outcome.ERROR, unknown
    assert "cannot know" in unknown.why
    assert "labrunner reset" in unknown.why
    assert wait.until(lambda: lab.look(patient=False)[0]["runs_stable"].passed, within=8), "since the gap"
    lab.do("kill|lr-web")
    assert wait.until(lambda: lab.look(patient=False)[0]["is_over_ever"].passed, within=5), "done again"


def test_a_flood_of_health_checks_makes_no_gap_and_costs_next_to_nothing(
    lived: Callable[..., Lived], capsys: pytest.CaptureFixture[str]
) -> None:
    lab = lived((is_over, ever))
    lab.do("run|-d|--name|lr-web|--health-cmd|true|--health-interval|10ms|IMAGE|sleep|600")
    assert wait.until(lambda: any(r.get("action") == "start" for r in lab.look(patient=False)[1].log), within=5)
    before, size = spent(lab.pid), (lab.session.directory / "log.jsonl").stat().st_size
    began = wait.now()
    lab.flood(1000, "/containers/lr-web/exec", b'{"Cmd": ["true"]}')
    lab.tags(REMEMBERED)
    wait.pause(QUIET)
    used, lasted = spent(lab.pid) - before, wait.now() - began
    memory = resident(lab.pid)
    verdicts, snapshot = lab.look(patient=False)
    assert snapshot.complete
    assert verdicts["is_over_ever"].outcome is Outcome.FAIL
    assert (lab.session.directory / "log.jsonl").stat().st_size - size < 2000, "nothing of it was written down"
    with capsys.disabled():
        print(f"\n  recorder: {used / lasted:.2%} of a core, {memory / 1024:.1f} MB")  # noqa: T201
    assert memory < LIGHT
    assert used < 0.01 * lasted


def test_a_daemon_that_was_restarted_is_a_gap(lived: Callable[..., Lived], sandbox: Sandbox) -> None:
    lab = lived((stands_still, ever))
    lab.do("run|-d|--name|lr-web|IMAGE|sleep|600")
    assert wait.until(lambda: any(r.get("action") == "start" for r in lab.look(patient=False)[1].log), within=5)
    sandbox.kill()
    sandbox.start()
    assert wait.until(lambda: not recorder.is_alive(lab.session.directory), within=10)
    lab.world = World(DockerEngine(sandbox.endpoint.url), None)
    verdicts, snapshot = lab.look(patient=False)
    assert not snapshot.complete
    assert verdicts["stands_still_ever"].outcome is Outcome.ERROR, verdicts


LAB = """
from labrunner import Docker, Lab, ever, expect, sequence, stable

lab = Lab(__file__)
till = lab.image("till:1")
RUN = "docker run -d --name lr-napper {till} sleep 600"
nap = lab.step(
    "nap",
    solve=f"{RUN}; docker pause lr-napper; docker unpause lr-napper",
    also={"twice": f"{RUN}; docker pause lr-napper; docker unpause lr-napper; docker pause lr-napper; "
          "docker unpause lr-napper"},
)


@nap.check(wrong={"awake": RUN}, when=ever)
def it_slept(docker: Docker) -> None:
    expect(docker.container("lr-napper").status).equals("paused")


@nap.check(wrong={"asleep": f"{RUN}; docker pause lr-napper"}, when=sequence(it_slept))
def it_woke_again(docker: Docker) -> None:
    expect(docker.container("lr-napper").status).equals("running")


steady = lab.step("steady", solve="docker run -d --name lr-steady {till} sleep 600")


@steady.check(
    wrong={"loop": "docker run -d --restart always --name lr-steady {till} sh -c 'sleep 0.3; exit 1'"},
    when=stable(2),
)
def it_goes_on_running(docker: Docker) -> None:
    expect(docker.container("lr-steady").status).equals("running")
"""
WORDS = """# A nap

About claims of the past.

## nap · A nap

Let it sleep and wake it.

- `it_slept` — it was paused once
- `it_woke_again` — it ran again after that

### {hints}

1. Pause it.

### {after}

Paused is not stopped.

## steady · Steady

Run one that stays.

- `it_goes_on_running` — it runs for 2 seconds on end

### {hints}

1. Run it.

### {after}

Running once is not running.
"""


def test_a_lab_with_claims_about_the_past_is_proved(own: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "pack" / "naps"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text('SECTIONS = (("naps", "Docker › Naps"),)', encoding="utf-8")
    (folder / "lab.py").write_text(LAB, encoding="utf-8")
    for language, hints, after in (("en", "Hints", "Take away"), ("zh", "提示", "收获")):
        (folder / f"lab.{language}.md").write_text(WORDS.format(hints=hints, after=after), encoding="utf-8")
    words = ("--labs", str(folder.parent), "--yes", "dev", "prove", "naps", "--engine", "20.10", "--json")
    done = own.run(*words, limit=280)
    found = json.loads(done.stdout)["labs"][0]
    assert (done.code, found["complaints"]) == (0, []), done.stderr
    assert (found["checks_seen"], found["mutants_killed"], found["alternatives_accepted"]) == (3, 3, 1)


def spent(pid: int) -> float:
    """Return the CPU seconds of a process."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """Return the KiB that a process has in memory."""
    told = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    return int(told[1]) * resource.getpagesize() // 1024
