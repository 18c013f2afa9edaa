"""The docker program, run for set-up: with its daemon named, a limit, and one sentence when it fails."""

import json
import re
from typing import Any
from urllib.parse import quote

from labrunner import process
from labrunner.environment.settings import LABEL
from labrunner.errors import DockerDown, EnvironmentNotReady
from labrunner.process import Completed
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

GONE = re.compile(r"No such (container|network|volume|image|object)|no such (volume|network)|not found", re.IGNORECASE)
OK = 200


def docker(
    endpoint: Endpoint, *args: str, limit: float = 60.0, may_fail: bool = False, stdin: str | None = None
) -> Completed:
    """Run `docker ARGS…` against one daemon.

    Args:
        endpoint: the daemon.
        args: what follows `docker`.
        limit: seconds.
        may_fail: hand a failure back instead of raising.
        stdin: what it reads; nothing where None.

    Raises:
        DockerDown: the daemon went away.
        EnvironmentNotReady: docker said no, and why.
    """
    done = process.run([endpoint.cli or "docker", *args], limit=limit, env=endpoint.environ(), stdin=stdin)
    if done.ok or may_fail:
        return done
    if "Cannot connect to the Docker daemon" in done.stderr:
        endpoints.reach(endpoint.url)
        raise DockerDown(say(en="the Docker daemon went away", zh="Docker 守护进程断开了"))
    what = " ".join(args[:2])
    raise EnvironmentNotReady(
        say(en=f"docker {what} failed: {done.last_words}", zh=f"docker {what} 失败：{done.last_words}"),
        hint=say(en="labrunner doctor tells what this machine lacks", zh="labrunner doctor 会说明这台机器缺什么"),
    )


def inspect(endpoint: Endpoint, kind: str, name: str) -> dict[str, Any]:
    """Read one object: kind is "containers", "networks", "volumes" or "images"; empty where there is none."""
    suffix = "/json" if kind in ("containers", "images") else ""
    status, found = endpoints.look(endpoint.url, f"/{kind}/{quote(name, safe='/:@')}{suffix}")
    return found if status == OK and isinstance(found, dict) else {}


def labelled(endpoint: Endpoint, kind: str, install: str, role: str = "") -> list[dict[str, Any]]:
    """List what carries our label: kind is "containers", "networks" or "volumes".

    Args:
        endpoint: the daemon.
        kind: which objects.
        install: the install id that the label must bear.
        role: only those of this role; all where empty.
    """
    labels = [f"{LABEL}={install}"] + ([f"{LABEL}.role={role}"] if role else [])
    path = {"containers": "/containers/json?all=1&", "networks": "/networks?", "volumes": "/volumes?"}[kind]
    _, found = endpoints.look(endpoint.url, path + "filters=" + quote(json.dumps({"label": labels})))
    if kind == "volumes":
        found = (found or {}).get("Volumes")
    return found if isinstance(found, list) else []


def remove(endpoint: Endpoint, *args: str) -> None:
    """Run a removal that is right as well where the object is gone already; raises as `docker` does."""
    done = docker(endpoint, *args, may_fail=True)
    if not done.ok and not GONE.search(done.stderr) and "already in progress" not in done.stderr:
        docker(endpoint, *args)


def labels(install: str, role: str) -> list[str]:
    """Return the options that mark an object as ours."""
    return ["--label", f"{LABEL}={install}", "--label", f"{LABEL}.role={role}"]
