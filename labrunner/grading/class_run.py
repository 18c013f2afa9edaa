"""A class graded: several submissions side by side, each result written as soon as it is there, none of them twice."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any, TypeVar

from labrunner import atomic
from labrunner.errors import LabrunnerError, UsageError
from labrunner.grading import course_file, roster, submission
from labrunner.grading.course import Course
from labrunner.grading.grade import Class, Terms, graded, isolation_here, opened, trust_here
from labrunner.grading.result import MARK, Isolation, Result, Trust
from labrunner.grading.submission import Submission
from labrunner.inert import json_text
from labrunner.side_by_side import as_ended
from labrunner.words import say

E = TypeVar("E", bound=StrEnum)
EVIDENCE, RESULT = "evidence", "result.json"
STUDENTS = "student"
"""The folder beside a result that may be handed to its student: forms that say no more than the course shows."""
UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


__all__ = ["EVIDENCE", "RESULT", "STUDENTS", "Came", "course_of", "opened", "place", "run", "taken", "terms", "write"]
Came = tuple[Path, Result | LabrunnerError | None]
"""A submission, and its result, why it has none, or None where an earlier run has graded the very same."""


def terms(*, course: Path | None, trust: str, isolation: str, **others: Any) -> Terms:
    """Return the terms that somebody named: what is left empty is what this machine is known to be.

    Args:
        course: the course's file; None for none.
        trust: by its name.
        isolation: by its name.
        others: as `Terms` has them.

    Raises:
        UsageError: a name is none of those that there are, or the course or its roster cannot be read.
    """
    read = course_file.read(course) if course is not None else None
    students = roster.read(read.roster) if read is not None and read.roster is not None else ()
    return Terms(
        read,
        _named(Trust, trust) if trust else trust_here(),
        _named(Isolation, isolation) if isolation else isolation_here(),
        students=tuple(student.number for student in students),
        **others,
    )


def _named(kind: type[E], text: str) -> E:
    try:
        return kind(text)
    except ValueError as wrong:
        known = ", ".join(kind)
        raise UsageError(say(en=f"{text!r} is none of {known}", zh=f"{text!r} 不在可选值中：{known}")) from wrong


def run(paths: Sequence[Path], of: Class, out: Path, *, jobs: int, resume: bool) -> Iterator[Came]:
    """Grade submissions, and yield each as it ends.

    Args:
        paths: folders and zips.
        of: the class.
        out: the folder of results; each submission has one below it.
        jobs: how many are graded at a time; for the next one the world is made meanwhile.
        resume: leave out what was graded before: the same files, the same course, a run that was gradable.
    """
    of.turn = BoundedSemaphore(jobs)
    with ThreadPoolExecutor(jobs + 1, thread_name_prefix="grade") as pool:
        begun: dict[Future[Result | None], Path] = {}
        try:
            for path in paths:
                begun[pool.submit(_one, path, of, out, resume)] = path
            for one in as_ended(begun):
                yield begun[one], _outcome(one.result)
        except BaseException:
            of.stopped.set()  # who is at work takes its world away, and leaves no result
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _outcome(result: Callable[[], Result | None]) -> Result | LabrunnerError | None:
    try:
        return result()
    except LabrunnerError as broken:
        return broken


def _one(path: Path, of: Class, out: Path, resume: bool) -> Result | None:  # noqa: FBT001 - what run was told
    with TemporaryDirectory(prefix="labrunner-grade-") as folder:
        handed = taken(path, of, Path(folder) / "submission")
        kept = out / place(handed.student, handed.digest)
        if resume and was_graded(kept / RESULT, handed.digest, of.course_hash()):
            return None
        found = graded(handed, of, kept / EVIDENCE)
    write(found, out)
    return found


def taken(path: Path, of: Class, into: Path) -> Submission:
    """Copy a submission of a class into a folder of ours, and read it; raises UsageError where it is none."""
    wanted = of.wanted()
    handed = submission.read(path, into, wanted)
    if not (wanted or handed.labs):
        raise UsageError(say(en=f"{path} holds no lab", zh=f"{path} 里没有任何实验"))
    return handed


def write(result: Result, out: Path) -> None:
    """Write a result into its own folder below the folder of results, whole or not at all."""
    text = json_text(result.record())
    atomic.write_bytes(out / place(result.student, result.digest) / RESULT, text.encode("utf-8", "backslashreplace"))


def course_of(file: Path) -> Course:
    """Read a course; raises UsageError as `course_file.read`."""
    return course_file.read(file)


def place(student: str, digest: str) -> str:
    """Return the name of a submission's folder among the results: the student's number, made safe, and its files'."""
    safe = UNSAFE.sub("_", student)
    if safe != student:
        safe += "-" + hashlib.sha256(student.encode()).hexdigest()[:6]
    return f"{safe}-{digest[:8]}"


def was_graded(file: Path, digest: str, course_hash: str) -> bool:
    """Tell whether a file is a gradable result of these very files by this very course."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        same = (found["what"], found["digest"], found["course_hash"]) == (MARK, digest, course_hash)
        return same and found["gradable"] is True
    except (OSError, ValueError, KeyError, TypeError):
        return False
