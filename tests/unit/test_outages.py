"""An outage: what is written of it, what checks read, what stands meanwhile, and who brings it back."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from labrunner import atomic, outages, runner
from labrunner.environment import cluster_record, component, outage, outage_record
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.component import COMPONENTS
from labrunner.environment.outage_record import Open
from labrunner.errors import NoLabStarted, Refused, UsageError
from labrunner.narrate import Quiet
from labrunner.outcome import Outcome
from labrunner.state import outages as written
from labrunner.world import Cluster, Snapshot
from labrunner.world.fake import FakeEngine
from labrunner.world.outage import is_open
from tests.tiny import begun, step, tiny

SILENT = {"api": "silent", "nodes": None, "pods": None, "said": {"app": "200"}}
ANSWERING = {"api": "ok", "nodes": {"worker": "True"}, "pods": [], "said": {"app": "200"}}
CLUSTER = KindCluster(
    "labrunner-abc123",
    "/nowhere",
    uid="1",
    nodes={"labrunner-abc123-control-plane": "cp", "labrunner-abc123-worker": "w1", "labrunner-abc123-worker2": "w2"},
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def window(directory: Path, *looks: dict[str, Any], id_: str = "a", ends: bool = True) -> None:
    written.begun(directory, id_, "kube-apiserver", "control-plane")
    for look in looks:
        written.looked(directory, id_, look)
    if ends:
        written.ended(directory, id_)


def cluster(directory: Path) -> Cluster:
    seen = {"namespace": "lab", "kinds": [], "objects": []}
    return Cluster(Snapshot(cluster=seen, outages=written.read(directory)))


def opened(directory: Path, component_: str = "kube-apiserver", until: float | None = None) -> Open:
    record = Open("a", component_, "control-plane", "cp", until or time.time() + 60, str(directory), "unix:///x")
    outage_record.save(record)
    return record


def test_what_was_seen_is_read_back_without_repetitions(tmp_path: Path) -> None:
    window(tmp_path, SILENT, SILENT, ANSWERING)
    seen = cluster(tmp_path).outage("kube-apiserver")
    assert seen.api.value == ["silent", "ok"]
    assert seen.said("app").value == ["200"]
    assert seen.is_over.value is True
    assert len(seen.looks.value or []) == 2
    assert (seen.began.value or 0) < (seen.ended.value or 0)


def test_what_a_look_does_not_tell_is_left_out(tmp_path: Path) -> None:
    window(tmp_path, SILENT, ANSWERING)
    ready = cluster(tmp_path).outage("kube-apiserver").each(lambda look: look["nodes"] and look["nodes"]["worker"], "w")
    assert ready.value == ["True"]


def test_an_outage_that_never_was_is_absent_and_says_how_it_is_begun(tmp_path: Path) -> None:
    window(tmp_path, SILENT)
    seen = cluster(tmp_path).outage("kube-scheduler").api
    assert seen.value is None
    assert "kube-scheduler" in seen.absent
    assert seen.see == "labrunner outage kube-scheduler"


def test_the_last_window_of_a_component_counts(tmp_path: Path) -> None:
    window(tmp_path, ANSWERING)
    window(tmp_path, SILENT, id_="b")
    assert cluster(tmp_path).outage("kube-apiserver").api.value == ["silent"]


def test_a_look_that_comes_after_the_end_is_not_of_the_window(tmp_path: Path) -> None:
    window(tmp_path, SILENT)
    written.looked(tmp_path, "a", ANSWERING)
    assert cluster(tmp_path).outage("kube-apiserver").api.value == ["silent"]


def test_a_trial_is_none_of_the_labs_past(tmp_path: Path) -> None:
    window(tmp_path, SILENT)
    since = time.time_ns()
    window(tmp_path, ANSWERING, id_="b")
    written.undone(tmp_path, since)
    assert [one["looks"][0]["api"] for one in written.read(tmp_path)] == ["silent"]


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    window(tmp_path, SILENT)
    with (tmp_path / written.FILE).open("a") as file:
        file.write('{"nano": 1, "does": "lo')
    assert len(written.read(tmp_path)) == 1


def test_nothing_is_written_into_a_folder_that_is_gone(tmp_path: Path) -> None:
    written.begun(tmp_path / "gone", "a", "kubelet", "worker")
    assert written.read(tmp_path / "gone") == ()


class Case:
    """A lab of two steps that are always wrong now, the first of which was seen to pass."""

    def __init__(self, folder: Path) -> None:
        self.lab = tiny(folder)

        def never(docker: Any) -> None:
            del docker
            raise OSError("the world cannot be asked")

        def not_yet(docker: Any) -> None:
            del docker
            raise OSError("the world cannot be asked")

        step(self.lab, "a", never)
        step(self.lab, "b", not_yet)
        self.session, self.world = begun(self.lab, folder, FakeEngine())
        self.session.progress.passes["never"] = {"at": "2026-01-01T00:00:00+00:00"}

    def outcomes(self) -> list[Outcome]:
        report, _ = runner.look(self.session, self.world, patient=False)
        runner.keep(self.session, report)
        return [verdict.outcome for verdict in report.verdicts]


def test_what_was_seen_before_stands_while_an_outage_is_open(tmp_path: Path) -> None:
    case = Case(tmp_path)
    window(case.session.directory, SILENT, ends=False)
    assert case.outcomes() == [Outcome.PASS, Outcome.ERROR]
    assert "never" in case.session.progress.passes


def test_what_was_seen_before_is_looked_at_again_once_the_outage_is_over(tmp_path: Path) -> None:
    case = Case(tmp_path)
    window(case.session.directory, SILENT)
    assert case.outcomes()[0] is Outcome.ERROR


def test_a_snapshot_tells_whether_an_outage_is_open(tmp_path: Path) -> None:
    window(tmp_path, SILENT, ends=False)
    assert is_open(Snapshot(outages=written.read(tmp_path)))
    written.ended(tmp_path, "a")
    assert not is_open(Snapshot(outages=written.read(tmp_path)))


@pytest.mark.parametrize("name", COMPONENTS)
def test_what_stops_a_component_is_a_shell_script(name: str) -> None:
    for script in (COMPONENTS[name].stop, COMPONENTS[name].gone, component.armed(60), component.RESTORED):
        subprocess.run(["sh", "-n", "-c", script or "true"], check=True)


def test_what_puts_everything_back_is_a_shell_script_and_right_where_nothing_is_parked(tmp_path: Path) -> None:
    script = component.RESTORE.replace("/etc/kubernetes", str(tmp_path)).replace("systemctl", "true")
    subprocess.run(["sh", "-c", script], check=True)
    subprocess.run(["sh", "-c", script], check=True)


def test_everything_that_is_parked_is_put_back(tmp_path: Path) -> None:
    parked, manifests = tmp_path / "labrunner-parked", tmp_path / "manifests"
    parked.mkdir()
    manifests.mkdir()
    for name in component.STATIC:
        (parked / f"{name}.yaml").write_text("x")
    script = component.RESTORE.replace("/etc/kubernetes", str(tmp_path)).replace("systemctl", "true")
    subprocess.run(["sh", "-c", script], check=True)
    assert sorted(path.stem for path in manifests.iterdir()) == sorted(component.STATIC)


def test_a_process_is_known_by_its_whole_name() -> None:
    gone = COMPONENTS["kube-scheduler"].gone
    asked = gone.partition("'")[2].partition("'")[0]
    lines = {"kube-scheduler --x": True, "/usr/bin/kube-scheduler": True, "vi kube-scheduler": False}
    for line, found in lines.items():
        done = subprocess.run(["grep", "-qE", asked], input=line, text=True, check=False)
        assert (done.returncode == 0) is found, line


@pytest.mark.parametrize(
    ("name", "node", "said"),
    [
        ("kube-schedular", "", "no component"),
        ("kubelet", "worker9", "no node worker9"),
        ("kube-scheduler", "worker", "control-plane alone"),
        ("node", "control-plane", "a worker can be stopped"),
    ],
)
def test_what_cannot_be_stopped_is_refused_before_anything_is_touched(
    name: str, node: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_record, "load", lambda: CLUSTER)
    with pytest.raises(UsageError, match=said):
        outage.begin(None, name, node, 5, tmp_path)  # type: ignore[arg-type] # no daemon is asked
    assert outage_record.load() is None


def test_one_outage_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_record, "load", lambda: CLUSTER)
    opened(tmp_path)
    with pytest.raises(Refused, match="kube-apiserver is stopped already"):
        outage.begin(None, "kube-scheduler", "", 5, tmp_path)  # type: ignore[arg-type] # no daemon is asked


def test_only_what_a_step_declares_is_stopped(tmp_path: Path) -> None:
    declared = [{"component": "kubelet", "minutes": 5}]
    atomic.write_json(tmp_path / "lab.json", {"lab": "my-lab", "outages": declared})
    with pytest.raises(UsageError, match="my-lab does not stop 'kube-apiserver'") as refused:
        outages.begin(tmp_path, "kube-apiserver", "", Quiet())
    assert refused.value.hint == "kubelet"
    with pytest.raises(NoLabStarted):
        outages.begin(tmp_path / "none", "kubelet", "", Quiet())


def test_another_lab_refuses_to_begin_while_something_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage.lock, "is_held", lambda _: True)
    atomic.write_json(tmp_path / "lab.json", {"lab": "what-is-kubernetes"})
    opened(tmp_path)
    with pytest.raises(Refused, match="what-is-kubernetes has stopped kube-apiserver") as refused:
        outage.demand_none(Quiet(), tmp_path / "other")
    assert "labrunner outage --over" in refused.value.hint
    with pytest.raises(Refused):
        outage.demand_none(Quiet())


def test_what_nobody_watches_any_more_is_brought_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought: list[str] = []
    monkeypatch.setattr(outage, "over", lambda: brought.append("back") or "kube-apiserver")
    monkeypatch.setattr(outage.lock, "is_held", lambda _: True)
    opened(tmp_path)
    assert outage.mend() == ""
    opened(tmp_path, until=time.time() - 1)
    assert outage.mend() == "kube-apiserver"
    opened(tmp_path)
    monkeypatch.setattr(outage.lock, "is_held", lambda _: False)
    outage.demand_none(Quiet(), tmp_path / "other")
    assert len(brought) == 2


def test_what_a_proof_that_was_killed_had_stopped_is_brought_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[str] = []
    monkeypatch.setattr(outage, "over", lambda: brought.append("back") or "kube-apiserver")
    monkeypatch.setattr(outage.lock, "is_held", lambda _: True)
    opened(tmp_path / "a-stage-that-is-gone")
    outage.demand_none(Quiet())
    assert brought == ["back"]


def test_a_lab_that_begins_again_brings_its_own_back_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought: list[str] = []
    monkeypatch.setattr(outage, "over", lambda: brought.append("back") or "kube-apiserver")
    monkeypatch.setattr(outage.lock, "is_held", lambda _: True)
    opened(tmp_path)
    outage.demand_none(Quiet(), tmp_path)
    assert brought == ["back"]


def test_a_component_is_needed_no_more_once_its_step_is_done(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.lab.steps[0].outage("kube-apiserver")
    opened(case.session.directory)
    report, _ = runner.look(case.session, case.world, patient=False)
    assert outages.is_done_with(case.session, report) == "kube-apiserver"
    case.session.progress.passes.clear()
    assert outages.is_done_with(case.session, report) == ""
    assert outages.is_done_with(case.session, None) == "kube-apiserver"
    outage_record.clear()
    assert outages.is_done_with(case.session, None) == ""


def test_the_labs_objects_are_held_only_while_its_own_outage_is_open(tmp_path: Path) -> None:
    atomic.write_json(tmp_path / outage_record.HELD, {"objects": [{"kind": "Pod"}]})
    assert outage_record.held(tmp_path) is None
    opened(tmp_path)
    assert outage_record.held(tmp_path) == [{"kind": "Pod"}]
    assert outage_record.held(tmp_path / "other") is None


def test_a_record_of_another_version_is_no_outage() -> None:
    atomic.write_json(cluster_record.folder() / "outage.json", {"token": "a"})
    assert outage_record.load() is None
    assert outage.over() == ""
