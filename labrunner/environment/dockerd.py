"""A Docker engine of this machine, started where none runs: by systemd, or by hand where there is none.

Only `engine.ensure` comes here, and only for the default socket; tests of outages work on sandboxes.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from labrunner import atomic, places, process, wait
from labrunner.environment import shipped
from labrunner.errors import DockerDown, EnvironmentNotReady
from labrunner.words import say
from labrunner.world import endpoint
from labrunner.world.endpoint import Endpoint

PATIENCE = 60.0
"""Seconds that an engine gets from its start to its first answer."""
SYS_RESOURCE = 24
"""The bit of CAP_SYS_RESOURCE; without it runc cannot start the privileged containers that kind's nodes are."""

KEPT = Path("/var/lib/labrunner")
"""The machine's own folder for what a running engine needs: it outlives every installation, and every cache."""
LONGEST_LOG = 8 << 20
"""Bytes of an engine's log that its next start goes on with."""
PIDS = {"/var/run/docker.pid": "dockerd", "/var/run/docker/containerd/containerd.pid": "containerd"}
"""Files in which an engine finds that it runs already; after a reboot their number can be anybody's."""


def installed() -> bool:
    """Tell whether there is an engine to start, whether or not it runs."""
    return _program() is not None


def bounded() -> bool:
    """Tell whether this machine cannot give CAP_SYS_RESOURCE, so that runc must not ask for it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("CapBnd:"):
            return not int(line.split()[1], 16) >> SYS_RESOURCE & 1
    return False


def by_systemd() -> bool:
    """Tell whether systemd runs this machine."""
    return Path("/run/systemd/system").is_dir()


def command() -> list[str]:
    """Return the line that starts the engine here; shown to the owner before it is run."""
    if by_systemd():
        return ["systemctl", "start", "docker"]
    line = [_program() or "dockerd"]
    if bounded():
        line += ["--add-runtime", f"bounded={_wrapper()}", "--default-runtime", "bounded"]
    return line


def log() -> Path:
    """Return where an engine that was started by hand writes what it does."""
    return places.state_dir() / "engine" / "dockerd.log"


def start() -> Endpoint:
    """Start the engine and wait until it answers at the default socket.

    Raises:
        DockerDown: it ended, or did not answer within PATIENCE seconds.
    """
    if by_systemd():
        done = process.run(command(), limit=PATIENCE)
        if not done.ok:
            raise _failed(done.last_words)
        return _answered(None)
    places.private(log().parent)
    for file, program in PIDS.items():
        _drop_stale(Path(file), program)
    if bounded():
        keep_wrapper()
    if log().exists() and log().stat().st_size > LONGEST_LOG:
        log().replace(log().with_suffix(".log.1"))
    with log().open("ab") as kept:
        child = subprocess.Popen(
            command(),
            stdin=subprocess.DEVNULL,
            stdout=kept,
            stderr=kept,
            start_new_session=True,
            cwd="/",
            env=_environ(),
        )
    atomic.write(log().with_name("dockerd.pid"), f"{child.pid}\n")
    return _answered(child)


def _answered(child: "subprocess.Popen[bytes] | None") -> Endpoint:
    """Wait for the first answer, or for the end of the child."""
    found: list[Endpoint] = []

    def look() -> bool:
        try:
            found.append(endpoint.reach(endpoint.DEFAULT))
        except DockerDown:
            return child is not None and child.poll() is not None
        return True

    wait.until(look, within=PATIENCE, every=0.2)
    if not found:
        raise _failed(_last_error())
    return found[0]


def _failed(words: str) -> EnvironmentNotReady:
    return DockerDown(
        say(en=f"the Docker engine did not start: {words}", zh=f"Docker 引擎没有启动：{words}"),
        hint="journalctl -u docker" if by_systemd() else f"tail {log()}",
    )


def _last_error() -> str:
    try:
        lines = log().read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
    except OSError:
        return "no log"
    bad = [line for line in lines if "failed" in line or "level=fatal" in line or "level=error" in line]
    return (bad or lines or ["no log"])[-1][-300:]


def _drop_stale(file: Path, program: str) -> None:
    """Remove a pid file whose process is not the program that wrote it."""
    try:
        pid = int(file.read_text(encoding="ascii"))
        running = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        running = ""
    except (OSError, ValueError):
        return
    if running != program:
        file.unlink(missing_ok=True)


def _program() -> str | None:
    return shutil.which("dockerd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def keep_wrapper() -> Path:
    """Write down the runtime of an engine without CAP_SYS_RESOURCE, where it stays; return where that is.

    The engine runs it for each container for as long as it lives, also when the installation that began it is gone.
    """
    KEPT.mkdir(mode=0o755, parents=True, exist_ok=True)
    atomic.write(_wrapper(), _runtime(), mode=0o755)
    return _wrapper()


def _wrapper() -> Path:
    return KEPT / f"runc-bounded-{hashlib.sha256(_runtime().encode()).hexdigest()[:16]}"


def _runtime() -> str:
    return shipped.text("provision/engine/runc-bounded")


def _environ() -> dict[str, str]:
    """The engine's own environment: it may need the proxy for pulls, and never our Docker variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "LABRUNNER_"))}
