"""A look at an open lab, written down as evidence, with the versions of everything that it was made with."""

import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labrunner import values
from labrunner.errors import LabrunnerError
from labrunner.outcome import Report
from labrunner.state.session import Session
from labrunner.world import Snapshot
from labrunner.world.reader import World

KEPT = ("at", "stands")
"""What a report needs of a pass that was seen before."""


def versions(found: Session, world: World) -> dict[str, str]:
    """Return the versions of what a look is made with, each as far as it is known.

    Args:
        found: the lab.
        world: its daemon and cluster, which are asked.

    Returns:
        "labrunner", "python", "docker", "docker_api", and for a lab of the cluster "kubernetes" and "node_image".
    """
    known = {
        "labrunner": own_version(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "docker": found.endpoint.engine,
    }
    with contextlib.suppress(LabrunnerError, KeyError, ValueError):
        known |= world.engine.version()
    if world.cluster is not None:
        from labrunner.environment import cluster_record

        with contextlib.suppress(LabrunnerError, KeyError, ValueError):
            known["kubernetes"] = world.cluster.version()
        if (record := cluster_record.load()) is not None:
            known["node_image"] = record.image
    return known


def write(
    path: Path, found: Session, snapshot: Snapshot, report: Report, passes: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write a look down; what is there already is replaced where it is evidence.

    Args:
        path: the file; packed where its name ends in `.gz`.
        found: the lab.
        snapshot: what was read.
        report: what came of it, whole.
        passes: what had been seen to pass before this look.

    Raises:
        UsageError: the file is something else.
        DiskFull: the disk has no room.
    """
    from labrunner.world import evidence
    from labrunner.world.evidence import Evidence

    loaded = found.loaded
    told = Evidence(
        lab={"slug": loaded.entry.slug, "hash": loaded.hash()},
        seeds={
            "student": found.student,
            "install": found.install,
            "port": found.port,
            "namespace": found.namespace,
            "client": found.client,
            "course": values.COURSE,
            **({"planted": found.planted} if found.planted else {}),
        },
        snapshot=snapshot,
        passes={check: {name: kept[name] for name in KEPT if name in kept} for check, kept in passes.items()},
        assisted=tuple(found.progress.assisted),
        versions=dict(report.versions),
        started=found.progress.started,
        left_out=dict(loaded.left_out),
        seconds=max((verdict.seconds for verdict in report.verdicts), default=0.0),
    )
    evidence.write(path, told, values.secrets_of(loaded.lab, found.values))


def own_version() -> str:
    """Return our own version by the name of what was installed: the reader of such things costs 15 ms a look."""
    for folder in sys.path:
        for one in Path(folder).glob("labrunner-*.dist-info"):
            return one.name.removeprefix("labrunner-").removesuffix(".dist-info")
    return "checkout"
