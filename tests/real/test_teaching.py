"""docs/teaching.md, followed line by line in a fresh folder by a teacher and a student, with a class of two."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner import process
from labrunner.process import Completed
from labrunner.world.endpoint import Endpoint
from tests.handed_in import LAB, PACK, PORT, SAID, handed_in, right
from tests.installation import CHECKOUT, Installation, stopped_after

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]
PAGE = CHECKOUT / "docs/teaching.md"
ONE, OTHER = "2026001", "2026002"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
GRADE = "bin/labrunner --yes grade "


def commands() -> list[str]:
    """Return what stands in the page's blocks, line by line."""
    return [line for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")) for line in block.splitlines()]


class Hands:
    """What the page leaves to a teacher and a student, done after the line that it stands below."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def after(self, line: str) -> None:
        for words, does in (("course init", self.choose), ("submit init", self.fill), ("submit pack", self.collect)):
            if words in line:
                does()

    def choose(self) -> None:
        """Write in the course which labs count, and the roster."""
        file = self.folder / "course.yaml"
        text = re.sub(r"(?m)^  [a-z-]+:\n", "", file.read_text(encoding="utf-8"))
        text = text.replace("\nlabs:", f"\nroster: roster.csv\nlabs:\n  {LAB}:", 1)
        file.write_text(text, encoding="utf-8")
        (self.folder / "roster.csv").write_text(f"student,name\n{ONE},Li\n{OTHER},Wang\n2026003,Sun\n", "utf-8")

    def fill(self) -> None:
        """Fill the scripts in."""
        folder = self.folder / "labrunner-submission"
        port = json.loads((folder / "labrunner-submission.json").read_text(encoding="utf-8"))["port"]
        for name, text in right(ONE).items():
            with (folder / LAB / name).open("a", encoding="utf-8") as script:
                script.write(text.replace(f"localhost:{PORT}", f"localhost:{port}"))

    def collect(self) -> None:
        """Hand the zip in, beside somebody's folder."""
        handed_in(self.folder / "submissions", OTHER, {"said.sh": SAID})
        (self.folder / "labrunner-submission.zip").rename(self.folder / "submissions" / f"{ONE}.zip")


@pytest.fixture(scope="module")
def followed(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Completed]]:
    """Every line of the page with what came of it; the folder is that of the last one."""
    assert endpoint.daemon_id
    folder = tmp_path_factory.mktemp("fresh")
    program = folder / "bin/labrunner"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m labrunner "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    hands, done = Hands(folder), dict[str, Completed]()
    with stopped_after(Installation(folder / "home", {"LABRUNNER_LABS": str(PACK)})) as own:
        for line in commands():
            done[line] = process.run(["bash", "-c", line], limit=200, env=own.env(), cwd=folder)
            wanted = 1 if line.startswith(GRADE) else 0
            assert done[line].code == wanted, f"{line}\n{done[line].stdout}\n{done[line].stderr}"
            hands.after(line)
        yield done


def test_who_follows_the_page_has_a_graded_class(followed: dict[str, Completed]) -> None:
    graded = next(done for line, done in followed.items() if line.startswith(GRADE))
    assert f"{ONE}  100 of 100" in graded.stdout
    table = followed["bin/labrunner report results --course course.yaml"].stdout
    assert re.search(rf"{ONE}.* 100\b", table), table
    assert re.search(rf"{OTHER}.*\b(1\d|2\d)\.\d", table), "who did one step of three has its points"
    assert "2026003" in table, "who is missing is on the list"


def test_a_student_hears_beforehand_what_grading_says(followed: dict[str, Completed]) -> None:
    said = followed["bin/labrunner submit check --run"].stdout
    assert f"{ONE}  100 of 100" in said


def test_the_same_checks_change_no_mark_afterwards(followed: dict[str, Completed]) -> None:
    said = followed["bin/labrunner regrade results --course course.yaml --out mended"].stdout
    assert said.count("unchanged") == 2, said
