"""What a submission has of what its labs want, as far as that can be said without running anything."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labrunner.catalog import LoadedLab
from labrunner.grading.submission import LabWork, Submission
from labrunner.lab import Lab
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class LabStanding:
    """What was handed in for a lab, beside what it wants.

    Attributes:
        lab: its slug.
        steps: those that a script is there for, in the lab's order; all of them where one `solve.sh` does.
        missing: those without one, or with an empty one.
        complaints: what cannot be graded as it is, one sentence each.
    """

    lab: str
    steps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A submission beside its labs; `absent` are labs of the course for which nothing was handed in."""

    labs: tuple[LabStanding, ...]
    absent: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Tell whether nothing is missing and nothing wrong."""
        return bool(self.labs) and not self.absent and not any(one.missing or one.complaints for one in self.labs)

    def record(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return {"labs": [asdict(one) for one in self.labs], "absent": list(self.absent), "complete": self.complete}


def takes_solve(lab: Lab) -> bool:
    """Tell whether one script for the whole lab may stand for its steps: no step undoes another."""
    return not any(step.undoes for step in lab.steps)


def standing(submission: Submission, labs: Mapping[str, LoadedLab], wanted: Iterable[str] = ()) -> Standing:
    """Hold a submission against its labs.

    Args:
        submission: what was handed in.
        labs: the labs, by their slugs; others in the submission are complained of.
        wanted: the labs of the course.
    """
    found = []
    for slug, work in submission.labs.items():
        if slug in labs:
            found.append(_of_lab(work, labs[slug].lab))
        else:
            found.append(LabStanding(slug, complaints=(say(en="there is no such lab", zh="没有这个实验"),)))
    return Standing(tuple(found), tuple(slug for slug in wanted if slug not in submission.labs))


def _of_lab(work: LabWork, lab: Lab) -> LabStanding:
    ids = [step.id for step in lab.steps]
    complaints = []
    for name in sorted({*work.scripts, *work.answers} - set(ids)):
        where = f"{name}.sh" if name in work.scripts else f"answers: {name}"
        complaints.append(say(en=f"{where}: the lab has no step {name!r}", zh=f"{where}：实验没有步骤 {name!r}"))
    if work.solve is not None and work.scripts:
        complaints.append(say(en="solve.sh stands beside scripts of single steps", zh="solve.sh 与单步脚本同时存在"))
    elif work.solve is not None and not takes_solve(lab):
        complaints.append(
            say(
                en="solve.sh is not taken here: a step undoes another, so each needs a script of its own",
                zh="这个实验不接受 solve.sh：有步骤会撤销别的步骤，每一步都要有自己的脚本",
            )
        )
    if work.solve is not None and not work.scripts:
        there = set(ids) if _says_something(work.solve) and takes_solve(lab) else set()
    else:
        there = {step for step, file in work.scripts.items() if _says_something(file) or work.answers.get(step)}
    there |= set(work.answers) if work.solve is None else set()
    return LabStanding(
        work.lab,
        tuple(one for one in ids if one in there),
        tuple(one for one in ids if one not in there),
        tuple(complaints),
    )


def _says_something(file: Path) -> bool:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)
