"""What this installation is and what its user chose: one small JSON file, overridden by the environment."""

import contextlib
import os
import re
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from labrunner import atomic, places
from labrunner.errors import UsageError
from labrunner.words import LANGUAGES, say

REGISTRY_PORT = 5777
LABEL = "labrunner"
"""The label of every object that is ours; its value is the install id."""
ROLE = "labrunner.role"
"""The label that says what one of our own containers is for."""
HIGHEST_PORT = 65535
INSTALL = re.compile(r'"install": *"([0-9a-f]{12})"')
"""An install id in what is written of it, also where the rest is damaged."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen, once and for all commands.

    Attributes:
        install: twelve hex digits, made once; the value of our label on every object.
        language: "zh", "en", or empty where nobody was asked yet.
        student: who works here; empty for nobody in particular.
        mirror: prefix under which a registry serves official images; empty for none.
        port: the loopback port of the course's registry.
    """

    install: str = ""
    language: str = ""
    student: str = ""
    mirror: str = ""
    port: int = REGISTRY_PORT

    @property
    def name(self) -> str:
        """What our network, registry and cluster are called: `labrunner-` and six of the install id."""
        return f"labrunner-{self.install[:6]}"


def path() -> Path:
    """Return the file of the settings."""
    return places.config_dir() / "settings.json"


def load(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings; on the first call of an installation, make its id and keep it.

    Args:
        environ: where LABRUNNER_MIRROR, _PORT, _STUDENT and _LANG are looked up; the process' own where None.

    Raises:
        UsageError: a variable holds what it cannot.
        DiskFull: the new id could not be kept.
    """
    stored = _stored()
    if not stored.install:
        stored = replace(stored, install=_recalled() or os.urandom(6).hex())
        atomic.write_json(path(), {**atomic.read_json(path()), **asdict(stored)})
    if not _copy().exists():
        atomic.write_json(_copy(), {"install": stored.install})
    return _overridden(stored, dict(os.environ) if environ is None else environ)


def save(**chosen: Any) -> Settings:
    """Keep some settings; the others stay as they are stored (the environment's are never written).

    Returns:
        the settings as they hold now.
    """
    load({})
    atomic.write_json(path(), {**atomic.read_json(path()), **asdict(replace(_stored(), **chosen))})
    return load()


def _copy() -> Path:
    return places.state_dir() / "install.json"


def _recalled() -> str:
    """Return the install id that this installation had, where the settings are gone or damaged; empty for none.

    Without it, all that is ours would be a stranger's, and nobody would ever remove it.
    """
    state = places.state_dir()
    damaged = sorted(path().parent.glob(f"{path().name}.corrupt-*"), reverse=True)
    for file in (_copy(), *damaged, *state.glob("labs/*/lab.json"), state / "cluster" / "cluster.json"):
        with contextlib.suppress(OSError):
            if found := INSTALL.search(file.read_text(encoding="utf-8", errors="replace")):
                return found[1]
    return ""


def _stored() -> Settings:
    raw = atomic.read_json(path())
    known: dict[str, Any] = {}
    for field in fields(Settings):
        value = raw.get(field.name)
        if isinstance(value, type(field.default)) and not isinstance(value, bool):
            known[field.name] = value
    if not re.fullmatch(r"[0-9a-f]{12}", known.get("install", "")):
        known.pop("install", None)
    if not 0 < known.get("port", REGISTRY_PORT) <= HIGHEST_PORT:
        known.pop("port")
    return Settings(**known)


def _overridden(stored: Settings, environ: dict[str, str]) -> Settings:
    wanted: dict[str, Any] = {}
    if mirror := environ.get("LABRUNNER_MIRROR"):
        wanted["mirror"] = mirror
    if student := environ.get("LABRUNNER_STUDENT"):
        wanted["student"] = student
    if (language := environ.get("LABRUNNER_LANG", "")) in LANGUAGES:
        wanted["language"] = language
    if port := environ.get("LABRUNNER_PORT"):
        if not port.isdecimal() or not 0 < int(port) <= HIGHEST_PORT:
            raise UsageError(
                say(en=f"LABRUNNER_PORT is no port: {port}", zh=f"LABRUNNER_PORT 不是端口号：{port}"),
                hint=say(en="use a number such as 5778", zh="请用 5778 这样的数字"),
            )
        wanted["port"] = int(port)
    return replace(stored, **wanted)
