"""Whether a daemon still knows everything that happened since a moment: it keeps its last 256 events, and no more."""

import time

from labrunner.errors import LabrunnerError
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.moments import nano_of

REMEMBERED = 256
"""Events that the engine keeps in memory (moby, daemon/events); a restarted one has none."""
BRIDGE = "bridge"
"""The network that an engine makes anew whenever it starts."""


def boot_of(engine: DockerEngine) -> str:
    """Return what tells one run of a daemon from the next: the ID of its default bridge; empty where that is none.

    A daemon that was told to keep containers alive across its restarts (live-restore) keeps the bridge as well.
    """
    try:
        if engine.info().get("LiveRestoreEnabled"):
            return ""
        found = engine.inspect("networks", BRIDGE)
    except LabrunnerError:
        return ""
    return str((found or {}).get("Id", ""))


def is_known(engine: DockerEngine, since: int, boot: str, present: str) -> bool:
    """Tell whether the daemon still knows every event after a moment.

    What it keeps has no holes. So either it still knows one from before that moment, or it has not forgotten any
    since it began, and has been running since before that moment.

    Args:
        engine: the daemon.
        since: the moment, in nanoseconds since 1970.
        boot: which run of the daemon it was then; empty where that is not known.
        present: which run it is now; empty where that is not known.

    Raises:
        DockerDown: it is not there.
    """
    if (boot and present and boot != present) or since > now_of(engine):
        return False  # and of a clock that was set back, nobody knows what came after what
    kept = [int(event.get("timeNano", 0)) for event in engine.events("1", until=from_nano(now_of(engine)))]
    if any(nano <= since for nano in kept):
        return True
    return bool(boot) and boot == present and len(kept) < REMEMBERED


def may_lack(engine: DockerEngine, since: int) -> bool:
    """Tell whether a daemon may have forgotten an event after a moment: its memory is full, and begins later."""
    kept = [int(event.get("timeNano", 0)) for event in engine.events("1", until=from_nano(now_of(engine)))]
    return len(kept) >= REMEMBERED and min(kept) > since


def now_of(engine: DockerEngine) -> int:
    """Return the daemon's own time, in nanoseconds since 1970.

    A machine that Docker runs in may have another time than we have, and after a sleep it does. Asked for what was
    until a moment that is still to come there, a daemon would tell of it only when it has come.

    Raises:
        DockerDown: it is not there.
    """
    return nano_of(str(engine.info().get("SystemTime", ""))) or time.time_ns()


def from_nano(nano: int) -> str:
    """Return a time as the daemon's events are asked with, "seconds.nanoseconds"."""
    return f"{nano // 10**9}.{nano % 10**9:09d}"
