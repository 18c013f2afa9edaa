"""A lab's own solutions, handed in as a student would: a script a step."""

import json
import shlex
import shutil
from pathlib import Path

from labrunner import values
from labrunner.catalog import LoadedLab
from labrunner.grading.hands import WORK
from labrunner.lab import Lab
from labrunner.operation import PLACEHOLDER, Act, HandIn, Operation, Terminal, acts, filled_act, texts
from labrunner.step import Step

FILES = "files"
"""Where the files that the lab hands out lie in the submission."""


def handed_in(folder: Path, loaded: LoadedLab, student: str, port: int) -> Path:
    """Write a submission of everything that the lab's author would do.

    Args:
        folder: where the submission's own folder is made.
        loaded: the lab.
        student: whose.
        port: of the registry in what is typed.
    """
    root = folder / student
    place = root / loaded.entry.slug
    place.mkdir(parents=True)
    known = values.of_lab(loaded.lab, student=student, port=port, files=f"{WORK}/{FILES}")
    for step in loaded.lab.steps:
        lines = [line(filled_act(act, known)) for act in acts(written(step, loaded.lab))]
        script = "\n".join(['cd "$(mktemp -d)"', *lines])  # as the lab's own: each step in a folder of its own
        (place / f"{step.id}.sh").write_text(f"{script}\n", encoding="utf-8")
    if (given := loaded.entry.folder / FILES).is_dir():
        shutil.copytree(given, place / FILES)
    manifest = {"version": 1, "student": student, "port": port}
    (root / "labrunner-submission.json").write_text(json.dumps(manifest), encoding="utf-8")
    return root


def written(step: Step, lab: Lab) -> Operation:
    """Return the first right way of a step that a student's script can take.

    That is no dialogue, for a script has no terminal, and no answer that only the author knows beforehand.

    Raises:
        SystemExit: there is none.
    """
    secret = {value.name for value in lab.values.values() if value.kind == "secret"}
    for way in (step.solve, *step.also.values()):
        known = {name for text in texts(way) for name in PLACEHOLDER.findall(text)}
        if not known & secret and not any(isinstance(act, Terminal) for act in acts(way)):
            return way
    raise SystemExit(f"{lab.slug}: no way to do {step.id} is a student's script as it stands")


def line(act: Act) -> str:
    """Return an act as a script's line."""
    if isinstance(act, HandIn):
        value = f'"{act.value}"' if "$(" in act.value else shlex.quote(act.value)
        return f"labrunner answer {value}"
    return str(act)
