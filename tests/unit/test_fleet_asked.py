"""What is refused before anything is sent to a cluster, and what the account needs there."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from labrunner import cli, places
from labrunner.errors import Busy, EnvironmentNotReady, Refused, UsageError
from labrunner.fleet import class_run, gathered, preflight
from labrunner.fleet.class_run import Wanted
from labrunner.fleet.pods import PodTerms
from labrunner.grading import class_run as here
from labrunner.grading.lab_grade import LATE
from labrunner.grading.result import Isolation
from labrunner.narrate import Quiet
from labrunner.process import Completed
from labrunner.state import lock
from tests.handed_in import LAB, PACK, handed_in, right
from tests.unit.test_fleet_parts import made

CHECKOUT = Path(__file__).parents[2]
RBAC = CHECKOUT / "docs/grading-rbac.yaml"
ELSEWHERE = ("--on", "kubernetes", "--context", "c", "--registry", "https://registry.example", "--dry-run")
COURSE = "version: 1\ncourse: A course\nlabs:\n  {lab}: {{}}\n"


def grade(*words: str) -> int:
    return cli.main(["--labs", str(PACK), "--lang", "en", "grade", "--trust-students", *words])


@pytest.fixture
def student(tmp_path: Path) -> str:
    return str(handed_in(tmp_path, "2026001", right("2026001")))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--on", "mars"), "'mars'"),
        (("--on", "kubernetes"), "the current context is never taken unasked"),
        (("--context", "c"), "--context belongs to --on kubernetes"),
        (("--registry-login", "x.json"), "--registry-login belongs to --on kubernetes"),
        ((*ELSEWHERE, "--registry-login", "x.json"), "x.json is no config.json"),
        (("--dry-run",), "--dry-run belongs to --on kubernetes"),
        (("--on", "kubernetes", "--context", "c", "--jobs", "0"), "no number"),
        (("--on", "kubernetes", "--context", "c", "--pods", "nowhere.yaml"), "nowhere.yaml"),
        (("--on", "kubernetes", "--context", "c", "--dry-run"), "need a registry that they reach"),
    ],
)
@pytest.mark.usefixtures("home")
def test_what_does_not_go_together_is_said_before_anything_is_done(
    student: str, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(*words, student) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_the_manifests_can_be_had_with_no_cluster_and_no_engine(
    student: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    assert grade(*ELSEWHERE, student) == 0
    text = capsys.readouterr().out
    assert grade(*ELSEWHERE, student) == 0
    assert capsys.readouterr().out == text, "they can be kept in git"
    job = list(yaml.safe_load_all(text))[-1]
    image = job["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.startswith("registry.example/labrunner-grader:")
    assert job["spec"]["completions"] == 1
    assert "2026001" not in text, "who hands in is in no manifest"


def test_who_says_that_pods_are_isolated_names_what_isolates_them() -> None:
    with pytest.raises(Refused, match="runtime class"):
        class_run.demand_isolation(Isolation.VM, PodTerms())
    class_run.demand_isolation(Isolation.VM, PodTerms(runtime_class="kata"))
    class_run.demand_isolation(Isolation.PRIVILEGED, PodTerms())


def course(folder: Path, lab: str, hidden: Path | None = None) -> Path:
    file = folder / "course.yaml"
    more = f"hidden:\n  folder: {hidden}\n" if hidden else ""
    file.write_text(COURSE.format(lab=lab) + more, encoding="utf-8")
    return file


def a_class(folder: Path, lab: str = LAB, hidden: Path | None = None, pack: Path = PACK) -> Any:
    file = course(folder, lab, hidden)
    terms = here.terms(course=file, trust="local", isolation="privileged", trusting=True, extra=pack)
    return here.opened(terms, Quiet())


def private(folder: Path, probe: str = "", within: str = "") -> Path:
    """Write a private pack with one hidden check."""
    source = CHECKOUT / "tests/real/class/private/front_desk"
    lab = folder / "front_desk"
    lab.mkdir(parents=True)
    for file in source.iterdir():
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            if file.name == "lab.py":
                text = text.replace(
                    'clerk = lab.step("clerk", solve="true")', f'clerk = lab.step("clerk", solve="true")\n{probe}'
                )
                text = text.replace("within=5", within or "within=5")
            (lab / file.name).write_text(text, encoding="utf-8")
    return folder


def test_a_hidden_check_that_asks_the_world_itself_is_told_that_it_cannot(tmp_path: Path) -> None:
    asking = private(tmp_path / "private", 'clerk.probe("hostname", inside="lr-clerk")')
    with a_class(tmp_path, hidden=asking) as of, pytest.raises(UsageError, match="ask the world themselves"):
        gathered.demand(of)


def test_what_a_hidden_check_would_wait_for_is_waited_for_in_the_pod(tmp_path: Path) -> None:
    with a_class(tmp_path, hidden=private(tmp_path / "private", within="within=7")) as of:
        assert gathered.demand(of) == {f"{LAB}/clerk": 7 + LATE}


def test_hidden_checks_in_the_folder_that_goes_into_pods_are_refused(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "front_desk").mkdir(parents=True)
    for file in (*PACK.glob("*.py"), *PACK.glob("front_desk/*.*")):
        (pack / file.relative_to(PACK)).write_bytes(file.read_bytes())
    with (
        a_class(tmp_path, hidden=private(pack / "private"), pack=pack) as of,
        pytest.raises(Refused, match="goes into every Pod"),
    ):
        gathered.demand(of)


def test_the_same_submission_twice_and_what_is_none_are_told_by_name(tmp_path: Path) -> None:
    student = handed_in(tmp_path / "in", "2026001", right("2026001"))
    (tmp_path / "nothing").mkdir()
    with a_class(tmp_path) as of:
        found: dict[str, Any] = {}
        odd = list(gathered.read([student, student, tmp_path / "nothing"], of, tmp_path / "copies", found))
    assert [path.name for path, _ in odd] == ["2026001", "nothing"]
    assert "is the same as" in odd[0][1].message
    assert len(found) == 1


class Cluster:
    """Stands for a cluster that says of itself what it is told to."""

    context = "theirs"

    def __init__(self, minor: str = "34", may: Callable[[str], bool] = lambda _: True, *, taken: bool = False) -> None:
        self.minor, self.may, self.taken, self.admits, self.did_words = minor, may, taken, True, list[str]()

    def did(self, *words: str, stdin: str | None = None, limit: float = 0) -> str:
        assert stdin or limit
        self.did_words.append(words[0])
        return f'{{"serverVersion": {{"minor": "{self.minor}"}}}}'

    def asked(self, *words: str, stdin: str | None = None, limit: float = 0) -> Completed:
        assert limit or stdin is None
        if words[:2] == ("auth", "can-i"):
            part = next((f"/{word.partition('=')[2]}" for word in words if word.startswith("--subresource=")), "")
            kind = words[3].partition("/")[0]  # what follows is a name for kubectl
            return Completed(words, 0 if self.may(f"{words[2]} {kind}{part}") else 1, "", "")
        refused = 'Error from server (Forbidden): violates PodSecurity "baseline"'
        return Completed(words, 0 if self.admits or words[0] == "delete" else 1, "", refused)

    def read(self, *words: str) -> dict[str, Any]:
        if words[0] == "nodes":
            allocatable = {"cpu": "4", "memory": "8Gi"}
            conditions = [{"type": "Ready", "status": "True"}]
            return {"items": [{"metadata": {}, "status": {"allocatable": allocatable, "conditions": conditions}}]}
        return {"metadata": {"labels": {"labrunner": "another"}}} if self.taken else {}


def test_a_cluster_that_cannot_is_told_what_it_lacks_and_nothing_is_made_there() -> None:
    fine: Any = Cluster("34+")
    preflight.demand_able(fine, made())
    room = preflight.demand(fine, made())
    assert (room.nodes, preflight.said(room, made())) == (1, "1 nodes have room for 6 Pods at a time; 4 of 12 begin")
    old: Any = Cluster("28")
    with pytest.raises(EnvironmentNotReady, match=r"1\.28"):
        preflight.demand_able(old, made())
    poor: Any = Cluster(may=lambda what: what != "get pods/log")
    with pytest.raises(EnvironmentNotReady, match="get pods/log"):
        preflight.demand_able(poor, made())
    taken: Any = Cluster(taken=True)
    with pytest.raises(Refused, match="not labrunner's"):
        preflight.demand(taken, made())
    large: Any = Cluster()
    with pytest.raises(EnvironmentNotReady, match="no node has room"):
        preflight.demand(large, made(pods=PodTerms(memory="8Gi")))
    assert not {"apply"} & {*old.did_words, *poor.did_words, *taken.did_words, *large.did_words}
    shut: Any = Cluster()
    shut.admits = False
    with pytest.raises(Refused, match="PodSecurity"):
        preflight.demand(shut, made())


def test_the_file_of_rights_has_what_is_asked_for_and_no_secrets() -> None:
    rules = yaml.safe_load(RBAC.read_text(encoding="utf-8"))["rules"]
    given = {
        f"{verb} {resource}{'.' + group if group else ''}"
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert {f"{verb} {resource}" for verb, resource, _ in preflight.NEEDED} <= given
    assert not any("*" in one or "secrets" in one or "exec" in one or "update" in one for one in given)


def test_a_class_of_which_nobody_is_left_asks_no_cluster(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with a_class(tmp_path) as of:
        ended = list(class_run.run([tmp_path / "nothing"], of, tmp_path / "out", Wanted("nowhere")))
        assert [path.name for path, _ in ended] == ["nothing"]
        assert "1 handed in: 0 graded, 1 not gradable" in of.narrator.lines


class Ours:
    """Stands for a cluster with one namespace, of the labels that it is given."""

    context = "theirs"

    def __init__(self, labels: dict[str, str]) -> None:
        self.labels, self.deleted = labels, list[str]()

    def read(self, *words: str) -> dict[str, Any]:
        return {} if self.deleted else {"metadata": {"name": words[1], "labels": self.labels}}

    def did(self, *words: str) -> str:
        self.deleted.append(words[2])
        return ""


@pytest.mark.parametrize(
    ("labels", "gone"),
    [
        ({"labrunner": "abcdef012345", "labrunner.role": "grading"}, ["labrunner-grading-abcdef"]),
        ({"labrunner": "another00000", "labrunner.role": "grading"}, []),
        ({"labrunner": "abcdef012345"}, []),
        ({}, []),
    ],
)
def test_only_a_namespace_that_is_ours_to_the_end_is_removed(labels: dict[str, str], gone: list[str]) -> None:
    cluster: Any = Ours(labels)
    following: Any = SimpleNamespace(artifacts=[], shelf=None, made=made())
    class_run._removed(cluster, following, Quiet())
    assert cluster.deleted == gone


@pytest.mark.usefixtures("home")
def test_one_class_has_one_controller_at_a_time(tmp_path: Path) -> None:
    student = handed_in(tmp_path / "in", "2026001", right("2026001"))
    wanted = Wanted("c", registry="https://registry.example")
    held = places.state_dir() / "grading" / f"{class_run.namespace_of(wanted)}.lock"
    with a_class(tmp_path) as of, lock.held(held), pytest.raises(Busy, match="another labrunner"):
        list(class_run.run([student], of, tmp_path / "out", wanted))


@pytest.mark.usefixtures("home")
def test_who_handed_in_nothing_has_a_mark_and_no_cluster_is_asked(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text(f"version: 1\ncourse: c\nlabs: {{{LAB}: }}\n", encoding="utf-8")
    empty = handed_in(tmp_path, "2026001", {"/notes.txt": "sorry"})
    where = ("--on", "kubernetes", "--context", "c", "--registry", "https://registry.example")
    out = tmp_path / "results"
    assert grade("--course", str(tmp_path / "course.yaml"), "--out", str(out), *where, str(empty)) == 1
    [result] = out.glob("*/result.json")
    assert json.loads(result.read_text(encoding="utf-8"))["mark"] == 0
