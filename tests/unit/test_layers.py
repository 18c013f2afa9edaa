"""The shape of the program: who may import whom, where the SDKs are, how long a file may be."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import labrunner
from labrunner import errors
from labrunner.errors import LabrunnerError

ROOT = Path(labrunner.__file__).parent
TOP_DOWN = (
    ("__main__",),
    ("cli", "pytest_plugin"),
    ("render",),
    ("scaffold", "lint", "lint_words", "belongings"),
    ("fleet",),
    ("lifecycle", "demo", "prove", "grading"),
    (
        "proof",
        "prove_students",
        "difference",
        "scenery",
        "working",
        "witness",
        "watch",
        "ending",
        "outages",
        "asking",
        "question",
    ),
    ("staging", "understudy", "side_by_side", "discretion"),
    ("starting", "entering", "ahead"),
    ("runner", "rechecking"),
    ("environment",),
    ("state",),
    ("judge", "over_time", "settling", "judging", "apart", "apart_child"),
    ("why",),
    ("world",),
    ("values", "coverage", "coverage_file"),
    ("catalog",),
    ("perform", "lab", "text", "expectation"),
    ("step",),
    ("operation", "script", "facts", "when", "withheld", "gradable"),
    ("outcome", "narrate", "process", "atomic", "reading"),
    ("wait", "places", "interruption", "scratch", "inert"),
    ("words",),
    ("errors",),
)
"""Each layer may import from its own and from those below it."""
UPWARD: dict[str, tuple[str, ...]] = {}
"""Imports that run up, each with a reason beside it; there is none."""
RANK = {name: number for number, layer in enumerate(TOP_DOWN) for name in layer}
FILES = sorted(ROOT.rglob("*.py"))


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports(file: Path) -> list[tuple[str, bool]]:
    return list(_imports(file))


def _imports(file: Path) -> Iterator[tuple[str, bool]]:
    """Yield each module that is imported, and whether it is as soon as the file is."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "labrunner":
                yield from ((f"labrunner.{alias.name}", id(node) in top) for alias in node.names)
            else:
                yield node.module, id(node) in top


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_run_down_only(file: Path) -> None:
    own = name_of(file).split(".")[0]
    if own in ("", "__init__"):
        return
    for module, _ in imports(file):
        if module.startswith("labrunner."):
            other = module.split(".")[1]
            if other in RANK:
                assert RANK[other] >= RANK[own], f"{name_of(file)} imports {module}, which is above it"


def test_every_module_has_its_layer() -> None:
    found = {name_of(file).split(".")[0] for file in FILES} - {"__init__", ""}
    assert found <= RANK.keys(), f"give these a layer: {found - RANK.keys()}"


@pytest.mark.parametrize(
    ("sdk", "allowed"),
    [
        ("docker", ("world.docker_engine", "world.docker_logins")),
        ("kubernetes", ("world.kube_cluster",)),
        ("typer", ("cli",)),
        ("click", ("cli",)),
        ("rich", ("cli", "render")),
    ],
)
def test_each_sdk_is_known_in_one_place(sdk: str, allowed: tuple[str, ...]) -> None:
    for file in FILES:
        if any(module.split(".")[0] == sdk for module, _ in imports(file)):
            assert name_of(file).startswith(allowed), f"{name_of(file)} imports {sdk}"


def test_the_sdks_are_imported_inside_the_function_that_connects() -> None:
    for file in FILES:
        slow = [m for m, top in imports(file) if top and m.split(".")[0] in ("docker", "kubernetes", "requests")]
        assert not slow, f"{name_of(file)} imports {slow} as soon as it is imported itself"


def test_only_wait_sleeps() -> None:
    for file in FILES:
        if name_of(file) != "wait":
            assert not re.search(r"\btime\.sleep\b|from time import .*\bsleep\b", file.read_text(encoding="utf-8")), (
                file
            )


def test_no_file_is_long_and_most_are_short() -> None:
    lengths = sorted((len(file.read_text(encoding="utf-8").splitlines()), name_of(file)) for file in FILES)
    assert lengths[-1][0] <= 300, lengths[-1]
    assert lengths[len(lengths) // 2][0] <= 100


def test_the_door_is_sorted_and_every_name_is_there() -> None:
    assert labrunner.__all__ == sorted(labrunner.__all__)
    assert all(hasattr(labrunner, name) for name in labrunner.__all__)
    given = [name for names in labrunner._HOMES.values() for name in names]
    assert sorted(given) == labrunner.__all__
    assert not set(given) & {file.stem for file in ROOT.glob("*.py")}, "a module would hide the name"


def test_every_error_stands_in_the_tree_with_its_exit_code() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, LabrunnerError)]
    for kind in kinds:
        assert re.search(rf"\b{kind.__name__}\b", str(errors.__doc__)), f"{kind.__name__} is not drawn"
        assert kind.exit_code in (2, 3, 4, 5)
        assert kind.__doc__
    drawn = re.findall(r"^    [├│└ ─]*(\w+)  +(\d)", str(errors.__doc__), re.MULTILINE)
    assert {name: int(code) for name, code in drawn} == {name: getattr(errors, name).exit_code for name, _ in drawn}
    assert len(drawn) >= 6
