"""A section from start to stop leaves the machine as it was: on the host's engine, and on machines of our own."""

import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment.sandbox import Engine
from tests.installation import LAB, Installation, processes, sentence
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]
OURS = re.compile(r"labrunner|<none>")


def bystanders(installation: Installation) -> dict[str, str]:
    """Make things of the user's with names that are nearly the lab's; by kind, the name."""
    mark = secrets.token_hex(3)
    image = f"localhost:{os.environ['LABRUNNER_PORT']}/debian:bookworm-slim"  # of another registry than the lab's
    made = {
        "containers": f"my-lr-web-{mark}",
        "networks": f"lr-shop-{mark}",
        "volumes": f"lr-window-book-{mark}",
        "images": f"lr-oldtill:mine-{mark}",
    }
    for words in (
        ("pull", "--quiet", image),
        ("tag", image, made["images"]),
        ("create", "--name", made["containers"], made["images"], "true"),
        ("network", "create", made["networks"]),
        ("volume", "create", made["volumes"]),
        ("rmi", image),
    ):
        done = installation.docker(*words)
        assert done.ok, done.stderr
    return made


def remove(installation: Installation, made: dict[str, str]) -> None:
    for kind, words in (
        ("containers", ("rm",)),
        ("networks", ("network", "rm")),
        ("volumes", ("volume", "rm")),
        ("images", ("rmi",)),
    ):
        done = installation.docker(*words, made[kind])
        assert done.ok, done.stderr


@pytest.fixture
def beside(own: Installation, course_registry: object) -> Iterator[Installation]:
    """The host's engine with a user's own things on it; a machine that is used by others as well bears the test."""
    assert course_registry
    made = bystanders(own)
    before = own.inventory()
    yield own
    after = own.inventory()
    for kind, name in made.items():
        (mine,) = (one for one in before[kind] if name in one)
        assert mine in after[kind], f"a bystander is gone or changed: {mine}"
    for kind, now in after.items():
        assert not [one for one in now - before[kind] if "lr-" in one or own.install[:6] in one], kind
        assert not [one for one in before[kind] - now if not OURS.search(one)], kind
    remove(own, made)


def test_a_section_beside_a_users_own_things(beside: Installation, tmp_path: Path) -> None:
    assert beside.run("start", LAB).code == 0
    untouched = beside.run("check", "--json")
    assert untouched.code == 1
    assert not any(one["outcome"] == "pass" for one in json.loads(untouched.stdout)["verdicts"])
    stranger = Installation(tmp_path / "stranger")
    before = beside.inventory()["containers"]
    refused = stranger.run("start", LAB)
    assert refused.code == 5, "two installations: the names are the first one's"
    assert "docker rename" in sentence(refused)
    assert before <= beside.inventory()["containers"]
    assert stranger.run("--yes", "stop", "--all").code == 0
    solved = beside.run("solve", "--all")
    assert solved.code == 0, solved.stdout[-3000:]
    assert beside.run("check").code == 0
    ended = beside.run("stop")
    assert ended.code == 0, ended.stderr
    assert wait.until(lambda: not processes(beside.home), within=10) is True


@pytest.mark.parametrize("engine", ["20.10", "29"])
def test_a_section_on_a_learners_machine(
    machine: Callable[..., Machine], engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    learner = machine(engine).installation
    files = users_files(tmp_path / "user")
    learner.environ["HOME"] = str(tmp_path / "user")
    kept = {path: path.read_bytes() for path in files}
    before = learner.inventory()
    times: dict[str, float] = {}
    for name, words, code in (
        ("first start", ("start", LAB), 0),
        ("second start", ("start", LAB), 0),
        ("check", ("check",), 1),
        ("solve", ("solve", "--all"), 0),
        ("check, all done", ("check",), 0),
        ("stop", ("stop",), 0),
    ):
        began = wait.now()
        done = learner.run(*words, limit=200)
        times[name] = wait.now() - began
        assert done.code == code, f"{name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    assert learner.inventory() == before
    assert {path: path.read_bytes() for path in files} == kept
    assert sorted(path for path in (tmp_path / "user").rglob("*") if path.is_file()) == sorted(files)
    assert not list((tmp_path / "machine/state/labs").glob("*"))
    with capsys.disabled():
        print(f"\n  Engine {engine}: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items()))  # noqa: T201


def users_files(home: Path) -> list[Path]:
    """Write files of a user's that a careless program would write to."""
    found = {
        ".kube/config": "apiVersion: v1\nkind: Config\ncurrent-context: mine\n",
        ".docker/config.json": '{"auths": {}, "currentContext": "default"}',
        ".bashrc": "# mine\n",
    }
    for name, text in found.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return [home / name for name in found]
