import os
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labrunner.errors import DiskFull
from labrunner.state import journal


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "journal.jsonl"
    for number in range(3):
        journal.append(file, {"number": number})
    assert [record["number"] for record in journal.records(file)] == [0, 1, 2]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_missing_file_holds_nothing(tmp_path: Path) -> None:
    assert journal.records(tmp_path / "none") == []


def test_a_half_line_is_left_out_and_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    journal.append(file, {"number": 1})
    with file.open("a") as text:
        text.write('{"number": 2, "na')
    journal.append(file, {"number": 3})
    assert [record["number"] for record in journal.records(file)] == [1, 3]


def test_lines_that_are_no_records_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_bytes(b'[]\n"x"\n\n\xff\xfe\n{"number": 1}\n')
    assert journal.records(file) == [{"number": 1}]


@settings(max_examples=20)
@given(st.text())
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    record = {"text": text.encode(errors="replace").decode()}
    journal.append(file, record)
    assert journal.records(file) == [record]


def test_line_separators_of_unicode_cut_nothing(tmp_path: Path) -> None:
    journal.append(tmp_path / "j", {"label": "a\u2028b\x85c\u2029d"})
    assert journal.records(tmp_path / "j") == [{"label": "a\u2028b\x85c\u2029d"}]


def _writes(file: Path, who: int) -> None:
    for _ in range(20):
        journal.append(file, {"by": who, "pad": "x" * 5000})


def test_writers_side_by_side_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    writers = [Thread(target=_writes, args=(file, one)) for one in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(journal.records(file)) == 80


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")  # noqa: PTH110
def test_a_full_disk_is_said_so_before_anything_is_created() -> None:
    with pytest.raises(DiskFull):
        journal.append(Path("/dev/full"), {"number": 1})
