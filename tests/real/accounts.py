"""An account of a cluster that may nothing yet, and what the files of rights in `docs/` give it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from labrunner import process
from labrunner.environment.cluster_record import KindCluster

DOCS = Path(__file__).parents[2] / "docs"
TEACHER = "lr-teacher"
ROLE, LOGIN = "labrunner-grading", "labrunner-grading-login"


def kubectl(cluster: KindCluster, *words: str) -> process.Completed:
    """Run kubectl as the cluster's administrator."""
    return process.run(cluster.kubectl_line(*words), limit=60, env=dict(os.environ))


@contextmanager
def account(cluster: KindCluster, config: Path) -> Iterator[Path]:
    """Make one; yields its kubeconfig, written to `config`."""
    assert kubectl(cluster, "create", "serviceaccount", TEACHER, "-n", "default").ok
    try:
        token = kubectl(cluster, "create", "token", TEACHER, "-n", "default", "--duration=1h").stdout.strip()
        raw = yaml.safe_load(Path(cluster.kubeconfig).read_text(encoding="utf-8"))
        raw["users"][0]["user"] = {"token": token}
        config.write_text(yaml.safe_dump(raw), encoding="utf-8")
        yield config
    finally:
        kubectl(cluster, "delete", "serviceaccount", TEACHER, "-n", "default")
        kubectl(cluster, "delete", "clusterrole,clusterrolebinding", ROLE, LOGIN, "--ignore-not-found")


def allowed(cluster: KindCluster, role: str = ROLE) -> None:
    """Give it what a file of docs/ says, as the file says."""
    bound = (f"--clusterrole={role}", f"--serviceaccount=default:{TEACHER}")
    assert kubectl(cluster, "apply", "-f", str(DOCS / f"{role.replace('labrunner-grading', 'grading-rbac')}.yaml")).ok
    assert kubectl(cluster, "create", "clusterrolebinding", role, *bound).ok
