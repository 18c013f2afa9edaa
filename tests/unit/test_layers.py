"""Imports run down only: the layers of docs/design.md, as a staircase."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "labrunner"
GROUND = ("errors", "outcome", "words", "narrate", "places", "atomic", "process", "facts", "operation", "script", "wait")
STAIRS: tuple[tuple[str, ...], ...] = (
    GROUND,
    ("lab", "expect", "text", "catalog", "values", "scaffold", "lint_words", "lint"),
    ("world",),
    ("state",),
    ("environment",),
    ("perform", "judge", "runner", "staging", "starting", "ending", "working", "lifecycle", "difference", "proof"),
    ("prove", "demo"),
    ("render",),
    ("cli",),
)
"""From the lowest; what stands on one stair may import its neighbours."""
HEIGHT = {name: height for height, stair in enumerate(STAIRS) for name in stair}


def modules() -> list[Path]:
    return sorted(
        path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem not in ("__init__", "__main__")
    )


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            parts = node.module.split(".")
            if parts == ["labrunner"]:
                yield from (alias.name for alias in node.names)
            elif parts[0] == "labrunner":
                yield parts[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("labrunner."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_down_only(path: Path) -> None:
    own = HEIGHT[layer(path)]
    assert [name for name in imported(path) if name in HEIGHT and HEIGHT[name] > own] == []


def test_every_module_has_its_stair() -> None:
    assert {layer(path) for path in modules()} <= set(HEIGHT)
