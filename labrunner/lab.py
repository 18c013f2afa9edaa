"""What a lab is: its steps in order, and what they use of a machine. Declared by an author; runs nothing."""

import re
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

from labrunner.errors import LabBroken
from labrunner.gradable import Gradable, Way
from labrunner.operation import Operation, texts
from labrunner.step import ADDONS, LEVELS, At, Check, Image, Outage, Probe, Step, Value
from labrunner.when import parameters

__all__ = ["ADDONS", "At", "Check", "Image", "Lab", "Probe", "Step", "Value", "names_in"]
ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAME = re.compile(r"(?<![\w/.:-])lr-[a-z0-9]+(?:-[a-z0-9]+)*")
"""A name that a lab prescribes to learners; all of them begin with `lr-`."""
TAGGED = re.compile(r"(?<![\w/.:-])lr-[a-z0-9]+(?:-[a-z0-9]+)*:[\w{][\w.{}-]*")
"""An image's reference that a lab prescribes to learners."""
NOUNS = ("docker", "cluster", "answer")
REPOSITORY = re.compile(r"\{registry\}/(lr-[a-z0-9]+(?:-[a-z0-9]+)*:[\w{][\w.{}-]*)")
"""A reference in the course's registry that a lab prescribes to learners."""
DOCKER = re.compile(r"(?m)^\s*docker ")
ELSEWHERE = re.compile(r"\blabrunner (?:host|outside) ")
NODES = re.compile(r"\blabrunner node |\bkubectl (?:-\S+ )*(?:drain|cordon|taint)\b")
ETCD = re.compile(r"\betcdctl ")
PUSH = re.compile(r"\bdocker (?:(?:image|compose) )?(?:-\S+ )*push\b")

