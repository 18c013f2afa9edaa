"""A class graded: several submissions side by side, each result written as soon as it is there, none of them twice."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

from labrunner import atomic
from labrunner.errors import LabrunnerError
from labrunner.grading import submission
from labrunner.grading.grade import Class, graded
from labrunner.grading.result import MARK, Result

RESULT = "result.json"
UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class NotRead(LabrunnerError):
    """What was handed in is no submission: it is listed, and costs nobody else anything."""

    exit_code = 2


Came = tuple[Path, Result | LabrunnerError | None]
"""A submission, and its result, why it has none, or None where an earlier run has graded the very same."""


def run(paths: Sequence[Path], of: Class, out: Path, *, jobs: int, resume: bool) -> Iterator[Came]:
    """Grade submissions, and yield each as it ends.

    Args:
        paths: folders and zips.
        of: the class.
        out: the folder of results; each submission has one below it.
        jobs: how many are graded at a time.
        resume: leave out what was graded before: the same files, the same course, a run that was gradable.
    """
    with ThreadPoolExecutor(jobs, thread_name_prefix="grade") as pool:
        begun: dict[Future[Result | None], Path] = {}
        try:
            for path in paths:
                begun[pool.submit(_one, path, of, out, resume)] = path
            for ended in as_completed(begun):
                yield begun[ended], _outcome(ended.result)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _outcome(result: Callable[[], Result | None]) -> Result | LabrunnerError | None:
    try:
        return result()
    except LabrunnerError as broken:
        return broken


def _one(path: Path, of: Class, out: Path, resume: bool) -> Result | None:  # noqa: FBT001 - what run was told
    with TemporaryDirectory(prefix="labrunner-grade-") as folder:
        wanted = {lab.slug for lab in of.terms.course.labs} if of.terms.course else None
        handed = submission.read(path, Path(folder) / "submission", wanted)
    kept = out / place(handed.student, handed.digest)
    if resume and was_graded(kept / RESULT, handed.digest, of.course_hash()):
        return None
    found = graded(path, of, kept / "evidence")
    atomic.write_json(kept / RESULT, found.record())
    return found


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
