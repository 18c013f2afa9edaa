"""What a student hands in, copied by an allow-list into a fresh folder: the only form in which it is used."""

import hashlib
import re
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from labrunner.environment.settings import HIGHEST_PORT, REGISTRY_PORT
from labrunner.errors import Refused, UsageError
from labrunner.grading import commit, guarded_yaml, handed_folder, handed_zip, hinted, roster, taking
from labrunner.words import LANGUAGES, say

VERSION = 1
KEYS = ("version", "student", "course", "port", "language")
MOST_NAMED = 100
"""Ignored files that are listed by name."""
ANSWER = re.compile(r"([a-z][a-z0-9-]*)\s*:\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class LabWork:
    """What was handed in for one lab.

    Attributes:
        lab: its slug.
        folder: the copy.
        scripts: each step's script, by the step; a step that the lab has not may be among them.
        solve: the one script for the whole lab; None where there is none.
        answers: what was handed in with `labrunner answer`, by the step.
        hints: how many were taken, by the step, as the submission says.
        files: everything that was taken, relative to the folder, sorted.
    """

    lab: str
    folder: Path
    scripts: dict[str, Path] = field(default_factory=dict)
    solve: Path | None = None
    answers: dict[str, str] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """What was handed in.

    Attributes:
        name: of the folder or the zip.
        folder: the copy, in which nothing is a link.
        student, course: as the submission says.
        port: of the registry in what was typed.
        language: "zh" or "en"; empty where it does not say.
        labs: by their slugs, sorted.
        ignored: paths that were left alone, sorted; after a hundred, how many more.
        digest: SHA-256 over the names and bytes of all that was taken, hex; the same for a folder and its zip.
        commit: the git commit that the folder stood at; empty where it is in no work tree of its own.
    """

    name: str
    folder: Path
    student: str
    course: str = ""
    port: int = REGISTRY_PORT
    language: str = ""
    labs: dict[str, LabWork] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    digest: str = ""
    commit: str = ""


def read(path: Path, into: Path, labs: Collection[str] | None = None) -> Submission:
    """Copy a submission into a fresh folder, and return what it is.

    Windows' line ends and byte-order marks are taken out of scripts; modes are reset.

    Args:
        path: a folder or a zip.
        into: the folder to make; it must not be there yet.
        labs: the labs that there are; folders of other names are ignored. None where every kebab-case name may be one.

    Raises:
        UsageError: it is missing, no submission, or says what it cannot.
        Refused: it holds links, devices, names that lead out or stand for the same file, or too much.
    """
    taken, ignored = collected(path, labs)
    manifest = next(name for name in taking.MANIFESTS if name in taken)
    said = _manifest(taken[manifest], path / manifest)
    into.mkdir(mode=0o755, parents=True)
    for name, data in taken.items():
        _place(into / name, data)
    return Submission(
        name=path.resolve().name,
        folder=into,
        **said,
        labs=_labs(taken, into, path),
        ignored=ignored,
        digest=digest(taken),
        commit=commit.of(path) if path.is_dir() else "",
    )


def collected(path: Path, labs: Collection[str] | None = None) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return what would be taken of a submission, by its path, and what would be ignored; nothing is written.

    Raises:
        UsageError, Refused: as `read` does.
    """
    if path.is_dir():
        found = handed_folder.files(path, labs)
    elif path.is_file() and zipfile.is_zipfile(path):
        found = handed_zip.files(path, labs)
    else:
        raise UsageError(
            say(en=f"{path} is neither a folder nor a zip", zh=f"{path} 既不是目录也不是 zip"),
            hint=say(en="make one: labrunner submit init LAB", zh="新建一个：labrunner submit init LAB"),
        )
    taken, ignored = _sorted_out(found)
    manifests = [name for name in taking.MANIFESTS if name in taken]
    if len(manifests) != 1:
        raise _no_manifest(path, manifests)
    _manifest(taken[manifests[0]], path / manifests[0])
    return taken, _listed(ignored)


def digest(files: dict[str, bytes]) -> str:
    """Return the digest of files: SHA-256 over their names, sizes and bytes, in the order of names; hex."""
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return found.hexdigest()


def _sorted_out(found: Iterable[handed_folder.Found]) -> tuple[dict[str, bytes], list[str]]:
    """Return what is taken, by its path, and what is not; whatever would be too much is refused as soon as it is."""
    taken: dict[str, bytes] = {}
    ignored: list[str] = []
    seen: dict[str, str] = {}
    count: dict[str, int] = {}
    total = 0
    for path, data in found:
        if data is None:
            if not taking.is_unsaid(path):
                ignored.append(path)
            continue
        if (other := seen.setdefault(taking.same(path), path)) != path or path in taken:
            raise Refused(say(en=f"{path} and {other} are the same name", zh=f"{path} 与 {other} 是同一个文件名"))
        taken[path] = data
        lab, total = path.partition("/")[0], total + len(data)
        count[lab] = count.get(lab, 0) + 1
        if count[lab] > taking.MOST_FILES:
            most = taking.MOST_FILES
            raise Refused(say(en=f"{lab} has more than {most} files", zh=f"{lab} 超过 {most} 个文件"))
        if total > taking.MOST_TOTAL or len(count) > taking.MOST_LABS:
            most = taking.MOST_TOTAL >> 20
            raise Refused(say(en=f"the submission is larger than {most} MiB", zh=f"提交内容超过 {most} MiB"))
    return taken, ignored


def _manifest(raw: bytes, file: Path) -> dict[str, Any]:
    """Return what a manifest says: student, course, port, language. JSON is YAML too, and read with the same care."""
    if file.suffix == ".json":
        raw = raw.replace(b"\t", b" ")  # between JSON's tokens alone; YAML knows no tabs
    written = guarded_yaml.parsed(raw, file)
    for key in written.value:
        if key not in KEYS:
            hint = say(en=f"known: {', '.join(KEYS)}", zh=f"可用：{', '.join(KEYS)}")
            raise written.wrong(say(en=f"the key {key!r} is not known", zh=f"不认识键 {key!r}"), hint=hint, key=key)
    text = {key: one.value if isinstance(one.value, str) else "" for key, one in written.value.items()}
    if text.get("version") != str(VERSION):
        raise written.wrong(say(en=f"version is not {VERSION}", zh=f"version 不是 {VERSION}"), key="version")
    student = text.get("student", "")
    if not roster.is_number(student):
        said = say(en=f"{student[:80]!r} is no student's number", zh=f"{student[:80]!r} 不能作为学号")
        raise written.wrong(said, hint='"student": "2026001"', key="student")
    course = text.get("course", "")
    if len(course) > taking.LONGEST or not course.isprintable():
        raise written.wrong(say(en="course is no line of text", zh="course 不是一行文字"), key="course")
    port = text.get("port") or str(REGISTRY_PORT)
    if not (port.isascii() and port.isdecimal() and 0 < int(port) <= HIGHEST_PORT):
        raise written.wrong(say(en=f"{port!r} is no port", zh=f"{port!r} 不是端口"), key="port")
    language = text.get("language", "")
    if language and language not in LANGUAGES:
        raise written.wrong(say(en="language is zh or en", zh="language 只能是 zh 或 en"), key="language")
    return {"student": student, "course": course, "port": int(port), "language": language}


def _labs(taken: dict[str, bytes], into: Path, path: Path) -> dict[str, LabWork]:
    found: dict[str, LabWork] = {}
    for slug in sorted({name.partition("/")[0] for name in taken if "/" in name}):
        files = sorted(name.removeprefix(f"{slug}/") for name in taken if name.startswith(f"{slug}/"))
        scripts = {step: into / slug / name for name in files if (step := taking.step_of(PurePosixPath(name)))}
        answers, hints = (
            _lines(taken.get(f"{slug}/{name}", b""), path / slug / name) for name in (taking.ANSWERS, taking.HINTS)
        )
        taken_hints = hinted.read(hints)
        if taken_hints is None:
            said = say(en="not one `step: number` for each step", zh="每个步骤应当只有一行“步骤: 次数”")
            raise UsageError(f"{path / slug / taking.HINTS}: {said}")
        solve = into / slug / taking.SOLVE if taking.SOLVE in files else None
        found[slug] = LabWork(slug, into / slug, scripts, solve, answers, taken_hints, tuple(files))
    return found


def _lines(raw: bytes, file: Path) -> dict[str, str]:
    """Read lines of `step: value`; a line that begins with # says nothing."""
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as wrong:
        raise UsageError(say(en=f"{file}: not UTF-8", zh=f"{file}: 不是 UTF-8 编码")) from wrong
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = ANSWER.fullmatch(line)
        if match is None or match[1] in found:
            said = say(en="not one `step: value` for each step", zh="每个步骤应当只有一行“步骤: 值”")
            raise UsageError(f"{file}:{number}: {said}")
        if match[2]:
            found[match[1]] = match[2]
    return found


def _place(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if file.suffix == ".sh":
        data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    with file.open("xb") as opened:
        opened.write(data)
    file.chmod(0o755 if file.suffix == ".sh" else 0o644)


def _listed(ignored: list[str]) -> tuple[str, ...]:
    shown = ["".join(sign if sign.isprintable() else "?" for sign in path)[: taking.LONGEST] for path in ignored]
    more = len(shown) - MOST_NAMED
    return (*shown[:MOST_NAMED], say(en=f"and {more} more", zh=f"以及另外 {more} 个")) if more > 0 else tuple(shown)


def _no_manifest(path: Path, found: list[str]) -> UsageError:
    if found:
        return UsageError(say(en=f"{path} has two manifests", zh=f"{path} 有两个清单文件") + f": {', '.join(found)}")
    return UsageError(
        say(en=f"{path} has no {taking.MANIFESTS[0]}", zh=f"{path} 里没有 {taking.MANIFESTS[0]}"),
        hint=say(en="make it: labrunner submit init LAB", zh="新建一个：labrunner submit init LAB"),
    )
