"""What we stand on: every package by version and hash, and silence about it that is not taken for a good answer."""

import re
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from labrunner.environment import go
from tests.gate import supply

HASHES = r"(?: \\\n    --hash=sha256:[0-9a-f]{64})+"
ENTRY = re.compile(rf"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; [^\\]+)?{HASHES}$", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    """Return a list's packages and their versions; asserts that nothing else is in it."""
    text = (supply.LOCKED / f"{name}.txt").read_text(encoding="utf-8").removeprefix(supply.HEADER)
    assert ENTRY.sub("", text).strip() == "", "a line that pins nothing"
    return {canonicalize_name(found[1]): found[2] for found in ENTRY.finditer(text)}


def test_the_lists_are_those_of_the_project() -> None:
    assert {path.stem for path in supply.LOCKED.glob("*.txt")} == set(supply.wanted())


@pytest.mark.parametrize("name", supply.wanted())
def test_what_is_asked_for_is_locked_within_its_range(name: str) -> None:
    pinned = locked(name)
    for line in supply.wanted()[name]:
        asked = Requirement(line)
        assert asked.specifier.contains(pinned[canonicalize_name(asked.name)]), f"{line}: run bin/test lock"


def test_what_the_tests_run_with_is_what_users_run_with() -> None:
    assert locked("requirements").items() <= locked("requirements-test").items()


def test_what_is_installed_here_is_what_is_locked() -> None:
    pinned = locked("requirements-test") | locked("uv")
    here = {canonicalize_name(found.name): found.version for found in distributions()}
    odd = {name: here[name] for name in here.keys() & pinned.keys() if here[name] != pinned[name]}
    assert odd == {}


def test_no_answer_is_not_a_good_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert supply.report([], "ConnectionError: the advisory service\n") == 3
    assert "no advisory data was reached, so nothing is known: ConnectionError" in capsys.readouterr().out
    unasked = {"name": "other", "skip_reason": "not found on PyPI"}
    assert supply.report([unasked], "No known vulnerabilities found\n") == 3, "the auditor itself says this"
    assert "nothing is known: not found on PyPI" in capsys.readouterr().out
    known = {"name": "some", "version": "1", "vulns": [{"id": "PYSEC-2026-1"}]}
    clean = {**known, "vulns": []}
    assert [supply.report(found, "") for found in ([known, unasked], [clean, unasked], [clean])] == [1, 3, 0]
    assert "some 1: PYSEC-2026-1" in capsys.readouterr().out


def test_nothing_is_installed_from_the_index_without_its_hash() -> None:
    for file in ("bin/labrunner", "labrunner/environment/go.py"):
        text = (supply.CHECKOUT / file).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if re.search(r"pip\W+install\b", line)]
        assert lines
        assert all("exact" in line for line in lines), file
        assert re.search(r"exact = ?.*--require-hashes|exact=\(.*--require-hashes", text), file


def test_no_program_asks_for_a_newer_go_than_the_one_that_is_fetched() -> None:
    modules = sorted(file.parent for file in supply.CHECKOUT.glob("provision/go/*/go.mod"))
    assert modules
    newer = {module.name: go.needed([module]) for module in modules if Version(go.needed([module])) > Version(go.PINNED)}
    assert newer == {}, "no machine could build these but one with a newer Go of its own"
