"""A run of these tests, or a worker of one, that is killed: the next session takes away what it left."""

import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from labrunner.environment import network
from labrunner.environment.docker_cli import labelled
from labrunner.world.endpoint import Endpoint
from tests import leftovers
from tests.installation import CHECKOUT

pytestmark = [pytest.mark.docker, pytest.mark.timeout(100, func_only=True)]
RUN = """
import sys
from pathlib import Path
from tests import leftovers
with leftovers.alive(Path(sys.argv[1])):
    print("alive", flush=True)
    sys.stdin.read()
"""


def begun(folder: Path, endpoint: Endpoint) -> tuple["subprocess.Popen[str]", str]:
    """Begin what looks like a run, with something on the daemon; returns it and its install id."""
    install = secrets.token_hex(6)
    settings = folder / "home0" / "config" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"install": install}), encoding="utf-8")
    network.up(endpoint, install)
    line = [sys.executable, "-c", RUN, str(folder)]
    child = subprocess.Popen(line, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "alive\n"
    return child, install


def test_what_a_killed_worker_left_is_taken_away_and_nobody_elses(endpoint: Endpoint, tmp_path: Path) -> None:
    killed, theirs = begun(tmp_path / "pytest-0" / "popen-gw0", endpoint)
    living, others = begun(tmp_path / "pytest-1", endpoint)
    try:
        assert leftovers.sweep(endpoint, tmp_path) == []
        killed.kill()
        killed.communicate(timeout=20)
        assert leftovers.sweep(endpoint, tmp_path) == [theirs]
        assert not labelled(endpoint, "networks", theirs)
        assert labelled(endpoint, "networks", others)
        assert leftovers.sweep(endpoint, tmp_path) == []
    finally:
        living.communicate(timeout=20)
        network.down(endpoint, others)
        network.down(endpoint, theirs)
