"""The seam at which the fault tests interrupt: nothing that touches the world goes around it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import seam
from tests.faults.striking import SIGNS, WAYS, every, quick

CHECKOUT = Path(__file__).parents[2]
PROGRAM = """
import fcntl, http.client, os, pathlib, shutil, socket, subprocess, sys
from tests.faults import seam
here = pathlib.Path(os.environ["LABRUNNER_HOME"])
listening = socket.create_server(("127.0.0.1", 0))
watched = seam.Seam(os.environ["POINTS"], os.environ["AT"], os.environ["SIGN"], after=bool(os.environ["AFTER"]))
watched.stand_behind()
sys.addaudithook(watched.heard)
(here / "one").mkdir()
(here / "one/file").write_text("x")
os.replace(here / "one/file", here / "one/other")
os.link(here / "one/other", here / "one/link")
(here / "one/link").unlink()
with open(here / "one/other", "r+") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
os.close(os.open(here / "one/made", os.O_CREAT | os.O_WRONLY))
(here / "one/made").read_text()
subprocess.run(["true"], check=True)
talk = http.client.HTTPConnection("127.0.0.1", listening.getsockname()[1])
talk.request("DELETE", "/v1.41/containers/0123456789ab?force=1", body=b"{}")
os.kill(os.getpid(), 0)
shutil.rmtree(here / "one")
print("done")
"""
TOUCHES = [
    "mkdir /one", "open /one/file", "rename /one/other", "link /one/link", "remove /one/link", "open /one/other",
    "flock a lock", "open /one/made", "Popen true", "connect tcp", "send DELETE /containers/…", "kill 0",
    "remove in a folder that goes", "rmdir /one",
]  # fmt: skip


def run(home: Path, at: str = "", sign: str = "", *, after: bool = False) -> "subprocess.CompletedProcess[str]":
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "LABRUNNER_HOME": str(home)}
    env |= {"POINTS": f"{home}.points", "AT": at, "SIGN": sign, "AFTER": "1" * after}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, timeout=60, check=False,
        process_group=0,
    )  # fmt: skip


def test_every_kind_of_touch_is_named_and_reading_is_none(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.stdout == "done\n", done.stderr
    labels = Path(f"{tmp_path}.points").read_text(encoding="utf-8").splitlines()
    assert list(dict.fromkeys(labels)) == TOUCHES


@pytest.mark.parametrize("after", [False, True])
def test_it_strikes_before_the_touch_or_as_soon_as_it_is_done(tmp_path: Path, *, after: bool) -> None:
    done = run(tmp_path, "1 rename /one/other", "KILL", after=after)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "one/other").exists() == after
    assert (tmp_path / "one/file").exists() != after
    assert not (tmp_path / "one/link").exists()


def test_a_second_one_comes_with_the_next_touch(tmp_path: Path) -> None:
    assert run(tmp_path, "1 mkdir /one", "INTINT").returncode == -signal.SIGINT
    assert f"{seam.STRUCK} SIGINT" in Path(f"{tmp_path}.points").read_text(encoding="utf-8")


def test_a_touch_is_interrupted_in_every_way_and_a_label_at_least_once() -> None:
    labels = ["open a", "open a", "Popen b", "send GET c", *["link d"] * 100]
    whole, part = list(every(("start",), labels)), quick(("start",), labels)
    assert len(whole) == len(set(whole)) == (2 + 1 + 1 + 6) * len(WAYS)
    assert {case.label for case in part} == set(labels)
    assert part[-1].label == "send GET c"
    assert {case.sign for case in quick(("start",), [f"Popen {one}" for one in range(9)])} == set(SIGNS)
    assert all(1 <= case.times <= labels.count(case.label) for case in [*whole, *part])


def test_what_there_is_time_for_is_spread_over_the_whole_command_and_another_draw_is_another_part_of_it() -> None:
    labels = [f"Popen {at:03}" for at in range(200)]
    first, other = ([case.label for case in every(("start",), labels, draw)][:40] for draw in ("", "2"))
    assert min(first) < "Popen 040"
    assert max(first) > "Popen 160"
    assert len(set(first) & set(other)) < 20
    assert {case.sign for case in list(every(("start",), labels))[:8]} == set(SIGNS)
