"""Phases that are pytest, ruff and mypy."""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.gate.phase import CHECKOUT, Result, command

LINTERS = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "labrunner", "labs", "tests", "bench"),  # prose lays its own code out
    ("mypy",),
    ("mypy", "--strict", "-p", "tests.gate"),
)
NOTHING_COLLECTED = 5


def static(limit: float) -> Result:
    """Run what reads the code without running it; each counts as one."""
    result = Result()
    for name, *words in LINTERS:
        code = command([sys.executable, "-m", name, *words], limit)
        said = f"{name} {' '.join(words)}: {'ok' if code == 0 else f'exit {code}'}"
        print(said, flush=True)  # noqa: T201
        result.add(Result(passed=1) if code == 0 else Result(failed=1, broken=[said]))
    return result


def pytest_phase(
    folders: tuple[str, ...], *words: str, limit: float, env: Mapping[str, str] = MappingProxyType({})
) -> Result:
    """Run pytest on some folders of tests/; a run that breaks off has failed, whatever it counted."""
    there = [f"tests/{folder}" for folder in folders if any((CHECKOUT / "tests" / folder).glob("test_*.py"))]
    if not there:
        return Result(left_out=[f"tests/{', tests/'.join(folders)}: there are none"])
    with tempfile.TemporaryDirectory(prefix="labrunner-gate-") as folder:
        tally = Path(folder) / "tally.json"
        line = [sys.executable, "-m", "pytest", "-p", "tests.gate.tally", f"--tally={tally}", "--require=docker,kind"]
        code = command([*line, "-p", "no:cacheprovider", *words, *there], limit, {"CI": "true", **_paths(), **env})
        counted = Result(**json.loads(tally.read_text(encoding="utf-8"))) if tally.exists() else Result()
    if code not in (0, 1, NOTHING_COLLECTED) or (code == 1 and not counted.failed):
        counted.failed += 1
        counted.broken.append(f"{' '.join(there)}: broke off with exit {code}")
    return counted


def _paths() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]))}
