"""A course's file over HTTP, from a server of our own on loopback."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from labrunner.errors import EnvironmentNotReady, Refused, UsageError
from labrunner.grading import fetching


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        port = self.server.server_address[1]
        where = {
            "/away": "http://example.org/c",
            "/file": "file:///etc/passwd",
            "/here": f"http://127.0.0.1:{port}/small",
        }
        if self.path in where or self.path == "/round":
            self.send_response(302)
            self.send_header("Location", where.get(self.path, "/round"))
            self.end_headers()
        elif self.path in ("/small", "/large", "/endless"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * (5 if self.path == "/small" else 300 * 1024))
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def proxied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that is set is none of loopback's business."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")


@pytest.mark.parametrize("path", ["/small", "/here"])
def test_a_small_file_is_read(address: str, path: str) -> None:
    assert fetching.read(address + path) == b"x" * 5


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("/large", UsageError, "larger than 256 KiB"),
        ("/away", Refused, "neither https nor of this machine"),
        ("/file", EnvironmentNotReady, "not allowed"),
        ("/round", EnvironmentNotReady, "could not be fetched"),
        ("/missing", EnvironmentNotReady, "HTTP 404"),
    ],
)
def test_what_is_no_small_file_of_a_safe_place_is_not_taken(
    address: str, path: str, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        fetching.read(address + path)


def test_who_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(fetching, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(EnvironmentNotReady, match="timed out"):
        fetching.read(f"http://127.0.0.1:{silent.getsockname()[1]}/")
