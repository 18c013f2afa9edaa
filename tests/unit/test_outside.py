"""What a client outside the cluster is told of it."""

from pathlib import Path

import pytest

from labrunner.environment import cluster_record, host, network
from labrunner.environment.cluster_record import KindCluster
from labrunner.process import Completed
from labrunner.world.endpoint import Endpoint


@pytest.fixture(name="line")
def _line(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []

    def run(line: list[str], **_: object) -> Completed:
        said.extend(line)
        return Completed((), 0, "", "")

    monkeypatch.setattr(network, "up", lambda *_: "ours")
    monkeypatch.setattr(host.process, "run", run)
    return said


def test_it_knows_the_nodes_by_name(line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = KindCluster("c", str(Path("k")), nodes={"c-worker": "2", "c-control-plane": "1"})
    monkeypatch.setattr(cluster_record, "load", lambda: cluster)
    host.run_outside(Endpoint("unix:///lab.sock"), ["env"], "client", install="abcdef")
    assert "NODES=c-control-plane c-worker" in line
    assert line[-1] == "client"


def test_without_a_cluster_there_are_none(line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_record, "load", lambda: None)
    host.run_outside(Endpoint("unix:///lab.sock"), ["env"], "client", install="abcdef")
    assert "NODES=" in line
