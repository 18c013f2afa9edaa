"""What a lab is: steps, checks, solutions and mutants. Declared by an author, run by others; runs nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from labrunner.errors import LabBroken
from labrunner.operation import Mutant, Operation, texts
from labrunner.when import When, parameters
from labrunner.when import now as at_the_moment

CheckFunction = Callable[..., None]
ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAME = re.compile(r"(?<![\w/.:-])lr-[a-z0-9]+(?:-[a-z0-9]+)*")
"""A name that a lab prescribes to learners; all of them begin with `lr-`."""
TAGGED = re.compile(r"(?<![\w/.:-])lr-[a-z0-9]+(?:-[a-z0-9]+)*:[\w][\w.-]*")
"""An image's reference that a lab prescribes to learners."""
NOUNS = ("docker", "cluster", "answer")
At = Literal["network", "inside", "host", "outside", "cluster", "registry"]
REPOSITORY = re.compile(r"\{registry\}/(lr-[a-z0-9]+(?:-[a-z0-9]+)*:[\w][\w.{}-]*)")
"""A reference in the course's registry that a lab prescribes to learners."""
DOCKER = re.compile(r"(?m)^\s*docker ")
PUSH = re.compile(r"\bdocker (?:(?:image|compose) )?(?:-\S+ )*push\b")


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the course's registry, as learners type it: `localhost:PORT/REPOSITORY:TAG`."""

    name: str
    repository: str


@dataclass(frozen=True, slots=True)
class Value:
    """A text that differs: per student (`value`, `secret`) or per run (`fresh`)."""

    name: str
    kind: Literal["value", "secret", "fresh"]


@dataclass(slots=True)
class Probe:
    """Something asked of the world while the snapshot is taken; its reply is a check's parameter of the same name.

    Attributes:
        command: a shell line, run by `sh -c` where it is asked; of the registry, a path under /v2/.
        at: a client on a Docker network, inside a container, on the host, outside the cluster, inside it, or the
            course's registry, asked over HTTP.
        target: the network's or the container's name.
        image: whose programs a client has.
        limit: seconds.
        name: the global variable that holds it; set when the lab is loaded.
    """

    command: str
    at: At
    target: str
    image: Image | None
    limit: float
    step: str
    name: str = ""


@dataclass(slots=True)
class Check:
    """One claim, the function that looks, the mutants that it must reject, and when it has to be true."""

    step: str
    function: CheckFunction
    wrong: dict[str, Mutant]
    within: float
    when: When = at_the_moment

    @property
    def id(self) -> str:
        """The function's name: a sentence that is true when it passes."""
        return self.function.__name__

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the function asks for, by name."""
        return parameters(self.function)


@dataclass(slots=True)
class Step:
    """One thing that the learner makes."""

    id: str
    solve: Operation
    also: dict[str, Operation]
    undoes: tuple[str, ...]
    minutes: int
    checks: list[Check] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)

    def check(
        self, *, wrong: Mapping[str, Operation | Mutant], within: float = 0, when: When = at_the_moment
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Declare a check of this step.

        Args:
            wrong: known-wrong ways to do the step, by the name of the mistake; at least one.
            within: seconds that the world may need after the step until the claim is true.
            when: `now`, `ever`, `stable(seconds)`, or `sequence(claims that were true before)`.
        """
        if not wrong:
            raise LabBroken(f"a check of step {self.id!r} has no mutant", hint='give it wrong={"mistake": "command"}')
        mutants = {name: op if isinstance(op, Mutant) else Mutant(op) for name, op in wrong.items()}

        def declare(function: CheckFunction) -> CheckFunction:
            self.checks.append(Check(self.id, function, mutants, within, when))
            return function

        return declare

    def probe(  # noqa: PLR0913 - where a question is asked, each by name
        self,
        command: str,
        *,
        image: Image | None = None,
        network: str = "",
        inside: str = "",
        at: Literal["host", "outside", "cluster", "registry"] | None = None,
        limit: float = 5,
    ) -> Probe:
        """Declare a question: on a network, inside a container, or at one of the other places that `At` names."""
        where: At = at or ("inside" if inside else "network")
        probe = Probe(command, where, inside or network, image, limit, self.id)
        self.probes.append(probe)
        return probe


def names_in(script: str) -> set[str]:
    """Return the prescribed names that stand in a script."""
    return set(NAME.findall(script))


