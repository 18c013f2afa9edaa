"""What `check` and `check --watch` hold in memory; watching goes on while the world changes, and is to stay flat."""

import contextlib
import os
import signal
import subprocess
import time

import svg
from pairs import mebibytes, run
from worlds import PYTHON, World, docker_basics

EVERY = 5.0
"""Seconds between two changes of the world, and between two looks at the memory."""


def memory(minutes: float) -> dict[str, float]:
    """Measure both; returns MiB by name.

    Args:
        minutes: how long is watched.
    """
    with docker_basics() as world:
        _, most, code, _ = run(world.labrunner("labrunner check", "check"))
        print(f"labrunner check: at most {most:.0f} MiB (exit {code})")
        points = _watched(world, minutes * 60)
        recorder = max((mebibytes(pid, "VmRSS") for pid in _recorders(world)), default=0.0)
    first, last = points[min(2, len(points) - 1)][1], points[-1][1]
    held = max(held for _, held in points)
    print(f"labrunner check --watch: {first:.1f} MiB at first, {last:.1f} after {minutes:g} min, at most {held:.1f}")
    print(f"the recorder: {recorder:.1f} MiB")
    series = {"check --watch": [(seconds / 60, held) for seconds, held in points]}
    print(svg.lines("bench-watch-memory.svg", "Memory of a watch while containers come and go", series, "min", "MiB"))
    return {"check": most, "watch at first": first, "watch at last": last, "recorder": recorder}


def _watched(world: World, seconds: float) -> list[tuple[float, float]]:
    """Watch while a container of the lab is stopped and started, and return (seconds, MiB) of the watch."""
    # The last step undone: a watch ends by itself where everything is done.
    world.run("docker", "stop", "-t", "0", "lr-store")
    line = [*world.installation.before, PYTHON, "-m", "labrunner", "check", "--watch"]
    watch = subprocess.Popen(line, env=world.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    points: list[tuple[float, float]] = []
    began, turn = time.monotonic(), 0
    try:
        while (passed := time.monotonic() - began) < seconds and watch.poll() is None:
            world.run("docker", *(("start", "lr-desk") if turn % 2 else ("stop", "-t", "0", "lr-desk")))
            turn += 1
            with contextlib.suppress(subprocess.TimeoutExpired):
                watch.wait(EVERY)
            points.append((passed, mebibytes(watch.pid, "VmRSS")))
        if watch.poll() is not None:
            raise RuntimeError(f"the watch ended by itself with {watch.returncode}")
    finally:
        if watch.poll() is None:
            watch.send_signal(signal.SIGINT)
            watch.wait(30)
        world.run("docker", "start", "lr-store", "lr-desk")
    return points


def _recorders(world: World) -> list[int]:
    files = (world.installation.home / "state/labs").glob("*/recorder.pid")
    return [pid for file in files if (pid := int(file.read_text(encoding="utf-8"))) != os.getpid()]
