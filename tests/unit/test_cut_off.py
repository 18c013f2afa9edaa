"""A daemon whose replies are cut off, or only drip: nobody takes what is missing for what is not there."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.errors import DockerDown
from labrunner.world import docker_engine, endpoint, wire
from labrunner.world.daemon_http import Talk
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.wire import Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Reply = Callable[[socket.socket], None]


def said(body: object, head: bytes = OK) -> bytes:
    text = json.dumps(body).encode()
    return head + f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text


def frame(said: bytes) -> bytes:
    return bytes([1, 0, 0, 0]) + len(said).to_bytes(4, "big") + said


class Daemon:
    """Says, on a socket, what it was told to say to each path; what ends with "drip" comes a byte at a time."""

    def __init__(self, path: Path) -> None:
        self.url = f"unix://{path}"
        self.replies: dict[str, bytes] = {"/_ping": OK + b"Content-Length: 2\r\nConnection: close\r\n\r\nOK"}
        self.drips = 0.0
        self.late: dict[str, float] = {}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(caller,), daemon=True).start()

    def _answer(self, caller: socket.socket) -> None:
        with caller:
            head, _, body = caller.recv(1 << 16).partition(b"\r\n\r\n")
            length = next((int(one[15:]) for one in head.split(b"\r\n") if one.startswith(b"Content-Length:")), 0)
            while len(body) < length:  # what is not read when a socket is closed takes along what was said over it
                body += caller.recv(1 << 16)
            path = head.split()[1].decode()
            reply = next((text for known, text in self.replies.items() if path.startswith(known)), b"")
            wait.pause(self.late.get(path, 0.0))
            try:
                for piece in [bytes([one]) for one in reply] if self.drips else [reply]:
                    wait.pause(self.drips)
                    caller.sendall(piece)
            except OSError:
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    found = Daemon(tmp_path / "d.sock")
    yield found
    found.close()


@pytest.mark.parametrize("reply", [OK[:5], OK[:20], OK[:-1], OK, OK + b"Content-Length: 90\r\n\r\n[]", said([])[:-1]])
def test_a_reply_that_was_cut_off_anywhere_is_no_empty_one(daemon: Daemon, reply: bytes) -> None:
    daemon.replies["/networks"] = reply
    with pytest.raises(DockerDown):
        endpoint.look(daemon.url, "/networks")
    with pytest.raises(DockerDown):
        DockerEngine(daemon.url, timeout=2).list("networks")


def test_a_reply_that_is_whole_is_heard(daemon: Daemon) -> None:
    daemon.replies["/networks"] = said([{"Name": "n"}])
    assert endpoint.look(daemon.url, "/networks") == (200, [{"Name": "n"}])
    assert DockerEngine(daemon.url, timeout=2).list("networks") == [{"Name": "n"}]


def test_what_only_drips_is_given_up(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "PATIENCE", 0.3)
    daemon.replies["/networks"] = said([{"Name": "n"}] * 9)
    daemon.drips = 0.05
    began = wait.now()
    with pytest.raises(DockerDown, match="answers nothing"):
        endpoint.look(daemon.url, "/networks")
    with pytest.raises(TimeoutError):
        Wire(lambda: Talk(daemon.url, 0.3)).ask("GET", "/networks")
    assert wait.now() - began < 5


def test_a_daemon_that_is_slow_with_one_thing_and_answers_another_is_heard_out(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "PATIENCE", 0.2)
    daemon.replies |= {"/volumes": said({"Volumes": []}), endpoint.HEART: said({})}
    daemon.late["/volumes"] = 1.0
    assert endpoint.look(daemon.url, "/volumes") == (200, {"Volumes": []})
    monkeypatch.setattr(endpoint, "BUSY", 0.3)
    with pytest.raises(DockerDown, match="answers nothing"):
        endpoint.look(daemon.url, "/volumes")


def test_after_a_late_answer_the_usual_patience_is_back(monkeypatch: pytest.MonkeyPatch, daemon: Daemon) -> None:
    daemon.replies["/networks"] = said([]).replace(b"Connection: close\r\n", b"")
    made: list[Talk] = []

    def connection() -> Talk:
        made.append(Talk(daemon.url, 5.0))
        return made[-1]

    monkeypatch.setattr(wire, "STEPS", 0.2)  # less than a step: what is left is shorter from the first byte on
    Wire(connection).ask("GET", "/networks")
    assert made[0].sock.gettimeout() == 5.0


HEARD = frame(b"one\n") + frame(b"two\n")
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n"


def asked(daemon: Daemon, stream: bytes, **ended: object) -> dict[str, object]:
    """Ask inside a container whose daemon answers with these bytes, and says this of how the command ended."""
    daemon.replies |= {"/containers/c/exec": said({"Id": "e"}), "/exec/e/start": stream}
    daemon.replies["/exec/e/json"] = said({"Running": False, "ExitCode": 0} | ended)
    return DockerEngine(daemon.url, timeout=2).ask_inside("c", "two", limit=3)


def test_what_a_command_printed_is_heard_whole(daemon: Daemon) -> None:
    assert asked(daemon, STREAM + b"\r\n" + HEARD) == {"stdout": "one\ntwo\n", "stderr": "", "exit_code": 0}


@pytest.mark.parametrize("cut", [len(STREAM) - 3, len(STREAM), len(STREAM) + 5, len(STREAM) + 20])
def test_what_a_command_printed_and_was_cut_off_is_no_answer(daemon: Daemon, cut: int) -> None:
    with pytest.raises(DockerDown):
        asked(daemon, (STREAM + b"\r\n" + HEARD)[:cut])


def test_a_command_that_goes_on_though_its_output_ended_was_cut_off_as_well(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker_engine, "ENDED", 0.3)
    with pytest.raises(DockerDown):
        asked(daemon, STREAM + b"\r\n" + frame(b"one\n"), Running=True, ExitCode=None)


def test_a_command_that_takes_too_long_has_no_code_and_is_no_error(daemon: Daemon) -> None:
    daemon.replies |= {"/containers/c/exec": said({"Id": "e"}), "/exec/e/start": STREAM + b"\r\n" + HEARD}
    daemon.drips = 0.06
    engine = DockerEngine(daemon.url, timeout=9)
    assert engine.ask_inside("c", "two", limit=0.4)["exit_code"] is None


def test_http_client_itself_would_take_a_cut_head_for_an_empty_reply(daemon: Daemon) -> None:
    """Why the replies are bounded at all; where this fails some day, that can go."""
    daemon.replies["/networks"] = OK
    talk = Talk(daemon.url, 2)
    talk.request("GET", "/networks")
    answer = talk.getresponse()
    assert isinstance(answer, http.client.HTTPResponse)
    assert answer.read() == b""
