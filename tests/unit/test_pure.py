"""A verdict is made of a snapshot and nothing else: no clock, no file, no network, no environment, no chance."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import labrunner

ROOT = Path(labrunner.__file__).parent
MACHINE = {"os", "subprocess", "socket", "time", "pathlib", "http", "ssl", "random", "secrets", "tempfile", "urllib3"}
OURS = ("labrunner.wait", "labrunner.atomic", "labrunner.process", "labrunner.places", "labrunner.state")
ALONE = ("judge", "over_time", "settling", "expectation", "facts", "withheld", "when", "outcome")
NOUNS = ("answer", "cluster", "docker", "history", "moments", "motion", "loops", "redact", "capped", "secret_words")
FILES = [
    *(ROOT / f"{name}.py" for name in ALONE),
    *(ROOT / "world" / f"{name}.py" for name in NOUNS),
    *sorted((ROOT / "why").glob("*.py")),
]
WITHOUT_A_TIME = {"tls.py"}
"""Reads the clock where a snapshot has no time, which evidence always has."""


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}.{file.stem}")
def test_what_makes_a_verdict_reads_nothing_but_the_snapshot(file: Path) -> None:
    names = set(imported(file))
    assert not {name.partition(".")[0] for name in names} & MACHINE
    assert not [name for name in names if name.startswith(OURS)]
    if file.name not in WITHOUT_A_TIME:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today")), file
