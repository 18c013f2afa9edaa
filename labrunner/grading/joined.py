"""The course that this installation has joined: what a learner needs of it, kept as JSON beside the settings."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from labrunner import atomic, places

TEXTS = ("course", "source", "bundle", "wheels", "bundle_sha256")


@dataclass(frozen=True, slots=True)
class Joined:
    """A course as a learner sees it.

    Attributes:
        course: its name.
        source: the file or the address that it came from.
        labs: in its order.
        deadlines: lab → ISO 8601, with the offset.
        bundle, wheels: where these come from; empty where the course says nothing.
        bundle_sha256: what the bundle has to be; empty where the course does not say.
    """

    course: str = ""
    source: str = ""
    labs: tuple[str, ...] = ()
    deadlines: dict[str, str] = field(default_factory=dict)
    bundle: str = ""
    wheels: str = ""
    bundle_sha256: str = ""

    def deadline(self, lab: str) -> datetime | None:
        """Return a lab's deadline in this machine's time zone; None where it has none."""
        try:
            return datetime.fromisoformat(self.deadlines[lab]).astimezone()
        except (KeyError, ValueError):
            return None


def path() -> Path:
    """Return the file."""
    return places.config_dir() / "course.json"


def load() -> Joined:
    """Return the course that was joined; an empty one where none was, or the file is not what we write."""
    raw: dict[str, Any] = atomic.read_json(path())
    texts = {
        key: raw[key]
        for key in ("course", "source", "bundle", "wheels", "bundle_sha256")
        if isinstance(raw.get(key), str)
    }
    labs, deadlines = raw.get("labs"), raw.get("deadlines")
    return Joined(
        **texts,
        labs=tuple(str(one) for one in labs) if isinstance(labs, list) else (),
        deadlines={str(key): str(text) for key, text in deadlines.items()} if isinstance(deadlines, dict) else {},
    )


def save(joined: Joined) -> None:
    """Keep it, in the place of whatever was joined before."""
    atomic.write_json(path(), asdict(joined))
