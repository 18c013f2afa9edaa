"""What a lab is made of: images, values, probes, checks, steps. Declared by an author; runs nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from labrunner.errors import LabBroken
from labrunner.operation import Mutant, Operation, filled
from labrunner.when import When, parameters
from labrunner.when import now as at_the_moment

CheckFunction = Callable[..., None]
At = Literal["network", "inside", "host", "outside", "cluster", "pod", "node", "registry"]
IN_CLUSTER: tuple[At, ...] = ("cluster", "pod", "node")
"""The places that are there only with a cluster."""
ADDONS: dict[str, tuple[str, ...]] = {
    "metrics-server": (),
    "metallb": ("lb_addresses",),
    "traefik": ("ingress_http", "ingress_https", "ingress_node"),
}
"""What a lab may ask the cluster to have, each with the names of the values that a lab gets from it."""
LEVELS = ("baseline", "restricted", "privileged")
"""The Pod Security Standards that a lab's namespace may have; the first one where the lab does not say."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the course's registry, as learners type it: `localhost:PORT/REPOSITORY:TAG`.

    Attributes:
        name: what stands for it in commands and words.
        repository: with its tag.
        optional: True where the lab can do without: the steps that need it are left out where no source has it.
    """

    name: str
    repository: str
    optional: bool = False


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
        at: a client on a Docker network, inside a container, on the host, outside the cluster, inside it, inside a
            Pod of the lab's namespace, on a node, or the course's registry, asked over HTTP.
        target: the network's, the container's, the Pod's or the node's name; a Pod also by a label ("app=lr-web").
        container: in a Pod of several, which one; the first where empty.
        image: whose programs a client has; a text is the reference of an image that the learner makes.
        limit: seconds.
        name: the global variable that holds it; set when the lab is loaded.
    """

    command: str
    at: At
    target: str
    image: Image | str | None
    limit: float
    step: str
    name: str = ""
    container: str = ""

    def client(self, values: Mapping[str, str], usual: str = "") -> str:
        """Return the reference of the image that a client on a network is made of.

        Args:
            values: what stands for the declared names, images included.
            usual: where the probe names none.
        """
        if isinstance(self.image, Image):
            return values.get(self.image.name, "")
        return usual if self.image is None else filled(self.image, values)


@dataclass(frozen=True, slots=True)
class Outage:
    """A component that a step's learner stops for a while, by `labrunner outage`.

    Attributes:
        component: as the command calls it.
        minutes: after which it comes back by itself.
        samples: name → a shell line that is asked once a second meanwhile, on a node; Services of the lab's namespace
            stand in variables as in a Pod (`$LR_WEB_SERVICE_HOST`, `$LR_WEB_SERVICE_PORT`).
        asked_on: the node that samples are asked on.
        step: whose it is.
    """

    component: str
    minutes: float
    samples: Mapping[str, str]
    asked_on: str
    step: str


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
    needs: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)

    def outage(
        self,
        component: str,
        *,
        minutes: float = 5,
        samples: Mapping[str, str] | None = None,
        asked_on: str = "worker",
    ) -> Outage:
        """Declare that a component is stopped in this step; what is seen meanwhile is `cluster.outage(component)`.

        Args:
            component: "kube-apiserver", "kube-scheduler", "kube-controller-manager", "control-plane" (these three),
                "kubelet", "kube-proxy" or "node".
            minutes: after which it comes back by itself, whatever becomes of labrunner.
            samples: what is asked meanwhile beside the API, the nodes and the Pods; see `Outage`.
            asked_on: the node that samples are asked on: one that the outage leaves alone.
        """
        declared = Outage(component, minutes, dict(samples or {}), asked_on, self.id)
        self.outages.append(declared)
        return declared

    @property
    def asks_cluster(self) -> bool:
        """Tell whether a check or a probe of it looks at the cluster."""
        claims = [claim for check in self.checks for claim in (check.function, *check.when.earlier)]
        return any("cluster" in parameters(claim) for claim in claims) or any(p.at in IN_CLUSTER for p in self.probes)

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
        image: Image | str | None = None,
        network: str = "",
        inside: str = "",
        pod: str = "",
        container: str = "",
        node: str = "",
        at: Literal["host", "outside", "cluster", "registry"] | None = None,
        limit: float = 5,
    ) -> Probe:
        """Declare a question: on a network, inside a container, or at one of the other places that `At` names.

        On a network it is asked from a new client; `image` says what that is made of, also of what a learner made.
        In a Pod of the lab's namespace it is asked as by `kubectl exec`; `pod` is its name, or a label ("app=lr-web"),
        and then it is the first running one. On a node it is asked as by `labrunner node` ("worker").
        """
        where: At = at or ("inside" if inside else "pod" if pod else "node" if node else "network")
        probe = Probe(command, where, inside or pod or node or network, image, limit, self.id, container=container)
        self.probes.append(probe)
        return probe
