"""A learner's machine before anything is interrupted on it: what is theirs, and what there is of everything."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from labrunner.world.docker_engine import DockerEngine
from tests.installation import Installation

LABS = Path(__file__).parent / "labs"
LAB = "back-door"
ALWAYS = re.compile(
    r"config/settings\.json$|state/(lock|lock\.holder|in-use|environment-images\.json|labs/[^/]+/recorder\.mark"
    r"|cluster/kubectl-cache/.*)$"
)
"""What an installation keeps once it was used, and what a recorder writes now and then."""
VARIES = re.compile(r"(?<=state/registry/).*|[0-9a-f]{6,}")


@dataclass(frozen=True, slots=True)
class Things:
    """What there is: objects by kind, files of ours, files of the learner's with hash, mode and time, temporary files.

    Attributes:
        objects: by kind, identities with names.
        files: what the installation keeps, by path.
        theirs: path → what a change would change.
        temporary: what is in the folder for temporary files.
    """

    objects: dict[str, frozenset[str]]
    files: frozenset[str]
    theirs: dict[str, str]
    temporary: frozenset[str]

    def named(self) -> dict[str, frozenset[str]]:
        """Return the objects without their identities: those of a lab that was begun twice differ in nothing else."""
        return {kind: frozenset(one.partition(" ")[2] for one in found) for kind, found in self.objects.items()}


def owner(installation: Installation, folder: Path) -> Installation:
    """Give an installation's user a home with files that are nobody's business."""
    home, temporary = folder / "home", folder / "t"
    temporary.mkdir(parents=True)
    for name, text in {
        ".kube/config": "current-context: production\n",
        "other-kubeconfig": "apiVersion: v1\nkind: Config\n",
        ".docker/config.json": json.dumps({"auths": {}}),
        ".bashrc": "alias lr=ls\n",
        "notes/today.md": "Nothing to do.\n",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    environ = {"HOME": str(home), "KUBECONFIG": f"{home}/.kube/config:{home}/other-kubeconfig"}
    environ |= {"TMPDIR": str(temporary), "LABRUNNER_LABS": str(LABS)}
    return replace(installation, environ={**installation.environ, **environ})


def planted(learner: Installation, outer: int) -> None:
    """Put objects of the learner's on the engine; one container is of an image that the lab uses.

    Args:
        learner: whose engine it is; no lab is started there.
        outer: the port of a registry that serves Debian there.
    """
    mine, used = f"localhost:{outer}/debian:bookworm-slim", f"localhost:{learner.port}/web:1"
    program = ("sh", "-c", "echo mine > /data/mine; exec sleep 36000")
    assert learner.run("start", LAB).code == 0
    for words in (
        ("network", "create", "my-net"),
        ("volume", "create", "my-data"),
        ("pull", "-q", mine),
        ("pull", "-q", used),
        ("run", "-d", "--name", "my-app", "--network", "my-net", "-v", "my-data:/data", mine, *program),
        ("create", "--name", "my-old", used),
        ("tag", mine, "my-image:1"),
    ):
        done = learner.docker(*words)
        assert done.ok, done.stderr
    assert learner.run("stop", "--all").code == 0, "what may be the learner's stays without --yes"


def things(installation: Installation, *, objects: bool = True) -> Things:
    """Look at everything."""
    found: dict[str, frozenset[str]] = {}
    if objects:
        engine = DockerEngine(installation.environ["DOCKER_HOST"])
        there = engine.inventory()
        engine.close()
        images = {f"{id_} {name}" for id_, names in there.images.items() for name in names or ["<none>"]}
        found = {
            "containers": frozenset(f"{id_} {name}" for id_, name in there.containers.items()),
            "networks": frozenset(f"{id_} {name}" for id_, name in there.networks.items()),
            "volumes": frozenset(f"{made} {name}" for name, made in there.volumes.items()),
            "images": frozenset(images),
        }
    home, temporary = Path(installation.environ["HOME"]), Path(installation.environ["TMPDIR"])
    kept = {str(path.relative_to(installation.home)) for path in _files(installation.home)}
    return Things(
        found,
        frozenset(VARIES.sub("…", name) for name in kept if not ALWAYS.match(name)),
        {str(path): _print(path) for path in _files(home)},
        frozenset(path.name for path in temporary.iterdir()),
    )


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() or path.is_symlink()]


def _print(path: Path) -> str:
    about = path.stat()
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} {about.st_mtime_ns} {about.st_mode:o}"
