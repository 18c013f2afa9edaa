"""How a lab ends when what was written of it, or the daemon, is not as it was."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from labrunner import ending
from labrunner.catalog import LoadedLab
from labrunner.errors import DockerDown, Leak, OtherDaemon
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


@pytest.mark.parametrize("yes", [True, False])
def test_what_a_lab_made_that_is_not_there_any_more_is_asked_for(case: Case, *, yes: bool) -> None:
    narrator = Quiet(yes=yes)
    unknown = ending._known("tiny", None, narrator)
    assert "tiny cannot be loaded" in narrator.lines[0]
    done = ending.clear(unknown, narrator)
    assert sorted(one.name for one in done.removed) == ([IMAGE, "lr-web"] if yes else [])
    assert "/mine" in [raw["Name"] for raw in case.engine.objects["containers"].values()]
    assert not case.directory.exists()
