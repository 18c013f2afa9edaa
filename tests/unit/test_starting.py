from dataclasses import replace
from pathlib import Path

import pytest

from labrunner import catalog
from labrunner.catalog import LoadedLab
from labrunner.entering import current, same_daemon, written
from labrunner.environment import cluster_record, settings, surroundings
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.registry import Registry
from labrunner.environment.surroundings import Surroundings
from labrunner.errors import DiskFull, Fault, HalfMade, NameTaken, NoLabStarted, OtherDaemon, UnknownStep, UsageError
from labrunner.narrate import Quiet
from labrunner.starting import begun, plant, refuse_taken
from labrunner.state import recorder, session
from labrunner.working import hand_in, hint, open_step, unknown_step
from labrunner.world import endpoint
from labrunner.world.endpoint import Endpoint
from labrunner.world.fake import FakeEngine
from tests import tiny as made


@pytest.fixture
def lab(tmp_path: Path) -> LoadedLab:
    lab = made.tiny(tmp_path)

    def runs() -> None:
        """Say nothing."""

    made.step(lab, "web", runs)
    made.step(lab, "shop", runs)
    return made.loaded(lab)


@pytest.mark.parametrize("status", ["running", "exited", "created"])
def test_a_taken_name_is_refused_with_whose_it_is_and_the_line_that_renames_it(lab: LoadedLab, status: str) -> None:
    engine = FakeEngine()
    engine.image("nginx:1")
    engine.container("lr-web", "nginx:1", status=status)
    with pytest.raises(NameTaken) as caught:
        refuse_taken(engine, lab)
    assert f"(nginx:1, {status})" in caught.value.message
    assert caught.value.hint == "docker rename lr-web my-lr-web"
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("kind", ["network", "volume"])
def test_a_network_or_volume_of_that_name_is_refused_too(lab: LoadedLab, kind: str) -> None:
    engine = FakeEngine()
    getattr(engine, kind)("lr-shop")
    with pytest.raises(NameTaken, match=f"a {kind} of yours is called lr-shop"):
        refuse_taken(engine, lab)


@pytest.mark.parametrize("name", ["web", "lr-web-2", "my-lr-web", "lr-we", "LR-WEB"])
def test_similar_names_are_not_taken(lab: LoadedLab, name: str) -> None:
    engine = FakeEngine()
    engine.container(name, engine.image("nginx:1"))
    engine.network(name)
    engine.volume(name)
    refuse_taken(engine, lab)


def test_a_name_that_only_a_link_gave_is_not_taken(lab: LoadedLab) -> None:
    engine = FakeEngine()
    id_ = engine.container("mine", engine.image("nginx:1"))
    engine.objects["containers"][id_]["Links"] = ["/a/lr-web"]
    refuse_taken(engine, lab)


def test_another_open_lab_is_said_so(lab: LoadedLab, home: Path) -> None:
    (home / "state" / "labs" / "other").mkdir(parents=True)
    (home / "state" / "labs" / "other" / "lab.json").write_text("{}")
    with pytest.raises(UsageError, match="the lab other is open"):
        begun(lab, Quiet(), lambda *_: None)


def test_what_was_never_started_is_begun_afresh(lab: LoadedLab, home: Path) -> None:
    del home
    assert begun(lab, Quiet(), lambda *_: None) is None


@pytest.mark.parametrize("text", ["", "{", "{}"])
def test_a_start_that_was_interrupted_is_cleared_away_first(lab: LoadedLab, home: Path, text: str) -> None:
    del home
    directory = session.directory_of("tiny")
    directory.mkdir(parents=True)
    (directory / "lab.json").write_text(text)
    cleared: list[str] = []
    assert begun(lab, Quiet(), lambda one, _: cleared.append(one.entry.slug)) is None
    assert cleared == ["tiny"]


