"""The programs `kind` and `kubectl`: those on PATH where they suit the cluster, otherwise ours."""

import json
import os
import re
import shutil
from functools import cache
from pathlib import Path

from labrunner import process
from labrunner.narrate import Narrator

MINOR = 34
"""The cluster is Kubernetes 1.34; kubectl may be one minor version away from it."""
OLDEST_KIND = (0, 27)


def kind_path(narrator: Narrator) -> str:
    """Return the path of a kind that can make our cluster; builds one where there is none."""
    return kind_on_path() or str(_built(narrator) / "kind")


def kubectl_path(narrator: Narrator) -> str:
    """Return the path of a kubectl that suits our cluster; builds one where there is none."""
    return kubectl_on_path() or str(_built(narrator) / "kubectl")


@cache
def kind_on_path() -> str:
    """Return the path of the user's own kind; empty where there is none, or it is too old."""
    found = shutil.which("kind")
    if not found or not (done := _asked(found, "version")):
        return ""
    version = re.search(r"v(\d+)\.(\d+)", done)
    return found if version and (int(version[1]), int(version[2])) >= OLDEST_KIND else ""


@cache
def kubectl_on_path() -> str:
    """Return the path of the user's own kubectl; empty where there is none, or it is too far from the cluster."""
    found = shutil.which("kubectl")
    if not found or not (done := _asked(found, "version", "--client", "-o", "json")):
        return ""
    try:
        minor = int(re.sub(r"\D", "", json.loads(done)["clientVersion"]["minor"]))
    except (ValueError, KeyError, TypeError):
        return ""
    return found if abs(minor - MINOR) <= 1 else ""


def _asked(program: str, *words: str) -> str:
    """Return what a program says; empty where it fails. It is kept away from the user's kubeconfig."""
    try:
        done = process.run([program, *words], limit=10, env={**os.environ, "KUBECONFIG": os.devnull})
    except OSError:
        return ""
    return done.stdout if done.ok else ""


def _built(narrator: Narrator) -> Path:
    from labrunner.environment import build

    return build.built("kubernetes", narrator) / "bin"
