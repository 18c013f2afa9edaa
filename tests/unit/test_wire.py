"""Connections that are kept: used again, made anew where they went away, and ended from another thread."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from labrunner.world import wire
from labrunner.world.wire import Wire


class Server(BaseHTTPRequestHandler):
    """Says which connection asks; /last closes it afterwards without saying so, /lines never ends,
    /slow takes a second."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        said = f"{self.client_address[1]}".encode()
        if self.path == "/slow":
            threading.Event().wait(1.0)
        self.send_response(200)
        if self.path == "/lines":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"4\r\none\n\r\n4\r\ntwo\n\r\n")
            self.wfile.flush()
            self.rfile.readline()  # until they go away
            self.close_connection = True
            return
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
        self.close_connection = self.path == "/last"

    do_POST = do_GET  # noqa: N815 - the name that the server looks for

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def line() -> Iterator[Wire]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = Wire(lambda: http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5))
    yield found
    found.close()
    server.shutdown()
    server.server_close()


def test_a_connection_is_used_again(line: Wire) -> None:
    assert line.ask("GET", "/") == line.ask("GET", "/")


def test_one_that_was_closed_over_there_is_made_anew(line: Wire) -> None:
    _, first = line.ask("GET", "/last")
    status, second = line.ask("GET", "/")
    assert status == 200
    assert second != first


def test_what_changes_something_never_goes_over_one_that_may_be_gone(line: Wire) -> None:
    _, first = line.ask("GET", "/")
    _, second = line.ask("POST", "/")
    assert second != first


def test_a_limit_is_of_one_question_only(line: Wire) -> None:
    _, first = line.ask("GET", "/", limit=0.5)
    _, second = line.ask("GET", "/slow")
    assert second == first


def test_an_answer_without_end_is_refused(line: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST", 2)
    with pytest.raises(http.client.HTTPException):
        line.ask("GET", "/")


def test_a_stream_ends_when_another_thread_closes_the_wire(line: Wire) -> None:
    heard: list[bytes] = []
    began = threading.Event()

    def follow() -> None:
        with line.stream("GET", "/lines") as answer:
            for one in line.lines(answer):
                heard.append(one)
                if len(heard) == 2:
                    began.set()

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    assert began.wait(10)
    line.close()
    follower.join(10)
    assert not follower.is_alive()
    assert heard == [b"one\n", b"two\n"]


def test_a_closed_wire_asks_nobody(line: Wire) -> None:
    line.close()
    with pytest.raises(OSError, match="closed"):
        line.ask("GET", "/")
