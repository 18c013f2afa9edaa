"""The submissions of a class before they are sent: read with care, each once, and which labs a Pod has to look at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labrunner.errors import LabrunnerError, Refused, UsageError
from labrunner.fleet.plan import Seat, digest
from labrunner.grading import packing
from labrunner.grading.class_run import EVIDENCE, RESULT, Came, place, taken, was_graded, write
from labrunner.grading.grade import Class
from labrunner.grading.lab_grade import LATE
from labrunner.grading.result import Result
from labrunner.grading.submission import Submission
from labrunner.words import say


@dataclass(slots=True)
class Handed:
    """A submission of the class.

    Attributes:
        path: as it was named.
        place: the name of its folder among the results.
        read: what it is.
        labs: those that a Pod looks at.
        zip: what is sent.
    """

    path: Path
    place: str
    read: Submission
    labs: tuple[str, ...]
    zip: bytes

    @property
    def seat(self) -> Seat:
        """Its line in the plan."""
        return Seat(self.place, self.read.student, digest(self.zip), len(self.zip), self.labs)


@dataclass(slots=True)
class Books:
    """Who was handed in, and what became of each: at the end the two sides are the same, name by name.

    Attributes:
        handed: every path that was named.
        graded, without, before: those with a grade, without one, and with one of an earlier run.
    """

    handed: list[Path] = field(default_factory=list)
    graded: list[Path] = field(default_factory=list)
    without: list[Path] = field(default_factory=list)
    before: list[Path] = field(default_factory=list)

    def note(self, came: Came) -> Came:
        """Write down what became of a submission, and hand it back."""
        path, what = came
        if what is None:
            self.before.append(path)
        elif isinstance(what, Result) and what.gradable:
            self.graded.append(path)
        else:
            self.without.append(path)
        return came

    @property
    def ended(self) -> int:
        """How many have come to an end."""
        return len(self.graded) + len(self.without) + len(self.before)

    def lacking(self) -> list[str]:
        """Return the names that are on one side alone, or on one of them twice: empty where the books balance."""
        named = sorted(str(one) for one in self.handed)
        ended = sorted(str(one) for one in (*self.graded, *self.without, *self.before))
        return sorted({one for one in (*named, *ended) if named.count(one) != ended.count(one)})


def demand(of: Class) -> dict[str, float]:
    """Make sure that Pods can grade a class; returns for which steps is waited, "lab/step" → seconds.

    Raises:
        UsageError: a hidden check asks something of the world by itself.
        Refused: the hidden checks lie in the folder that is put into the image.
    """
    course, pack = of.terms.course, of.terms.extra
    if course is not None and course.hidden is not None and pack is not None:
        hidden = course.hidden.folder.resolve()
        if hidden.is_relative_to(pack.resolve()):
            raise Refused(
                say(
                    en=f"the hidden checks lie in {pack}, which goes into every Pod",
                    zh=f"隐藏检查在 {pack} 里，而这个目录会进入每个 Pod",
                ),
                hint=say(en="move them elsewhere", zh="请把它们移到别处"),
            )
    settle: dict[str, float] = {}
    for slug, private in of.private.items():
        if asked := sorted(probe.name for probe in private.lab.probes):
            raise UsageError(
                say(
                    en=f"the hidden checks of {slug} ask the world themselves ({', '.join(asked)}), "
                    "and they are judged here, over what Pods have read",
                    zh=f"{slug} 的隐藏检查要自己查询环境（{', '.join(asked)}），但它们只在这里根据 Pod 读到的内容判断",
                ),
                hint=say(en="grade that lab without --on kubernetes", zh="这个实验请不加 --on kubernetes 评分"),
            )
        for check in private.lab.checks:
            name = f"{slug}/{check.step}"
            if check.within:
                settle[name] = max(settle.get(name, 0.0), check.within + LATE)  # as long as it would be waited for here
    return settle


def read(
    paths: Sequence[Path], of: Class, folder: Path, found: dict[str, Handed]
) -> Iterator[tuple[Path, LabrunnerError]]:
    """Read the submissions of a class.

    Args:
        paths: folders and zips.
        of: the class.
        folder: of ours, for the copies.
        found: what was read is put there, by its place.

    Yields:
        those that are none, each with the reason.
    """
    for number, path in enumerate(paths):
        try:
            one = _one(path, of, folder / str(number))
            if (twin := found.get(one.place)) is not None:
                raise UsageError(
                    say(en=f"{path} is the same as {twin.path}", zh=f"{path} 与 {twin.path} 完全相同"),
                    hint=say(en="name it once", zh="只需给出一次"),
                )
            found[one.place] = one
        except LabrunnerError as broken:
            yield path, broken


def _one(path: Path, of: Class, folder: Path) -> Handed:
    course, handed = of.terms.course, taken(path, of, folder / "submission")
    slugs = [lab.slug for lab in course.labs] if course else list(handed.labs)
    looked = tuple(slug for slug in slugs if slug in handed.labs and of.lab(slug)[0].lab.grading.way != "local-only")
    packed = packing.pack(path, folder / "submission.zip", of.wanted()) if path.is_dir() else None
    data = (packed.file if packed else path).read_bytes()
    return Handed(path, place(handed.student, handed.digest), handed, looked, data)


def graded_before(one: Handed, of: Class, out: Path) -> bool:
    """Tell whether a submission has a grade of these very files by this very course."""
    return was_graded(out / one.place / RESULT, one.read.digest, of.course_hash())


def settled(one: Handed, result: Result, out: Path) -> tuple[Path, Result]:
    """Write a submission's result, whole or not at all, and return it."""
    write(result, out)
    return one.path, result


def evidence(one: Handed, out: Path) -> Path:
    """Return the folder of a submission's evidence."""
    return out / one.place / EVIDENCE
