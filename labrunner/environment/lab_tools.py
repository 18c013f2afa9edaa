"""What a lab's scripts find on their PATH beside docker and kubectl: labrunner itself, and docker compose."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from labrunner import places, process
from labrunner.errors import LabrunnerError
from labrunner.narrate import Narrator
from labrunner.words import say

CLIENT = "LABRUNNER_CLIENT"
"""The variable that names the image with which `labrunner host` and `labrunner outside` look."""
LAB = "LABRUNNER_LAB"
"""The variable that names the folder of the lab that a script belongs to."""
LIMIT = 10.0
"""Seconds that docker may take to say whether it has a plugin."""


def with_labrunner(env: Mapping[str, str], folder: Path, *, client: str, port: int) -> dict[str, str]:
    """Return an environment in which `labrunner` is this very program, and looks where the lab is.

    Args:
        env: a whole environment.
        folder: where a small script may be put.
        client: the client image's reference on the lab's daemon; empty where the lab needs none.
        port: of the course's registry.

    Raises:
        OSError: nothing can be written there.
    """
    program = places.private(folder) / "labrunner"
    line = shlex.join([sys.executable, "-m", "labrunner"])
    program.write_text(f'#!/bin/sh\nexec {line} "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    found = {**env, "PATH": os.pathsep.join([str(folder), env.get("PATH", os.defpath)]), "LABRUNNER_PORT": str(port)}
    return {**found, CLIENT: client} if client else found


def compose(env: Mapping[str, str], folder: Path, narrator: Narrator) -> dict[str, str]:
    """Return the variables with which `docker compose` works: none where it does already, else our own plugin's.

    Args:
        env: a whole environment with the docker that is meant.
        folder: where docker's configuration for the lab may be put; the user's own is left alone.
        narrator: told what is built, and where it cannot be.
    """
    from labrunner.environment.build import built

    if process.run(["docker", "compose", "version"], limit=LIMIT, env=env).ok:
        return {}
    try:
        program = built("compose", narrator, env) / "bin" / "docker-compose"
    except LabrunnerError as missing:
        why = missing.message
        narrator.say(say(en=f"docker compose is not to be had: {why}", zh=f"没有 docker compose：{why}"))
        return {}
    plugins = places.private(folder / "cli-plugins")
    (plugins / "docker-compose").symlink_to(program)
    return {"DOCKER_CONFIG": str(folder)}
