"""A submission in, a result out: every lab of the course in a world of its own, nothing of the submission imported."""

import contextlib
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from labrunner import values, witness
from labrunner.catalog import LoadedLab
from labrunner.environment import sandbox_journal
from labrunner.environment.surroundings import Surroundings
from labrunner.errors import LabrunnerError, Refused
from labrunner.grading import hidden
from labrunner.grading.course import Course
from labrunner.grading.hands import LIMIT
from labrunner.grading.lab_grade import Order, grade_lab, graded_part, nothing
from labrunner.grading.result import Isolation, LabResult, Result, Trust
from labrunner.grading.submission import LabWork, Submission
from labrunner.lab import Lab
from labrunner.narrate import Narrator
from labrunner.staging import surrounded
from labrunner.words import say

Looked = Callable[[LoadedLab, LabWork, Order], LabResult]
"""How a lab of a submission comes to its result."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a class is graded.

    Attributes:
        course: the course; None where the labs of each submission are graded alike.
        trust: who runs the grading.
        isolation: what is between the scripts and this machine, as whoever runs it says.
        trusting: True where the students are trusted with a privileged sandbox.
        limit: seconds that a step's script gets.
        run: id of the run, from whoever started it.
        handed_in: when the submissions were handed in; now where None.
        students: the numbers of the others in the class: whose values a submission must not have.
        extra: a folder of further labs.
        evidence: whether what was read is kept.
        settle: "lab/step" → seconds after which the world is read once more, for checks that are judged elsewhere.
    """

    course: Course | None = None
    trust: Trust = Trust.LOCAL
    isolation: Isolation = Isolation.PRIVILEGED
    trusting: bool = False
    limit: float = LIMIT
    run: str = ""
    handed_in: datetime | None = None
    students: tuple[str, ...] = ()
    extra: Path | None = None
    evidence: bool = True
    settle: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Class:
    """The labs that a class is graded in, each loaded once, and what they stand on, arranged when first needed."""

    terms: Terms
    narrator: Narrator
    private: Mapping[str, LoadedLab]
    _stack: ExitStack
    stopped: threading.Event = field(default_factory=threading.Event)
    turn: contextlib.AbstractContextManager[object] = field(default_factory=contextlib.nullcontext)
    _labs: dict[str, tuple[LoadedLab, frozenset[str]]] = field(default_factory=dict)
    _around: dict[str, Surroundings] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _hash: str = ""

    def lab(self, slug: str) -> tuple[LoadedLab, frozenset[str]]:
        """Return a lab with its hidden checks, and their ids; raises UnknownLab."""
        with self._lock:
            if slug not in self._labs:
                self._labs[slug] = hidden.laid(slug, self.private, self.terms.extra)
            return self._labs[slug]

    def around(self, slug: str) -> Surroundings:
        """Return what a lab stands on; raises as `staging.surrounded`."""
        loaded, _ = self.lab(slug)
        with self._lock:
            if slug not in self._around:
                self._around[slug] = self._stack.enter_context(surrounded(graded_part(loaded), self.narrator))
            return self._around[slug]

    def arranged(self, slug: str) -> Surroundings | None:
        """Return what a lab stands on where somebody has needed it; None where nobody has."""
        return self._around.get(slug)

    def swept(self) -> None:
        """Take away what a daemon that was too busy for it has kept of our sandboxes, where it is not now."""
        for around in list(self._around.values())[:1]:
            with contextlib.suppress(LabrunnerError):  # the next command tries again
                sandbox_journal.sweep(around.endpoint, around.settings.install)

    def wanted(self) -> set[str] | None:
        """Return the slugs of the course's labs; None where there is no course, and each submission says its own."""
        return {lab.slug for lab in self.terms.course.labs} if self.terms.course else None

    def course_hash(self) -> str:
        """Return the hash of all that decides a mark; of the labs alone where there is no course."""
        course = self.terms.course
        if course is not None and not self._hash:  # a class is hundreds, and it reads every file of every lab
            self._hash = course.hash({lab.slug: self.lab(lab.slug)[0] for lab in course.labs})
        return self._hash


@contextmanager
def opened(terms: Terms, narrator: Narrator) -> Iterator[Class]:
    """Begin to grade a class; what it stands on is let go of when the block ends.

    Raises:
        Refused: a submission would be root on this machine, and nobody said that the students are trusted.
        LabBroken: the hidden checks do not load.
    """
    if terms.isolation in (Isolation.PRIVILEGED, Isolation.NONE) and not terms.trusting:
        raise Refused(
            say(
                en="a submission's sandbox is privileged: whoever breaks out of it is root on this machine",
                zh="提交在特权沙箱中运行：一旦逃出沙箱，就是这台机器的 root",
            ),
            hint=say(
                en="--trust-students if you trust them; --isolation vm where the machine is thrown away afterwards",
                zh="信任学生时加 --trust-students；机器用后即弃时加 --isolation vm",
            ),
        )
    private = hidden.load(terms.course.hidden.folder) if terms.course and terms.course.hidden else {}
    with ExitStack() as stack:
        found = Class(terms, narrator, private, stack)
        try:
            yield found
        finally:
            found.swept()


