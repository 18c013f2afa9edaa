"""A pytest plugin: counts and failures for the gate, no skip where a daemon is required, a marker for Engine 29."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

SAID = pytest.StashKey[list[str]]()
"""Sentences of tests for the closing lines."""
KINDS = {"passed": ("passed", "xpassed"), "failed": ("failed", "error"), "skipped": ("skipped", "xfailed")}

WORDS = 300
"""Characters of a failure's message that stand in the closing lines."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gate")
    group.addoption("--tally", type=Path, help="a file for the counts, as JSON")
    group.addoption("--require", default="", help="docker,kind: a test of these that skips has failed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engine29: needs the image of Engine 29")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        called = getattr(item, "callspec", None)
        if called is not None and any(type(value) is str and value == "29" for value in called.params.values()):
            item.add_marker(pytest.mark.engine29)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    required = set(filter(None, item.config.getoption("--require").split(",")))
    if report.skipped and not hasattr(report, "wasxfail") and any(item.get_closest_marker(one) for one in required):
        report.outcome = "failed"
        report.longrepr = f"skipped, where it must not be: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    tally, said = config.getoption("--tally"), config.stash.get(SAID, [])
    for line in said:
        terminalreporter.write_line(line)
    if tally is not None:
        stats = terminalreporter.stats
        counts = {kind: sum(len(stats.get(name, ())) for name in names) for kind, names in KINDS.items()}
        broken = [f"{one.nodeid}: {_last_words(one)}" for name in KINDS["failed"] for one in stats.get(name, ())]
        tally.write_text(json.dumps({**counts, "said": said, "broken": broken}), encoding="utf-8")


def _last_words(report: pytest.TestReport) -> str:
    """Return one line of why: the log of a run is long, and of it only the end may be kept."""
    crash = getattr(report.longrepr, "reprcrash", None)
    said = str(crash.message if crash is not None else report.longrepr or report.when)
    return " ".join(said.split())[:WORDS]
