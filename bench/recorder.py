"""What the recorder costs: memory, and CPU over a flood of execs, of names, and of nothing but health checks."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from worlds import World, docker_basics, kubernetes_parts

from labrunner import wait
from labrunner.world.daemon_http import Talk

CREATED = 201
EVENTS = 1000
QUIET = 20.0
"""Seconds of health checks alone."""


def recorder() -> dict[str, float]:
    """Measure the recorder of a Docker lab, and of the cluster's where kubernetes-parts is open."""
    found: dict[str, float] = {}
    print(f"{'':34}{'CPU':>9}{'memory':>11}{'log':>10}")
    with docker_basics() as world:
        image = f"localhost:{world.installation.port}/till:1"
        health = ["--health-cmd", "true", "--health-interval", "50ms"]
        world.run("docker", "run", "-d", "--name", "lr-busy", *health, image, "sleep", "600")
        talk = Talk(world.env["DOCKER_HOST"], 20)
        execs = (talk, "/containers/lr-busy/exec", b'{"Cmd": ["true"]}')
        names = (talk, f"/images/{quote(image, safe='')}/tag?repo=busy&tag=1", b"")
        found |= _measured(world, f"{EVENTS} execs", lambda: _said(*execs))
        found |= _measured(world, f"{EVENTS} names of images", lambda: _said(*names))
        found |= _measured(world, f"{QUIET:g} s of health checks", lambda: wait.pause(QUIET))
    home = os.environ.get("LABRUNNER_HOME", "")
    if home and (Path(home) / "state/labs/kubernetes-parts/lab.json").exists():
        with kubernetes_parts() as world:
            found |= _measured(world, f"{QUIET:g} s, Docker and the cluster", lambda: wait.pause(QUIET))
    return found


def _measured(world: World, name: str, happens: Callable[[], object]) -> dict[str, float]:
    folder = world.installation.home / "state/labs" / world.lab
    pid = int((folder / "recorder.pid").read_text(encoding="utf-8"))
    before, began = _cpu(pid), time.monotonic()
    happens()
    lasted = time.monotonic() - began
    share = (_cpu(pid) - before) / lasted
    memory = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    log = (folder / "log.jsonl").stat().st_size / 2**10
    print(f"{name:34}{share:9.2%}{memory:8.1f} MB{log:7.0f} KB   in {lasted:.1f} s")
    return {name: share}


def _cpu(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _said(talk: Talk, path: str, body: bytes) -> None:
    for _ in range(EVENTS):
        talk.request("POST", path, body, {"Content-Type": "application/json"} if body else {})
        answer = talk.getresponse()
        answer.read()
        if answer.status != CREATED:
            raise RuntimeError(f"{path}: {answer.status}")
