"""Two kubeconfigs of a lab: what programs in its shell write is the learner's, and what we use is ours."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labrunner import entering
from labrunner.environment import cluster_record, lab_world
from labrunner.environment.cluster_record import KindCluster
from labrunner.errors import NotOurs
from labrunner.state.session import Session
from labrunner.world import kubeconfig
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, tiny


def config(server: str) -> dict[str, Any]:
    authority = base64.b64encode(b"ca").decode()
    return {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": "u", "user": {}}],
    }


@pytest.fixture
def lab(home: Path, tmp_path: Path) -> Session:
    assert home
    found, _ = begun(tiny(tmp_path), tmp_path / "state", FakeEngine())
    found.kubeconfig = str(found.directory / "kubeconfig")
    Path(found.kubeconfig).write_text(json.dumps(config("https://127.0.0.1:1")), encoding="utf-8")
    server, authority = kubeconfig.identity(Path(found.kubeconfig))
    made = KindCluster("labrunner-abc", found.kubeconfig, uid="U", server=server, authority=authority)
    cluster_record.save(replace(made, kubectl="/opt/k/kubectl"))
    return found


def test_a_kubeconfig_is_read_once_until_somebody_writes_in_it(lab: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    file, real, read = Path(lab.kubeconfig), kubeconfig.read, list[Path]()
    monkeypatch.setattr(kubeconfig, "SETTLED", 0)
    monkeypatch.setattr(kubeconfig, "read", lambda path: read.append(path) or real(path))
    for _ in range(3):
        assert kubeconfig.identity(file)[0] == "https://127.0.0.1:1"
    assert len(read) == 1
    file.write_text(json.dumps(config("https://127.0.0.1:23")), encoding="utf-8")
    assert kubeconfig.identity(file)[0] == "https://127.0.0.1:23"


def test_what_was_written_a_moment_ago_is_read_each_time_whatever_its_time_says(
    lab: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, real, read = Path(lab.kubeconfig), kubeconfig.read, list[Path]()
    file.touch()
    monkeypatch.setattr(kubeconfig, "read", lambda path: read.append(path) or real(path))
    for _ in range(3):
        kubeconfig.identity(file)
    assert len(read) == 3


def test_a_shell_and_a_script_have_a_file_each(lab: Session) -> None:
    shells, ours = entering.environ(lab)["KUBECONFIG"], entering.scripted(lab)["KUBECONFIG"]
    assert ours == lab.kubeconfig
    assert shells != ours
    assert Path(shells).read_bytes() == Path(ours).read_bytes()


def test_what_is_written_in_the_shells_stays_until_the_lab_begins_anew(lab: Session) -> None:
    shells = Path(entering.environ(lab)["KUBECONFIG"])
    shells.write_text(json.dumps(config("https://prod.example")), encoding="utf-8")
    entering.environ(lab)
    assert "prod.example" in shells.read_text(encoding="utf-8")
    assert "prod.example" not in Path(entering.scripted(lab)["KUBECONFIG"]).read_text(encoding="utf-8")
    lab_world.learners(lab.kubeconfig, anew=True)
    assert "prod.example" not in shells.read_text(encoding="utf-8")


def test_a_lab_outside_the_cluster_has_none(lab: Session) -> None:
    lab.kubeconfig = ""
    assert "KUBECONFIG" not in entering.environ(lab)
    assert not lab_world.learners("")


def test_no_check_looks_where_a_file_of_ours_was_led(lab: Session) -> None:
    Path(lab.kubeconfig).write_text(json.dumps(config("https://127.0.0.1:2")), encoding="utf-8")
    with pytest.raises(NotOurs) as refused:
        lab_world.world(lab.endpoint, lab.install, lab.kubeconfig, "", 5777, lab.directory)
    assert refused.value.exit_code == 5
