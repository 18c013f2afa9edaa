"""The pages on safety: each promise names the tests that keep it, they exist, and both languages promise the same."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from labrunner.environment import cluster_safety, container_bounds, namespace_bounds
from tests.gate.phase import CHECKOUT

PAGES = ("safety.md", "safety.zh.md")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def text(page: str) -> str:
    return (CHECKOUT / "docs" / page).read_text(encoding="utf-8")


def promises(page: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the rows of the last table: what is promised, and the tests that keep it."""
    rows = re.findall(r"^\|.*\|$", text(page).rsplit("\n## ", 1)[1], re.MULTILINE)[2:]
    return [(row.split("|")[1].strip(), NAMED.findall(row)) for row in rows]


@cache
def named_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"))


@pytest.mark.parametrize("page", PAGES)
def test_each_promise_is_kept_by_tests_that_exist(page: str) -> None:
    rows = promises(page)
    assert len(rows) > 25
    assert [said for said, kept in rows if not said or not kept] == []
    missing = [f"{file}::{name}" for _, kept in rows for file, name in kept if name not in named_in(CHECKOUT / file)]
    assert missing == []


def test_both_languages_promise_the_same() -> None:
    one, other = ([kept for _, kept in promises(page)] for page in PAGES)
    assert one == other
    assert len(set(map(str, one))) == len(one), "a row twice"


@pytest.mark.parametrize("page", PAGES)
def test_the_bounds_are_those_of_the_program(page: str) -> None:
    said = re.sub(r"\s", "", text(page))
    hard = namespace_bounds.HARD
    for bound in (hard["pods"], hard["limits.memory"], hard["requests.storage"], namespace_bounds.LIMIT):
        assert bound.replace("Gi", "GiB").replace("Mi", "MiB") in said
    bounds = container_bounds
    for options in (bounds.REGISTRY, bounds.HELPER, bounds.SANDBOX, bounds.CELL, bounds.GATE):
        memory, pids = options[1], options[3]
        assert memory.replace("m", "MiB").replace("g", "GiB") in said
        assert f"|{pids}|" in said
    assert cluster_safety.STANDARD in said
