"""Which daemon is meant, and what is said where it does not answer."""

import hashlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner.errors import ContextUnknown, DockerDown, DockerForbidden, RemoteDocker
from labrunner.world import endpoint
from labrunner.world.endpoint import DEFAULT, Endpoint, reach, resolve


def context(home: Path, name: str, host: str, *, current: bool = False) -> dict[str, str]:
    folder = home / ".docker" / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    if current:
        (home / ".docker" / "config.json").write_text(json.dumps({"currentContext": name}))
    return {"HOME": str(home)}


def test_nothing_said_means_the_default_socket(tmp_path: Path) -> None:
    assert resolve(environ={"HOME": str(tmp_path)}) == DEFAULT


def test_the_flag_wins_over_docker_host_and_that_over_the_context(tmp_path: Path) -> None:
    env = context(tmp_path, "own", "unix:///own.sock", current=True)
    assert resolve(environ=env) == "unix:///own.sock"
    env["DOCKER_HOST"] = "unix:///env.sock"
    assert resolve(environ=env) == "unix:///env.sock"
    assert resolve("unix:///flag.sock", env) == "unix:///flag.sock"


def test_docker_context_wins_over_the_current_one(tmp_path: Path) -> None:
    env = context(tmp_path, "own", "unix:///own.sock", current=True)
    context(tmp_path, "other", "unix:///other.sock")
    assert resolve(environ={**env, "DOCKER_CONTEXT": "other"}) == "unix:///other.sock"
    assert resolve(environ={**env, "DOCKER_CONTEXT": "default"}) == DEFAULT


def test_an_unknown_context_is_not_another_daemon(tmp_path: Path) -> None:
    with pytest.raises(ContextUnknown, match="nowhere") as refused:
        resolve(environ={"HOME": str(tmp_path), "DOCKER_CONTEXT": "nowhere"})
    assert refused.value.exit_code == 3
    assert refused.value.hint


@pytest.mark.parametrize("url", ["ssh://me@far", "tcp://10.0.0.2:2375", "tcp://far.example:2376", "npipe:////./pipe/x"])
def test_a_remote_daemon_is_refused(url: str) -> None:
    with pytest.raises(RemoteDocker) as refused:
        resolve(environ={"DOCKER_HOST": url})
    assert refused.value.exit_code == 5


def test_a_context_of_a_remote_daemon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RemoteDocker):
        resolve(environ=context(tmp_path, "far", "ssh://me@far", current=True))


@pytest.mark.parametrize("url", ["unix:///x.sock", "tcp://127.0.0.1:2375", "tcp://localhost:1", "tcp://[::1]:1"])
def test_what_is_on_this_machine(url: str) -> None:
    assert endpoint.is_local(url)


def test_no_socket_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DockerDown, match="no such socket") as down:
        reach(f"unix://{tmp_path}/none.sock")
    assert "\n" not in down.value.message
    assert down.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can play another user")
def test_a_forbidden_socket_names_the_group_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "d.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        for folder in (tmp_path, *tmp_path.parents):
            if folder != Path("/") and folder.owner() == "root" and folder != Path("/tmp"):
                folder.chmod(0o755)
        path.chmod(0o600)
        os.chown(path, 0, 4)
        os.seteuid(65534)
        try:
            with pytest.raises(DockerForbidden) as refused:
                reach(f"unix://{path}")
        finally:
            os.seteuid(0)
    assert "usermod -aG adm" in refused.value.hint


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """A socket that answers every request with what the test puts there; nothing where it puts nothing."""
    answer: dict[str, bytes] = {}
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "d.sock"))
    server.listen()

    def serve() -> None:
        held = []
        while True:
            try:
                talk, _ = server.accept()
            except OSError:
                return
            held.append(talk)
            if answer:
                talk.recv(65536)
                talk.sendall(answer["raw"])
                talk.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"unix://{tmp_path}/d.sock", answer
    server.close()


def http(status: str, body: object) -> bytes:
    text = json.dumps(body).encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text


def test_a_daemon_says_who_it_is(served: tuple[str, dict[str, bytes]]) -> None:
    url, answer = served
    answer["raw"] = http("200 OK", {"ID": "AB:CD", "ServerVersion": "29.1.0"})
    found = reach(url)
    assert (found.daemon_id, found.engine, found.url) == ("AB:CD", "29.1.0", url)


@pytest.mark.parametrize("raw", [http("500 Oh", {"message": "broken"}), b"hello\r\n\r\n", http("200 OK", [1])])
def test_a_daemon_that_talks_nonsense_is_down(served: tuple[str, dict[str, bytes]], raw: bytes) -> None:
    url, answer = served
    answer["raw"] = raw
    with pytest.raises(DockerDown):
        reach(url)


def test_a_silent_daemon_is_given_up(served: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "PATIENCE", 0.2)
    with pytest.raises(DockerDown, match="answers nothing"):
        reach(served[0])


def test_the_environment_names_the_daemon_and_leaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "HTTP_PROXY", "https_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "x")
    found = Endpoint("unix:///a.sock", "/opt/cli/docker").environ()
    assert found["DOCKER_HOST"] == "unix:///a.sock"
    assert found["PATH"].startswith("/opt/cli:")
    assert not {"DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "HTTP_PROXY", "https_proxy"} & set(found)
    assert "127.0.0.1" in found["NO_PROXY"]
