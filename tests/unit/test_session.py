"""What is written of a started lab, and what becomes of it when the file is not as it was written."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from labrunner.errors import NoLabStarted
from labrunner.state import session
from labrunner.state.session import Session, opened
from labrunner.world.docker_engine import Inventory
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, tiny


@pytest.fixture
def written(tmp_path: Path) -> Session:
    engine = FakeEngine()
    engine.container("mine", engine.image("redis:7.0"))
    lab = tiny(tmp_path)
    lab.secret("half")
    lab.value("order")
    found, _ = begun(lab, tmp_path / "tiny", engine)
    found.progress.answers["read"] = "42"
    found.progress.passes["a"] = {"at": "then", "stands": True}
    found.save()
    return found


def test_what_was_saved_is_opened_again(written: Session) -> None:
    again = opened(written.loaded, written.directory)
    assert asdict(again.progress) == asdict(written.progress)
    assert (again.baseline, again.endpoint, again.port) == (written.baseline, written.endpoint, written.port)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"x"', '{"lab": "tiny"}', '{"endpoint": [], "progress": 1}', "\x00"]
)
@pytest.mark.parametrize("file", ["lab.json", "baseline.json"])
def test_a_file_that_is_none_of_ours_is_said_so_and_not_guessed(written: Session, file: str, text: str) -> None:
    (written.directory / file).write_text(text)
    with pytest.raises(NoLabStarted) as caught:
        opened(written.loaded, written.directory)
    assert caught.value.hint == "labrunner start tiny"


@pytest.mark.parametrize("file", ["lab.json", "baseline.json"])
def test_a_missing_file_is_said_so(written: Session, file: str) -> None:
    (written.directory / file).unlink()
    with pytest.raises(NoLabStarted):
        opened(written.loaded, written.directory)


def test_what_a_later_version_wrote_beside_is_passed_over(written: Session) -> None:
    def widened(value: dict[str, Any]) -> dict[str, Any]:
        return {**value, "later": {"x": 1}}

    for name in ("lab.json", "baseline.json"):
        kept = json.loads((written.directory / name).read_text())
        if name == "lab.json":
            kept["progress"], kept["endpoint"] = widened(kept["progress"]), widened(kept["endpoint"])
        (written.directory / name).write_text(json.dumps(widened(kept)))
    assert opened(written.loaded, written.directory).progress.answers == {"read": "42"}


@pytest.mark.parametrize("kind", ["containers", "networks", "volumes", "images"])
def test_a_baseline_without_a_kind_is_no_baseline(written: Session, kind: str) -> None:
    kept = asdict(written.baseline)
    del kept[kind]
    for broken in (kept, {**kept, kind: None}, {**kept, kind: ["x"]}):
        (written.directory / "baseline.json").write_text(json.dumps(broken))
        with pytest.raises(NoLabStarted):
            opened(written.loaded, written.directory)


def test_a_symbolic_link_is_taken_away_and_not_followed(written: Session, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").write_text("x")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    written.directory = link
    written.forget()
    assert not link.is_symlink()
    assert (tmp_path / "elsewhere" / "precious").exists()


def test_a_link_inside_is_not_followed_either(written: Session, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").write_text("x")
    (written.directory / "link").symlink_to(tmp_path / "elsewhere")
    written.forget()
    written.forget()
    assert not written.directory.exists()
    assert (tmp_path / "elsewhere" / "precious").exists()


def test_started_labs_are_those_of_which_something_is_written(home: Path) -> None:
    assert session.started() == []
    for slug in ("one", "two", "empty"):
        session.directory_of(slug).mkdir(parents=True)
    (session.directory_of("one") / "baseline.json").write_text("{}")
    (session.directory_of("two") / "lab.json").write_text("{}")
    (home / "state" / "labs" / "stray").write_text("x")
    assert sorted(session.started()) == ["one", "two"]


def test_secrets_are_in_no_evidence_and_in_no_words(written: Session) -> None:
    assert "half" in written.values
    assert "half" not in written.spoken
    assert "half" not in written.rest({}).values
    assert written.rest({"nonce": "n"}).values["nonce"] == "n"


def test_files_of_a_lab_are_its_owners_alone(written: Session) -> None:
    for file in written.directory.glob("*.json"):
        assert file.stat().st_mode & 0o077 == 0


def test_an_inventory_is_the_same_after_a_file() -> None:
    engine = FakeEngine()
    engine.container("a", engine.image("x:1", f"x@sha256:{'0' * 64}"), volumes=[engine.volume()])
    found = engine.inventory()
    assert Inventory.of(json.loads(json.dumps(asdict(found)))) == found
