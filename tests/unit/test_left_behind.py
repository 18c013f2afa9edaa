"""What somebody leaves who is killed in the midst of writing, copying or forgetting, and how it goes."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labrunner import atomic, scratch
from labrunner.environment import registry_data
from labrunner.state import lab_files, session
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, tiny


@pytest.fixture
def gone() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    return child.pid


class Killed(BaseException):
    """Nobody catches it, as nobody does SIGKILL."""


def killed(*_: object, **__: object) -> None:
    raise Killed


def test_what_was_half_written_goes_with_the_next_writing(tmp_path: Path, gone: int) -> None:
    for pid in (gone, os.getpid()):
        (tmp_path / f".lab.json.{pid}.x").write_text("half")
    (tmp_path / ".lab.json.mine").write_text("the user's")
    atomic.write(tmp_path / "lab.json", "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["lab.json", ".lab.json.mine", f".lab.json.{os.getpid()}.x"]
    )


def test_a_folder_of_somebody_who_is_gone_goes_with_the_next_one(home: Path, gone: int) -> None:
    left = home / "state/scratch" / f"script.{gone}.ab"
    left.mkdir(parents=True)
    with scratch.folder("script") as folder:
        assert not left.exists()
        with scratch.folder("script") as other:
            assert folder.exists()
            assert other != folder
    assert not list((home / "state/scratch").iterdir())


def lab_with_a_file(tmp_path: Path) -> Any:
    (tmp_path / "lab/files").mkdir(parents=True)
    (tmp_path / "lab/files/note.txt").write_text("Ring once.")
    return SimpleNamespace(entry=SimpleNamespace(folder=tmp_path / "lab", slug="lab"))


def test_a_file_that_was_half_handed_out_is_not_taken_for_the_learners(tmp_path: Path, gone: int) -> None:
    loaded, work = lab_with_a_file(tmp_path), tmp_path / "work"
    work.mkdir()
    (work / f".note.txt.{gone}.x").write_text("Ri")
    assert lab_files.take_back(loaded, work) == []
    assert not work.exists()


def test_a_file_is_handed_out_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, work = lab_with_a_file(tmp_path), tmp_path / "work"
    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(Killed):
        lab_files.place(loaded, work)
    monkeypatch.undo()
    assert not list(work.iterdir())
    lab_files.place(loaded, work)
    assert [path.name for path in work.iterdir()] == ["note.txt"]


def test_a_lab_that_is_half_forgotten_is_no_lab_and_nobodys_past(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, _ = begun(tiny(tmp_path), session.directory_of("tiny"), FakeEngine())
    assert session.started() == ["tiny"]
    with monkeypatch.context() as patch:
        patch.setattr(session.shutil, "rmtree", killed)
        with pytest.raises(Killed):
            written.forget()
    assert not written.directory.exists()
    assert session.started() == []
    session.sweep()
    assert not list((home / "state/labs").iterdir())


def test_what_is_written_of_a_lab_that_never_began_goes(home: Path) -> None:
    half = session.directory_of("half")
    half.mkdir(parents=True)
    (half / ".baseline.json.1.x").write_text("{")
    whole = session.directory_of("whole")
    whole.mkdir()
    (whole / "baseline.json").write_text("{}")
    session.sweep()
    assert [path.name for path in (home / "state/labs").iterdir()] == ["whole"]


def test_what_was_half_removed_of_the_registry_is_joined_again(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "tree"
    (tree / "docker").mkdir(parents=True)
    (tree / "docker/data").write_text("a layer")
    registry_data.join("0123456789ab", [tree])
    served = registry_data.folder("0123456789ab") / "docker/data"
    assert home in served.parents
    with monkeypatch.context() as patch:
        patch.setattr(registry_data.shutil, "rmtree", killed)
        with pytest.raises(Killed):
            registry_data.clear("0123456789ab")
    served.unlink()
    registry_data.join("0123456789ab", [tree])
    assert served.exists()


def test_a_full_disk_keeps_nobody_from_forgetting(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home
    written, _ = begun(tiny(tmp_path), session.directory_of("tiny"), FakeEngine())

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(atomic.places, "private", full)
    written.undo()
    written.forget()
    assert not written.directory.exists()
