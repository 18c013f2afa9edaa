"""Causes that only a person mends: to wait for them would be to wait for nothing."""

from collections.abc import Sequence

from labrunner.outcome import Cause

LASTING = frozenset({
    "command-not-executable",
    "command-not-found",
    "created-not-started",
    "default-bridge-has-no-names",
    "network-absent",
    "network-internal",
    "not-on-network",
    "paused",
    "port-not-published",
    "port-published-elsewhere",
    "port-taken",
})  # fmt: skip
"""Codes of links that were chosen when an object was made. The cluster's are not among them: controllers may still
make what a selector finds or a name means."""


def lasts(causes: Sequence[Cause]) -> bool:
    """Tell whether the first broken link stays broken until somebody does something."""
    return bool(causes) and causes[0].code in LASTING
