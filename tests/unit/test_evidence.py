"""Evidence: the same verdicts after it was written and read again, nothing secret in it, and no file that breaks us."""

import gzip
import json
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner import catalog, rechecking, runner, values, witness, words
from labrunner.catalog import LoadedLab
from labrunner.errors import UnknownLab, UsageError
from labrunner.judge import judge
from labrunner.outcome import Outcome, Report
from labrunner.state import journal, log
from labrunner.state.session import Session
from labrunner.withheld import SECRET
from labrunner.world import Snapshot, evidence
from labrunner.world.endpoint import Endpoint
from labrunner.world.evidence import Evidence, EvidenceBroken
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import World
from labrunner.world.redact import redacted

PORT = 5777
SEEDS = {"student": "me", "install": "mine", "port": PORT, "namespace": "", "client": "", "course": values.COURSE}
WEB, REDIS, TILL = (f"localhost:{PORT}/{name}" for name in ("web:1", "redis:7.0", "till:1"))


load = cache(catalog.load)


@pytest.fixture
def basics(monkeypatch: pytest.MonkeyPatch) -> LoadedLab:
    monkeypatch.setattr(catalog, "load", load)
    return load("docker-basics")


class Case:
    """docker-basics, begun on an engine in memory."""

    def __init__(self, loaded: LoadedLab, folder: Path) -> None:
        self.engine = FakeEngine()
        for reference in (WEB, REDIS, TILL):
            self.engine.image(reference)
        endpoint, baseline = Endpoint("unix:///nowhere"), self.engine.inventory()
        self.session = Session(loaded, folder, endpoint, "mine", "me", PORT, baseline=baseline, detached=False)
        self.session.progress.done = True
        journal.append(folder / log.FILE, {"recorder": "begin", "continuous": True})
        self.session.begin_log()
        self.session.save()
        self.world = World(self.engine, None)

    def look(self, file: Path) -> Report:
        report, snapshot = runner.look(self.session, self.world, patient=False)
        report = replace(report, versions=witness.versions(self.session, self.world))
        before = json.loads(json.dumps(self.session.progress.passes))
        runner.keep(self.session, report)
        witness.write(file, self.session, snapshot, report, before)
        return report


@pytest.fixture
def case(basics: LoadedLab, tmp_path: Path) -> Case:
    return Case(basics, tmp_path)


def text(report: Report) -> str:
    return json.dumps(report.record(), sort_keys=True, default=str)


@pytest.mark.parametrize("name", ["e.json", "e.json.gz"])
def test_a_recheck_is_the_same_report(case: Case, tmp_path: Path, name: str) -> None:
    case.engine.container("lr-web", WEB, status="exited", exit_code=127)
    case.engine.network("lr-shop", Internal=True)
    case.session.progress.assisted.append("network")
    report = case.look(tmp_path / name)
    assert {verdict.outcome for verdict in report.verdicts} >= {Outcome.FAIL, Outcome.BLOCKED}
    assert any(verdict.causes for verdict in report.verdicts)
    assert text(rechecking.recheck(tmp_path / name).report) == text(report)


def test_a_pass_that_stands_on_what_was_seen_stands_in_a_recheck(case: Case, tmp_path: Path) -> None:
    lab, passes = case.session.loaded.lab, case.session.progress.passes
    for check in lab.checks:
        passes[check.id] = {"at": "2026-01-01T00:00:00+00:00", "stands": True}
    report = case.look(tmp_path / "e")
    assert [verdict.passed_at for verdict in report.verdicts].count("2026-01-01T00:00:00+00:00") > 3
    assert text(rechecking.recheck(tmp_path / "e").report) == text(report)


def test_it_says_with_what_it_was_read_and_from_what_the_values_come(case: Case, tmp_path: Path) -> None:
    case.look(tmp_path / "e")
    kept = json.loads((tmp_path / "e").read_text(encoding="utf-8"))
    assert kept["seeds"] == SEEDS
    assert kept["versions"].keys() >= {"labrunner", "python", "docker"}
    assert len(kept["lab"]["hash"]) == 64
    assert (tmp_path / "e").stat().st_mode & 0o077 == 0


def test_no_secret_of_the_lab_and_none_of_the_learners_is_in_the_file(case: Case, tmp_path: Path) -> None:
    loaded = case.session.loaded
    halves = case.session.values["first_half"] + case.session.values["second_half"]
    case.session.progress.answers["read"] = f"‹secret:x› ‹secret: {halves}"
    id_ = case.engine.container("lr-web", WEB)
    case.engine.objects["containers"][id_]["Config"]["Env"] = ["REDIS_PASSWORD=hunter2"]
    report = case.look(tmp_path / "e")
    kept = (tmp_path / "e").read_text(encoding="utf-8")
    for secret in (*values.secrets_of(loaded.lab, case.session.values).values(), "hunter2"):
        assert secret not in kept
    assert SECRET in kept
    again = rechecking.recheck(tmp_path / "e")
    assert again.evidence.snapshot.answers["read"] == f"‹secret:x› ‹secret: {halves}"
    assert text(again.report) == text(report)


