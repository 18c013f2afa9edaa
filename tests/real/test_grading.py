"""A class is graded on a real engine: each gets what is theirs, nobody gets more, and nothing is left."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labrunner import process, wait
from labrunner.environment import docker_cli, images
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint
from tests.handed_in import CLASS, COURSE, FAR, LAB, LOOKS, PACK, PORT, ROOM, handed_in, right
from tests.installation import Installation, processes, stopped_after

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]
HERE = Path(__file__).parent / "class"
KINDS = ("containers", "networks", "volumes")
CABLE = "lr-far"


@pytest.fixture(scope="module")
def teacher(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    assert endpoint.daemon_id
    folder = tmp_path_factory.mktemp("teacher")
    (folder / "course.yaml").write_text(f"{COURSE}roster: roster.csv\n", encoding="utf-8")
    (folder / "roster.csv").write_text("student,name\n" + "".join(f"{one},\n" for one in CLASS), encoding="utf-8")
    with stopped_after(Installation(folder / "home")) as found:
        yield found


@pytest.fixture(scope="module")
def far() -> Iterator[None]:
    """Have somebody answer beyond this machine: behind a cable that the machine forwards to."""
    name = f"lr-far-{os.getpid()}"
    lines = (
        f"ip netns add {name}",
        f"ip link add {CABLE} type veth peer name eth0 netns {name}",
        f"ip addr add {FAR.rpartition('.')[0]}.1/30 dev {CABLE}",
        f"ip link set {CABLE} up",
        f"ip -n {name} addr add {FAR}/30 dev eth0",
        f"ip -n {name} link set eth0 up",
        f"ip -n {name} route add default via {FAR.rpartition('.')[0]}.1",
    )
    try:
        for one in lines:
            done = process.run(one.split(), limit=10)
            assert done.ok, f"{one}: {done.stderr}"
        serve = ["ip", "netns", "exec", name, sys.executable, "-m", "http.server", "80", "--bind", FAR]
        with subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            yield
            server.kill()
    finally:
        process.run(["ip", "link", "del", CABLE], limit=10)
        process.run(["ip", "netns", "del", name], limit=10)


@pytest.fixture(scope="module")
def graded(teacher: Installation, endpoint: Endpoint, far: None) -> dict[str, dict[str, Any]]:
    """The whole class, graded once: student → result."""
    assert far is None
    folder = teacher.home.parent
    handed = [handed_in(folder / "handed-in", student, files) for student, files in CLASS.items()]
    done = grade(teacher, *map(str, handed), "--jobs", "2")
    assert done.code == 1, done.stdout + done.stderr
    for kind in KINDS:
        assert not docker_cli.labelled(endpoint, kind, teacher.install, "sandbox"), kind
    found = [json.loads(file.read_text()) for file in (folder / "results").glob("*/result.json")]
    return {one["student"]: one for one in found}


def grade(teacher: Installation, *words: str, **more: str) -> process.Completed:
    return teacher.run(*line(teacher), *words, limit=300, **more)


def line(teacher: Installation) -> tuple[str, ...]:
    folder = teacher.home.parent
    course = ("--course", str(folder / "course.yaml"), "--out", str(folder / "results"))
    return ("--labs", str(PACK), "--yes", "grade", "--trust-students", "--limit", "8", *course)


def outcomes(result: dict[str, Any]) -> dict[str, str]:
    return {one["check"]: one["outcome"] for one in result["labs"][0]["checks"]}


def test_who_did_everything_has_a_hundred(graded: dict[str, dict[str, Any]]) -> None:
    result = graded["2026001"]
    assert (result["mark"], result["gradable"], result["flags"]) == (100.0, True, [])
    assert set(outcomes(result).values()) == {"pass"}
    assert (result["trust"], result["isolation"]) == ("local", "privileged")


def test_a_step_that_was_not_done_costs_its_own_points_alone(graded: dict[str, dict[str, Any]]) -> None:
    found = outcomes(graded["2026002"])
    assert found["room_is_there"] == "fail"
    assert found["word_was_heard"] == "pass"
    assert found["clerk_is_in_the_room"] == "fail", "there is no room"
    assert 0 < graded["2026002"]["mark"] < 50


def test_who_did_it_wrongly_has_nothing(graded: dict[str, dict[str, Any]]) -> None:
    result = graded["2026003"]
    assert result["mark"] == 0.0
    assert result["labs"][0]["runs"][2]["output"].startswith("sha256:"), "an image stands where the checks' own stood"
    assert result["gradable"], "a wrong answer is a grade"


def test_who_cheats_gains_nothing(graded: dict[str, dict[str, Any]]) -> None:
    result = graded["2026004"]
    found = outcomes(result)
    assert found["room_is_there"] == "fail", "a docker of one's own makes no network"
    assert found["word_was_heard"] == "fail", "the word is planted anew for each run, and nobody is left who forges it"
    assert found["clerk_has_the_note"] == "fail", "the note is the neighbour's"
    assert found["clerk_is_not_privileged"] in ("fail", "pass")
    assert result["mark"] < 50
    flags = " ".join(result["flags"])
    assert "conftest.py" in flags
    assert "sitecustomize.py" in flags
    assert f"{LAB}: has the values of 2026001" in flags


def test_nothing_but_the_registry_is_reached_and_nothing_of_ours_is_told(
    graded: dict[str, dict[str, Any]], endpoint: Endpoint
) -> None:
    said = graded["2026004"]["labs"][0]["runs"][0]["output"]
    assert re.search(r"curl: \(\d+\)", said), said
    assert "registry 200" in said
    client = images.environment_image("client", Quiet(), endpoint.environ())
    anybody = docker_cli.docker(
        endpoint, "run", "--rm", "--entrypoint", "curl", client, "-sS", "-m", "5", f"http://{FAR}/"
    )
    assert "Directory listing" in anybody.stdout, "whoever is on no closed network reaches it"
    told = dict(one.split("=", 1) for one in said.splitlines() if re.match(r"[A-Z_]+=", one))
    known = {"LABRUNNER_STEP", "LABRUNNER_ANSWERS", "LABRUNNER_CLIENT", "DOCKER_HOST", "DOCKER_CLI_HINTS"}
    assert told.keys() <= known | {"HOME", "PATH", "LANG", "USER", "PWD", "SHLVL", "_", "OLDPWD"}


def test_what_never_ends_is_ended_and_what_it_did_counts(graded: dict[str, dict[str, Any]]) -> None:
    result = graded["2026005"]
    runs = {one["step"]: one for one in result["labs"][0]["runs"]}
    assert "8 s" in runs["room"]["ended"]
    assert runs["room"]["code"] == 124
    assert runs["said"]["ended"] == ""
    found = outcomes(result)
    assert (found["room_is_there"], found["word_was_heard"], found["clerk_has_the_note"]) == ("pass", "pass", "fail")


def test_hidden_checks_count_and_are_not_told(graded: dict[str, dict[str, Any]], teacher: Installation) -> None:
    checks = {one["check"]: one for one in graded["2026001"]["labs"][0]["checks"]}
    assert checks["clerk_goes_on"]["shown"] == "count"
    assert checks["clerk_has_the_note"]["worth"] == 3
    assert graded["2026001"]["course_hash"] == graded["2026004"]["course_hash"] != ""
    student = handed_in(teacher.home.parent / "alone", "2026001", right("2026001"))
    assert "goes_on" not in "".join(file.read_text() for file in student.rglob("*") if file.is_file())


def test_a_mended_check_is_applied_to_the_class_without_a_daemon(
    graded: dict[str, dict[str, Any]], teacher: Installation, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    for file in (PACK).rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            copy = pack / file.relative_to(PACK)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    lab = pack / "front_desk/lab.py"
    text = lab.read_text(encoding="utf-8")
    lab.write_text(text.replace(".internal).equals(False)", '.driver).equals("bridge")'), encoding="utf-8")
    folder = teacher.home.parent
    nowhere = replace(teacher, environ={"DOCKER_HOST": f"unix://{tmp_path}/none.sock"})
    words = ("regrade", str(folder / "results"), "--course", str(folder / "course.yaml"), "--json")
    done = nowhere.run("--labs", str(pack), *words)
    assert done.code == 0, done.stderr
    found = {one["student"]: one["changes"] for one in json.loads(done.stdout)}
    assert found.keys() == graded.keys()
    assert [(one["check"], one["before"], one["now"]) for one in found["2026003"]] == [
        ("room_is_there", "fail", "pass")
    ]
    assert not any(found[student] for student in found if student != "2026003")
    same = nowhere.run("--labs", str(PACK), *words)
    assert not any(one["changes"] for one in json.loads(same.stdout)), "the same checks say the same"


def test_a_class_that_was_interrupted_goes_on_and_nobody_is_graded_twice(
    graded: dict[str, dict[str, Any]], teacher: Installation, endpoint: Endpoint
) -> None:
    folder = teacher.home.parent
    late = handed_in(
        folder / "late", "2026006", {**right("2026006"), "said.sh": "sleep 60\n" + right("2026006")["said.sh"]}
    )
    handed = [str(one) for one in sorted((folder / "handed-in").iterdir())]
    child = teacher.begin(*line(teacher), *handed, str(late), "--resume")
    assert child.stdout is not None
    seen = ""
    for said in child.stdout:
        seen += said
        if "said" in said:  # the sixth is at its second step
            break
    child.send_signal(signal.SIGINT)
    rest, _ = child.communicate(timeout=60)
    assert child.returncode == 130, seen + rest
    assert "the same command with --resume grades who lacks" in " ".join(rest.split())
    assert (seen + rest).count("graded before") == len(graded), seen + rest
    assert not list((folder / "results").glob("2026006*/result.json"))
    assert wait.until(lambda: not processes(teacher.home), within=15)
    for kind in KINDS:
        assert not docker_cli.labelled(endpoint, kind, teacher.install, "sandbox"), kind
    handed_in(folder / "late", "2026006", {**right("2026006"), "room.sh": LOOKS + ROOM})
    done = grade(teacher, *handed, str(late), "--resume", "--json")
    assert done.code == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert sum("graded_before" in one for one in found) == len(graded)
    assert [one["mark"] for one in found if "mark" in one] == [100.0]


def test_nothing_of_one_student_reaches_the_next(graded: dict[str, dict[str, Any]], teacher: Installation) -> None:
    """What the fourth has planted is looked for by the sixth, graded afterwards by the same installation."""
    planted = re.findall(r"\S*planted\S*", graded["2026004"]["labs"][0]["runs"][2]["output"])
    left = {"lr-planted", "lr-planted-too", "lr-planted-way", "planted-here", "planted-there", "planted-yonder"}
    assert {*left, f"localhost:{PORT}/planted"} <= set(planted)
    folder = teacher.home.parent
    sixth = handed_in(folder / "late", "2026006", {**right("2026006"), "room.sh": LOOKS + ROOM})
    assert grade(teacher, str(sixth), "--resume").code == 0
    [result] = (folder / "results").glob("2026006*/result.json")
    said = json.loads(result.read_text())["labs"][0]["runs"][0]["output"]
    assert f"localhost:{PORT}/debian" in said
    assert '"repositories"' in said
    assert "lr-bell" in said
    assert "planted" not in said


def test_a_machine_that_is_no_throwaway_wants_to_be_asked(teacher: Installation, tmp_path: Path) -> None:
    student = handed_in(tmp_path, "2026001", right("2026001"))
    done = teacher.run("--labs", str(PACK), "grade", str(student), "--out", str(tmp_path / "results"))
    assert done.code == 5
    assert "--trust-students" in done.stderr
    assert not (tmp_path / "results").exists()


def test_a_broken_environment_is_no_zero(teacher: Installation, tmp_path: Path) -> None:
    student = handed_in(tmp_path, "2026001", right("2026001"))
    nowhere = replace(teacher, environ={"DOCKER_HOST": f"unix://{tmp_path}/none.sock"})
    out = ("--out", str(tmp_path / "results"))
    done = nowhere.run("--labs", str(PACK), "grade", "--trust-students", str(student), *out, "--json")
    assert done.code == 3, done.stdout + done.stderr
    [found] = json.loads(done.stdout)
    assert found.get("mark") is None
    assert "Traceback" not in done.stderr
