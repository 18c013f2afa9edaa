"""What this machine lacks for labs, each with the one command that mends it; nothing is changed by asking."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from labrunner.environment import doctor_engine, doctor_machine, doctor_sources
from labrunner.environment import settings as settings_file
from labrunner.environment.finding import Finding
from labrunner.errors import LabrunnerError
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

Look = Callable[[], list[Finding]]


def examine(host: str | None = None) -> list[Finding]:
    """Look at everything, side by side; below ten seconds, whatever hangs.

    Args:
        host: the daemon that was asked for on the command line.

    Returns:
        findings in a fixed order; an engine that does not answer is one of them, never an exception.
    """
    settings = settings_file.load()
    endpoint, first = _engine(host)
    looks: list[Look] = [
        lambda: list(doctor_engine.findings(endpoint, settings)) if endpoint else [],
        lambda: list(doctor_machine.findings(settings)),
        lambda: [*doctor_sources.programs(), *doctor_sources.images(endpoint)],
        lambda: [doctor_sources.registry(settings)],
    ]
    with ThreadPoolExecutor(len(looks)) as pool:
        parts = [pool.submit(copy_context().run, _safely, look) for look in looks]
        return [*first, *(finding for part in parts for finding in part.result())]


def lacking(found: list[Finding]) -> list[Finding]:
    """Return what is needed and missing; where there is any, the exit code is 3."""
    return [finding for finding in found if finding.needed and finding.ok is False]


def _engine(host: str | None) -> tuple[Endpoint | None, list[Finding]]:
    try:
        url = endpoints.resolve(host)
    except LabrunnerError as wrong:
        return None, [Finding("engine-local", wrong.message, wrong.hint, ok=False, needed=True)]
    local = Finding(
        "engine-local", say(en=f"Docker is meant to be at {url}", zh=f"Docker 地址：{url}"), ok=True, needed=True
    )
    try:
        found = endpoints.reach(url)
    except LabrunnerError as wrong:
        return None, [local, Finding("engine", wrong.message, wrong.hint, ok=False, needed=True)]
    return found, [local, *_answering(found)]


def _answering(found: Endpoint) -> Iterator[Finding]:
    yield Finding(
        "engine",
        say(en="the Docker daemon answers, and this user may talk to it", zh="Docker 守护进程有回应，当前用户可以访问"),
        ok=True,
        needed=True,
        detail=found.daemon_id,
    )
    yield Finding(
        "docker-cli",
        say(en=f"docker: {found.cli}", zh=f"docker：{found.cli}")
        if found.cli
        else say(en="there is no docker program on PATH", zh="PATH 中没有 docker 命令"),
        "" if found.cli else "apt-get install docker-cli",
        ok=bool(found.cli),
        needed=True,
    )


def _safely(look: Look) -> list[Finding]:
    """Look; what breaks meanwhile, a daemon that goes away above all, is one more finding."""
    try:
        return look()
    except LabrunnerError as broken:
        return [Finding("looking", broken.message, broken.hint, ok=False, needed=True)]
