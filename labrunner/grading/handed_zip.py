"""The files of a submission that is a zip: every name judged before a byte is unpacked, nothing unpacked to a path."""

import stat
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from labrunner.errors import Refused, UsageError
from labrunner.grading import taking
from labrunner.grading.handed_folder import Found, is_large, is_link
from labrunner.words import say

MOST_ENTRIES = 5000
MOST_PACKED = 64 * 1024 * 1024
"""Bytes of the zip itself, with what is ignored."""
DIRECTORY = 0x10
ENCRYPTED = 0x1


def files(file: Path, labs: Collection[str] | None) -> Iterator[Found]:
    """Yield every file of a zip, in the order of names.

    Args:
        file: the zip.
        labs: the labs that there are.

    Raises:
        Refused: a name leaves the zip, stands twice, is a link or a device, or something is larger than it may be.
        UsageError: it is no zip, is broken, or locked by a password.
    """
    if file.stat().st_size > MOST_PACKED:
        size = MOST_PACKED >> 20
        raise Refused(say(en=f"{file.name} is larger than {size} MiB", zh=f"{file.name} 超过 {size} MiB"))
    try:
        with zipfile.ZipFile(file) as opened:
            yield from _of(opened, labs)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as wrong:
        raise _broken(file, str(wrong)) from wrong
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise UsageError(say(en=f"{file} cannot be read: {why}", zh=f"无法读取 {file}：{why}")) from wrong
    except Exception as wrong:
        if type(wrong).__name__ not in ("error", "LZMAError", "ZstdError"):  # what the decompressors raise
            raise
        raise _broken(file, str(wrong)) from wrong


def _of(opened: zipfile.ZipFile, labs: Collection[str] | None) -> Iterator[Found]:
    entries = opened.infolist()
    if len(entries) > MOST_ENTRIES:
        said = say(en=f"the zip holds more than {MOST_ENTRIES} names", zh=f"zip 中超过 {MOST_ENTRIES} 个文件名")
        raise Refused(said)
    for entry in entries:
        _demand_inside(entry)
    top = _top([entry.filename for entry in entries])
    for entry in sorted(entries, key=lambda one: one.filename):
        if entry.is_dir():
            continue
        path = entry.filename.removeprefix(top)
        if not path.isprintable() or not taking.is_taken(path, labs):
            yield path, None
            continue
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise is_link(path)
        if entry.flag_bits & ENCRYPTED:
            raise UsageError(say(en=f"{path} is locked by a password", zh=f"{path} 被密码加密"))
        if entry.file_size > taking.MOST_BYTES:
            raise is_large(path)
        with opened.open(entry) as file:  # what is said of its size is not believed
            data = file.read(taking.MOST_BYTES + 1)
        if len(data) > taking.MOST_BYTES:
            raise is_large(path)
        yield path, data


def _demand_inside(entry: zipfile.ZipInfo) -> None:
    """Refuse a name that would leave the folder it is unpacked in, on any system."""
    for name in (entry.filename, entry.orig_filename):
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or "\\" in name or "\0" in name or ":" in parts[0]:
            shown = "".join(sign if sign.isprintable() else "?" for sign in name[: taking.LONGEST])
            raise Refused(
                say(en=f"a name in the zip leads out of it: {shown}", zh=f"zip 中的文件名指向外面：{shown}"),
                hint=say(en="make it with: labrunner submit pack", zh="请用 labrunner submit pack 打包"),
            )


def _top(names: list[str]) -> str:
    """Return the one folder that everything is in, where the zip was made of a folder and not of what it holds."""
    if any(name in taking.MANIFESTS for name in names):
        return ""
    tops = {PurePosixPath(name).parts[0] for name in names if name.strip("/") and not taking.is_unsaid(name)}
    top = f"{tops.pop()}/" if len(tops) == 1 else ""
    return top if any(top + manifest in names for manifest in taking.MANIFESTS) else ""


def _broken(file: Path, why: str) -> UsageError:
    return UsageError(say(en=f"{file} is no whole zip: {why}", zh=f"{file} 不是完整的 zip：{why}"))
