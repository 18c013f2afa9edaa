from pathlib import Path

import pytest

from labrunner.catalog import LoadedLab
from labrunner.errors import LabBroken
from labrunner.state import lab_files
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, loaded, tiny


@pytest.fixture
def lab(tmp_path: Path) -> LoadedLab:
    found = loaded(tiny(tmp_path))
    (found.entry.folder / "files" / "app").mkdir(parents=True)
    (found.entry.folder / "files" / "Dockerfile").write_text("FROM x\n", encoding="utf-8")
    (found.entry.folder / "files" / "app" / "run.sh").write_text("echo\n", encoding="utf-8")
    return found


def test_a_lab_without_files_hands_out_nothing(tmp_path: Path) -> None:
    bare = loaded(tiny(tmp_path))
    assert lab_files.place(bare, tmp_path / "work" / "tiny") == ""
    assert lab_files.take_back(bare, tmp_path / "work" / "tiny") == []
    assert not (tmp_path / "work").exists()


def test_what_is_handed_out_is_taken_back_whole(lab: LoadedLab, tmp_path: Path) -> None:
    target = tmp_path / "work" / "tiny"
    assert lab_files.place(lab, target) == str(target)
    assert (target / "app" / "run.sh").read_text(encoding="utf-8") == "echo\n"
    assert lab_files.take_back(lab, target) == []
    assert not target.parent.exists()


def test_what_the_learner_changed_or_added_stays(lab: LoadedLab, tmp_path: Path) -> None:
    target = tmp_path / "work" / "tiny"
    lab_files.place(lab, target)
    (target / "Dockerfile").write_text("FROM y\n", encoding="utf-8")
    (target / "app" / "notes").write_text("mine\n", encoding="utf-8")
    assert lab_files.take_back(lab, target) == [target / "Dockerfile", target / "app" / "notes"]
    assert not (target / "app" / "run.sh").exists()


def test_a_clean_start_keeps_what_was_changed_under_another_name(lab: LoadedLab, tmp_path: Path) -> None:
    target = tmp_path / "work" / "tiny"
    for mine in ("FROM y\n", "FROM z\n"):
        lab_files.place(lab, target)
        (target / "Dockerfile").write_text(mine, encoding="utf-8")
    lab_files.place(lab, target)
    assert (target / "Dockerfile").read_text(encoding="utf-8") == "FROM x\n"
    assert (target / "Dockerfile.mine").read_text(encoding="utf-8") == "FROM y\n"
    assert (target / "Dockerfile.mine1").read_text(encoding="utf-8") == "FROM z\n"


def test_a_link_of_the_learners_is_not_followed(lab: LoadedLab, tmp_path: Path) -> None:
    target = tmp_path / "work" / "tiny"
    target.mkdir(parents=True)
    (tmp_path / "theirs").write_text("theirs\n", encoding="utf-8")
    (target / "Dockerfile").symlink_to(tmp_path / "theirs")
    lab_files.place(lab, target)
    assert (tmp_path / "theirs").read_text(encoding="utf-8") == "theirs\n"
    assert (target / "Dockerfile").read_text(encoding="utf-8") == "FROM x\n"
    assert (target / "Dockerfile.mine").is_symlink()


def test_a_lab_that_hands_out_a_link_is_broken_and_nothing_is_followed(lab: LoadedLab, tmp_path: Path) -> None:
    (tmp_path / "private").write_text("private\n", encoding="utf-8")
    (lab.entry.folder / "files" / "z.yaml").symlink_to(tmp_path / "private")
    target = tmp_path / "work" / "tiny"
    with pytest.raises(LabBroken, match=r"z\.yaml"):
        lab_files.place(lab, target)
    assert not (target / "z.yaml").exists()


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, with what is in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("link", ["", "app"], ids=["the lab's folder", "a folder in it"])
def test_what_a_linked_folder_leads_to_is_neither_written_in_nor_taken_from(
    lab: LoadedLab, tmp_path: Path, link: str
) -> None:
    target, theirs = tmp_path / "work" / "tiny", tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "run.sh").write_text("echo\n", encoding="utf-8")  # as it is handed out: kept elsewhere by the learner
    (theirs / "Dockerfile").write_text("FROM mine\n", encoding="utf-8")
    before = tree(theirs)
    (target / link).parent.mkdir(parents=True, exist_ok=True)
    (target / link).symlink_to(theirs)
    lab_files.take_back(lab, target)
    assert tree(theirs) == before
    lab_files.place(lab, target)
    assert tree(theirs) == before
    assert not (target / "app").is_symlink()
    assert (target / "app" / "run.sh").is_file()
    (link_kept,) = [path for path in tmp_path.rglob("*.mine") if path.is_symlink()]
    assert link_kept.readlink() == theirs
    lab_files.take_back(lab, target)
    assert tree(theirs) == before


def test_a_planted_link_goes_with_the_labs_state_and_what_it_leads_to_stays(lab: LoadedLab, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    (theirs / "deep").mkdir(parents=True)
    (theirs / "deep" / "work").write_text("of months\n", encoding="utf-8")
    before = tree(theirs)
    begun_, _ = begun(lab.lab, tmp_path / "state", FakeEngine())
    (begun_.directory / "home").symlink_to(theirs)
    begun_.forget()
    assert not begun_.directory.exists()
    begun_.directory.symlink_to(theirs)
    begun_.forget()
    assert not begun_.directory.is_symlink()
    assert tree(theirs) == before