def test_a_right_answer_is_right_in_a_recheck(case: Case, tmp_path: Path) -> None:
    case.session.progress.answers["read"] = case.session.values["first_half"] + case.session.values["second_half"]
    case.look(tmp_path / "e")
    found = rechecking.recheck(tmp_path / "e").report.of("read")
    assert [verdict.outcome for verdict in found] == [Outcome.PASS]


names = st.sampled_from(["lr-web", "lr-store", "lr-desk", "lr-till", "lr-ledger", "lr-oldtill", "lr-other"])
containers = st.builds(
    lambda name, image, state, env: {
        "Id": f"id-of-{name}",
        "Name": f"/{name}",
        "Image": image,
        "Config": {"Image": image, "Env": env, "Cmd": None, "Entrypoint": None, "Labels": {}},
        "State": state,
        "NetworkSettings": {"Networks": {"lr-shop": {}}, "Ports": {}},
        "Mounts": [],
    },
    names,
    st.sampled_from([WEB, REDIS, TILL, "sha256:1"]),
    st.builds(
        lambda status, code: {"Status": status, "ExitCode": code},
        st.sampled_from(["running", "exited", "created", "restarting"]),
        st.sampled_from([0, 1, 127, 137]),
    ),
    st.lists(st.sampled_from(["A=b", "PASSWORD=x", "URL=redis://me:you@host/", "‹secret:first_half›=1"])),
)
networks = st.builds(
    lambda name, internal: {"Name": name, "Driver": "bridge", "Scope": "local", "Internal": internal},
    st.sampled_from(["lr-shop", "lr-office"]),
    st.booleans(),
)
events = st.builds(
    lambda name, action, code, nano: {
        "type": "container",
        "action": action,
        "id": f"id-of-{name}",
        "name": name,
        "attributes": {"exitCode": str(code)},
        "nano": nano,
    },
    names,
    st.sampled_from(["create", "start", "die", "destroy"]),
    st.sampled_from([0, 137, 143]),
    st.integers(min_value=1, max_value=10**18),
)
replies = st.one_of(
    st.builds(lambda out, code: {"stdout": out, "stderr": "", "exit_code": code}, st.text(), st.sampled_from([0, 7])),
    st.builds(lambda out: {"stdout": f"web 1 {out}", "stderr": "", "exit_code": 0}, st.text()),
    st.just({"absent": "no container lr-web"}),
    st.just({"error": "nobody answers"}),
)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    probes = [probe.name for probe in load("docker-basics").lab.probes]
    docker = {
        "containers": {raw["Id"]: raw for raw in draw(st.lists(containers, max_size=4))},
        "networks": {raw["Name"]: raw for raw in draw(st.lists(networks, max_size=2))},
        "volumes": {},
        "images": {"sha256:1": {"Id": "sha256:1", "RepoTags": draw(st.sampled_from([[], [WEB], [WEB, TILL]]))}},
    }
    return Snapshot(
        docker=docker,
        probes=draw(st.dictionaries(st.sampled_from(probes), replies)),
        log=tuple(draw(st.lists(events, max_size=6))),
        complete=draw(st.booleans()),
        answers=draw(st.dictionaries(st.sampled_from(["read"]), st.text())),
        values={"nonce": "12ab34cd"},
        prepared=draw(st.sampled_from([{}, {"lr-till": "id-of-lr-till"}])),
        scope={"names": "lr-", "prefix": f"localhost:{PORT}/"},
        taken="2026-01-01T00:00:00+00:00",
    )


@given(snapshots(), st.sampled_from(["e", "e.gz"]))
def test_whatever_was_read_gives_the_same_verdicts_when_it_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, snapshot: Snapshot, name: str
) -> None:
    loaded = load("docker-basics")
    known = values.of_lab(loaded.lab, student="me", port=PORT)
    snapshot = redacted(snapshot, values.prescribed(loaded.lab, known))
    file = tmp_path_factory.mktemp("e") / name
    told = Evidence({"slug": "docker-basics", "hash": ""}, SEEDS, snapshot)
    evidence.write(file, told, values.secrets_of(loaded.lab, known))
    again = evidence.read(file, lambda _seeds, _slug: values.secrets_of(loaded.lab, known))
    assert str(again) == str(told)
    for check in loaded.lab.checks:
        live, then = (judge(loaded, check, one, known) for one in (snapshot, again.snapshot))
        assert live == then


def broken(folder: Path, data: bytes) -> Path:
    file = folder / "broken"
    file.write_bytes(data)
    return file


def whole(case: Case, folder: Path) -> dict[str, Any]:
    case.look(folder / "whole")
    found: dict[str, Any] = json.loads((folder / "whole").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"[]",
        b'{"what": "another thing"}',
        b"\x1f\x8b\x08\x00truncated",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        gzip.compress(b"{}"),
        gzip.compress(b" " * (evidence.LARGEST + 2)),
        b" " * (evidence.LARGEST + 2),
    ],
    ids=["empty", "text", "list", "other", "cut-gzip", "bytes", "deep", "gzip", "bomb", "huge"],
)
def test_a_file_that_is_no_evidence_is_said_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EvidenceBroken) as told:
        rechecking.recheck(broken(tmp_path, data))
    assert told.value.exit_code == 2
    assert "\n" not in told.value.message


