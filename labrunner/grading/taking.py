"""What is taken of a submission, by an allow-list of names; whatever else it holds is listed and left alone."""

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

from labrunner.lab import ID

MANIFESTS = ("labrunner-submission.json", "labrunner-submission.yaml")
ANSWERS = "answers"
HINTS = "hints"
SOLVE = "solve.sh"
MOST_BYTES = 1024 * 1024
"""Of one file."""
MOST_FILES = 50
"""Of one lab."""
MOST_LABS = 60
MOST_TOTAL = 20 * 1024 * 1024
"""Bytes of all that is taken."""
DEEPEST = 6
"""Folders below a lab's own."""
LONGEST = 200
"""Characters of a path."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
SUFFIXES = frozenset({
    ".sh", ".yaml", ".yml", ".json", ".toml", ".conf", ".cfg", ".ini", ".properties", ".env", ".txt", ".md", ".csv",
    ".tsv", ".sql", ".html", ".css", ".js", ".mjs", ".ts", ".py", ".go", ".mod", ".sum", ".rb", ".java", ".c", ".h",
    ".rs", ".php", ".lua", ".tmpl", ".tpl", ".template", ".xml", ".crt", ".pem", ".key", ".svg", ".png", ".ico",
})  # fmt: skip
"""Manifests, and what an image is built from."""
WHOLE = frozenset({"Dockerfile", "Containerfile", "Makefile", ".dockerignore", ".env", ANSWERS, HINTS})
BEGINNINGS = ("Dockerfile.", "Containerfile.")
MEANING = frozenset({
    "conftest.py", "sitecustomize.py", "usercustomize.py", "checks.py", "lab.py", "pytest.ini", "tox.ini",
    "course.yaml", "roster.csv", "overrides.csv", "result.json", "results.json",
})  # fmt: skip
"""Names by which a tool that runs near the submission could be moved to do something; none is needed for a lab."""
FOLDERS = frozenset(
    {"labs", "labrunner", "results", "result", "evidence", "hidden", "tests", "docs", "bin", "node_modules"}
)
"""Folders that are no lab's, beside the manifest."""
UNSAID = frozenset({".git", "__MACOSX", ".DS_Store", "__pycache__"})
"""What every machine leaves behind: not worth a line."""


def is_taken(path: str, labs: Collection[str] | None = None) -> bool:
    """Tell whether a file of a submission is taken.

    Args:
        path: with `/`, from the submission's top.
        labs: the labs that there are; None where any kebab-case folder may be one.
    """
    if path in MANIFESTS:
        return True
    parts = PurePosixPath(path).parts
    if not 1 < len(parts) <= DEEPEST + 2 or len(path) > LONGEST or not is_lab(parts[0], labs):
        return False
    return all(NAME.fullmatch(part) for part in parts[1:-1]) and _is_file(parts[-1])


def is_lab(folder: str, labs: Collection[str] | None = None) -> bool:
    """Tell whether a folder at the top is a lab's."""
    if labs is not None:
        return folder in labs
    return ID.fullmatch(folder) is not None and folder not in FOLDERS


def is_unsaid(path: str) -> bool:
    """Tell whether leaving a file out is not worth a line."""
    return not UNSAID.isdisjoint(PurePosixPath(path).parts)


def step_of(path: PurePosixPath) -> str:
    """Return the step whose script a file of a lab's folder is; empty where it is none."""
    stem = path.name.removesuffix(".sh")
    is_script = len(path.parts) == 1 and path.suffix == ".sh" and path.name != SOLVE
    return stem if is_script and ID.fullmatch(stem) else ""


def same(path: str) -> str:
    """Return what two paths have in common that are one file on some machine: case and composed letters."""
    return unicodedata.normalize("NFC", path).casefold()


def _is_file(name: str) -> bool:
    if name in WHOLE or name.startswith(BEGINNINGS):
        return name.startswith(".") or NAME.fullmatch(name) is not None
    return NAME.fullmatch(name) is not None and name.lower() not in MEANING and PurePosixPath(name).suffix in SUFFIXES
