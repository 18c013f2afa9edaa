"""What a second run costs, as ratios to things of the same machine in the same minute.

Run it with a lab open: `bin/labrunner start docker-basics`, then `python bench/second_run.py [LAB]`.
"""

# ruff: noqa: INP001, T201 - a program to be run by hand, which prints

import statistics
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
ROUNDS = 5


def seconds(*line: str) -> float:
    """Return the median time of a command, after one run that warms the caches up."""
    taken = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def main(lab: str) -> None:
    """Print a table."""
    program = str(CHECKOUT / "bin/labrunner")
    bare = seconds(sys.executable, "-c", "import typer")
    daemon = seconds("docker", "version")
    print(f"{'python -c import typer':32}{bare:7.2f} s\n{'docker version':32}{daemon:7.2f} s")
    for words in (("list",), ("start", lab), ("task",), ("check",)):
        taken = seconds(program, *words)
        name = f"labrunner {' '.join(words)}"
        print(f"{name:32}{taken:7.2f} s  {taken / bare:5.1f} × a bare typer  {taken / daemon:5.1f} × docker version")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "docker-basics")