def test_a_folder_and_a_name_with_nothing_behind_it_are_no_evidence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "a" / "b"):
        with pytest.raises(EvidenceBroken, match=r"cannot be read|is no file"):
            rechecking.recheck(path)


def test_half_a_file_is_no_evidence(case: Case, tmp_path: Path) -> None:
    whole(case, tmp_path)
    data = (tmp_path / "whole").read_bytes()
    for part in (data[: len(data) // 2], gzip.compress(data)[:-20]):
        with pytest.raises(EvidenceBroken):
            rechecking.recheck(broken(tmp_path, part))


def test_another_version_and_another_lab_are_named(case: Case, tmp_path: Path) -> None:
    kept = whole(case, tmp_path)
    with pytest.raises(EvidenceBroken, match="version 1"):
        rechecking.recheck(broken(tmp_path, json.dumps({**kept, "schema": 1}).encode()))
    other = {**kept, "lab": {**kept["lab"], "slug": "no-such-lab"}}
    with pytest.raises(UnknownLab, match="no-such-lab"):
        rechecking.recheck(broken(tmp_path, json.dumps(other).encode()))


JUNK = (None, 7, "x", [], {}, [1], {"a": 1}, [{"kind": "Pod"}])


def test_evidence_with_a_part_of_another_kind_is_damaged_or_judged_and_nothing_else(case: Case, tmp_path: Path) -> None:
    case.engine.container("lr-web", WEB)
    kept = whole(case, tmp_path)
    places = [(kept, name) for name in kept if name not in ("what", "schema")]
    places += [(kept["snapshot"], name) for name in kept["snapshot"]]
    places += [(kept["snapshot"]["docker"], name) for name in kept["snapshot"]["docker"]]
    places += [(raw, name) for raw in kept["snapshot"]["docker"]["containers"].values() for name in raw]
    judged = damaged = 0
    for held, name in places:
        before = held[name]
        for junk in JUNK:
            held[name] = junk
            try:
                found = rechecking.recheck(broken(tmp_path, json.dumps(kept).encode()))
                judged += len(found.report.verdicts) > 0
            except EvidenceBroken:
                damaged += 1
        held[name] = before
    assert judged
    assert damaged


def test_what_is_no_evidence_is_never_replaced(case: Case, tmp_path: Path) -> None:
    mine = tmp_path / "thesis.txt"
    mine.write_text("years of work", encoding="utf-8")
    for path in (mine, tmp_path):
        with pytest.raises(UsageError):
            case.look(path)
    assert mine.read_text(encoding="utf-8") == "years of work"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError):
        evidence.may_write(pipe)


def test_a_place_where_nothing_can_be_written_is_said_in_one_sentence(case: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path in (tmp_path / "file" / "e", Path("/proc/e"), tmp_path / ("x" * 300)):
        with pytest.raises(UsageError) as told:
            case.look(path)
        assert told.value.exit_code == 2


def test_evidence_of_ours_is_replaced(case: Case, tmp_path: Path) -> None:
    case.look(tmp_path / "e")
    case.engine.network("lr-shop")
    report = case.look(tmp_path / "e")
    assert text(rechecking.recheck(tmp_path / "e").report) == text(report)


def test_a_recheck_speaks_the_language_that_is_spoken_now(case: Case, tmp_path: Path) -> None:
    case.look(tmp_path / "e")
    words.speak("zh")
    assert any("没有" in verdict.why for verdict in rechecking.recheck(tmp_path / "e").report.verdicts)


def test_what_the_scope_leaves_out_is_not_recorded(basics: LoadedLab) -> None:
    from labrunner.facts import NotRecorded
    from labrunner.world import Cluster, Docker

    empty: dict[str, dict[str, Any]] = {"containers": {}, "networks": {}, "volumes": {}, "images": {}}
    snapshot = Snapshot(
        docker=empty,
        cluster={"namespace": "lab", "kinds": ["Pod"], "objects": []},
        scope={"names": "lr-", "prefix": f"localhost:{PORT}/"},
    )
    docker, cluster = Docker(snapshot), Cluster(snapshot)
    assert docker.container("lr-web").status.absent
    assert docker.image(WEB).id.absent
    assert docker.containers_of(WEB).value == []
    assert cluster.pods().value == []
    assert basics.hash() == basics.hash()
    for read in (
        lambda: docker.container("web"),
        lambda: docker.network("bridge"),
        lambda: docker.volume("data"),
        lambda: docker.image("redis:7.0"),
        lambda: docker.containers_of("redis:7.0"),
        lambda: docker.past("web"),
        lambda: cluster.deployment("lr-web"),
        lambda: cluster.of_kind("Widget"),
    ):
        with pytest.raises(NotRecorded):
            read()
