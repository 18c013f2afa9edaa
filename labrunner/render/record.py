"""JSON on standard output: the record itself, and nothing else."""

import json
from typing import Any, TextIO

from labrunner.render.screen import can_show

SCHEMA = 1
"""Version of the records that are made here; a report carries its own."""


def write(stream: TextIO, record: Any) -> None:
    """Print a record as JSON.

    Args:
        stream: where to.
        record: JSON-able values; what is none is printed as text.
    """
    text = json.dumps(record, indent=2, ensure_ascii=False, default=str)
    if not can_show(stream, text):
        text = json.dumps(record, indent=2, default=str)
    stream.write(text + "\n")
