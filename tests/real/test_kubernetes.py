"""A section of the cluster from start to stop: it sleeps, wakes and goes; no kubeconfig of the user is read."""

import base64
import json
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from labrunner import wait
from labrunner.environment import docker_cli
from labrunner.environment.docker_cli import docker
from labrunner.environment.registry import Registry
from labrunner.process import Completed
from labrunner.world.endpoint import Endpoint
from tests.installation import Installation, processes, sentence
from tests.real.test_start import users_files

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(1200, func_only=True)]
SLUG = "small-cluster"
LAB = """
from labrunner import Cluster, Lab, expect

lab = Lab(__file__)
web = lab.image("web:1")
app = lab.step("app", solve="kubectl create deployment lr-web --image={web} --replicas=2\\n"
               "kubectl rollout status deployment/lr-web --timeout=90s")
door = lab.step("door", solve="kubectl expose deployment lr-web --port=80")
page = door.probe("curl -sS -m 3 http://lr-web.{namespace}/", at="cluster", limit=6)


@app.check(wrong={"one": "kubectl create deployment lr-web --image={web}"}, within=60)
def two_replicas_are_ready(cluster: Cluster) -> None:
    expect(cluster.deployment("lr-web").ready_replicas).equals(2)


@door.check(wrong={"elsewhere": "kubectl expose deployment lr-web --port=81"}, within=30)
def it_answers_by_name(page) -> None:
    expect(page.stdout).contains("web 1")
"""
"""A section as small as can be: that the labs are right is proved elsewhere; this is the way of one."""
WORDS = """# Small
x

## app · An app
Do it.

- `two_replicas_are_ready` — two are ready

### {hints}

1. a

### {taken}

x

## door · A door
Do it.

- `it_answers_by_name` — it answers

### {hints}

1. a

### {taken}

x
"""


def pack(folder: Path) -> Path:
    """Write the small section, and return the folder that it is in."""
    lab = folder / "pack" / "small_cluster"
    lab.mkdir(parents=True)
    (lab.parent / "__init__.py").write_text('SECTIONS = (("small_cluster", "x"),)\n', encoding="utf-8")
    (lab / "lab.py").write_text(LAB, encoding="utf-8")
    for language, hints, taken in (("zh", "提示", "收获"), ("en", "Hints", "Take away")):
        (lab / f"lab.{language}.md").write_text(WORDS.format(hints=hints, taken=taken), encoding="utf-8")
    return lab.parent


class Production:
    """A server of the user's own, which nobody of us may ever connect to; it counts who does."""

    def __init__(self, folder: Path) -> None:
        self.hits = 0
        self.canary = folder / "canary"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                self._listener.accept()[0].close()
            except OSError:
                return
            self.hits += 1

    def close(self) -> None:
        self._listener.close()

    def merged_into(self, config: dict[str, Any]) -> dict[str, Any]:
        """Return a kubeconfig with this server as its present context, as tools that fetch credentials leave it."""
        runs = {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(self.canary)]}
        server = {"server": self.url, "certificate-authority-data": base64.b64encode(b"theirs").decode()}
        added = {
            "contexts": {"name": "prod", "context": {"cluster": "prod", "user": "prod"}},
            "clusters": {"name": "prod", "cluster": server},
            "users": {"name": "prod", "user": {"exec": {**runs, "interactiveMode": "Never"}}},
        }
        more = {kind: [*config.get(kind, []), one] for kind, one in added.items()}
        return {"apiVersion": "v1", "kind": "Config", **config, **more, "current-context": "prod"}


@contextmanager
def untouched(home: Path) -> Iterator[None]:
    """Whatever is in a home folder is there afterwards as it was: what it holds, when it was written, and who may."""
    before = seen(home)
    yield
    assert seen(home) == before


def seen(home: Path) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for path in home.rglob("*"):
        told = path.lstat()
        content = path.read_bytes() if path.is_file() and os.access(path, os.R_OK) else b""
        found[str(path)] = (told.st_mtime_ns, told.st_mode, told.st_ino, content)
    return found


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Production]:
    found = Production(tmp_path)
    yield found
    found.close()
    assert found.hits == 0, "somebody talked to the user's own cluster"
    assert not found.canary.exists(), "a program that the user's kubeconfig names was run"


@pytest.fixture
def learner(own: Installation, tmp_path: Path, production: Production) -> Iterator[Installation]:
    """A user whose own kubeconfigs lead to production, with a lock that somebody left and one that cannot be read."""
    home = tmp_path / "user"
    users_files(home)
    first, second = home / ".kube" / "first", home / ".kube" / "second"
    first.write_text(json.dumps(production.merged_into({})), encoding="utf-8")
    second.write_text(json.dumps({"apiVersion": "v1", "kind": "Config"}), encoding="utf-8")
    (home / ".kube" / "config").write_text(json.dumps(production.merged_into({})), encoding="utf-8")
    (home / ".kube" / "config.lock").touch()
    (home / ".kube" / "config").chmod(0)
    own.environ |= {"HOME": str(home), "KUBECONFIG": f"{first}:{second}", "LABRUNNER_LABS": str(pack(tmp_path))}
    with untouched(home):
        yield own