class Lab:
    """One section of the notes as a lab.

    Args:
        file: the `__file__` of its lab.py; the folder's name, with `-` for `_`, is the lab's slug.
    """

    def __init__(self, file: str) -> None:
        self.folder = Path(file).resolve().parent
        self.slug = self.folder.name.replace("_", "-")
        self.steps: list[Step] = []
        self.images: dict[str, Image] = {}
        self.values: dict[str, Value] = {}
        self.prepared: list[str] = []

    def image(self, repository: str, *, name: str = "") -> Image:
        """Declare an image of the course's registry ("redis:7.0"); `{redis}` stands for it in commands and words."""
        found = Image(name or repository.partition(":")[0], repository)
        self.images[found.name] = found
        return found

    def value(self, name: str) -> Value:
        """Declare a name that differs per student and is the same after a reset and in CI."""
        return self.values.setdefault(name, Value(name, "value"))

    def secret(self, name: str) -> Value:
        """Declare a value that only somebody who did the step knows: never in the words, never printed."""
        return self.values.setdefault(name, Value(name, "secret"))

    def fresh(self, name: str) -> Value:
        """Declare a token of each run's own, kept in the evidence."""
        return self.values.setdefault(name, Value(name, "fresh"))

    def prepare(self, script: str) -> None:
        """Declare what `start` makes beforehand; runs in an empty folder, before the first task."""
        self.prepared.append(script)

    def step(
        self,
        id: str,  # noqa: A002 - the field's own word
        *,
        solve: Operation,
        also: Mapping[str, Operation] | None = None,
        undoes: Sequence[Step] = (),
        minutes: int = 2,
    ) -> Step:
        """Declare a step.

        Args:
            id: a noun in kebab-case.
            solve: the operations that do it.
            also: other right ways, by name; the proof runs each.
            undoes: earlier steps of which this one takes things away; their passes stand from then on.
            minutes: how long a learner needs.
        """
        if not ID.fullmatch(id) or any(step.id == id for step in self.steps):
            raise LabBroken(f"{self.slug}: step id {id!r} is taken or not in kebab-case")
        step = Step(id, solve, dict(also or {}), tuple(other.id for other in undoes), minutes)
        self.steps.append(step)
        return step

    def order(self, *steps: str) -> None:
        """Say the order of the lesson, where the steps are declared in several files; names every step once.

        Raises:
            LabBroken: a step is missing, or is named that nobody declared.
        """
        known = {step.id: step for step in self.steps}
        if sorted(steps) != sorted(known):
            odd = next((one for one in [*known, *steps] if one not in known or steps.count(one) != 1), "")
            raise LabBroken(f"{self.slug}: its order does not name every step once: {odd!r}")
        self.steps = [known[one] for one in steps]

    def find(self, step: str) -> Step | None:
        """Return a step by its id."""
        return next((found for found in self.steps if found.id == step), None)

    def bind(self, names: Mapping[str, Any]) -> None:
        """Give each probe the name of the variable that holds it.

        Raises:
            LabBroken: a claim about the past asks for what is only heard now: a probe's answer, or the learner's.
        """
        for name, value in names.items():
            if isinstance(value, Probe):
                value.name = name
        heard = {probe.name for probe in self.probes} | {"answer"}
        for check in self.checks:
            asked = {name for claim in (check.function, *check.when.earlier) for name in parameters(claim)}
            if check.when.historic and (late := sorted(asked & heard)):
                raise LabBroken(
                    f"check {check.id!r} of step {check.step!r} says when={check.when.mode}, but {late[0]!r} is of now",
                    hint="a claim about the past reads docker and cluster alone",
                )

    @property
    def checks(self) -> list[Check]:
        """Every check, in order."""
        return [check for step in self.steps for check in step.checks]

    @property
    def probes(self) -> list[Probe]:
        """Every probe, in order."""
        return [probe for step in self.steps for probe in step.probes]

    @property
    def uses_cluster(self) -> bool:
        """Tell whether the lab needs the cluster, and not Docker alone."""
        claims = [claim for check in self.checks for claim in (check.function, *check.when.earlier)]
        return any("cluster" in parameters(claim) for claim in claims) or any(p.at == "cluster" for p in self.probes)

    @property
    def uses_docker(self) -> bool:
        """Tell whether a daemon of its own is needed for the lab, and not the cluster alone."""
        asked = {name for check in self.checks for name in check.parameters}
        return not self.uses_cluster or "docker" in asked or any(DOCKER.search(text) for text in self._scripts())

    @property
    def pushes(self) -> bool:
        """Tell whether something of the lab, right or wrong, pushes to the course's registry."""
        return any(PUSH.search(text) for text in self._scripts())

    def _scripts(self) -> list[str]:
        operations = [one for step in self.steps for one in (step.solve, *step.also.values())]
        operations += [mutant.operation for check in self.checks for mutant in check.wrong.values()]
        return [*self.prepared, *(text for operation in operations for text in texts(operation))]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the lab prescribes, sorted: what a right way creates."""
        return self._written(NAME)

    @property
    def references(self) -> tuple[str, ...]:
        """Every reference of an image that a right way makes ("lr-oldtill:1999"), sorted."""
        return self._written(TAGGED)

    @property
    def pushed(self) -> tuple[str, ...]:
        """Every reference in the course's registry that a right way makes ("lr-sign:{order}"), sorted, unfilled."""
        return self._written(REPOSITORY)

    def _written(self, pattern: re.Pattern[str]) -> tuple[str, ...]:
        found: set[str] = set()
        for text in self.prepared:
            found.update(pattern.findall(text))
        for step in self.steps:
            for operation in (step.solve, *step.also.values()):
                for text in texts(operation):
                    found.update(pattern.findall(text))
        return tuple(sorted(found))

    @property
    def minutes(self) -> int:
        """How long a learner needs for the whole lab."""
        return sum(step.minutes for step in self.steps)
