"""The doctor, where nothing answers."""

import shutil
from pathlib import Path

import pytest

from labrunner.environment import doctor, doctor_engine, doctor_machine, doctor_sources
from labrunner.environment.finding import Finding


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    monkeypatch.setattr(doctor_sources, "registry", lambda _settings: Finding("image-source", "it hangs", ok=False))


def test_no_engine_is_a_finding_and_no_exception(tmp_path: Path) -> None:
    found = doctor.examine(f"unix://{tmp_path}/none.sock")
    engine = next(finding for finding in found if finding.id == "engine")
    assert engine.ok is False
    assert engine.needed
    assert engine.mend
    assert engine in doctor.lacking(found)


def test_a_remote_engine_is_a_finding() -> None:
    found = doctor.examine("ssh://far")
    assert [finding.id for finding in doctor.lacking(found)] == ["engine-local"]


def test_what_is_not_needed_does_not_make_the_machine_unfit(tmp_path: Path) -> None:
    found = doctor.examine(f"unix://{tmp_path}/none.sock")
    assert "image-source" not in {finding.id for finding in doctor.lacking(found)}


def test_every_finding_that_is_not_well_says_what_mends_it(tmp_path: Path) -> None:
    for finding in doctor.examine(f"unix://{tmp_path}/none.sock"):
        assert "\n" not in finding.sentence
        assert finding.ok is not False or finding.mend or finding.id == "image-source"


def test_the_lines_have_one_id_each(tmp_path: Path) -> None:
    ids = [finding.id for finding in doctor.examine(f"unix://{tmp_path}/none.sock")]
    assert len(ids) == len(set(ids))


def test_a_clock_that_is_off() -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    right = doctor_engine._clock({"SystemTime": now.isoformat()}, now, now)
    wrong = doctor_engine._clock({"SystemTime": (now - timedelta(seconds=60)).isoformat()}, now, now)
    assert (right.ok, wrong.ok) == (True, False)
    assert wrong.mend
    assert doctor_engine._clock({}, now, now).ok is None


@pytest.mark.parametrize(
    ("api", "ok"), [("1.41", True), ("1.54", True), ("2.0", True), ("1.40", False), ("1.9", False)]
)
def test_api_versions(api: str, ok: bool) -> None:  # noqa: FBT001 - the case
    assert doctor_engine._api({"ApiVersion": api}).ok is ok


NETWORKS = [{"Driver": "bridge"}] * 29 + [{"Driver": "host"}, {"Driver": "null"}]
SMALL = {"DefaultAddressPools": [{"Base": "10.9.0.0/16", "Size": 24}, {"Base": "fd00::/80", "Size": 96}]}


@pytest.mark.parametrize(
    ("networks", "info", "ok"),
    [(NETWORKS[2:], {}, True), (NETWORKS, {}, False), (NETWORKS, SMALL, True), (NETWORKS * 9, SMALL, False)],
)
def test_addresses_that_run_out_are_named_and_nobodys_network_is_removed(
    networks: list[dict[str, str]],
    info: dict[str, object],
    ok: bool,  # noqa: FBT001 - the case
) -> None:
    found = doctor_engine._pools(info, networks)
    assert found.ok is ok
    assert ok or "docker network rm NAME" in found.mend
    assert "prune" not in found.mend


@pytest.mark.parametrize(("gibibytes", "ok"), [(2, False), (4, True)])
def test_memory_for_the_cluster(gibibytes: int, ok: bool) -> None:  # noqa: FBT001 - the case
    found = doctor_engine._memory({"MemTotal": gibibytes << 30})
    assert (found.ok, bool(found.mend)) == (ok, not ok)


@pytest.mark.parametrize(("version", "limits"), [("1", True), ("2", True), ("1", False)])
def test_cgroups_of_either_version_do_where_limits_work(version: str, limits: bool) -> None:  # noqa: FBT001 - the case
    found = doctor_engine._cgroups({"CgroupVersion": version, "MemoryLimit": limits})
    assert f"cgroup v{version}" in found.sentence
    assert (found.ok, bool(found.mend)) == (limits, not limits)


def test_a_disk_that_is_nearly_full_and_few_watches_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(doctor_machine.shutil, "disk_usage", lambda _: usage._replace(free=1 << 28))
    disks = list(doctor_machine._disks())
    assert {one.id for one in disks if one.ok is False} >= {"disk-cache"}
    assert all(one.mend for one in disks if one.ok is False)
    monkeypatch.setattr(doctor_machine, "INSTANCES", 1 << 40)
    assert "sudo sysctl fs.inotify.max_user_instances=" in doctor_machine._inotify().mend
