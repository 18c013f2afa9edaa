"""How many submissions an hour, how much of that is not the students' own work, and how it grows with the class.

    python -m bench.grading LAB [--class 1,2,4] [--jobs 1,2]

Each line is a class graded in this very run: seconds a submission, submissions an hour, the share of the time of all
jobs in which no script of a student's runs, and the ratio to the first line. The submissions are the example course's
right one, written again with each student's own values; of a lab that is not in it, the author's own solutions. The
lab front-desk of the tests' class is small enough for `--class 1,3,10,30`.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import solved
from labrunner import catalog, values, wait
from labrunner.grading.lab_grade import graded_part
from tests import handed_in

ROOT = Path(__file__).resolve().parents[1]
RIGHT = ROOT / "examples/course/submissions/right"
AUTHOR = "s001"
HOUR = 3600.0


def main(argv: list[str]) -> int:
    """Grade classes of several sizes and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lab")
    parser.add_argument("--class", dest="sizes", default="1,2,4")
    parser.add_argument("--jobs", default="1,2")
    asked = parser.parse_args(argv)
    first = 0.0
    print("students  jobs  s/submission  submissions/h  not the students' own  ratio")
    with tempfile.TemporaryDirectory(prefix="labrunner-bench-") as folder:
        for size in map(int, asked.sizes.split(",")):
            for jobs in map(int, asked.jobs.split(",")):
                seconds, share = graded(Path(folder), asked.lab, size, jobs)
                first = first or seconds
                row = f"{size:8}  {jobs:4}  {seconds:12.1f}  {HOUR / seconds:13.0f}"
                print(f"{row}  {share:20.0%}  {seconds / first:5.2f}", flush=True)
    return 0


def graded(folder: Path, lab: str, size: int, jobs: int) -> tuple[float, float]:
    """Grade a class; return seconds a submission, and the share of the jobs' time that was not the scripts'."""
    out = folder / f"results-{size}-{jobs}"
    submissions = [as_student(folder / "handed-in", lab, f"b{number:03}") for number in range(size)]
    labs = ["--labs", str(handed_in.PACK)] if lab == handed_in.LAB else []
    line = [sys.executable, "-m", "labrunner", *labs, "--yes", "grade", "--trust-students", "--jobs", str(jobs)]
    began = wait.now()
    done = subprocess.run(
        [*line, "--out", str(out), *map(str, submissions)], check=False, capture_output=True, text=True
    )
    seconds = wait.now() - began
    results = [json.loads(file.read_text(encoding="utf-8")) for file in out.glob("*/result.json")]
    if len(results) != size or any(one["mark"] != 100.0 for one in results):  # noqa: PLR2004 - the whole mark
        raise SystemExit(f"a right submission was not graded as such:\n{done.stdout}\n{done.stderr}")
    own = sum(lab["own_seconds"] for one in results for lab in one["labs"])
    return seconds / size, 1 - own / (seconds * min(jobs, size))


def as_student(folder: Path, lab: str, student: str) -> Path:
    """Write the right submission of a lab as another student would have."""
    root = folder / student
    shutil.rmtree(root, ignore_errors=True)
    if lab == handed_in.LAB:
        return handed_in.handed_in(folder, student, handed_in.right(student))
    port = int(json.loads((RIGHT / "labrunner-submission.json").read_text(encoding="utf-8"))["port"])
    if not (RIGHT / lab).is_dir():
        return solved.handed_in(folder, graded_part(catalog.load(lab)), student, port)
    declared = [one.name for one in catalog.load(lab).lab.values.values() if one.kind == "value"]
    mine = {values.per_student(AUTHOR, lab, name): values.per_student(student, lab, name) for name in declared}
    (root / lab).mkdir(parents=True)
    for file in (RIGHT / lab).iterdir():
        text = file.read_text(encoding="utf-8")
        for old, new in mine.items():
            text = text.replace(old, new)
        (root / lab / file.name).write_text(text, encoding="utf-8")
    manifest = json.loads((RIGHT / "labrunner-submission.json").read_text(encoding="utf-8"))
    (root / "labrunner-submission.json").write_text(json.dumps({**manifest, "student": student}), encoding="utf-8")
    return root


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
