"""No daemon, not this user's, not on this machine, or not the one that was named: one sentence, nothing made."""

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.process import Completed
from tests.installation import LAB, Installation, sentence

BOUND = 5.0
"""Seconds, on a machine that does other things as well; a connection that is waited for takes longer."""
COMMANDS = (
    ("start", LAB),
    ("--yes", "demo", LAB),
    ("--yes", "dev", "prove", LAB),
    ("--yes", "start", "kubernetes-parts"),
)


def refused(alone: Installation, *words: str, code: int, **environ: str) -> Completed:
    done = alone.run(*words, **environ)
    assert done.code == code, done.stderr
    assert done.stdout == ""
    assert "→" in sentence(done) or "->" in sentence(done), "a next move"
    assert not (alone.home / "state/labs").exists()
    assert alone.run("list", **environ).code == 0, "the next command works"
    return done


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_daemon_at_a_named_socket(alone: Installation, words: tuple[str, ...], tmp_path: Path) -> None:
    done = refused(alone, *words, code=3, DOCKER_HOST=f"unix://{tmp_path}/nothing.sock")
    assert "nothing.sock" in "".join(done.stderr.split())


def test_a_dead_socket(alone: Installation, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "dead.sock"))
    refused(alone, "start", LAB, code=3, DOCKER_HOST=f"unix://{tmp_path}/dead.sock")


def test_a_user_who_may_not_talk_to_it(alone: Installation, tmp_path: Path) -> None:
    path = tmp_path / "closed.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        path.chmod(0)
        alone.before = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--")
        done = refused(alone, "start", LAB, code=3, DOCKER_HOST=f"unix://{path}")
        assert "may not talk" in sentence(done)
        assert "install" in sentence(done) or "usermod" in sentence(done), "which line mends it"


def test_a_context_that_is_not_there(alone: Installation) -> None:
    done = refused(alone, "start", LAB, code=3, DOCKER_CONTEXT="nope")
    assert "nope" in sentence(done)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.bind(("0.0.0.0", 0))  # noqa: S104 - whoever calls is recorded, and nobody may
        listening.listen()
        listening.settimeout(0.2)
        yield listening


@pytest.mark.parametrize("way", ["tcp", "ssh", "context", "current context"])
def test_a_remote_daemon_is_refused_without_a_connection(
    alone: Installation, listener: socket.socket, tmp_path: Path, way: str
) -> None:
    url = f"{'ssh://nobody@' if way == 'ssh' else 'tcp://'}{own_address()}:{listener.getsockname()[1]}"
    environ = {"DOCKER_HOST": url} if way in ("tcp", "ssh") else {"DOCKER_HOST": "", **context(tmp_path, way, url)}
    began = wait.now()
    done = refused(alone, "start", LAB, code=5, **environ)
    assert url in "".join(done.stderr.split())
    assert (wait.now() - began) / 2 < BOUND, "two commands, each an interpreter"
    for words in (("--yes", "stop", "--all"), ("status", "--all")):
        assert alone.run(*words, **environ).code == 5
    with pytest.raises(TimeoutError):
        listener.accept()


def context(home: Path, way: str, url: str) -> dict[str, str]:
    """Write a context of docker's in a home folder, and return the variables by which it is meant."""
    meta = home / ".docker" / "contexts" / "meta" / hashlib.sha256(b"prod").hexdigest() / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": "prod", "Endpoints": {"docker": {"Host": url}}}), encoding="utf-8")
    if way == "context":
        return {"HOME": str(home), "DOCKER_CONTEXT": "prod"}
    (home / ".docker" / "config.json").write_text('{"currentContext": "prod"}', encoding="utf-8")
    return {"HOME": str(home)}


def own_address() -> str:
    """Return an address of this machine that is not loopback; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.connect(("10.255.255.255", 9))
        found: str = trial.getsockname()[0]
        return found