@pytest.fixture
def others(endpoint: Endpoint, course_registry: Registry, learner: Installation) -> Iterator[Callable[..., str]]:
    """A maker of containers that look like nodes of the user's own clusters; the made ones are there at the end."""
    image, made = f"localhost:{course_registry.port}/debian:bookworm-slim", []
    present = docker(endpoint, "image", "inspect", image, may_fail=True).ok
    docker(endpoint, "pull", "--quiet", image, limit=120)

    def make(name: str, label: str) -> str:
        called = f"{name}-{secrets.token_hex(3)}"
        made.append(docker(endpoint, "create", "--name", called, "--label", label, image, "true").stdout.strip())
        return called

    yield make
    assert learner.run("--yes", "stop", "--all", limit=300).code == 0
    for container in made:
        assert docker(endpoint, "rm", container, may_fail=True).ok, "somebody else's container is gone"
    if not present:
        docker(endpoint, "rmi", image, may_fail=True)


def nodes(endpoint: Endpoint, learner: Installation) -> dict[str, str]:
    """Return the cluster's nodes and their states."""
    chosen = f"label=io.x-k8s.kind.cluster=labrunner-{learner.install[:6]}"
    listed = docker(endpoint, "ps", "-a", "--filter", chosen, "--format", "{{.Names}} {{.State}}").stdout
    return dict(line.split() for line in listed.splitlines())


def test_a_cluster_of_the_users_that_bears_our_name_is_left_alone(
    learner: Installation, endpoint: Endpoint, others: Callable[..., str]
) -> None:
    assert learner.run("status", "--all").code == 0
    name = f"labrunner-{learner.install[:6]}"
    node = others(f"{name}-control-plane", f"io.x-k8s.kind.cluster={name}")
    for words in (("start", SLUG), ("--yes", "start", SLUG)):
        refused = learner.run(*words)
        assert refused.code == 5, refused.stderr
        assert node in "".join(sentence(refused).split())
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, learner.install), "refused before anything is made"
    listed = learner.run("status", "--all", "--json")
    assert node not in listed.stdout


def test_a_section_of_the_cluster(
    learner: Installation,
    endpoint: Endpoint,
    production: Production,
    others: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    for cluster in ("kind", "labrunner"):
        others(f"{cluster}-control-plane", f"io.x-k8s.kind.cluster={cluster}")
    others("kindccm", f"io.x-k8s.cloud-provider-kind.cluster=labrunner-{os.urandom(3).hex()}")
    times: dict[str, float] = {}
    kept: dict[Path, Completed] = {}

    def run(name: str, *words: str, code: int) -> Completed:
        began = wait.now()
        done = learner.run(*words, limit=600)
        times[name] = wait.now() - began
        assert done.code == code, f"{name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done

    def look(name: str, code: int) -> None:
        file = learner.home / f"evidence-{len(kept)}.json"
        kept[file] = run(name, "check", "--json", "--evidence", str(file), code=code)

    run("first start", "start", SLUG, code=0)
    run("second start", "start", SLUG, code=0)
    listed = json.loads(run("status --all", "status", "--all", "--json", code=0).stdout)["all"]
    seen_nodes = {one["name"] for one in listed if one["of"] == "node" and one["kind"] == "containers"}
    assert seen_nodes == set(nodes(endpoint, learner)), "its own cluster's, and nobody else's"
    assert [one["name"] for one in listed if one["kind"] == "namespaces"] == [f"lab-{SLUG}"]
    lines = run("env", "env", code=0).stdout.splitlines()
    shells = Path(next(line.partition("=")[2] for line in lines if line.startswith("export KUBECONFIG=")))
    merged = production.merged_into(json.loads(shells.read_text(encoding="utf-8")))
    shells.write_text(json.dumps(merged), encoding="utf-8")  # "get-credentials" in the lab's own shell
    look("check", 1)
    run("solve", "solve", "--all", code=0)
    look("check, all done", 0)
    assert json.loads(shells.read_text(encoding="utf-8")) == merged, "what is in the learner's own file is theirs"
    run("reset", "--yes", "reset", code=0)
    run("stop", "stop", code=0)
    assert set(nodes(endpoint, learner).values()) <= {"paused", "exited"}, "it sleeps"
    assert len(nodes(endpoint, learner)) == 3
    run("start, from sleep", "start", SLUG, code=0)
    run("check, after sleep", "check", code=1)
    run("demo beside it", "demo", SLUG, code=0)
    own = learner.home / "state/cluster/kubeconfig"
    stolen = production.merged_into({})
    stolen["contexts"] += [{**stolen["contexts"][0], "name": f"kind-labrunner-{learner.install[:6]}"}]
    own.write_text(json.dumps(stolen), encoding="utf-8")
    run("reset, misled", "--yes", "reset", code=5)
    run("stop --all", "--yes", "stop", "--all", code=0)
    assert nodes(endpoint, learner) == {}
    for file, seen in kept.items():
        again = run("recheck", "recheck", str(file), "--json", code=seen.code)
        assert again.stdout == seen.stdout, "the cluster is gone, and the report is the same"
        assert '"kubernetes": "v' in seen.stdout
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, learner.install), kind
    assert wait.until(lambda: not processes(learner.home), within=10) is True
    with capsys.disabled():
        print("\n  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items()))  # noqa: T201
