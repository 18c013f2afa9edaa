"""What is the learner's stays theirs: what we make is marked as ours, and nothing else is ever taken away."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labrunner import wait
from labrunner.environment.registry import Registry
from labrunner.environment.settings import LABEL
from labrunner.world.endpoint import Endpoint
from tests.faults.relay import Relay
from tests.faults.test_taken import registry_image
from tests.installation import LAB, Installation, processes, sentence, stopped_after
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]
SLUG = "one-step"
SMALL = """
from labrunner import Docker, Lab, expect

lab = Lab(__file__)
web = lab.image("web:1")
step = lab.step("other", solve="docker run -d --name lr-other {web}")


@step.check(wrong={"another": "docker run -d --name lr-another {web}"})
def it_runs(docker: Docker) -> None:
    expect(docker.container("lr-other").status).equals("running")
"""
WORDS = "# One\nx\n\n## other · A step\nDo it.\n\n- `it_runs` — it runs\n\n### {}\n\n1. a\n\n### {}\n\nx\n"


def pack(folder: Path) -> Path:
    """Write a section with names that no other has, and return the folder that it is in."""
    lab = folder / "pack" / SLUG.replace("-", "_")
    lab.mkdir(parents=True)
    (lab.parent / "__init__.py").write_text('SECTIONS = (("one_step", "x"),)\n', encoding="utf-8")
    (lab / "lab.py").write_text(SMALL, encoding="utf-8")
    (lab / "lab.zh.md").write_text(WORDS.format("提示", "收获"), encoding="utf-8")
    (lab / "lab.en.md").write_text(WORDS.format("Hints", "Take away"), encoding="utf-8")
    return lab.parent


def all_of(learner: Installation) -> list[dict[str, Any]]:
    """Return what `status --all` says is on the machine, folders left out."""
    done = learner.run("status", "--all", "--json")
    assert done.code == 0, done.stderr
    return [one for one in json.loads(done.stdout)["all"] if one["kind"] != "folders"]


def named(found: list[dict[str, Any]], kind: str) -> set[str]:
    return {one["name"] for one in found if one["kind"] == kind}


def new(before: dict[str, set[str]], after: dict[str, set[str]], kind: str) -> set[str]:
    return after[kind] - before[kind]


def labels(learner: Installation, kind: str, name: str) -> dict[str, str]:
    shown = learner.docker(kind, "inspect", "--format", "{{json .}}", name)
    assert shown.ok, shown.stderr
    raw = json.loads(shown.stdout)
    return (raw["Config"] if kind == "container" else raw).get("Labels") or {}


def test_what_we_make_is_marked_and_listed_and_goes(learner: Installation) -> None:
    before, temporary = learner.inventory(), set(Path(learner.environ["TMPDIR"]).iterdir())
    assert learner.run("start", LAB).code == 0
    there, listed = learner.inventory(), all_of(learner)
    prescribed = {"lr-web", "lr-oldtill", "lr-till"}
    for kind in ("container", "network", "volume"):
        names = {line.rpartition(" ")[2] for line in new(before, there, f"{kind}s")}
        assert names == named(listed, f"{kind}s"), "the list holds what is there, and nothing else"
        for name in names:
            marked = labels(learner, kind, name).get(LABEL) == learner.install
            assert marked or name.startswith("lr-"), f"{kind} {name} is not known to be ours"
            assert not (marked and name in prescribed)
    references = {line.partition("@")[0] for line in new(before, there, "images")}
    assert references == {name.partition("@")[0] for name in named(listed, "images")}
    assert [one["of"] for one in listed if one["kind"] == "processes"] == ["recorder"]
    assert named(listed, "processes") == {str(pid) for pid in processes(learner.home)}
    for language, said in (("en", "labrunner stop --all removes"), ("zh", "labrunner stop --all 会移除")):
        shown = learner.run("status", "--all", LABRUNNER_LANG=language)
        assert said in shown.stdout
        assert all(name in shown.stdout for name in named(listed, "containers"))
    assert learner.inventory() == there, "to look changes nothing"
    assert learner.run("--yes", "stop", "--all").code == 0
    assert learner.inventory() == before
    assert all_of(learner) == []
    assert processes(learner.home) == []
    assert set(Path(learner.environ["TMPDIR"]).iterdir()) == temporary


def test_two_installations_on_one_daemon_take_their_own_away_and_see_no_other(
    learner: Installation, tmp_path: Path
) -> None:
    environ = {**learner.environ, "LABRUNNER_LABS": str(pack(tmp_path))}
    home = learner.home / "second"  # a folder that the engine sees too
    with stopped_after(Installation(home, environ, learner.before)) as second:
        assert learner.run("start", LAB).code == 0
        first_alone = learner.inventory()
        assert second.run("start", SLUG).code == 0
        solved = second.run("solve", "--all")
        assert solved.code == 0, f"{solved.stdout}{solved.stderr}"
        mine, theirs = all_of(learner), all_of(second)
        assert "lr-other" in named(theirs, "containers")
        for kind in ("containers", "networks", "volumes", "processes"):
            assert not named(mine, kind) & named(theirs, kind), kind
        assert second.run("--yes", "reset").code == 0
        beside = second.inventory()
        assert all(first_alone[kind] <= beside[kind] for kind in beside), "the other one's things are as they were"
        assert all_of(learner) == mine
        assert learner.run("--yes", "stop", "--all").code == 0
        after = second.inventory()
        assert {line.split()[-1] for line in beside["containers"] - after["containers"]} == named(mine, "containers")
        assert second.run("solve", "--all").code == 0, "the second one's lab still works"


def test_a_compose_project_of_the_labs_name_is_not_adopted(learner: Installation) -> None:
    assert learner.docker("pull", "-q", registry_image()).ok
    label = "com.docker.compose.project=lr-shop"
    made = learner.docker("create", "--label", label, "--name", "elsewhere-db-1", registry_image(), "true")
    assert made.ok, made.stderr
    before = learner.inventory()
    refused = learner.run("--yes", "start", LAB)
    assert refused.code == 5, refused.stderr
    assert "compose project of yours is called lr-shop (elsewhere-db-1" in " ".join(sentence(refused).split())
    assert learner.inventory() == before
    assert learner.docker("rm", "elsewhere-db-1").ok
    assert learner.docker("rmi", registry_image()).ok


@pytest.fixture
def another(endpoint: Endpoint, course_registry: Registry, tmp_path: Path) -> Iterator[Machine]:
    with Machine(endpoint, course_registry, tmp_path / "another") as found:
        yield found


def test_another_daemon_behind_the_same_address_is_refused_with_both_ids(
    learner: Installation, machine: Machine, another: Machine, tmp_path: Path
) -> None:
    with Relay(tmp_path / "d.sock", machine.sandbox.endpoint.socket) as relay:
        through = replace(learner, environ={**learner.environ, "DOCKER_HOST": f"unix://{tmp_path}/d.sock"})
        assert through.run("start", LAB).code == 0
        there, elsewhere = learner.inventory(), another.installation.inventory()
        relay.back = another.sandbox.endpoint.socket
        relay.works()
        told = (("check",), ("start", LAB), ("solve", "--all"), ("status", "--all"))
        for words in (*told, ("--yes", "reset"), ("--yes", "stop", "--all")):
            done = through.run(*words)
            assert done.code == 5, f"{words}: {done.stdout}{done.stderr}"
            said = "".join(sentence(done).split())
            assert machine.sandbox.endpoint.daemon_id in said
            assert another.sandbox.endpoint.daemon_id in said
        assert learner.inventory() == there
        assert another.installation.inventory() == elsewhere
        relay.back = machine.sandbox.endpoint.socket
        relay.works()
        assert through.run("check").code in (1, 4), "what was recorded may have a gap"
        assert through.run("--yes", "stop", "--all").code == 0
        assert wait.until(lambda: not processes(through.home), within=15) is True
