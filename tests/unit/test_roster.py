from pathlib import Path

import pytest

from labrunner.errors import UsageError
from labrunner.grading import roster


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    (tmp_path / "roster.csv").write_bytes(text.encode(encoding))
    return tmp_path / "roster.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_roster_is_read_as_spreadsheets_write_it(tmp_path: Path, encoding: str, end: str) -> None:
    lines = ["Student, name ,class,email", '007,"王, 小明",一班,w@x.org', "", ",,,", "008,李四,,"]
    found = roster.read(written(tmp_path, end.join(lines) + end, encoding))
    assert [(one.number, one.name, one.email) for one in found] == [("007", "王, 小明", "w@x.org"), ("008", "李四", "")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_roster_in_chinese_or_with_another_separator_is_read(tmp_path: Path, separator: str) -> None:
    lines = ["班级,学号,姓名,邮箱", "一班,007,王小明,w@x.org"]
    found = roster.read(written(tmp_path, "\r\n".join(lines).replace(",", separator), "utf-16"))
    assert found == (roster.Student("007", "王小明", "w@x.org", 2),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,name\n1,a\n", "has no column student"),
        ("", "has no column student"),
        ("student\n1\n2\n1\n", ", line 4: 1 is on the roster already, in line 2"),
        ("student\nA1\na1\n", "already"),
        ("student\nA１\na1\n", "already"),
        ("student,name\n,a\n", ", line 2: '' is no student's number"),
        ("student\n../x\n", "is no student's number"),
        ("student\n=1+1\n", "is no student's number"),
        ("student\n-rf\n", "is no student's number"),
        ('student\n"a\nb"\n', "is no student's number"),
    ],
)
def test_a_roster_that_names_nobody_or_somebody_twice_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        roster.read(written(tmp_path, text))
    assert said in refused.value.message


def test_a_missing_roster_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        roster.read(tmp_path / "none.csv")


def test_unknown_and_missing_students_are_both_listed(tmp_path: Path) -> None:
    students = roster.read(written(tmp_path, "student\nA1\nA2\nA3\n"))
    assert roster.compared(students, ["a1", "B9", "A３"]) == (["B9"], ["A2"])