@pytest.mark.parametrize(("uid", "anew"), [("U", False), ("V", True)])
def test_a_lab_whose_cluster_was_made_again_begins_anew(
    lab: LoadedLab,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    uid: str,
    anew: bool,  # noqa: FBT001 - the case
) -> None:
    del home
    found, _ = made.begun(lab.lab, session.directory_of("tiny"), FakeEngine())
    found.kubeconfig = "kubeconfig"
    found.save()
    known = KindCluster("labrunner-mine", "kubeconfig", uid="U")
    cluster_record.save(known)
    registry = Registry("r", found.port, "n", "c", "mine")
    around = Surroundings(settings.load(), found.endpoint, registry, replace(known, uid=uid))
    monkeypatch.setattr(endpoint, "reach", Endpoint)
    monkeypatch.setattr(surroundings, "arrange", lambda *_: around)
    monkeypatch.setattr(recorder, "begin", lambda _: True)
    cleared: list[str] = []
    narrator = Quiet()
    taken_up = begun(lab, narrator, lambda one, _: cleared.append(one.entry.slug))
    assert (taken_up is None, cleared) == (anew, ["tiny"] if anew else [])
    assert bool([line for line in narrator.lines if "begins anew" in line]) is anew


def test_a_full_disk_of_the_daemons_is_no_fault_of_ours(
    lab: LoadedLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = made.begun(lab.lab, tmp_path / "s", FakeEngine())
    monkeypatch.setattr(endpoint, "reach", Endpoint)
    said = "docker: failed to register layer: write /x: no space left on device.\\nSee 'docker run --help'."
    with pytest.raises(DiskFull, match=r"no space left on device\.$") as full:
        plant(found, [f'printf "{said}" >&2; exit 125'], FakeEngine())
    assert full.value.exit_code == 3
    with pytest.raises(Fault, match="preparing tiny failed: other"):
        plant(found, ["echo other >&2; exit 1"], FakeEngine())


def test_without_a_lab_the_next_move_is_said(home: Path) -> None:
    del home
    with pytest.raises(NoLabStarted) as caught:
        current(Quiet())
    assert "labrunner list" in caught.value.hint


def test_a_start_that_was_interrupted_is_open_for_a_reset_alone(
    lab: LoadedLab, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del home
    found, _ = made.begun(lab.lab, session.directory_of("tiny"), FakeEngine())
    found.progress.done = False
    found.save()
    monkeypatch.setattr(catalog, "load", lambda *_: lab)
    with pytest.raises(HalfMade, match="was interrupted"):
        current(Quiet())
    assert written() is lab


def test_another_daemon_is_refused(lab: LoadedLab, tmp_path: Path) -> None:
    found, _ = made.begun(lab.lab, tmp_path / "s", FakeEngine())
    found.endpoint = Endpoint("unix:///a", daemon_id="first")
    same_daemon(found, Endpoint("unix:///b", daemon_id="first"))
    with pytest.raises(OtherDaemon):
        same_daemon(found, Endpoint("unix:///a", daemon_id="second"))


def test_hints_come_one_by_one_and_the_last_stays(lab: LoadedLab, tmp_path: Path) -> None:
    lab.text.steps["web"].hints[:] = ["vague", "plain"]
    found, _ = made.begun(lab.lab, tmp_path / "s", FakeEngine())
    found.loaded.text.steps["web"].hints[:] = ["vague", "plain"]
    assert [(one.number, one.of, one.text) for one in (hint(found) for _ in range(3))] == [
        (1, 2, "vague"),
        (2, 2, "plain"),
        (2, 2, "plain"),
    ]
    with pytest.raises(UnknownStep):
        hint(found, "none")


def test_the_open_step_is_the_first_that_was_not_seen_to_pass(lab: LoadedLab, tmp_path: Path) -> None:
    found, _ = made.begun(lab.lab, tmp_path / "s", FakeEngine())
    assert open_step(found) == "web"


def test_an_answer_where_none_is_asked_for_is_refused(lab: LoadedLab, tmp_path: Path) -> None:
    found, _ = made.begun(lab.lab, tmp_path / "s", FakeEngine())
    with pytest.raises(UsageError, match="no answer is asked for"):
        hand_in(found, "", "42")
    with pytest.raises(UnknownStep):
        hand_in(found, "none", "42")
    assert not found.progress.answers


def test_a_wrong_step_suggests_the_nearest(lab: LoadedLab) -> None:
    assert unknown_step(lab, "webb").hint == "did you mean web?"
    assert unknown_step(lab, "zzzz").hint == "web, shop"
