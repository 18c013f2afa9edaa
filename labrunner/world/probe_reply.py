"""What a probe printed, as the snapshot keeps it."""

from typing import Any

from labrunner.withheld import CUT

CAP = 1 << 16
"""Bytes that are kept of what a probe prints, of each stream."""


def answer_of(stdout: bytes, stderr: bytes, code: int | None) -> dict[str, Any]:
    """Return a probe's reply as the snapshot keeps it: text, at most 64 KiB each; no code where the time was up.

    What is longer says so, and is not judged beyond that.
    """
    return {"stdout": _text(stdout), "stderr": _text(stderr), "exit_code": code}


def _text(said: bytes) -> str:
    text = said[:CAP].decode(errors="replace")
    return text if len(said) <= CAP else text + CUT
