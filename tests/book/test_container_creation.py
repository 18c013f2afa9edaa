"""What the lab of a container's creation reads out of what the host says: other shapes than this machine has."""

import os
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from labrunner import Answer, Fact, catalog
from labrunner.operation import filled
from labrunner.perform import Unseen, perform
from labrunner.world.snapshot import Snapshot
from labs.container_creation import beginning, making, ties, walls


def heard(text: str, probe: Any) -> Answer:
    probe.name = "it"
    reply = {"exit_code": 0, "stdout": text, "stderr": ""}
    return Answer(Snapshot(probes={"it": reply}), probe, "")


@pytest.fixture(name="parts", scope="module", autouse=True)
def _parts() -> list[ModuleType]:
    assert catalog.find("container-creation")
    return [beginning, making, ties]


@pytest.mark.parametrize("digit", "0123456789abcdef")
def test_every_student_has_a_container_with_two_missing_walls(tmp_path: Path, digit: str) -> None:
    (program := tmp_path / "docker").write_text('#!/bin/sh\necho "$@" >>"$0.said"\n', encoding="utf-8")
    program.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    plants = next(script for script in beginning.lab.prepared if "lr-odd" in script)
    assert perform(filled(plants, {"odd_walls": f"{digit}0000000", "debian": "d"}), env, tmp_path, Unseen()) == 0
    assert (tmp_path / "docker.said").read_text(encoding="utf-8").split().count("host") == 2


SEEN = """Pid:\t190
PPid:\t166
NSpid:\t190\t31
upper: /var/lib/docker/overlay2/a/diff
note: ab12
Pid:\t4711
PPid:\t166
NSpid:\t4711\t1
upper: /var/lib/docker/overlay2/a/diff
note: ab12
"""


def test_the_number_one_of_the_box_is_found_beside_what_exec_started() -> None:
    seen = heard(SEEN, beginning.seen)
    assert [beginning.number_one(seen, f).value for f in ("Pid", "PPid", "note")] == ["4711", "166", "ab12"]
    assert beginning.number_one(heard("", beginning.seen), "Pid").absent


@pytest.mark.parametrize(
    "said", ["vetha1b2c3d", "vetha1b2c3d@if4", "/sys/class/net/vetha1b2c3d/ifindex", " vetha1b2c3d\n"]
)
def test_a_cable_is_known_however_it_was_copied(said: str) -> None:
    assert ties.cable(Fact(said, "answer", "")) == "vetha1b2c3d"


HANDS = """1 workshop pid:[1] uts:[1] 0a07
31 workshop pid:[1] uts:[2] hand-ab12 31
37 mould pid:[2] uts:[2] hand-ab12 1
99 mould
"""


def test_what_was_made_by_hand_is_told_by_what_it_does_not_share_with_the_workshop() -> None:
    whole = HANDS.replace("0a07", "0a07 1")
    assert making.made(heard(whole, making.hands)).value == [
        {"number": "37", "files": "mould", "pid": "pid:[2]", "uts": "uts:[2]", "hostname": "hand-ab12", "inner": "1"}
    ]
    assert making.made(heard(HANDS, making.hands)).absent, "the workshop itself was not heard of"


def asked_at(folder: Path, probe: Any) -> Answer:
    """Ask a probe's question with a folder in the place of the machine's cgroups."""
    command = probe.command.replace("/sys/fs/cgroup", str(folder))
    return heard(subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False).stdout, probe)


@pytest.mark.parametrize(
    ("limit", "events"),
    [("memory.max", "memory.events"), ("memory/memory.limit_in_bytes", "memory/memory.oom_control")],
)
def test_limit_and_kills_are_read_on_both_versions_of_cgroups(tmp_path: Path, limit: str, events: str) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / limit).write_text("41943040\n", encoding="utf-8")
    (tmp_path / events).write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 3\noom_group_kill 0\n", encoding="utf-8")
    jar = asked_at(tmp_path, walls.jar)
    assert [walls.counted(jar, word).value for word in ("limit", "oom_kill")] == [40 << 20, 3]


@pytest.mark.parametrize(
    "place",
    [
        "memory/docker/{}/memory.limit_in_bytes",
        "memory/system.slice/docker-{}.scope/memory.limit_in_bytes",
        "docker/{}/memory.max",
        "system.slice/docker-{}.scope/memory.max",
    ],
)
def test_a_cgroup_that_is_left_is_found_wherever_a_driver_puts_it(tmp_path: Path, place: str) -> None:
    for id_, limit in (("a" * 64, "80740352"), ("b" * 64, "max")):
        file = tmp_path / place.format(id_)
        file.parent.mkdir(parents=True)
        file.write_text(f"{limit}\n", encoding="utf-8")
    found = str(asked_at(tmp_path, walls.ground).stdout.value)
    assert str(tmp_path / place.format("a" * 64)) in found
    assert "b" * 64 not in found
    looks = walls.FILE.replace("labrunner host ", "").replace("/sys/fs/cgroup", str(tmp_path))
    looks = looks.replace(f"$({walls.PID.replace('.State.Pid', '.Id')} lr-jar)", "a" * 64)
    done = subprocess.run(["sh", "-c", looks], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(tmp_path / place.format("a" * 64))]
