"""A registry that asks for name and password, as the teacher's often does, on the network of the course's cluster."""

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from labrunner import wait
from labrunner.environment import ports
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker, inspect, labels, remove
from labrunner.environment.images import environment_image
from labrunner.environment.registry import INSIDE, Registry
from labrunner.fleet.login import Login
from labrunner.fleet.place import Place
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint

WHO = Login("robot", "a password: of its own")
HTPASSWD = f"{WHO.name}:$2b$05$jP8Vv194W6odtAQEOHwCTOawDkGXdNMhjw/BeJj/36oymewVGqRk.\n"
"""The same as `htpasswd -B` writes it."""
ASKS = ("REGISTRY_AUTH=htpasswd", "REGISTRY_AUTH_HTPASSWD_REALM=class", "REGISTRY_AUTH_HTPASSWD_PATH=/who")
HOSTS = (
    "mkdir -p /etc/containerd/certs.d/{0} && echo 'server = \"http://{0}\"' > /etc/containerd/certs.d/{0}/hosts.toml"
)


@dataclass(frozen=True)
class Locked:
    """One that runs.

    Attributes:
        address: for this machine, nodes and Pods: "http://IP:PORT".
        pushed_to: what stands before an image's name where it is pushed: the engine takes no password over plain HTTP
            but on loopback.
        config: a file as `docker login` writes it, with both.
    """

    address: str
    pushed_to: str
    config: Path

    def place(self) -> Place:
        """Return it as a class's registry."""
        return Place(self.pushed_to, self.address.removeprefix("http://"), self.address, self.address)


@contextmanager
def locked(endpoint: Endpoint, course: Registry, folder: Path, cluster: KindCluster | None = None) -> Iterator[Locked]:
    """Run one while the block runs; a cluster's nodes are told that it speaks HTTP."""
    image = environment_image("registry", Quiet(), endpoint.environ())
    port, who = ports.any_free(), folder / "who"
    who.write_text(HTPASSWD, encoding="utf-8")
    who.chmod(0o644)
    name, asks = f"{course.name}-locked-{secrets.token_hex(2)}", [part for one in ASKS for part in ("--env", one)]
    where = ("--name", name, "--network", course.network, "--publish", f"127.0.0.1:{port}:{INSIDE}")
    container = docker(endpoint, "create", *where, *labels(course.install, "test"), *asks, image).stdout.strip()
    try:
        docker(endpoint, "cp", str(who), f"{container}:/who")
        docker(endpoint, "start", container)
        networks = inspect(endpoint, "containers", container)["NetworkSettings"]["Networks"]
        host = f"{networks[course.network]['IPAddress']}:{INSIDE}"
        auth = base64.b64encode(f"{WHO.name}:{WHO.password}".encode()).decode()
        config = folder / "config.json"
        named = {one: {"auth": auth} for one in (host, f"localhost:{port}")}
        config.write_text(json.dumps({"auths": named}), encoding="utf-8")
        for node in cluster.nodes.values() if cluster else ():
            docker(endpoint, "exec", node, "sh", "-c", HOSTS.format(host))
        assert wait.until(partial(ports.is_taken, port), within=20, every=0.2)
        yield Locked(f"http://{host}", f"localhost:{port}", config)
    finally:
        remove(endpoint, "rm", "-f", "-v", container)
