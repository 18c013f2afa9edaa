"""JSON on standard output: the record itself, and nothing else."""

from typing import Any, TextIO

from labrunner.inert import json_text
from labrunner.render.screen import can_show

SCHEMA = 1
"""Version of the records that are made here; a report carries its own."""


def write(stream: TextIO, record: Any) -> None:
    """Print a record as JSON.

    Args:
        stream: where to.
        record: JSON-able values; what is none is printed as text.
    """
    text = json_text(record, indent=2)
    if not can_show(stream, text):
        text = json_text(record, indent=2, ascii_only=True)
    stream.write(text + "\n")
