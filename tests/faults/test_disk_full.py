"""A disk that is full while state is written: said, the old state whole, and the same command goes on afterwards."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from labrunner.environment.registry import Registry
from labrunner.world.endpoint import Endpoint
from tests.installation import LAB, Installation, sentence
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]


@pytest.fixture
def small(learner: Installation) -> Iterator[Path]:
    """The folder of the labs' state on a disk of its own, of half a megabyte."""
    folder = learner.home / "state/labs"
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "labs", str(folder)]
    subprocess.run(mount, check=True, timeout=10)
    yield folder
    assert learner.run("--yes", "stop").code == 0
    subprocess.run(["umount", "-l", str(folder)], check=True, timeout=10)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave not a byte free."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    yield
    ballast.unlink()


def test_while_progress_is_written(learner: Installation, small: Path) -> None:
    assert learner.run("start", LAB).code == 0
    before = learner.state_of()
    with filled(small):
        done = learner.run("hint")
        assert done.code == 3, done.stdout + done.stderr
        assert str(small) in "".join(sentence(done).split())
        assert learner.state_of() == before
        assert not list(small.rglob(".lab.json.*")), "nothing half-written stays"
        assert learner.run("task").code == 0, "what only reads goes on"
    assert learner.run("hint").code == 0
    assert learner.state_of()["progress"]["hints"] != before["progress"]["hints"]


def test_while_a_lab_is_begun(learner: Installation, small: Path) -> None:
    before = learner.inventory()
    with filled(small):
        done = learner.run("start", LAB)
        assert done.code == 3, done.stdout + done.stderr
        assert sentence(done)
        made = learner.inventory()["containers"] - before["containers"]
        assert not [one for one in made if " lr-" in one]
    assert learner.run("start", LAB).code == 0
    assert learner.run("check").code == 1


def test_while_the_installation_is_first_used(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "c", str(folder)], check=True, timeout=10)
    try:
        alone = Installation(tmp_path, {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"})
        with filled(folder):
            for words in (("list",), ("doctor",)):
                done = alone.run(*words)
                assert done.code in (0, 3), done.stderr
                assert "Traceback" not in done.stderr
        assert replace(alone).run("list").code == 0
        assert not [file for file in folder.rglob("*") if file.is_file() and not json.loads(file.read_text())]
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=10)


@pytest.fixture
def small_disk(endpoint: Endpoint, course_registry: Registry, tmp_path: Path) -> Iterator[tuple[Installation, Path]]:
    """A machine whose engine has a disk of its own, in memory, and where that is."""
    data = Path(tempfile.mkdtemp(prefix="lr-data-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "data", str(data)], check=True, timeout=10)
    try:
        with Machine(endpoint, course_registry, tmp_path / "small", data=str(data)) as machine:
            yield machine.installation, data
    finally:
        subprocess.run(["umount", "-l", str(data)], check=True, timeout=10)
        data.rmdir()


def test_while_it_is_the_engines_own_disk(small_disk: tuple[Installation, Path]) -> None:
    learner, disk = small_disk
    with filled(disk):
        done = learner.run("start", LAB)
        assert done.code == 3, done.stdout + done.stderr
        assert "no space left" in sentence(done).lower()
    assert learner.run("start", LAB).code == 0
    learner.run("solve")
    step = json.loads(learner.run("check", "--json").stdout)["verdicts"][0]["step"]
    assert learner.run("check", step).code == 0
    with filled(disk):
        done = learner.run("check", step)
        assert done.code in (0, 3, 4), "right work never fails because a disk is full"
        assert "Traceback" not in done.stderr
        done = learner.run("--yes", "reset")
        assert done.code in (0, 3), done.stderr
    assert learner.run("--yes", "reset").code == 0
    assert learner.run("check").code == 1
    assert learner.run("--yes", "stop", "--all").code == 0
