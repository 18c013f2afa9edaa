"""Measures what labrunner costs against what a user would write instead, and draws it: `python bench/run.py [NAME…]`.

Names: startup, docker, cluster, growth, memory, recorder (without a name: all of these), first (a new cluster).
`cluster` uses the lab kubernetes-parts that is open in LABRUNNER_HOME and solves it, or makes a cluster of its own.
"""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


def main() -> None:
    """Run the measurements that are named."""
    import checks
    import first_cluster
    import growth
    import memory
    import recorder

    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("names", nargs="*", metavar="NAME")
    asked.add_argument("--rounds", type=int, default=9, help="turns of each measurement")
    asked.add_argument("--minutes", type=float, default=10, help="how long is watched; 60 for the real hour")
    given = asked.parse_args()
    known = {
        "startup": lambda: checks.startup(given.rounds * 2),
        "docker": lambda: checks.docker(given.rounds),
        "cluster": lambda: checks.cluster(given.rounds),
        "growth": lambda: growth.growth(given.rounds),
        "memory": lambda: memory.memory(given.minutes),
        "recorder": recorder.recorder,
        "first": lambda: first_cluster.first(max(1, given.rounds // 3)),
    }
    names = given.names or [name for name in known if name != "first"]
    if odd := [name for name in names if name not in known]:
        asked.error(f"not known: {', '.join(odd)}; known: {', '.join(known)}")
    found = {}
    for name in names:
        print(f"\n{name}")
        found[name] = known[name]()
    checks.plot(found)


if __name__ == "__main__":
    main()
