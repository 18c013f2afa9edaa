"""The proof finds what is wrong with a lab, on a real engine, and leaves nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from labrunner import scaffold
from labrunner.environment import docker_cli
from labrunner.values import per_student
from labrunner.world.endpoint import Endpoint
from tests.installation import Installation

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]
SOLVE = 'solve="docker network create lr-tiny-lab"'
WRONG = '"docker network create --internal lr-tiny-lab"'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    root = tmp_path / "pack"
    scaffold.write("tiny-lab", root)
    (root / "__init__.py").write_text('SECTIONS = (("tiny_lab", "Docker › 练习"),)\n', encoding="utf-8")
    return root


def proved(own: Installation, pack: Path, *more: str, code: int) -> dict[str, Any]:
    done = own.run("--labs", str(pack), "--yes", "dev", "prove", "tiny-lab", "--engine", "20.10", "--json", *more)
    assert done.code == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["labs"][0]
    return found


def changed(pack: Path, old: str, new: str) -> None:
    file = pack / "tiny_lab/lab.py"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_lab_from_the_scaffold_is_proved(own: Installation, pack: Path, endpoint: Endpoint) -> None:
    found = proved(own, pack, code=0)
    assert (found["checks"], found["checks_seen"]) == (1, 1)
    assert (found["mutants"], found["mutants_killed"]) == (1, 1)
    assert (found["alternatives"], found["alternatives_accepted"]) == (1, 1)
    assert found["complaints"] == []
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, own.install), kind


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (WRONG, '"docker network create lr-tiny-lab"', "survived"),
        (WRONG, '"true"', "changes nothing"),
        (WRONG, '"docker network create --internal lr-tiny-lab; false"', "it exits 1"),
        (WRONG, '"docker network create lr-elsewhere"', "untouched world"),
        (SOLVE, 'solve="docker network create --internal lr-tiny-lab"', "solved"),
        ("create --driver bridge", "create --internal", "another right way is rejected"),
        ("create --driver bridge lr-tiny-lab", "create lr-tiny-lab; docker volume create tiny", ""),
    ],
    ids=["survivor", "no change", "exit", "same verdict", "solution", "alternative", "more than needed"],
)  # fmt: skip
def test_what_is_wrong_with_a_lab_is_said(own: Installation, pack: Path, old: str, new: str, says: str) -> None:
    changed(pack, old, new)
    complaints = " ".join(proved(own, pack, code=4 if says else 0)["complaints"])
    assert says in complaints
    assert "world broke" not in complaints


NAMED = 'docker network create --label for={order} lr-tiny-lab"'


@pytest.mark.parametrize(
    ("solve", "says"),
    [
        (SOLVE, ()),
        ('solve="' + NAMED, ("network: done with the values of student-2, it passes all the same",)),
        (
            'solve="test {order} != ' + per_student("student-3", "tiny-lab", "order") + " && " + NAMED,
            ("network: done with the values of student-2, it passes all the same", "student-3: network/", "fail"),
        ),
    ],
    ids=["for everybody", "values that no check reads", "not for one of them"],
)
def test_a_lab_is_proved_with_the_values_of_a_class(
    own: Installation, pack: Path, endpoint: Endpoint, solve: str, says: tuple[str, ...]
) -> None:
    changed(pack, "lab = Lab(__file__)", 'lab = Lab(__file__)\norder = lab.value("order")')
    changed(pack, SOLVE, solve)
    found = proved(own, pack, "--students", "3", code=4 if says else 0)
    assert found["students"] == 3
    assert found["students_passed"] == (3 if not says else 2 if len(says) == 1 else 1)
    for said in says:
        assert said in " ".join(found["complaints"])
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, own.install), kind


def test_a_check_without_a_mutant_does_not_load(own: Installation, pack: Path) -> None:
    changed(pack, f'wrong={{"internal": {WRONG}}}', "wrong={}")
    done = own.run("--labs", str(pack), "dev", "prove", "tiny-lab")
    assert done.code == 2
    assert "mutant" in done.stderr
