"""Marks by hand, as spreadsheets write them; a wrong one is named with its line."""

from pathlib import Path

import pytest

from labrunner.errors import UsageError
from labrunner.grading.overrides import Override, read
from labrunner.words import speak

TABLE = "student,lab,mark,reason\n007,docker-basics,90,oral exam\n008,,77.5,\n\n"
FOUND = (Override("007", 90.0, "docker-basics", "oral exam"), Override("008", 77.5))


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("77.5", '"77,5"').encode(),
        TABLE.replace(",", ";").replace("77.5", "77,5").encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace("student,lab,mark,reason", "学号,实验,成绩,理由").encode("gb18030"),
        TABLE.replace("student,lab", "STUDENT , Lab").encode(),
    ],
    ids=["plain", "with its mark", "UTF-16", "Windows", "comma", "semicolons", "tabs", "GBK", "headings"],
)
def test_a_spreadsheet_s_table_is_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "o.csv").write_bytes(data)
    assert read(tmp_path / "o.csv") == FOUND


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no column student, mark"),
        ("student,lab\n1,a\n", "has no column mark"),
        ("student,mark\n1,101\n", r"line 2: '101' is no mark from 0 to 100"),
        ("student,mark\n1,nan\n", r"line 2: 'nan' is no mark"),
        ("student,mark\n1,-1\n", r"line 2: '-1' is no mark"),
        ("student,mark\n1,\n", r"line 2: '' is no mark"),
        ("student,mark\n,5\n", "line 2: no student is named"),
        ("student,mark\ns1,5\nS1,6\n", "line 3: a second mark for the same"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "o.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read(tmp_path / "o.csv")


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    for name in ("none", "."):
        with pytest.raises(UsageError):
            read(tmp_path / name)
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff\x00\xff" * 9)
    with pytest.raises(UsageError):
        read(tmp_path / "picture")
