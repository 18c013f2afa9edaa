"""Has the engine run and targets be built: `python -m tests.gate.prepare TARGET…`, in a process that can be ended."""

import os
import sys

from labrunner.environment import engine
from labrunner.environment.build import Lines, built
from labrunner.errors import LabrunnerError

YES = "--yes"


def main(argv: list[str]) -> int:
    """Build; return the exit code."""
    narrator = Lines(yes=YES in argv or os.environ.get("CI") == "true")
    try:
        endpoint = engine.ensure(narrator)
        narrator.say(f"engine {endpoint.engine} at {endpoint.url}")
        for name in argv:
            if name != YES:
                built(name, narrator, endpoint.environ())
    except LabrunnerError as problem:
        narrator.say(f"{problem.message}\n  {problem.hint}")
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