SITTING = 12
"""Minutes after which a pause is offered, where the lab does not say itself where."""


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
        self.addons: list[str] = []
        self.security, self.static_pods = LEVELS[0], False  # True: a lesson puts one on a node, see `namespace_bounds`
        self._pauses: frozenset[str] = frozenset()
        self.grading = Gradable()

    def graded(self, way: Way, *, without: Mapping[str, str] | None = None, why: str = "") -> None:
        """Say how a submission of the lab may be graded; see `gradable.Gradable`."""
        self.grading = Gradable(way, dict(without or {}), why)

    def image(self, repository: str, *, name: str = "", optional: bool = False) -> Image:
        """Declare an image of the course's registry ("redis:7.0"); `{redis}` stands for it in commands and words.

        Args:
            repository: with its tag.
            name: where the repository's own would be that of another image of the lab.
            optional: where no source has it, the steps that need it (`needs=`) are left out, with the reason.
        """
        found = Image(name or repository.partition(":")[0], repository, optional)
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

    def addon(self, name: str) -> None:
        """Declare that the cluster has to have an add-on: one of `ADDONS`; `start` installs it where it is missing.

        What it tells of itself stands in scripts, probes and words like a value of the lab's own.

        Raises:
            LabBroken: there is no such add-on.
        """
        if name not in ADDONS:
            raise LabBroken(f"{self.slug}: no add-on is called {name!r}", hint=", ".join(ADDONS))
        if name not in self.addons:
            self.addons.append(name)

    def pod_security(self, level: str, *, why: str) -> None:
        """Declare the Pod Security Standard of the lab's namespace, one of `LEVELS`; LabBroken without a reason."""
        if level not in LEVELS or not why.strip():
            raise LabBroken(f"{self.slug}: pod_security({level!r}) needs a level and a reason", hint=", ".join(LEVELS))
        self.security = level

    @property
    def told(self) -> tuple[str, ...]:
        """The names of the values that the lab gets from its add-ons."""
        return tuple(name for addon in self.addons for name in ADDONS[addon])

    def step(  # noqa: PLR0913 - what a step is, each by name
        self,
        id: str,  # noqa: A002 - the field's own word
        *,
        solve: Operation,
        also: Mapping[str, Operation] | None = None,
        undoes: Sequence[Step] = (),
        minutes: int = 2,
        needs: Sequence[str] = (),
    ) -> Step:
        """Declare a step.

        Args:
            id: a noun in kebab-case.
            solve: the operations that do it.
            also: other right ways, by name; the proof runs each.
            undoes: earlier steps of which this one takes things away; their passes stand from then on.
            minutes: how long a learner needs.
            needs: what a machine may lack and the step cannot do without: "host" (that `labrunner host` enters the
                daemon's Linux), "cluster", or the name of an optional image. There it is left out, with the reason.
        """
        if not ID.fullmatch(id) or any(step.id == id for step in self.steps):
            raise LabBroken(f"{self.slug}: step id {id!r} is taken or not in kebab-case")
        step = Step(id, solve, dict(also or {}), tuple(other.id for other in undoes), minutes, tuple(needs))
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

    def pauses_after(self, *steps: str) -> None:
        """Say after which steps a learner may well pause; stands below `order`, where there is one.

        Raises:
            LabBroken: no such step, or the last one, after which there is nothing to come back to.
        """
        known = [step.id for step in self.steps[:-1]]
        if odd := next((one for one in steps if one not in known), ""):
            raise LabBroken(f"{self.slug}: a pause after {odd!r}, which is no step before the last")
        self._pauses = frozenset(steps)

    @property
    def pauses(self) -> list[str]:
        """The steps after which a pause is offered, in order: those that the lab says, else as the minutes add up."""
        if self._pauses:
            return [step.id for step in self.steps[:-1] if step.id in self._pauses]
        found, sitting = [], 0
        for step in self.steps[:-1]:
            sitting += step.minutes
            if sitting >= SITTING:
                found.append(step.id)
                sitting = 0
        return found

    def without(self, steps: Collection[str]) -> "Lab":
        """Return the lab without some of its steps; a pause after one of them is then after the step before it."""
        left = copy(self)
        left.steps = [step for step in self.steps if step.id not in steps]
        pauses, before = set(), ""
        for step in self.steps:
            before = before if step.id in steps else step.id
            if before and step.id in self._pauses:
                pauses.add(before)
        left._pauses = frozenset(pauses)  # noqa: SLF001 - its own
        return left

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
    def outages(self) -> list[Outage]:
        """Every outage that a step declares, in order."""
        return [outage for step in self.steps for outage in step.outages]

    @property
    def uses_cluster(self) -> bool:
        """Tell whether the lab needs the cluster, and not Docker alone."""
        return any(step.asks_cluster for step in self.steps)

    @property
    def demands_cluster(self) -> bool:
        """Tell whether a step asks the cluster and does not say that it may be missing."""
        return any(step.asks_cluster and "cluster" not in step.needs for step in self.steps)

    @property
    def uses_docker(self) -> bool:
        """Tell whether a daemon of its own is needed for the lab, and not the cluster alone."""
        asked = {name for check in self.checks for name in check.parameters}
        return not self.uses_cluster or "docker" in asked or any(DOCKER.search(text) for text in self._scripts())

    @property
    def looks_elsewhere(self) -> bool:
        """Tell whether something of the lab runs `labrunner host` or `labrunner outside`."""
        return any(ELSEWHERE.search(text) for text in self._scripts())

    @property
    def touches_nodes(self) -> bool:
        """Tell whether something of the lab is done to a node itself, which no namespace takes along."""
        return any(NODES.search(text) for text in self._scripts())

    @property
    def asks_etcd(self) -> bool:
        """Tell whether something of the lab asks etcd itself."""
        return any(ETCD.search(text) for text in [*self._scripts(), *(probe.command for probe in self.probes)])

    @property
    def composes(self) -> bool:
        """Tell whether something of the lab, right or wrong, is done by docker compose."""
        return any("docker compose " in text for text in self._scripts())

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
        """Every reference of an image that a right way makes ("lr-old:1999", "lr-sign:{order}"), sorted, unfilled."""
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
