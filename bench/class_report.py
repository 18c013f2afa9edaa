"""What putting a class together costs, against reading the same files with json alone: `python bench/class_report.py`.

Measured are 1,000 results of 500 students, 40 checks each. The ratio is what can be compared between machines.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

STUDENTS, RUNS, CHECKS, ROUNDS = 500, 2, 40, 5


def main() -> None:
    """Measure, and print seconds and ratios."""
    from grades import run

    from labrunner.grading.assembling import assemble
    from labrunner.grading.collecting import collect
    from labrunner.grading.gradebook import Rules
    from labrunner.render.gradebook import forms

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for student in range(STUDENTS):
            for at in range(RUNS):
                outcomes = "".join("pf"[(student * 7 + check * (at + 3)) % 5 == 0] for check in range(CHECKS))
                result = run(f"s{student}", outcomes, at=at)
                text = json.dumps(result.record(), indent=2, ensure_ascii=False)
                (folder / f"{student}-{at}.json").write_text(text, encoding="utf-8")
        found = collect([folder])
        book = assemble(found.results, Rules())
        alone = taken(lambda: [json.loads(file.read_bytes()) for file in folder.iterdir()])
        whole = 0.0
        print(f"{STUDENTS * RUNS} results of {CHECKS} checks; json alone: {alone:.2f} s")
        parts: dict[str, Callable[[], Any]] = {
            "read and believed": lambda: collect([folder]),
            "put together": lambda: assemble(found.results, Rules()),
            **{f"as {form}": lambda form=form: forms.text(book, (), form) for form in forms.FORMS},
        }
        for name, call in parts.items():
            seconds = taken(call)
            whole += seconds
            print(f"{name:20}{seconds:7.2f} s {seconds / alone:7.1f} ×")
        print(f"{'all of it':20}{whole:7.2f} s {whole / alone:7.1f} ×")


def taken(call: Callable[[], Any]) -> float:
    """Return the median of a few runs, seconds of this process' own time: others share the machine."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        call()
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
