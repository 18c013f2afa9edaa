"""A submission to begin from: its manifest, and for each step of each lab a script that only says what is asked."""

import json
from collections.abc import Iterable
from pathlib import Path

from labrunner.catalog import LoadedLab
from labrunner.errors import UsageError
from labrunner.grading import taking
from labrunner.grading.submission import VERSION
from labrunner.step import Step
from labrunner.words import say


def write(into: Path, labs: Iterable[LoadedLab], *, student: str, course: str, port: int, language: str) -> list[Path]:  # noqa: PLR0913 - what a manifest says
    """Write what is not there yet of a submission; a file that is there is left as it is.

    Args:
        into: the submission's folder; made where missing.
        labs: the labs.
        student: whose it is.
        course: of which course; empty for none.
        port: of the registry in what is typed.
        language: "zh" or "en".

    Returns:
        what was written.

    Raises:
        UsageError: nothing can be written there.
    """
    said = {"version": VERSION, "student": student, "course": course, "port": port, "language": language}
    wanted = {}
    if not any((into / name).exists() for name in taking.MANIFESTS):
        wanted[into / taking.MANIFESTS[0]] = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    for loaded in labs:
        folder = into / loaded.entry.slug
        if (folder / taking.SOLVE).exists():
            continue
        for number, step in enumerate(loaded.lab.steps, start=1):
            wanted[folder / f"{step.id}.sh"] = of_step(loaded, step, number)
        if asked := [step.id for step in loaded.lab.steps if asks_answer(step)]:
            wanted[folder / taking.ANSWERS] = _answers(asked)
    try:
        return [file for file, text in wanted.items() if _write(file, text)]
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise UsageError(say(en=f"{into} cannot be written: {why}", zh=f"无法写入 {into}：{why}")) from wrong


def of_step(loaded: LoadedLab, step: Step, number: int, commands: str = "") -> str:
    """Return a step's script.

    Args:
        loaded: the lab.
        step: the step.
        number: which one it is, from 1.
        commands: what the script does; nothing where it is left out.
    """
    slug, of, title = loaded.entry.slug, len(loaded.lab.steps), loaded.text.steps[step.id].title
    where = say(en=f"{slug}, step {number} of {of}: {title}", zh=f"{slug}，第 {number}/{of} 步：{title}")
    how = say(
        en="What you type to do it stands below; it is run by bash, in this folder.",
        zh="在下面写你输入的命令；会用 bash 在这个目录里运行。",
    )
    return f"#!/bin/bash\n# {where}\n# {how}\n{commands}"


def asks_answer(step: Step) -> bool:
    """Tell whether something is handed in for a step with `labrunner answer`."""
    return any("answer" in check.parameters for check in step.checks)


def _answers(steps: list[str]) -> str:
    how = say(
        en="What you would hand in with `labrunner answer`: a line `step: value` for each of these.",
        zh="你用 labrunner answer 提交的内容：每个步骤一行“步骤: 值”。",
    )
    return f"# {how}\n" + "".join(f"{step}:\n" for step in steps)


def _write(file: Path, text: str) -> bool:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError:
        return False
    if file.suffix == ".sh":
        file.chmod(0o755)
    return True
