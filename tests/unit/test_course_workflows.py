"""The workflows of the example course: pinned, without rights, and silent about what students are not shown."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from labrunner.grading.class_run import STUDENTS
from labrunner.render.results.forms import FORMS

CI = Path(__file__).parents[2] / "examples/course/ci"
GITLAB = CI / "gitlab-ci.yml"
GITHUB = sorted(CI.glob("grade-by-*.yml"))
FILES = {name for files in FORMS.values() for _, name in files}


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def uses(part: Any) -> list[str]:
    """Return everything that a workflow calls, wherever it stands."""
    if isinstance(part, dict):
        return [str(part["uses"])] if "uses" in part else [name for one in part.values() for name in uses(one)]
    return [name for one in part for name in uses(one)] if isinstance(part, list) else []


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_what_a_workflow_calls_is_named_by_a_commit(file: Path) -> None:
    called = uses(read(file))
    assert called
    assert all(re.fullmatch(r"[\w./-]+@([0-9a-f]{40}|COMMIT)", name) for name in called), called


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_a_workflow_may_only_read(file: Path) -> None:
    workflow = read(file)
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets" not in file.read_text(encoding="utf-8")
    assert not any("permissions" in job for job in workflow["jobs"].values())
    for step in (step for job in workflow["jobs"].values() for step in job.get("steps", ())):
        assert "${{" not in step.get("run", ""), "what somebody named would be a command"
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("file", sorted(CI.iterdir()), ids=lambda file: file.name)
def test_of_the_results_only_what_a_student_may_see_leaves_the_machine(file: Path) -> None:
    named = re.findall(r"results/[^\s\],\"]*", file.read_text(encoding="utf-8"))
    assert all(place.startswith(f"results/*/{STUDENTS}") for place in named), named
    assert all(Path(place).name in FILES | {STUDENTS} for place in named), named
    assert not re.search(r"(?m)path(s: \[|: )results\]?$", file.read_text(encoding="utf-8"))


def test_the_workflow_of_a_student_says_what_the_teacher_s_asks_for() -> None:
    teacher, student = read(CI / "grade-by-teacher.yml"), read(CI / "grade-by-student.yml")
    inputs = teacher[True]["workflow_call"]["inputs"]  # YAML 1.1 reads the word `on` as a truth value
    needed = {name for name, how in inputs.items() if how.get("required")}
    assert needed == student["jobs"]["grade"]["with"].keys()


def gitlab(file: Path) -> subprocess.CompletedProcess[str]:
    """Hold a file against GitLab's own schema, as the package has it."""
    line = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(file)]
    return subprocess.run(line, check=False, capture_output=True, text=True, timeout=60)


def test_gitlab_would_take_its_workflow_as_it_is() -> None:
    done = gitlab(GITLAB)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("word", "other"), [("when: always", "when: ever"), ("  script:", "  skript:")])
def test_what_gitlab_would_not_take_is_found(tmp_path: Path, word: str, other: str) -> None:
    text = GITLAB.read_text(encoding="utf-8")
    assert word in text
    (tmp_path / "broken.yml").write_text(text.replace(word, other), encoding="utf-8")
    done = gitlab(tmp_path / "broken.yml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Schema validation errors" in done.stdout
