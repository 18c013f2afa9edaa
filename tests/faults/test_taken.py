"""A name or a port that is somebody else's: said whose, and untouched."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.installation import LAB, Installation, sentence

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]
DEFAULT_PORT = 5777
LISTENER = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listening:
    print("listening", flush=True)
    held = [listening.accept() for _ in range(1000)]
"""


@contextmanager
def listening(learner: Installation, port: int) -> Iterator[None]:
    """Have a program of somebody else's accept on a port of the learner's machine, and never answer."""
    line = [*learner.before, sys.executable, "-c", LISTENER, str(port)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "listening\n"
        try:
            yield
        finally:
            child.kill()


@pytest.fixture
def an_image(learner: Installation) -> Iterator[str]:
    """An image on the learner's daemon, of theirs."""
    made = learner.docker("pull", "-q", registry_image())
    assert made.ok, made.stderr
    yield registry_image()
    assert learner.docker("rmi", registry_image()).ok


def registry_image() -> str:
    """Return the reference of an image that the sandbox's own registry has."""

    return f"localhost:{os.environ['LABRUNNER_PORT']}/debian:bookworm-slim"


@pytest.mark.parametrize("kind", ["container", "network", "volume"])
def test_a_name_that_is_the_users(learner: Installation, an_image: str, kind: str) -> None:
    name = {"container": "lr-web", "network": "lr-shop", "volume": "lr-window-book"}[kind]
    make = ["create", "--name", name, an_image, "true"] if kind == "container" else [kind, "create", name]
    assert learner.docker(*make).ok
    data = ("run", "--rm", "-v", f"{name}:/data", an_image)
    if kind == "volume":
        assert learner.docker(*data, "sh", "-c", "echo of months >/data/work").ok
    before = learner.inventory()
    done = learner.run("start", LAB)
    assert done.code == 5, done.stderr
    assert name in sentence(done)
    assert learner.inventory() == before
    again = learner.run("--yes", "start", LAB)
    assert again.code == 5, "--yes gives nobody's things away"
    assert learner.run("--yes", "reset").code == 2, "no lab is open"
    assert learner.run("--yes", "stop", "--all").code == 0
    if kind == "volume":
        assert learner.docker(*data, "cat", "/data/work").stdout == "of months\n"
    assert learner.inventory() == before
    assert learner.docker(*(["rm"] if kind == "container" else [kind, "rm"]), name).ok


def test_the_line_that_renames_it_is_right(learner: Installation, an_image: str) -> None:
    assert learner.docker("create", "--name", "lr-web", an_image, "true").ok
    said = sentence(learner.run("start", LAB))
    line = next(one for one in said.splitlines() if "docker rename" in one).split("docker ", 1)[1]
    assert learner.docker(*line.split()).ok
    assert learner.run("start", LAB).code == 0
    assert learner.run("stop").code == 0
    assert learner.docker("rm", line.split()[-1]).ok


def test_the_registrys_port_is_taken(learner: Installation) -> None:
    learner.port = DEFAULT_PORT
    before = learner.inventory()
    with listening(learner, DEFAULT_PORT):
        refused = learner.run("start", LAB)
        assert refused.code == 3, refused.stderr
        assert str(DEFAULT_PORT) in sentence(refused)
        assert "python" in sentence(refused), "who holds it"
        assert learner.inventory() == before, "nothing is half made"
        assert learner.run("--yes", "start", LAB).code == 3, "a port that was said is not swapped for another"
        assert learner.run("list").code == 0
        agreed = without_port(learner).run("--yes", "start", LAB)
        assert agreed.code == 0, agreed.stderr
        assert learner.state_of()["port"] != DEFAULT_PORT
        assert without_port(learner).run("check", "--json").code == 1
        assert without_port(learner).run("--yes", "stop").code == 0
    settings = learner.home / "config/settings.json"
    kept = json.loads(settings.read_text(encoding="utf-8"))
    settings.write_text(json.dumps({**kept, "port": DEFAULT_PORT}), encoding="utf-8")
    assert {kind: found for kind, found in learner.inventory().items() if kind != "networks"} == {
        kind: found for kind, found in before.items() if kind != "networks"
    }


def without_port(learner: Installation) -> Installation:
    """An installation that was told no port by its environment: only then may another be chosen and kept."""
    return Installation(learner.home, {**learner.environ, "LABRUNNER_PORT": ""}, learner.before)
