"""The workflows that are handed out, read as GitHub would read them: by actionlint, built of its own source."""

from pathlib import Path

import pytest

from labrunner import process
from labrunner.environment import build
from labrunner.narrate import Quiet

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted([*ROOT.glob("examples/course/ci/grade-by-*.yml"), *ROOT.glob(".github/workflows/*.yml")])


@pytest.fixture(scope="module")
def actionlint() -> str:
    return str(build.built("actionlint", Quiet()) / "bin/actionlint")


def read(actionlint: str, file: Path) -> process.Completed:
    return process.run([actionlint, "-no-color", "-shellcheck=", "-pyflakes=", str(file)], limit=60)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_github_would_take_a_workflow_as_it_is(actionlint: str, file: Path) -> None:
    done = read(actionlint, file)
    assert done.ok, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("word", "other"), [("runs-on:", "runs-at:"), ("inputs.", "inputz."), ("permissions:", "permissionz:")]
)
def test_what_github_would_not_take_is_found(actionlint: str, tmp_path: Path, word: str, other: str) -> None:
    text = (ROOT / "examples/course/ci/grade-by-teacher.yml").read_text(encoding="utf-8")
    assert word in text
    (tmp_path / "broken.yml").write_text(text.replace(word, other, 1), encoding="utf-8")
    done = read(actionlint, tmp_path / "broken.yml")
    assert done.code == 1
    assert other.strip(".:") in done.stdout
