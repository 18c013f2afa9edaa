"""Whatever the SDKs raise comes out as one of our errors, with the exit code of a world that is not there."""

import inspect
from typing import Any

import docker.errors  # noqa: TID251 - what it may raise is the case
import kubernetes.client.exceptions  # noqa: TID251 - same
import kubernetes.config.config_exception  # noqa: TID251 - same
import kubernetes.dynamic.exceptions  # noqa: TID251 - same
import pytest
import requests.exceptions
import urllib3.exceptions

from labrunner.errors import LabrunnerError
from labrunner.world import docker_engine, kube_cluster


def of_module(*modules: object) -> list[type[Exception]]:
    kinds = {kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass)}
    names = [m.__name__ for m in modules]  # type: ignore[attr-defined]
    found = [kind for kind in kinds if issubclass(kind, Exception) and kind.__module__ in names]
    return sorted(found, key=lambda kind: kind.__name__)


def bare(kind: type[Exception]) -> Exception:
    """Return an exception of a kind without knowing what its maker wants."""
    plain = {"__str__": lambda _: "what was said", "__repr__": lambda _: "what was said"}
    kin: Any = type(kind.__name__, (kind,), plain)
    made = kin.__new__(kin)
    for name in ("response", "explanation"):
        setattr(made, name, None)
    assert isinstance(made, Exception)
    return made


DOCKER = [kind for kind in of_module(docker.errors, requests.exceptions) if not issubclass(kind, Warning)]
URLLIB = [kind for kind in of_module(urllib3.exceptions) if not issubclass(kind, Warning | ValueError)]
"""Without warnings, and without what only a proxy of an unknown kind raises: proxies are left out everywhere."""
KUBE = of_module(kubernetes.client.exceptions, kubernetes.dynamic.exceptions, kubernetes.config.config_exception)


@pytest.mark.parametrize("kind", [*DOCKER, *URLLIB, OSError, ConnectionResetError, TimeoutError])
def test_whatever_docker_py_raises_becomes_ours(kind: type[Exception]) -> None:
    with pytest.raises(LabrunnerError) as caught, docker_engine.errors_mapped():
        raise bare(kind)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("kind", [*KUBE, *URLLIB, OSError, ConnectionResetError])
def test_whatever_kubernetes_raises_becomes_ours(kind: type[Exception]) -> None:
    with pytest.raises(LabrunnerError) as caught, kube_cluster.errors_mapped():
        raise bare(kind)
    assert caught.value.exit_code == 3


def test_what_the_daemon_answers_keeps_its_status() -> None:
    response = requests.Response()
    response.status_code = 409
    with pytest.raises(docker_engine.EngineRefused) as caught, docker_engine.errors_mapped():
        raise docker.errors.APIError("no", response=response, explanation="in use")
    assert (caught.value.status, caught.value.message) == (409, "in use")
