"""How a lab ends when what was written of it, or the daemon, is not as it was."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from labrunner import catalog, ending
from labrunner.catalog import LoadedLab
from labrunner.environment import (
    cluster_record,
    cluster_sleep,
    images,
    kind,
    registry,
    sandbox_journal,
    surroundings,
)
from labrunner.environment.cluster_record import KindCluster
from labrunner.errors import ClusterDown, DockerDown, Leak, OtherDaemon
from labrunner.narrate import Quiet
from labrunner.state import removal, session
from labrunner.world import endpoint
from labrunner.world.docker_engine import EngineRefused
from labrunner.world.endpoint import Endpoint
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, loaded, step, tiny

IMAGE = "localhost:5777/web:1"


@dataclass
class Case:
    """A lab that was started on an engine in memory, and the daemon that answers now."""

    engine: FakeEngine
    loaded: LoadedLab
    directory: Path
    daemon: str = "first"

    def clear(self, *, yes: bool = True) -> list[str]:
        done = ending.clear(self.loaded, Quiet(yes=yes))
        return [one.name for one in done.removed]


@pytest.fixture
def case(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    del home
    engine, lab = FakeEngine(), tiny(tmp_path)

    def runs() -> None:
        """Say nothing."""

    step(lab, "web", runs)
    lab.image("web:1")
    engine.container("mine", engine.image("redis:7.0"))
    directory = session.directory_of("tiny")
    found, _ = begun(lab, directory, engine)
    case = Case(engine, loaded(lab), directory)
    found.endpoint = Endpoint("unix:///nowhere", daemon_id="first")
    found.begin_log()
    found.save()
    monkeypatch.setattr(endpoint, "reach", lambda url: Endpoint(url, daemon_id=case.daemon))
    monkeypatch.setattr(ending, "DockerEngine", lambda _: engine)
    engine.image(IMAGE)
    engine.container("lr-web", IMAGE)
    return case


def test_what_is_the_labs_goes_and_what_is_written_of_it_too(case: Case) -> None:
    assert sorted(case.clear()) == [IMAGE, "lr-web"]
    assert [raw["Name"] for raw in case.engine.objects["containers"].values()] == ["/mine"]
    assert not case.directory.exists()


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_session_that_cannot_be_read_is_ended_by_its_baseline(case: Case, text: str) -> None:
    (case.directory / "lab.json").write_text(text)
    assert sorted(case.clear()) == [IMAGE, "lr-web"]


def test_without_a_baseline_nothing_that_is_there_is_taken_for_ours(case: Case) -> None:
    (case.directory / "baseline.json").write_text("{}")
    (case.directory / "lab.json").unlink()
    assert case.clear() == []
    assert len(case.engine.objects["containers"]) == 2


@pytest.mark.parametrize("readable", [True, False])
def test_on_another_daemon_nothing_is_touched(case: Case, *, readable: bool) -> None:
    case.daemon = "second"
    if not readable:
        (case.directory / "lab.json").write_text("{")
    with pytest.raises(OtherDaemon):
        case.clear()
    assert len(case.engine.objects["containers"]) == 2
    assert case.directory.exists()


def test_what_would_not_go_is_a_leak_and_what_is_written_stays_for_the_next_try(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "PATIENCE", 0.1)
    real = case.engine.remove

    def refuse(kind: str, name: str, *, alone: bool = False) -> bool:
        raise EngineRefused(f"{kind} {name} {alone}: device or resource busy", 500)

    monkeypatch.setattr(case.engine, "remove", refuse)
    with pytest.raises(Leak, match="lr-web"):
        case.clear()
    assert (case.directory / "lab.json").exists()
    monkeypatch.setattr(case.engine, "remove", real)
    assert sorted(case.clear()) == [IMAGE, "lr-web"]


def test_a_daemon_that_dies_in_the_middle_is_said_so_and_the_next_try_converges(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = case.engine.remove

    def dies(kind: str, name: str, *, alone: bool = False) -> bool:
        if kind == "images":
            raise DockerDown("the daemon stopped answering")
        return real(kind, name, alone=alone)

    monkeypatch.setattr(case.engine, "remove", dies)
    with pytest.raises(DockerDown):
        case.clear()
    monkeypatch.setattr(case.engine, "remove", real)
    assert case.clear() == [IMAGE]


def test_what_was_declined_stays_and_is_no_leak(case: Case) -> None:
    case.engine.network("lr-extra")
    case.clear(yes=False)
    assert [raw["Name"] for raw in case.engine.objects["networks"].values()] == ["lr-extra"]


def test_the_daemon_and_the_baseline_are_written_before_anything_is_made(case: Case) -> None:
    kept = json.loads((case.directory / "recorder.json").read_text())
    assert (kept["daemon"], kept["install"], kept["prefix"]) == ("first", "mine", "localhost:5777/")


def test_the_clients_image_that_an_interrupted_start_pulled_is_not_taken_for_the_learners(case: Case) -> None:
    case.engine.image("localhost:5777/client:1")
    found = session.opened(case.loaded, case.directory)
    assert not found.client, "nobody had written it down yet"
    assert "localhost:5777/client:1" in case.clear(yes=False)


def test_a_lab_that_is_being_taken_away_is_not_whole(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(removal.wait, "until", interrupted)
    with pytest.raises(KeyboardInterrupt):
        case.clear()
    assert not session.opened(case.loaded, case.directory).progress.done


def test_who_is_asked_and_leaves_still_has_a_whole_lab(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaves(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(Quiet, "consents", leaves)
    case.engine.container("lr-mine", case.engine.image("localhost:5777/mine:1"))
    with pytest.raises(KeyboardInterrupt):
        case.clear()
    assert session.opened(case.loaded, case.directory).progress.done


@pytest.fixture
def own_cluster(case: Case, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A cluster that does not come back, under the lab; returns what was done to it."""
    done: list[str] = []

    def broken(*_: object) -> None:
        raise ClusterDown("a node of the course's cluster is gone")

    def delete(*_: object, **__: object) -> None:
        done.append("deleted")
        cluster_record.clear()

    monkeypatch.setattr(cluster_sleep, "states", lambda *_: {"worker": "gone", "control-plane": "running"})
    monkeypatch.setattr(cluster_sleep, "wake", broken)
    monkeypatch.setattr(kind, "delete", delete)
    for name in ("down", "up"):
        monkeypatch.setattr(registry, name, lambda *_, **__: None)
    monkeypatch.setattr(sandbox_journal, "sweep", lambda *_: None)
    monkeypatch.setattr(images, "drop_environment", lambda *_: [])
    monkeypatch.setattr(catalog, "load", lambda *_: case.loaded)
    nodes = {"worker": "a" * 64}
    cluster_record.save(KindCluster("labrunner-mine", "kubeconfig", uid="U", nodes=nodes, daemon_id="first"))
    found = session.opened(case.loaded, case.directory)
    found.namespace = "lab-tiny"
    found.save()
    return done


