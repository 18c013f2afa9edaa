"""Where labrunner keeps what it keeps: config, state and cache, each a folder of the user's.

`LABRUNNER_HOME` puts all three under one folder; otherwise they are where the platform keeps such things.
`LABRUNNER_CACHE` moves the cache alone: to a bigger disk, or so that trials with a home of their own share it.
"""

import os
from pathlib import Path

APP = "labrunner"


def config_dir() -> Path:
    """Return the folder of what the user chose: install id, language, student, mirror, port."""
    return _place("config")


def state_dir() -> Path:
    """Return the folder of what is under way: labs, journals, the cluster's kubeconfig, the lock."""
    return _place("state")


def cache_dir() -> Path:
    """Return the folder of what can be built again; safe to delete."""
    return _place("cache")


def work_dir() -> Path:
    """Return the folder in which learners find the files that labs hand out: `labrunner` in their home folder."""
    if home := os.environ.get("LABRUNNER_HOME"):
        return Path(home).expanduser().absolute() / "work"
    return Path.home() / APP


def private(folder: Path) -> Path:
    """Make a folder that only its owner may enter, with those above it that are missing, and return it."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in (*reversed(missing), folder):
        one.mkdir(mode=0o700, exist_ok=True)
    return folder


def _place(kind: str) -> Path:
    if kind == "cache" and (alone := os.environ.get("LABRUNNER_CACHE")):
        return Path(alone).expanduser().absolute()
    if home := os.environ.get("LABRUNNER_HOME"):
        return Path(home).expanduser().absolute() / kind
    import platformdirs

    found: dict[str, Path] = {
        "config": platformdirs.user_config_path(APP),
        "state": platformdirs.user_state_path(APP),
        "cache": platformdirs.user_cache_path(APP),
    }
    return found[kind]
