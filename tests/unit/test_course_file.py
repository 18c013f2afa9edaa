import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labrunner.errors import UsageError
from labrunner.grading import course_file
from labrunner.grading.course import Attempts, Course, Late
from labrunner.grading.result import Shown

SMALL = "version: 1\ncourse: C\nlabs:\n  docker-basics:\n"
WHOLE = """\
version: 1
course: 容器课，2026 秋
language: zh
port: 5780
labs:
  docker-basics:
    weight: 2
    deadline: 2026-12-24 23:59 Asia/Shanghai
    points:
      network: 2
      network/shop_reaches_outside: 3.5
  what-is-docker:
    deadline: 2026-12-31T12:00+01:00
late:
  percent-per-day: 10
  grace-minutes: 15
  floor: 50
attempts: last
sources:
  images: mirror.example.org
  wheels: http://10.0.0.2/wheels
  bundle: http://10.0.0.2/bundle
roster: roster.csv
overrides: overrides.csv
hidden:
  folder: ../private
  shown: verdict
"""


def course(text: str, tmp_path: Path) -> Course:
    (tmp_path / "course.yaml").write_text(text, encoding="utf-8")
    return course_file.read(tmp_path / "course.yaml")


def test_everything_that_a_course_says_is_read(tmp_path: Path) -> None:
    found = course(WHOLE, tmp_path)
    basics, what = found.labs
    assert (found.name, found.language, found.port, found.attempts) == ("容器课，2026 秋", "zh", 5780, Attempts.LAST)
    assert basics.deadline == datetime(2026, 12, 24, 15, 59, tzinfo=UTC)
    assert what.deadline == datetime(2026, 12, 31, 11, 0, tzinfo=UTC)
    assert (basics.weight, what.weight) == (2, 1)
    worth = [basics.worth("network", one) for one in ("shop_reaches_outside", "other")]
    assert [*worth, basics.worth("store", "x")] == [3.5, 2, 1]
    assert found.late == Late(10, 900, 50)
    assert found.sources.bundle == "http://10.0.0.2/bundle"
    assert (found.roster, found.overrides) == (tmp_path / "roster.csv", tmp_path / "overrides.csv")
    assert found.hidden is not None
    assert (found.hidden.folder, found.hidden.shown) == (tmp_path / "../private", Shown.VERDICT)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (SMALL + "labs2: 1\n", 5, "'labs2' is not known"),
        (SMALL + "course: D\n", 5, "written twice, first in line 2"),
        (SMALL + "    weigth: 2\n", 5, "'weigth' is not known"),
        (SMALL + "    weight: lots\n", 5, "'lots' is no number"),
        (SMALL + "    weight: -1\n", 5, "no number of 0"),
        (SMALL + "    weight: nan\n", 5, "no number of 0"),
        (SMALL + "    weight: 0\n", 3, "no lab has any weight"),
        (SMALL + "    deadline: 2026-12-24 23:59\n", 5, "no time zone"),
        (SMALL + "    deadline: 2026-12-24T23:59\n", 5, "no time zone"),
        (SMALL + "    deadline: 2026-12-24\n", 5, "no time zone"),
        (SMALL + "    deadline: 2026-12-24 Asia/Shanghai\n", 5, "no time of the day"),
        (SMALL + "    deadline: 2026-13-24 23:59 Asia/Shanghai\n", 5, "is no moment"),
        (SMALL + "    deadline: 2026-12-24 23:59 Asia/Atlantis\n", 5, "no time zone 'Asia/Atlantis'"),
        (SMALL + "    deadline: 2026-12-24 23:59 ../../etc/passwd\n", 5, "no time zone"),
        (SMALL + "    deadline: 2026-12-24T23:59Z Asia/Shanghai\n", 5, "two time zones"),
        (SMALL + "    points:\n      Network: 2\n", 6, "no STEP or STEP/CHECK"),
        (SMALL + "    points: 3\n", 5, "`key: value` is missing"),
        (SMALL + "language: fr\n", 5, "'fr'"),
        (SMALL + "port: 70000\n", 5, "no number of 0 to 65535"),
        (SMALL + "port: 57.5\n", 5, "whole number"),
        (SMALL + "attempts: first\n", 5, "none of: best, last"),
        (SMALL + "hidden:\n  shown: whole\n", 6, "names no folder"),
        (SMALL + "hidden:\n  folder: p\n  shown: all\n", 7, "none of: whole, verdict, count"),
        (SMALL + "late: &a\n  floor: 1\n", 5, "aliases"),
        (SMALL + "late: !!python/object:os.system {}\n", 5, "the tag"),
        (SMALL + "---\nversion: 1\n", 5, "a second document"),
        (SMALL + "late: [\n", 6, "no YAML"),
        (SMALL + "? [a]\n: b\n", 5, "a key is a word"),
        ("version: 2\ncourse: C\nlabs:\n  a:\n", 1, "version 2"),
        ("course: C\nlabs:\n  a:\n", 1, "'version' is missing"),
        ("version: 1\nlabs:\n  a:\n", 1, "'course' is missing"),
        ("version: 1\ncourse: C\nlabs:\n", 1, "no labs"),
        ("version: 1\ncourse: C\nlabs:\n  Docker Basics:\n", 4, "no lab's name"),
        ("- a\n", 1, "key: value"),
    ],
)
def test_what_a_course_cannot_say_is_refused_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        course(text, tmp_path)
    assert said in refused.value.message
    assert f"course.yaml:{line}: " in refused.value.message


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"", "is empty"), (b"a: 1\n\xff: 2", ":2: not UTF-8"), (b"a: " + b"x" * 300_000, "larger than 256 KiB")],
)
def test_what_is_no_text_of_a_sensible_size_is_refused(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "c").write_bytes(raw)
    with pytest.raises(UsageError, match=said):
        course_file.read(tmp_path / "c")
    with pytest.raises(UsageError, match="cannot be read"):
        course_file.read(tmp_path / "missing")


