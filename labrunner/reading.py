"""Files that authors write, read with limits: what cannot be one is said with its line."""

import re
from pathlib import Path

from labrunner.errors import LabBroken
from labrunner.words import say

LARGEST = 1 << 20
"""Bytes of one file; the words of a long lab are a tenth of it."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def text_of(file: Path) -> str:
    """Return what stands in a file of a lab's, without a byte-order mark.

    Raises:
        LabBroken: it is missing or no file, too large, not UTF-8, or has control characters in it.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise LabBroken(say(en=f"{file}: missing", zh=f"{file}：缺少这个文件")) from None
    except OSError as broken:
        why = broken.strerror or type(broken).__name__
        raise LabBroken(say(en=f"{file}: cannot be read: {why}", zh=f"{file}：无法读取：{why}")) from broken
    if len(data) > LARGEST:
        raise LabBroken(say(en=f"{file}:1: larger than {LARGEST >> 20} MiB", zh=f"{file}:1：超过 {LARGEST >> 20} MiB"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        raise LabBroken(
            say(en=f"{file}:{line}: not UTF-8: {broken.reason}", zh=f"{file}:{line}：不是 UTF-8：{broken.reason}"),
            hint=say(en="save it as UTF-8", zh="请另存为 UTF-8 编码"),
        ) from None
    if odd := CONTROL.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise LabBroken(
            say(
                en=f"{file}:{line}: a control character, U+{ord(odd[0]):04X}",
                zh=f"{file}:{line}：有控制字符 U+{ord(odd[0]):04X}",
            )
        )
    return text
