"""Which processes of ours outlive a command: those of this installation, and no other's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from labrunner.state import background

WAITS = "import sys; print('here', flush=True); sys.stdin.read()"
pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="they are seen as Linux shows them")


@pytest.fixture
def begun(home: Path) -> Iterator[dict[str, int]]:
    """Programs that look like processes of ours and of another installation's, by what they are."""
    lines = {
        "keeper": ("labrunner.environment.outage_keeper", str(home)),
        "nap": ("labrunner.environment.cluster_sleep", str(home)),
        "recorder": ("labrunner.state.recorder", str(home)),
        "another's keeper": ("labrunner.environment.outage_keeper", str(home / "other")),
        "nothing of ours": ("labrunner.environment.outage_keepers", str(home)),
    }
    with ExitStack() as stack:
        found = {}
        for what, (module, at) in lines.items():
            child = subprocess.Popen(
                [sys.executable, "-c", WAITS, module, f"{at}/state/labs/x"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "LABRUNNER_HOME": at},
            )  # fmt: skip
            stack.callback(child.wait)
            stack.callback(child.communicate)
            assert child.stdout is not None
            assert child.stdout.readline() == "here\n"
            found[what] = child.pid
        yield found


def test_each_is_found_and_no_other_installations(begun: dict[str, int]) -> None:
    ours = {what: pid for what, pid in begun.items() if what in ("keeper", "nap", "recorder")}
    assert {what: pid for pid, what in background.processes()} == ours
