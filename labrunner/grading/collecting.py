"""Finds results: the files that are named, and those in the folders that are named."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labrunner.errors import UsageError
from labrunner.grading.reading import NoResult, ResultBroken, StudentsCopy, read
from labrunner.grading.result import Result
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found.

    Attributes:
        results: each run once, in the order in which they were found.
        problems: files that are results and cannot be believed, or were named and are none; one sentence each.
        passed_over: files of folders that are something else, or students' copies.
        again: files that hold a run that was read before.
    """

    results: tuple[Result, ...]
    problems: tuple[str, ...] = ()
    passed_over: int = 0
    again: int = 0


def collect(paths: Iterable[Path]) -> Collected:
    """Read all results that are there.

    Args:
        paths: files, and folders that are looked through for `*.json` to the bottom; no link to a folder is followed.

    Raises:
        UsageError: a path is not there.
    """
    results: dict[tuple[str, ...], Result] = {}
    problems: list[str] = []
    passed_over = again = 0
    for file, named in _files(paths):
        try:
            found = read(file)
        except (NoResult, StudentsCopy) as other:
            if named:
                problems.append(other.message)
            passed_over += not named
            continue
        except ResultBroken as broken:
            problems.append(broken.message)
            continue
        key = _key(found)
        before = results.setdefault(key, found)
        if before is found:
            continue
        if before == found:
            again += 1
        else:
            problems.append(
                say(
                    en=f"{file} says that it is run {found.run}, and so does another file that says something else",
                    zh=f"{file} 写的是运行 {found.run}，但另一个文件也写着同一次运行，内容却不同",
                )
            )
    return Collected(tuple(results.values()), tuple(problems), passed_over, again)


def _key(result: Result) -> tuple[str, ...]:
    """Return what is this run's alone."""
    if result.run or result.nonce:
        return (result.run, result.nonce)
    return (result.student, result.digest, result.started, result.ended, *(lab.lab for lab in result.labs))


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield files, and whether they were named."""
    for path in paths:
        try:
            folder, there = path.is_dir(), path.exists()
        except (OSError, ValueError):
            folder = there = False
        if not there:
            raise UsageError(say(en=f"{path} is not there", zh=f"{path} 不存在"))
        if not folder:
            yield path, True
            continue
        for root, folders, names in os.walk(path):
            folders.sort()
            yield from ((Path(root) / name, False) for name in sorted(names) if name.endswith(".json"))
