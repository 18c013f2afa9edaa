"""Faults that are planted in a real cluster, and what the walk has to come to: the rows of the table of faults."""

from dataclasses import dataclass

HEALTHY = "healthy"
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Place:
    """A namespace of the tests' own, in which faults are planted.

    Attributes:
        name: what follows "why-" in the namespace's name.
        manifest: YAML that is applied in it before anything else: a quota, a limit range.
        labels: the namespace's own labels ("pod-security.kubernetes.io/enforce").
    """

    name: str
    manifest: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def namespace(self) -> str:
        """The namespace's name."""
        return f"why-{self.name}"


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault, and what it is to be called.

    Attributes:
        fault: in a few words; what the table's row is called.
        manifest: YAML that is applied in the place's namespace. WEB, WEB2, CLIENT and REDIS in it stand for the
            references of the course's images, NOWHERE for the course's registry, "localhost:PORT".
        subject: the object that is asked about, "Deployment/web".
        code: the first cause's code; HEALTHY or UNKNOWN where there is to be none.
        words: each is in the first cause's sentence or words.
        also: codes of causes behind the first.
        place: the name of the place that it is planted in.
        after: kubectl's words, run once the manifest is applied, in the place's namespace: ("rollout", "pause", …).
        first: the broken link's own name, as "kind/name", where it is known beforehand.
    """

    fault: str
    manifest: str
    subject: str
    code: str
    words: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    place: str = "workloads"
    after: tuple[tuple[str, ...], ...] = ()
    first: str = ""
