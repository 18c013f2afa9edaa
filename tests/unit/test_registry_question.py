"""A registry is asked over HTTP: what it answers, what it has not, and one that is not there."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from labrunner.environment import ports
from labrunner.world import registry_question
from labrunner.world.registry_question import ask

BODY = b'{\n "schemaVersion": 2\n}\n'


class Registry(BaseHTTPRequestHandler):
    """Serves one manifest, and only to who takes its kind."""

    def do_GET(self) -> None:
        known = {"/v2/lr-sign/manifests/1": 200, "/v2/forbidden": 403}.get(self.path, 404)
        good = "application/vnd.oci.image.index.v1+json" in self.headers["Accept"]
        self.send_response(known if good else 404)
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_what_a_registry_answers_has_the_digest_of_its_bytes(port: int) -> None:
    told = ask(port, "lr-sign/manifests/1", 5)
    assert told["stdout"] == BODY.decode()
    assert told["exit_code"] == 0
    assert told["digest"] == f"sha256:{hashlib.sha256(BODY).hexdigest()}"


def test_what_a_registry_has_not_is_absent_and_what_it_refuses_is_a_failure(port: int) -> None:
    assert ask(port, "lr-sign/manifests/2", 5) == {"absent": "the registry has no lr-sign/manifests/2"}
    assert ask(port, "forbidden", 5)["exit_code"] == registry_question.REFUSED


def test_a_registry_that_is_not_there_is_an_error_and_no_verdict() -> None:
    assert "registry" in ask(ports.any_free(), "x/manifests/1", 5)["error"]
