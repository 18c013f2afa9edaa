"""What an installation keeps is read again by a later version; what is damaged, or later still, is never guessed at.

`tests/samples` holds what the program itself wrote, a folder a version; long lists in it were shortened.
"""

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labrunner import atomic, catalog
from labrunner.cli import changes, steps
from labrunner.environment import cluster_record, outage_record, settings
from labrunner.errors import EnvironmentNotReady, HalfMade, LabrunnerError, NoLabStarted
from labrunner.state import journal, log, outages, recorder, session
from labrunner.state.mark import Mark
from labrunner.world import evidence

SAMPLES = Path(__file__).parents[1] / "samples"
VERSIONS = sorted(SAMPLES.glob("state-*"))
INSTALLS = {"state-0": "3daeb5b27de6", "state-1": "227576c5bc4f"}
SLUG = "docker-basics"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    atomic.put_aside()


def placed(home: Path, version: str = "state-1") -> Path:
    """Put a sample where an installation is, and return the folder of its lab."""
    shutil.copytree(SAMPLES / version, home)
    return session.directory_of(SLUG)


def opened() -> session.Session:
    return session.opened(catalog.load(SLUG), session.directory_of(SLUG))


READERS: dict[str, Callable[[], Any]] = {
    "config/settings.json": lambda: settings.load({}).port,
    "state/install.json": lambda: settings.load({}).install,
    "state/cluster/cluster.json": cluster_record.load,
    "state/cluster/outage.json": outage_record.load,
    f"state/labs/{SLUG}/lab.json": opened,
    f"state/labs/{SLUG}/baseline.json": opened,
    f"state/labs/{SLUG}/seen.json": lambda: changes._seen(opened()),
}
KEPT = list(READERS)
DAMAGED = {
    "empty": b"", "cut": b'{\n  "install": "', "list": b"[]", "null": b"null", "text": b'"x"', "number": b"1" * 5000,
    "deep": b"[" * 100_000, "binary": bytes(range(256)), "gbk": '{"lab": "实验"}'.encode("gbk"), "zeros": b"\0" * 4096,
    "half": b'{"a": 1}{"a', "wide": b'{"a": ' + b"9" * 5000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("version", [one.name for one in VERSIONS])
def test_what_each_version_wrote_is_read(version: str, home: Path) -> None:
    folder = placed(home, version)
    chosen = settings.load({})
    assert chosen.install == INSTALLS[version]
    found = opened()
    assert found.install == chosen.install
    assert (found.student, found.port, found.endpoint.engine) == ("s1", 5724, "20.10.24+dfsg1")
    assert found.progress.done
    assert found.progress.answers == {"read": "something"}
    assert found.progress.assisted == ["run-missing"]
    assert len(found.progress.passes) == 2
    assert sorted(found.baseline.containers.values()) == ["diary", "shop"]
    assert sorted(found.baseline.volumes) == ["diary-data"]
    assert session.started() == [SLUG]
    records = log.read(folder)
    assert len(log.events(records)) >= 9
    assert log.since(records)
    assert Mark.read(folder).docker
    assert len(journal.records(folder / "journal.jsonl")) == 5
    url, scope, since = recorder.scope_of(folder)
    assert (url, scope.install, since[:4]) == ("unix:///var/run/docker.sock", chosen.install, "2026")
    (window,) = outages.read(folder)
    assert (window["component"], len(window["looks"]), window["until"] > 0) == ("kube-scheduler", 1, True)
    assert set(changes._seen(found)["outcomes"]) == {check.id for check in found.loaded.lab.checks}
    assert steps.done(found.loaded.lab, steps.kept(SLUG)["passes"]) == ["run-missing"]
    cluster, stopped = cluster_record.load(), outage_record.load()
    assert cluster is not None
    assert (cluster.roles, cluster.ports["80"], cluster.install) == (["control-plane", "worker"], 41080, "0a1b2c3d4e5f")
    assert stopped is not None
    assert (stopped.component, stopped.until) == ("kube-scheduler", 1767225600.0)
    kept = evidence.read(home / "evidence.json.gz", lambda _seeds, _slug: {})
    assert kept.snapshot.docker is not None
    assert kept.seeds["install"] == chosen.install
    assert not list(home.rglob("*.corrupt-*"))


def test_every_file_that_is_kept_as_json_says_its_version_and_an_early_one_has_none() -> None:
    for name in (*KEPT, f"state/labs/{SLUG}/recorder.json"):
        assert json.loads((SAMPLES / "state-1" / name).read_text())["schema"] == 1
        if name != "state/install.json":
            assert "schema" not in json.loads((SAMPLES / "state-0" / name).read_text())


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize("name", KEPT)
def test_a_damaged_file_is_put_aside_or_said_so_and_never_read_as_something_else(
    name: str, damage: str, home: Path
) -> None:
    placed(home)
    file = home / name
    file.write_bytes(DAMAGED[damage])
    with contextlib.suppress(NoLabStarted):
        READERS[name]()
    assert settings.load({}).install == INSTALLS["state-1"]
    assert session.started() == [SLUG]
    if damage != "wide" and not name.endswith(("baseline.json", "install.json")):
        aside = file.with_name(f"{file.name}.corrupt-1")
        assert aside.read_bytes() == DAMAGED[damage]
        assert (file, aside) in atomic.put_aside()


@pytest.mark.parametrize("version", [2, 99, "2", -1, None, 1.5, {}])
@pytest.mark.parametrize("name", KEPT)
def test_what_a_later_version_wrote_is_not_guessed_at(name: str, version: object, home: Path) -> None:
    placed(home)
    file = home / name
    if name == "state/install.json":
        (home / "config/settings.json").unlink()
    if name.endswith("baseline.json"):
        return  # read together with lab.json, which says it
    text = json.dumps({**json.loads(file.read_text()), "schema": version})
    file.write_text(text)
    if name != "state/install.json":  # an id is an id, whoever wrote it
        with pytest.raises(EnvironmentNotReady, match=file.name) as told:
            READERS[name]()
        assert told.value.exit_code == 3
    assert file.read_text() == text


@pytest.mark.parametrize("shut", ["folder", "loop"])
@pytest.mark.parametrize("name", [name for name in KEPT if not name.endswith("install.json")])
def test_a_file_that_may_not_be_read_is_said_so_and_stays_where_it_is(name: str, shut: str, home: Path) -> None:
    placed(home)
    (home / name).unlink()
    if shut == "folder":
        (home / name).mkdir()
    else:
        (home / name).symlink_to(home / name)
    with pytest.raises(LabrunnerError) as told:
        READERS[name]()
    assert (told.value.exit_code, type(told.value)) in {(3, EnvironmentNotReady), (2, HalfMade)}
    assert Path(name).name in told.value.message or SLUG in told.value.message
    assert not list(home.rglob("*.corrupt-*"))


@pytest.mark.parametrize(
    "left", ["state/install.json", "config/settings.json.corrupt-1", f"state/labs/{SLUG}/lab.json"]
)
def test_the_install_id_is_found_again_so_that_what_is_ours_stays_ours(left: str, home: Path) -> None:
    placed(home)
    file = home / "config/settings.json"
    cut = file.read_bytes()[:40]
    file.write_bytes(cut)
    for other in ("state/install.json", f"state/labs/{SLUG}/lab.json", "state/cluster/cluster.json"):
        if other != left:
            (home / other).unlink()
    if not left.startswith("config"):
        file.unlink()
    assert settings.load({}).install == INSTALLS["state-1"]
    assert json.loads(file.read_text())["install"] == INSTALLS["state-1"]
    assert json.loads((home / "state/install.json").read_text())["install"] == INSTALLS["state-1"]


def test_what_a_later_version_chose_beside_is_kept_when_something_is_chosen(home: Path) -> None:
    placed(home)
    file = home / "config/settings.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "theme": "dark"}))
    settings.save(language="zh")
    assert json.loads(file.read_text())["theme"] == "dark"


@pytest.mark.parametrize("line", ["", "[]", "null", '"x"', "1" * 5000, "[" * 100_000, "{", '{"does": "begin"}', "\x00"])
def test_a_line_of_a_log_that_is_none_costs_no_other(line: str, home: Path) -> None:
    folder = placed(home)
    for name in ("log.jsonl", "outages.jsonl", "journal.jsonl"):
        text = (folder / name).read_text()
        (folder / name).write_text(f"{line}\n{text}{line}\n")
    assert len(log.events(log.read(folder))) == len(log.events(log.read(SAMPLES / "state-1/state/labs" / SLUG)))
    assert [window["component"] for window in outages.read(folder)] == ["kube-scheduler"]


def test_a_mark_that_is_damaged_knows_nothing(home: Path) -> None:
    folder = placed(home)
    for damage in DAMAGED.values():
        (folder / "recorder.mark").write_bytes(damage)
        assert Mark.read(folder).docker == 0
