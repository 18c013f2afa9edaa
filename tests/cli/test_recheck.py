"""Evidence on the command line: written by check, judged by recheck, one sentence for what is none."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cli_fakes import FAILED, FakeDoors, FakeLifecycle, Program, report

from labrunner import cli
from labrunner.catalog import LoadedLab
from labrunner.outcome import Outcome, Report
from labrunner.world.evidence import EvidenceBroken

Rechecks = Callable[..., int]


class Rechecking:
    """Reports by file name, without files."""

    def __init__(self, loaded: LoadedLab, reports: dict[str, Report]) -> None:
        self.loaded, self.reports, self.changed = loaded, reports, False

    def recheck(self, path: Path, extra: Path | None = None) -> Any:
        del extra
        if path.name not in self.reports:
            raise EvidenceBroken(f"{path} is no evidence file")
        return SimpleNamespace(loaded=self.loaded, report=self.reports[path.name], changed=self.changed)


@pytest.fixture
def rechecking(tiny: LoadedLab) -> Rechecking:
    return Rechecking(tiny, {"good": report(Outcome.PASS), "bad": report(Outcome.FAIL, **FAILED)})


@pytest.fixture
def recheck(lifecycle: FakeLifecycle, rechecking: Rechecking) -> Rechecks:
    def call(*argv: str) -> int:
        doors: Any = FakeDoors(lifecycle)
        doors.rechecking = lambda: rechecking
        return cli.main(("recheck", *argv), doors)

    return call


def test_one_file_prints_what_check_prints(
    recheck: Rechecks, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.FAIL, **FAILED)] * 2
    doors: Any = FakeDoors(lifecycle)
    for words in (["--json"], []):
        assert cli.main(("check", *words), doors) == 1
        live = capsys.readouterr().out
        assert recheck("bad", *words) == 1
        again = capsys.readouterr().out
        assert live == again if words else live.startswith(again)
        assert again


def test_several_files_are_all_judged_and_the_worst_decides(
    recheck: Rechecks, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recheck("good", "good") == 0
    assert recheck("good", "bad") == 1
    assert recheck("bad", "none", "good") == 2
    shown = capsys.readouterr().out
    assert "none is no evidence file" in shown
    assert shown.rindex("good") > shown.index("none is no evidence file")


def test_several_files_as_json(recheck: Rechecks, capsys: pytest.CaptureFixture[str]) -> None:
    assert recheck("bad", "none", "--json") == 2
    first, second = json.loads(capsys.readouterr().out)
    assert (first["file"], first["exit_code"], first["report"]["lab"]) == ("bad", 1, "tiny-lab")
    assert (second["exit_code"], "no evidence" in second["error"]) == (2, True)


def test_a_lab_that_has_changed_since_is_said_and_not_in_the_report(
    recheck: Rechecks, rechecking: Rechecking, capsys: pytest.CaptureFixture[str]
) -> None:
    rechecking.changed = True
    assert recheck("good", "--json") == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == json.loads(json.dumps(report(Outcome.PASS).record()))
    assert "today's checks" in shown.err


@pytest.mark.parametrize("data", [b"", b"{}", b"\x1f\x8b\x08", None], ids=["empty", "other", "cut", "missing"])
@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["text", "json"])
def test_a_file_that_is_none_is_one_sentence_and_exit_2(
    program: Program, tmp_path: Path, data: bytes | None, as_json: list[str]
) -> None:
    file = tmp_path / "e"
    if data is not None:
        file.write_bytes(data)
    done = program("recheck", str(file), *as_json)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout
    said = json.loads(done.stdout)["error"] if as_json else " ".join(done.stderr.split())
    assert "evidence" in said or "cannot be read" in said


def test_check_hands_the_file_on(lifecycle: FakeLifecycle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Path] = []

    def check(_session: Any, _step: str = "", *, kept_: Path | None = None, **more: Any) -> Report:
        kept.append(more.pop("kept"))
        assert not more
        assert kept_ is None
        return report(Outcome.FAIL, **FAILED)

    monkeypatch.setattr(lifecycle, "check", check)
    doors: Any = FakeDoors(lifecycle)
    assert cli.main(("check", "--evidence", str(tmp_path / "e.json")), doors) == 1
    assert kept == [tmp_path / "e.json"]
