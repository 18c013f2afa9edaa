"""No daemon, not this user's, not on this machine, or not the one that was named: one sentence, nothing made."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner.process import Completed
from tests.installation import LAB, Installation, sentence

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


def test_a_remote_daemon_is_refused_without_a_connection(alone: Installation, listener: socket.socket) -> None:
    address = own_address()
    port = listener.getsockname()[1]
    refused(alone, "start", LAB, code=5, DOCKER_HOST=f"tcp://{address}:{port}")
    refused(alone, "start", LAB, code=5, DOCKER_HOST=f"ssh://nobody@{address}:{port}")
    with pytest.raises(TimeoutError):
        listener.accept()


def own_address() -> str:
    """Return an address of this machine that is not loopback; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.connect(("10.255.255.255", 9))
        found: str = trial.getsockname()[0]
        return found
