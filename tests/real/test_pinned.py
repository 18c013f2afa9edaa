"""Official images by digest, on a real engine and from registries that tell the truth, know nothing, or lie."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from labrunner.environment import catalogue, sources
from labrunner.environment.catalogue import Image
from labrunner.environment.docker_cli import docker
from labrunner.environment.registry import Registry
from labrunner.environment.workbench import Workbench
from labrunner.narrate import Quiet
from labrunner.world import registry_question
from labrunner.world.endpoint import Endpoint

pytestmark = pytest.mark.docker
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
OTHER = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": {"digest": "sha256:" + "1" * 64}}).encode()


class Liar(http.server.BaseHTTPRequestHandler):
    """A registry that answers every manifest with one of its own."""

    def do_GET(self) -> None:
        body = OTHER if "/manifests/" in self.path else b"{}"
        self.send_response(200)
        self.send_header("Content-Type", MANIFEST if "/manifests/" in self.path else "application/json")
        self.send_header("Content-Length", str(len(body)))
        if "/manifests/" in self.path:
            self.send_header("Docker-Content-Digest", self.path.rsplit("/", 1)[-1])
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the module's own names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def liar() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(autouse=True)
def nobody_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_silent", set())


def of(endpoint: Endpoint, *wanted: str) -> list[str]:
    """Return what the engine has under these registries' names; others use the same engine."""
    listed = docker(endpoint, "images", "--all", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}}").stdout
    return [line for line in listed.splitlines() if line.startswith(wanted)]


def test_what_a_mirror_has_under_the_digest_is_used_and_nothing_else(
    endpoint: Endpoint, course_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABRUNNER_MIRROR", f"localhost:{course_registry.port}/")
    served = registry_question.ask(course_registry.port, "client/manifests/1", limit=5)["digest"]
    image = Image("client", "client", official="docker.io/client:1", digest=str(served))
    ours, narrator = (f"localhost:{course_registry.port}/", "labrunner-build/client"), Quiet()
    before = of(endpoint, *ours)
    with Workbench(endpoint.environ()) as bench:
        assert sources.official(image, bench, narrator) == bench.name("client")
        assert narrator.lines == []
        unknown = replace(image, digest="sha256:" + "2" * 64)
        assert sources.official(unknown, bench, narrator) is None, "its tag is there, with other contents"
        assert sources.official(image, bench, narrator), "the registry is asked for others as before"
    assert len(narrator.lines) == 1
    assert f"client:1 by its digest {unknown.digest}, and does not have it" in narrator.lines[0]
    assert of(endpoint, *ours) == before


def test_a_mirror_that_gives_something_else_is_refused(
    endpoint: Endpoint, liar: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABRUNNER_MIRROR", f"127.0.0.1:{liar}/")
    image = catalogue.find("nginx")
    narrator = Quiet()
    with Workbench(endpoint.environ()) as bench:
        assert sources.official(image, bench, narrator) is None
    assert of(endpoint, f"127.0.0.1:{liar}/") == [], "nothing of it is kept"
    assert f"nginx:1.22 by its digest {image.digest}, and gave something else" in narrator.lines[0]