def test_a_deep_file_is_refused_before_it_costs_anything(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nested too deeply"):
        course(SMALL + "late: " + "[" * 50_000, tmp_path)


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path: Path) -> None:
    text = "version: 1\ncourse: no\nlabs:\n  a:\n    points:\n      on: 2\n"
    found = course(text, tmp_path)
    assert found.name == "no"
    assert found.labs[0].points == {"on": 2}


HOUR = 3600.0


@pytest.mark.parametrize(
    ("late", "left"),
    [(0, 1), (900, 1), (901, 0.9), (24 * HOUR, 0.9), (24 * HOUR + 1, 0.8), (4 * 24 * HOUR + 1, 0.5), (1e9, 0.5)],
)
def test_each_day_that_has_begun_costs_and_the_floor_stays(late: float, left: float) -> None:
    assert Late(percent=10, grace=900, floor=50).factor(late) == left


def test_nothing_is_taken_off_where_no_rule_is_written() -> None:
    assert Late().factor(1e9) == 1
    assert Late(percent=100).factor(1) == 0


def test_lateness_is_seconds_after_the_moment_whatever_the_zones(tmp_path: Path) -> None:
    lab = course(WHOLE, tmp_path).labs[0]
    assert lab.deadline is not None
    assert lab.late(lab.deadline.astimezone(UTC) + timedelta(seconds=5)) == 5
    assert lab.late(lab.deadline - timedelta(days=1)) == 0


def test_the_hash_changes_with_what_decides_a_mark_and_with_nothing_else(tmp_path: Path) -> None:
    (tmp_path.parent / "private").mkdir(exist_ok=True)
    usual = course(WHOLE, tmp_path).hash({})
    for other in ("# a remark\n" + WHOLE, WHOLE.replace("roster.csv", "r.csv"), WHOLE.replace("10.0.0.2", "10.0.0.3")):
        assert course(other, tmp_path).hash({}) == usual
    for old, new in (
        ("weight: 2", "weight: 3"),
        ("23:59", "23:58"),
        ("percent-per-day: 10", "percent-per-day: 11"),
        ("last", "best"),
        ("shown: verdict", "shown: count"),
        ("3.5", "3.25"),
    ):
        assert course(WHOLE.replace(old, new), tmp_path).hash({}) != usual
    (tmp_path.parent / "private" / "lab.py").write_text("x", encoding="utf-8")
    assert course(WHOLE, tmp_path).hash({}) != usual


@pytest.mark.parametrize("page", ["course.md", "course.zh.md"])
def test_the_pages_name_every_key_and_no_other(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    keys = {*course_file.WHOLE} - {"late", "sources", "hidden"}
    for part, below in (("late", course_file.LATE), ("sources", course_file.SOURCES), ("hidden", course_file.HIDDEN)):
        keys |= {f"{part}.{key}" for key in below}
    keys |= {f"labs.LAB.{key}" for key in course_file.LAB}
    assert set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)) == keys
