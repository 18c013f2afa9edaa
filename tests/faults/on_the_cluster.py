"""A learner's machine with the course's cluster: what there is around it, and in it of every kind."""

import fcntl
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from labrunner import wait
from labrunner.environment import kind_containers
from labrunner.environment.docker_cli import labelled
from labrunner.world import endpoint as endpoints
from labrunner.world import kubeconfig
from labrunner.world.docker_engine import DockerEngine, name_of
from labrunner.world.endpoint import Endpoint
from labrunner.world.wire import Wire
from tests.faults import ground
from tests.faults.ground import Things
from tests.faults.striking import Case
from tests.faults.tally import Tally
from tests.faults.walk import ALL, RESET, STOP, WATCH, Ground, Walk, Words
from tests.gate.tally import SAID
from tests.installation import Installation
from tests.real.test_kubernetes import Production

LAB = "side-gate"
START = ("start", LAB)
PASSING = ("events", "leases", "ipaddresses", "certificatesigningrequests", "componentstatuses", "endpoints")
"""Resources that come and go by themselves, or are named by what is drawn."""
BY_ITSELF = ("configmaps", "kube-root-ca.crt"), ("serviceaccounts", "default")
"""What the cluster puts into each namespace a moment after it was made."""
NAPS = (b"labrunner.environment.cluster_sleep",)
LIMIT = 300.0
"""Seconds of a command that may have to make a cluster."""


def things(installation: Installation) -> Things:
    """Look at what is this installation's on the engine, in what state its nodes are, and at all that is in them."""
    endpoint = endpoints.reach(endpoints.resolve())
    found = ground.things(installation, objects=False)
    objects = {
        kind: frozenset(_named(kind, raw) for raw in labelled(endpoint, kind, installation.install))
        for kind in ("containers", "networks", "volumes")
    }
    nodes = kind_containers.labelled(endpoint, installation.install)
    objects["nodes"] = frozenset(f"{raw['Id']} {name_of(raw)} {raw['State']}" for raw in nodes)
    mounts = [mount for raw in nodes for mount in raw.get("Mounts") or [] if mount.get("Type") == "volume"]
    objects["volumes"] |= {f"{mount['Name']} of a node" for mount in mounts}
    objects["images"] = frozenset(_images(endpoint, f"localhost:{installation.port}/"))
    if nodes and all(raw["State"] == "running" for raw in nodes):
        objects |= _in_the_cluster(installation.home / "state/cluster/kubeconfig")
    return replace(found, objects=objects)


def _named(kind: str, raw: dict[str, Any]) -> str:
    if kind == "containers":
        return f"{raw['Id']} {name_of(raw)} {raw['State']}"
    return f"{raw.get('Id') or raw.get('CreatedAt', '')} {raw['Name']}"


def _images(endpoint: Endpoint, prefix: str) -> Iterator[str]:
    engine = DockerEngine(endpoint.url)
    for id_, names in engine.inventory().images.items():
        yield from (f"{id_} {name}" for name in names if name.startswith(prefix))
    engine.close()


def _in_the_cluster(config: Path) -> dict[str, frozenset[str]]:
    try:
        wire = Wire(kubeconfig.connections(config, 10))
    except (OSError, KeyError, ValueError) as broken:
        return {"kubeconfigs": frozenset([f"- {broken}"])}
    try:
        found = {}
        for name, path in _resources(config, config.stat().st_mtime_ns):
            found[name] = frozenset(_object(name, raw) for raw in _got(wire, path).get("items") or [])
        return {name: frozenset(one for one in held if one) for name, held in found.items()}
    except (OSError, http.client.HTTPException) as broken:
        return {"APIs": frozenset([f"- {broken}"])}
    finally:
        wire.close()


def _object(resource: str, raw: dict[str, Any]) -> str:
    """Return an object as "UID NAMESPACE/NAME"; of what is named by what is drawn, the part before that."""
    meta = raw["metadata"]
    name = meta.get("generateName") or meta["name"]
    if (resource, name) in BY_ITSELF:
        return ""
    more = " cordoned" if (raw.get("spec") or {}).get("unschedulable") else ""
    more += " ending" if "deletionTimestamp" in meta else ""
    return f"{meta['uid']} {meta.get('namespace', '')}/{name}{more}"


@cache
def _resources(config: Path, _made: int) -> tuple[tuple[str, str], ...]:
    """Return every kind that can be listed, with its path."""
    wire = Wire(kubeconfig.connections(config, 10))
    roots = ["/api/v1", *(f"/apis/{one['preferredVersion']['groupVersion']}" for one in _got(wire, "/apis")["groups"])]
    found = [
        (one["name"], f"{root}/{one['name']}")
        for root in roots
        for one in _got(wire, root)["resources"]
        if "list" in one["verbs"] and "delete" in one["verbs"] and one["name"] not in PASSING
    ]
    wire.close()
    return tuple(found)


def _got(wire: Wire, path: str) -> dict[str, Any]:
    status, said = wire.ask("GET", path)
    if status != http.client.OK:
        raise http.client.HTTPException(f"{path}: {status}")
    found: dict[str, Any] = json.loads(said)
    return found


AWAKE = Ground(LAB, things, (START, RESET, WATCH, STOP), STOP, limit=LIMIT)
"""The cluster stays as it is: somebody else stands on it, too."""
ASLEEP = Ground(LAB, things, (STOP, START), STOP, NAPS, LIMIT)
"""The cluster is put to sleep with the last lab on it, and woken with the first."""
BARE = Ground(LAB, things, (START, ALL), ALL, limit=LIMIT)
"""The cluster is made, and removed."""


@contextmanager
def stood_on(home: Path) -> Iterator[None]:
    """Stand on an installation's cluster while the block runs, as a demonstration does: it is not put to sleep."""
    with (home / "state/in-use").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def walked(
    learner: Installation,
    ground: Ground,
    chosen: Callable[[Words, tuple[str, ...]], list[Case]],
    seconds: float,
) -> Tally:
    """Interrupt the commands of a ground.

    Args:
        learner: whose they are.
        ground: where.
        chosen: returns which cases, of a command and the labels of its touches.
        seconds: after which nothing more is interrupted.
    """
    ends, tally = wait.now() + seconds, Tally()
    walk = Walk(learner, tally, ground)
    walk.go({words: chosen(words, walk.points(words)) for words in ground.order}, lambda: wait.now() > ends)
    walk.end()
    return tally


@contextmanager
def beside_production(learner: Installation, folder: Path) -> Iterator[None]:
    """Have a learner's kubeconfigs lead to a cluster of theirs; nobody may speak to it, nor run what they name."""
    production = Production(folder)
    for file in learner.environ["KUBECONFIG"].split(":"):
        Path(file).write_text(json.dumps(production.merged_into({})), encoding="utf-8")
    try:
        yield
    finally:
        production.close()
    assert production.hits == 0, "somebody talked to the user's own cluster"
    assert not production.canary.exists(), "a program that the user's kubeconfig names was run"


def told(name: str, tally: Tally, config: pytest.Config) -> None:
    """Add a series to the closing lines, and see that nothing was wrong in it."""
    config.stash.setdefault(SAID, []).extend(f"{name}: {line}" for line in tally.lines())
    assert not tally.problems, "\n".join(tally.told())
    assert not tally.left
    assert {case.partition(":")[0] for case in tally.met} == set(tally.points), "every command was interrupted"
