"""Whether grading the example course comes to what it must: the outcome of each check.

    python -m bench.example_course RESULTS… [--write]

Each folder of results that `labrunner grade` has written, as examples/course/README.md says, is held against
examples/course/EXPECTED.csv; what differs is printed, a line a check, and the exit code is then 1. `--write` writes
that file from the first folder.
"""

import argparse
import csv
import json
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1] / "examples/course"
EXPECTED = COURSE / "EXPECTED.csv"
HEAD = ("student", "lab", "step", "check", "outcome")
Table = dict[tuple[str, ...], str]


def main(argv: list[str]) -> int:
    """Compare, or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(argv)
    if asked.write:
        with EXPECTED.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [HEAD, *((*key, outcome) for key, outcome in sorted(graded(asked.results[0]).items()))]
            )
    wanted, differ = expected(), 0
    for folder in asked.results:
        found = graded(folder)
        for key in sorted(wanted.keys() | found.keys()):
            if (one := wanted.get(key, "-")) != (other := found.get(key, "-")):
                differ += 1
                print(f"{folder}: {' '.join(key)}: {one} was expected, {other} was found")
        print(f"{folder}: {len(found)} checks")
    return 1 if differ else 0


def expected() -> Table:
    """Return what each check must come to, by student, lab, step and check."""
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return {tuple(row[name] for name in HEAD[:-1]): row["outcome"] for row in csv.DictReader(file)}


def graded(folder: Path) -> Table:
    """Return what each check came to in a folder of results."""
    found: Table = {}
    for file in folder.glob("*/result.json"):
        result = json.loads(file.read_text(encoding="utf-8"))
        for lab in result["labs"]:
            for check in lab["checks"]:
                found[result["student"], lab["lab"], check["step"], check["check"]] = check["outcome"]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
