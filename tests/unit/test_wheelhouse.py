import os
import subprocess
from pathlib import Path

import pytest

from labrunner.environment import wheelhouse
from labrunner.errors import SourceMissing, UsageError
from labrunner.narrate import Quiet

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize("version", ["3", "2.7", "3.12.1", "latest", "--target"])
def test_what_is_no_python_version_is_said(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError, match="no Python version"):
        wheelhouse.fill(tmp_path, [version], Quiet())


def test_an_index_that_has_nothing_is_no_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SourceMissing, match="could not be fetched"):
        wheelhouse.fill(tmp_path, [wheelhouse.here()], Quiet())


@pytest.mark.parametrize(
    ("language", "said"), [("en", "LABRUNNER_WHEELS is no folder"), ("zh", "LABRUNNER_WHEELS 不是目录")]
)
def test_a_folder_of_wheels_that_is_not_there_is_said_before_anything_is_made(
    tmp_path: Path, language: str, said: str
) -> None:
    environ = {
        **os.environ,
        "LABRUNNER_HOME": str(tmp_path),
        "LABRUNNER_WHEELS": "/nowhere",
        "LABRUNNER_LANG": language,
    }
    environ.pop("LABRUNNER_CACHE", None)
    line = [str(CHECKOUT / "bin/labrunner"), "list"]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, said in done.stderr) == (3, True)
    assert not list(tmp_path.glob("cache/python/*/bin"))


def test_packages_that_cannot_be_had_are_no_fault_of_ours_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(SourceMissing, match="could not be fetched"):
        wheelhouse.unpack(tmp_path / "site", wheelhouse.here(), Quiet())
