"""Which proofs were green, and of what: kept in the cache, so that a run need not repeat what nothing changed."""

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from labrunner import atomic, places
from labrunner.catalog import LoadedLab
from labrunner.environment import catalogue, target
from tests.gate.phase import CHECKOUT

SPEAKS_ONLY = ("cli", "render")
"""Parts of the program in which no verdict is made."""


@dataclass(frozen=True, slots=True)
class Green:
    """A proof that held: the key of all that it was a proof of, when, and how many seconds it took."""

    key: str
    at: str
    seconds: float


def read() -> dict[str, Green]:
    """Return what is written, by "LAB on ENGINE"."""
    try:
        return {name: Green(**kept) for name, kept in json.loads(_file().read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write(name: str, key: str, seconds: float) -> None:
    """Write down a proof that held just now."""
    kept = {**read(), name: Green(key, datetime.now(UTC).isoformat(timespec="minutes"), seconds)}
    atomic.write_json(_file(), {name: asdict(green) for name, green in kept.items()})


def key_of(loaded: LoadedLab, engine: str) -> str:
    """Return 12 hex digits of everything that a proof depends on: the lab, the program, the images, the engine."""
    made_of = [f"image-{name}" for name in ("registry", "client")]
    made_of += [f"store-{catalogue.find(image.repository).name}" for image in loaded.lab.images.values()]
    made_of += [f"store-{image.name}" for image in catalogue.of_addons() if image.addon in loaded.lab.addons]
    made_of += ["image-node"] if loaded.lab.uses_cluster else []
    made_of += [f"image-sandbox-{engine}"] if loaded.lab.uses_docker else []
    made_of += ["compose"] if loaded.lab.composes else []
    made_of += ["cli-29"] if engine == "29" else []
    seen = hashlib.sha256(f"{sys.version_info[:2]} {engine}".encode())
    for name in sorted(made_of):
        seen.update(target.key(name).encode())
    program = [
        path
        for path in (CHECKOUT / "labrunner").rglob("*.py")
        if path.relative_to(CHECKOUT / "labrunner").parts[0] not in SPEAKS_ONLY
    ]
    lab = [path for path in loaded.entry.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    addons = [CHECKOUT / "provision/addons" / f"{name}.yaml" for name in loaded.lab.addons]
    for path in sorted([*program, *lab, *addons, CHECKOUT / "kind-config.yaml"]):
        seen.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()[:12]


def _file() -> Path:
    return places.cache_dir() / "gate" / "proofs.json"
