import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cli_fakes import CHECKOUT, FakeDoors, FakeLifecycle, Program, Run

from labrunner import catalog, cli, scaffold
from labrunner.catalog import Entry, LoadedLab

STEERING = (
    "LABRUNNER_SHELL",
    "LC_ALL",
    "LC_MESSAGES",
    "LABRUNNER_LANG",
    "LABRUNNER_LABS",
    "NO_COLOR",
    "FORCE_COLOR",
    "CI",
    "COLUMNS",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A test must neither see nor change what the developer started."""
    for name in STEERING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder with one lab that loads: tiny-lab."""
    root = tmp_path / "pack"
    scaffold.write("tiny-lab", root)
    (root / "__init__.py").write_text('SECTIONS = (("tiny_lab", "Docker › 练习"),)\n', encoding="utf-8")
    return root


@pytest.fixture
def tiny(pack: Path) -> LoadedLab:
    return catalog.load_entry(Entry("tiny-lab", "Docker › 练习", pack / "tiny_lab"))


@pytest.fixture
def program() -> Program:
    """The real program in a process of its own."""

    def run(*argv: str, line: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
        env = {**os.environ, "PYTHONPATH": str(CHECKOUT), **environ}
        words = ["sh", "-c", line] if line else [sys.executable, "-m", "labrunner", *argv]
        return subprocess.run(
            words, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
        )

    return run


@pytest.fixture
def lifecycle(tiny: LoadedLab, tmp_path: Path) -> FakeLifecycle:
    """The tiny lab, started and untouched."""
    progress = SimpleNamespace(passes={}, assisted=[], started="2026-01-01T10:00:00+00:00")
    endpoint = SimpleNamespace(engine="20.10", url="unix:///var/run/docker.sock")
    (tmp_path / "session").mkdir()
    session = SimpleNamespace(
        loaded=tiny, progress=progress, spoken={}, directory=tmp_path / "session", endpoint=endpoint, namespace=""
    )
    return FakeLifecycle(session)


@pytest.fixture
def run(lifecycle: FakeLifecycle) -> Run:
    """The program in this process, on the fake."""

    def call(*argv: str) -> int:
        doors: Any = FakeDoors(lifecycle)
        return cli.main(argv, doors)

    return call
