"""What no line of ours may do to a machine that is somebody else's, looked for in every line that there is."""

import ast
import re
from pathlib import Path

import pytest

import labrunner

ROOT = Path(labrunner.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
LABS = sorted((ROOT.parent / "labs").rglob("*.py"))
REMOVES = {
    "environment/workbench.py", "environment/node_image.py", "environment/images.py",
    "environment/kind.py", "environment/registry.py", "environment/network.py", "environment/sandbox_journal.py",
    "environment/host.py",
}  # fmt: skip
"""Where something is taken off a daemon: each by an ID, or a name that it was given there, with our label."""


def words_of(file: Path) -> list[tuple[int, list[str]]]:
    """Return the strings of each call in a file, with its line; what is said to people is none of them."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") != "say":
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            for one in node.args:
                if isinstance(one, ast.List | ast.Tuple):
                    words += [item.value for item in one.elts if isinstance(item, ast.Constant)]  # type: ignore[misc]
            found.append((node.lineno, words))
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_is_pruned_and_no_image_is_forced(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"[/\"' ]prune[\"'?/ ]|\bprune_\w+\(|_prune\(", text), "a prune takes what it does not know"
    assert "down --volumes" not in text
    for line, words in words_of(file):
        where = f"{file}:{line}"
        if {"rmi"} & set(words) or words[:2] == ["image", "rm"]:
            assert not {"-f", "--force"} & set(words), where
        if "delete" in words and "--all" in words:
            assert "-n" in words, f"{where}: everything, and not of one namespace"
        assert "use-context" not in words, where
        assert "current-context" not in words or file.name == "kubeconfig.py", where


def test_what_removes_from_a_daemon_is_known() -> None:
    found = set()
    for file in FILES:
        for _, words in words_of(file):
            if {"rm", "rmi"} & set(words) or "remove_image" in words:
                found.add(str(file.relative_to(ROOT)))
    assert found == REMOVES, f"whose is it that these remove: {found ^ REMOVES}?"


def test_the_sdk_forces_no_image() -> None:
    forced = {}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "remove_image":
                said = {one.arg: one.value for one in node.keywords}
                forced[str(file.relative_to(ROOT))] = getattr(said.get("force"), "value", None)
    assert forced == {"world/docker_engine.py": False}


def test_kubectl_is_run_at_one_door() -> None:
    """Other kubectls would not be asked whose the cluster is; `_uid` is the question itself."""
    found = {str(file.relative_to(ROOT)) for file in FILES if "kubectl_line(" in file.read_text(encoding="utf-8")}
    assert found == {
        "environment/cluster_record.py", "environment/cluster_identity.py", "environment/kubectl.py"
    }  # fmt: skip
    line = re.compile(r"\[[^]]*cluster\.kubectl\b|\[\s*\"kubectl\"")
    assert not [file for file in FILES if line.search(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("file", LABS, ids=lambda file: str(file.relative_to(ROOT.parent)))
def test_no_lab_does_it_either(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"\bprune\b|compose[^\n]* down\b", text)
