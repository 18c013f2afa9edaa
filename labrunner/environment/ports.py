"""Loopback ports: whether one is free, who holds it, and which one is."""

import contextlib
import errno
import socket
from pathlib import Path

LISTEN = "0A"


def is_free(port: int) -> bool:
    """Tell whether a TCP port of 127.0.0.1 can be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def is_taken(port: int) -> bool:
    """Tell whether somebody listens on a TCP port of 127.0.0.1; one that we may not listen on is not taken by that."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as refused:
            return refused.errno == errno.EADDRINUSE
    return False


def next_free(after: int) -> int:
    """Return the first free port above this one; any free one where a hundred are taken."""
    for port in range(after + 1, min(after + 101, 65536)):
        if is_free(port):
            return port
    return any_free()


def any_free() -> int:
    """Return a free port of the system's choice."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def holder(port: int) -> str:
    """Name the program that listens on a port, as "redis-server (pid 123)"; empty where it cannot be seen."""
    inodes = _listening(port)
    if not inodes:
        return ""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and not inodes.isdisjoint(_open_files(folder)):
            try:
                return f"{(folder / 'comm').read_text(encoding='utf-8').strip()} (pid {folder.name})"
            except OSError:
                return f"pid {folder.name}"
    return ""


def _open_files(process: Path) -> list[str]:
    """Return what a process' open files are; those that can be seen, of those that are still open."""
    found: list[str] = []
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(str(link.readlink()))
    return found


def _listening(port: int) -> set[str]:
    """Return what the sockets that listen on a port are called under /proc/PID/fd."""
    found: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            columns = row.split()
            if columns[3] == LISTEN and int(columns[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{columns[9]}]")
    return found