def graded(handed: Submission, of: Class, kept: Path, looked: Looked | None = None) -> Result:
    """Grade one submission.

    Args:
        handed: what was handed in, in a folder of ours.
        of: the class.
        kept: the folder for its evidence; made where something is kept.
        looked: grades a lab that something was handed in for; here, in a world of its own, where None.

    Returns:
        its result; what broke is told in it, and makes it not gradable.

    Raises:
        UnknownLab: the course names a lab that is not installed.
    """
    terms, started = of.terms, _now()
    nonce = secrets.token_hex(16)
    course = terms.course
    slugs = [lab.slug for lab in course.labs] if course else list(handed.labs)
    labs = tuple(_lab(slug, handed, of, f"{nonce}:{slug}", kept, looked or _here(of)) for slug in slugs)
    return Result(
        handed.student,
        labs,
        course=course.name if course else handed.course,
        course_hash=of.course_hash(),
        submission=handed.name,
        digest=handed.digest,
        commit=handed.commit,
        run=terms.run,
        nonce=nonce,
        trust=terms.trust,
        isolation=terms.isolation,
        started=started,
        ended=_now(),
        versions=versions(of, slugs),
        flags=flags(handed, of, slugs),
    )


def graded_labs(of: Class, slugs: Iterable[str]) -> list[Lab]:
    """Return labs of a class, each without what is not graded in it; raises UnknownLab."""
    return [graded_part(of.lab(slug)[0]).lab for slug in slugs]


def _here(of: Class) -> Looked:
    def looked(loaded: LoadedLab, work: LabWork, order: Order) -> LabResult:
        return grade_lab(loaded, work, order, of.around(loaded.entry.slug), of.narrator)

    return looked


def _lab(  # noqa: PLR0913, PLR0917 - a lab of a submission, and how it is looked at
    slug: str, handed: Submission, of: Class, planted: str, kept: Path, looked: Looked
) -> LabResult:
    terms = of.terms
    loaded, secret = of.lab(slug)
    said = terms.course.lab(slug) if terms.course else None
    late = said.late(terms.handed_in or datetime.now(UTC)) if said else 0.0
    weight = said.weight if said else 1.0
    order = Order(
        handed.student,
        planted,
        handed.port,
        weight,
        hidden=secret,
        limit=terms.limit,
        settle={
            step: more for name, more in terms.settle.items() for lab, _, step in [name.partition("/")] if lab == slug
        },
        evidence=kept / slug if terms.evidence else None,
        stopped=of.stopped,
        turn=of.turn,
    )
    if said is not None:
        order = replace(order, worth=said.worth)
    if terms.course is not None and terms.course.hidden is not None:
        order = replace(order, shown=terms.course.hidden.shown)
    work = handed.labs.get(slug)
    try:
        found = looked(loaded, work, order) if work else nothing(loaded, order)
    except LabrunnerError as broken:
        found = LabResult(slug, weight, loaded.lab.grading.way, trouble=broken.message)
    factor = terms.course.late.factor(late) if terms.course else 1.0
    return replace(found, late=round(late), factor=factor)


def flags(handed: Submission, of: Class, slugs: list[str]) -> tuple[str, ...]:
    """Return what a teacher should look at in a submission: what was ignored, and values that are another student's."""
    found = []
    if handed.ignored:
        names = ", ".join(handed.ignored)
        found.append(say(en=f"files ignored: {names}", zh=f"被忽略的文件：{names}"))
    for slug in slugs:
        work = handed.labs.get(slug)
        lab = of.lab(slug)[0].lab
        texts = "\n".join(_text(path) for path in sorted(work.folder.rglob("*")) if path.is_file()) if work else ""
        own = _tokens(handed.student, lab)
        found += [
            say(en=f"{slug}: has the values of {other}", zh=f"{slug}：含有 {other} 的值")
            for other in of.terms.students
            if other != handed.student and any(token in texts for token in _tokens(other, lab) - own)
        ]
    return tuple(found)


def _tokens(student: str, lab: Lab) -> set[str]:
    named = [value.name for value in lab.values.values() if value.kind == "value"]
    return {values.per_student(student, lab.slug, name) for name in named}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def versions(of: Class, slugs: list[str]) -> dict[str, str]:
    """Return the versions of what the grading was made with; nothing is arranged to tell one."""
    import platform

    found = {"labrunner": witness.own_version(), "python": platform.python_version()}
    engines = [around.endpoint.engine for slug in slugs if (around := of.arranged(slug)) is not None]
    return {**found, "docker": engines[-1]} if engines else found


def isolation_here(environ: Mapping[str, str] = os.environ) -> Isolation:
    """Return the isolation that this machine is known to have: a hosted runner is a machine thrown away afterwards."""
    return Isolation.VM if environ.get("RUNNER_ENVIRONMENT") == "github-hosted" else Isolation.PRIVILEGED


def trust_here(environ: Mapping[str, str] = os.environ) -> Trust:
    """Return what a grading here is worth where nobody says it: in CI it is the student's own, and advisory."""
    return Trust.CI_STUDENT if environ.get("CI") else Trust.LOCAL


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
