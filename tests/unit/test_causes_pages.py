"""Every code that a walk can name stands in docs/causes.md and in docs/causes.zh.md, and no other does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import labrunner
from labrunner.why import notes

ROOT = Path(labrunner.__file__).parents[1]
CODE = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
ROW = re.compile(r"^\| `([a-z0-9-]+)` \| ", re.MULTILINE)


def literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be: one literal, or either of two."""
    if isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def emitted() -> set[str]:
    """Return every code in the walkers: the first argument of whatever makes a cause."""
    found: set[str] = set()
    for file in sorted((ROOT / "labrunner" / "why").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
                if name.lower().endswith("cause"):
                    found.update(code for code in literals(node.args[0]) if CODE.fullmatch(code))
    return found


@pytest.mark.parametrize("page", ["causes.md", "causes.zh.md"])
def test_the_page_has_every_code_once_and_no_other(page: str) -> None:
    listed = ROW.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert len(listed) == len(set(listed)), "a code stands there twice"
    assert sorted(set(listed) - emitted()) == [], "no walk names these"
    assert sorted(emitted() - set(listed)) == [], "these are not explained"


def test_the_codes_of_the_notes_are_codes() -> None:
    assert notes.BY_CODE.keys() <= emitted()


def test_enough_codes_are_found_for_this_test_to_mean_something() -> None:
    assert {"image-tag-absent", "crashed", "unschedulable-cpu", "selector-matches-nothing"} <= emitted()
