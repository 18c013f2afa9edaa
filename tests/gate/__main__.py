"""`python -m tests.gate [MODE] [--yes]`; called by bin/test."""

import os
import signal
import sys
from types import FrameType

from tests.gate.phase import Phase, Result, clock
from tests.gate.plan import MODES, phases
from tests.gate.prepare import YES
from tests.gate.supply import audit, lock

BUDGET = "LABRUNNER_BUDGET"
"""Minutes after which nothing is begun that could as well be left out."""
ENOUGH = 50
"""What is always run takes 54 minutes on a quiet machine, and 20 more on one that has nothing of ours: a class that
is graded on the cluster, and proofs that may be left out, are left to `bin/test real` and `bin/test prove`."""
INTERRUPTED = 130
SUPPLY = {"lock": lock, "audit": audit}
"""What looks after the packages that we stand on; no part of any other mode, because it needs the package index."""


def main(argv: list[str]) -> int:
    """Run a mode's phases, say what came of them; return the exit code."""
    words = [word for word in argv if word != YES]
    mode = words[0] if words else "gate"
    if len(words) == 1 and mode in SUPPLY:
        return SUPPLY[mode]()
    if mode not in MODES or len(words) > 1:
        _say(f"bin/test [{' | '.join((*MODES, *SUPPLY))}] [--yes]")
        return 2
    budget = float(os.environ.get(BUDGET, ENOUGH)) * 60 if mode == "gate" else float("inf")
    signal.signal(signal.SIGTERM, _as_interrupt)
    yes = YES in argv or os.environ.get("CI") == "true"
    total, times = Result(), dict[str, float]()
    interrupted = _run(phases(mode, yes=yes), clock() + budget, total, times)
    return _close(total, times, interrupted=interrupted)


def _run(wanted: list[Phase], deadline: float, total: Result, times: dict[str, float]) -> bool:
    """Run the phases; one that fails does not stop those that do not need it. True where somebody interrupted."""
    bad: set[str] = set()
    for number, phase in enumerate(wanted):
        if missing := next((need for need in phase.needs if need in bad), ""):
            bad.add(phase.name)
            total.left_out.append(f"{phase.name}: it needs {missing}")
            continue
        if phase.spare and clock() + phase.expected > deadline:
            if phase.reused:
                total.reused.append(phase.reused)
            else:
                total.left_out.append(f"{phase.name}: no time was left")
            continue
        _say(f"── {phase.name}")
        began = clock()
        try:
            result = phase.run(phase.limit)
        except KeyboardInterrupt:
            total.failed += 1
            total.broken.append(f"{phase.name}: interrupted")
            total.left_out += [
                f"{phase.name}: interrupted",
                *(f"{later.name}: interrupted" for later in wanted[number + 1 :]),
            ]
            return True
        times[phase.name] = clock() - began
        _say(f"── {phase.name}: {_counts(result)}, {times[phase.name]:.1f} s")
        total.add(result)
        if result.failed:
            bad.add(phase.name)
    return False


def _close(total: Result, times: dict[str, float], *, interrupted: bool) -> int:
    _say("")
    for name, seconds in times.items():
        _say(f"{seconds:8.1f} s  {name}")
    for said, what in (("proved now", total.proved), ("reused", total.reused), ("not run", total.left_out)):
        for one in what or (["nothing"] if said != "not run" else []):
            _say(f"{said}: {one}")
    for line in total.said:
        _say(line)
    for one in total.broken:
        _say(f"failed: {one}")
    _say(_counts(total))
    if interrupted:
        return INTERRUPTED
    return 0 if total.passed and not total.failed else 1


def _counts(result: Result) -> str:
    skipped = f", {result.skipped} skipped" if result.skipped else ""
    return f"{result.passed} passed, {result.failed} failed{skipped}"


def _as_interrupt(_sign: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is what is read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