def test_a_cluster_that_does_not_come_back_keeps_no_lab_from_ending(case: Case, own_cluster: list[str]) -> None:
    narrator = Quiet(yes=True)
    ending.clear(case.loaded, narrator)
    assert own_cluster == ["deleted"]
    assert [line for line in narrator.lines if "a node of the course's cluster is gone; it is removed" in line]
    assert not case.directory.exists()


def test_what_others_stand_on_is_not_removed_with_a_demonstration(case: Case, own_cluster: list[str]) -> None:
    assert case
    with pytest.raises(ClusterDown):
        surroundings.close_namespace(Endpoint("unix:///nowhere"), "lab-tiny")
    assert not own_cluster


def test_what_goes_as_a_whole_is_not_woken_first(case: Case, own_cluster: list[str]) -> None:
    narrator = Quiet(yes=True)
    ending.stop(narrator, everything=True)
    assert own_cluster == ["deleted"], "once"
    assert not [line for line in narrator.lines if "is gone" in line], "nobody looked what is broken in it"
    assert not case.directory.exists()


def test_a_cluster_of_another_daemon_is_left_alone(case: Case, own_cluster: list[str]) -> None:
    assert case
    surroundings.drop_cluster(Endpoint("unix:///nowhere", daemon_id="second"), Quiet())
    assert not own_cluster
    assert cluster_record.load() is not None


@pytest.mark.parametrize("yes", [True, False])
def test_what_a_lab_made_that_is_not_there_any_more_is_asked_for(case: Case, *, yes: bool) -> None:
    narrator = Quiet(yes=yes)
    unknown = ending.known("tiny", None, narrator)
    assert "tiny cannot be loaded" in narrator.lines[0]
    done = ending.clear(unknown, narrator)
    assert sorted(one.name for one in done.removed) == ([IMAGE, "lr-web"] if yes else [])
    assert "/mine" in [raw["Name"] for raw in case.engine.objects["containers"].values()]
    assert not case.directory.exists()


def test_the_namespace_of_a_lab_that_is_not_there_any_more_goes_though_its_session_cannot_be_read(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    found = session.opened(case.loaded, case.directory)
    found.namespace = "lab-tiny"
    found.begin_log()
    (case.directory / "lab.json").write_text("{")
    monkeypatch.setattr(surroundings, "close_namespace", lambda _e, name, **_: closed.append(name))
    ending.clear(ending.known("tiny", None), Quiet(yes=True))
    assert closed == ["lab-tiny"]
