"""Docker lets a network be called anything; a command that a person is to copy means that network and nothing else."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.why import explain
from labrunner.world import Docker, Snapshot

NAMES = ("lr a", "lr;rm -rf ~", "lr$(id)", "lr`id`", "lr'a", 'lr"a', "lr|a", "lr&", "lr>x", "lr\\", "lr*", "lr-a")


def internal_and_published(name: str) -> Snapshot:
    """Return a container that publishes a port on a network that nobody reaches, called like this."""
    raw = {
        "Id": "1", "Name": "/lr-web", "Image": "sha256:1", "RestartCount": 0, "Mounts": [],
        "Config": {"Image": "web:1", "ExposedPorts": {"80/tcp": {}}},
        "State": {"Status": "running", "ExitCode": 0, "Error": "", "OOMKilled": False, "StartedAt": ""},
        "HostConfig": {"PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}, "NetworkMode": name},
        "NetworkSettings": {"Networks": {name: {"Aliases": [], "IPAddress": ""}}, "Ports": {}},
    }  # fmt: skip
    network = {"Id": "n", "Name": name, "Internal": True, "Driver": "bridge"}
    held = {"containers": {"1": raw}, "networks": {"n": network}, "volumes": {}, "images": {}}
    return Snapshot(docker=held, complete=True, taken="2026-01-01T00:01:00.000+00:00")


@pytest.mark.parametrize("subject", ["container/lr-web", "network/{}"])
@given(name=st.one_of(st.sampled_from(NAMES), st.text("ab ;$()`'\"|&<>*?~#\\", max_size=8).map("lr".__add__)))
def test_a_command_that_is_shown_names_the_network_whatever_it_is_called(subject: str, name: str) -> None:
    told = explain(internal_and_published(name), subject.format(name))
    for cause in told.causes:
        assert shlex.split(cause.see)[:4] == ["docker", "network", "inspect", name]
    assert [cause.code for cause in told.causes] == ["network-internal"]
    fact = Docker(internal_and_published(name)).network(name).internal
    assert shlex.split(fact.see)[:4] == ["docker", "network", "inspect", name]
