"""What a planted fault is: the row of a table."""

from dataclasses import dataclass

from labrunner.lab import Image, Probe

HEALTHY = "healthy"
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault, and what it is to be called.

    Attributes:
        fault: in a few words; what the table's row is called.
        commands: a shell script, in which some commands may fail. {web}, {redis}, {debian} stand for references of
            images that are there, {registry} for the course's registry, {refusing} for one that refuses.
        subject: the object that is asked about, "container/lr-x"; "probe/NAME" for the row's own probe.
        code: the first cause's code; HEALTHY or UNKNOWN where there is to be none.
        words: each is in the first cause's sentence or words, or in what was seen.
        also: codes of the causes behind the first, in their order.
        probe: what asks, where a probe is to fail.
        first: the broken link's own name, where it is another than the subject.
        both: whether it is planted in Engine 29 as well: it tells of this in other words, or in another order.
    """

    fault: str
    commands: str
    subject: str
    code: str
    words: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    probe: Probe | None = None
    first: str = ""
    both: bool = False


REDIS = Image("redis", "redis:7.0")


def inside(name: str, container: str, command: str) -> Probe:
    """Return a question asked inside a container."""
    return Probe(command, "inside", container, None, 4, "", name)


def on_network(name: str, network: str, command: str) -> Probe:
    """Return a question asked by a Redis client on a network."""
    return Probe(command, "network", network, REDIS, 6, "", name)


def at_host(name: str, port: int) -> Probe:
    """Return a question asked on the host, which has no curl in a sandbox: who answers in HTTP at a port of it."""
    ask = f"exec 3<>/dev/tcp/localhost/{port}; echo GET / HTTP/1.0 >&3; echo >&3; timeout 2 grep -q ^HTTP <&3"
    return Probe(f"bash -c '{ask}'", "host", "", None, 6, "", name)
