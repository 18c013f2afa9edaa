"""Evidence that is written behind a submission's back: all of it, and what could not be written is not passed over."""

from pathlib import Path

import pytest

from labrunner.errors import DockerDown, UsageError
from labrunner.grading.kept import keeping
from labrunner.outcome import Report
from labrunner.staging import Stage
from labrunner.world.fake import FakeEngine
from labrunner.world.snapshot import Snapshot
from tests.tiny import begun, tiny

REPORT = Report("tiny", ())


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(*begun(tiny(tmp_path), tmp_path / "lab", FakeEngine()), None)


def test_what_was_read_is_there_when_grading_breaks(stage: Stage, tmp_path: Path) -> None:
    names = [f"{number}.json.gz" for number in range(5)]

    def breaks() -> None:
        with keeping(stage, tmp_path / "evidence") as kept:
            for name in names:
                kept.put(name, REPORT, Snapshot())
            raise DockerDown(names[-1])

    with pytest.raises(DockerDown):
        breaks()
    assert sorted(one.name for one in (tmp_path / "evidence").iterdir()) == names


def test_what_cannot_be_written_ends_the_grading(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "one.json.gz").write_text("somebody's", encoding="utf-8")
    with keeping(stage, tmp_path) as kept:
        kept.put("one.json.gz", REPORT, Snapshot())
        with pytest.raises(UsageError, match="no evidence file"):
            kept.whole()
    assert (tmp_path / "one.json.gz").read_text(encoding="utf-8") == "somebody's"


def test_where_nothing_is_kept_nothing_is_asked_and_nothing_written(stage: Stage, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    with keeping(stage, None) as kept:
        kept.put("one.json.gz", REPORT, Snapshot())
        kept.whole()
    assert sorted(tmp_path.rglob("*")) == before
