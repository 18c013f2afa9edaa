"""One reading of the whole lab scope: raw JSON, and nothing else; it is the evidence."""

from dataclasses import dataclass, field
from typing import Any

SCHEMA = 2
"""Version of the snapshot's JSON."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one run read from the world.

    Attributes:
        docker: {"containers": {id: inspect}, "networks": {id: …}, "volumes": {name: …}, "images": {id: …},
            "logs": {container id: its last lines}, "listening": {container id: [port, …]}, "loopback": the same of
            ports that answer nobody but the container itself}; the last three only hold what somebody had a reason
            to ask for. A look at one object (docker_survey) adds "names", "holders" and "registry". None where Docker
            was not looked at.
        cluster: {"namespace": name, "kinds": [kind that was listed, …], "objects": [raw of the namespace, …],
            "around": [raw that no namespace holds: Node, Namespace, IngressClass, …],
            "logs": {"pod/container": last lines}, "listening": {"pod": [port, …]}, "loopback": the same of ports at
            which only the Pod itself is answered, "elsewhere": {"Kind/name": [other namespace that holds one, …]}};
            None where the cluster was not looked at.
        probes: a probe's name → {"stdout", "stderr", "exit_code"}, or {"error": sentence}.
        log: the recorder's records since `start`, oldest first.
        complete: False where the log has a gap in what it tells of Docker.
        gaps: when nobody recorded: {"of": "docker" or "cluster", "since": nano, "until": nano}, oldest first; until 0
            where nobody records yet. Times are nanoseconds since 1970, as Docker has them.
        since: when the recording began, in nanoseconds; 0 where that is not known.
        answers: step → what was handed in.
        values: name → text, of values and fresh ones; secrets are not in it.
        prepared: name → ID of each container that `start` made.
        outages: {"component", "node", "since": nano, "until": nano or 0, "looks": [what was seen meanwhile, …]}, oldest
            first; see `outage.Outage`.
        scope: {"names": how the names of the scope begin, "prefix": how the references of the course's images do};
            what else is on the daemon was not read. None where everything was.
        taken: UTC, ISO 8601.
    """

    docker: dict[str, dict[str, Any]] | None = None
    cluster: dict[str, Any] | None = None
    probes: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: tuple[dict[str, Any], ...] = ()
    complete: bool = True
    gaps: tuple[dict[str, Any], ...] = ()
    since: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    prepared: dict[str, str] = field(default_factory=dict)
    outages: tuple[dict[str, Any], ...] = ()
    scope: dict[str, str] | None = None
    taken: str = ""
    schema: int = SCHEMA
