"""Faults that are planted in a Docker engine, and what the walk has to come to: the rows of the table of faults."""

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


IMAGES = (
    Planted("the image was never pulled", "true", "image/{registry}/web:2", "image-absent", ("docker pull",)),
    Planted("the image has no such tag", "true", "image/{registry}/web:9", "image-tag-absent", ("1, 2",)),
    Planted("the image's name is misspelled", "true", "image/{registry}/wbe:1", "image-name-wrong", ("mean web?",)),
    Planted("the registry says no", "true", "image/{refusing}/web:1", "pull-refused", ("HTTP 403",), both=True),
    Planted(
        "nobody answers at the registry", "true", "image/localhost:1/web:1", "registry-unreachable", ("localhost:1",)
    ),
    Planted("Docker Hub's name instead of the course's", "true", "image/redis:7.0", "image-absent", ("/redis:7.0",)),
    Planted(
        "a tag that this machine has not",
        "docker tag {web} lr-mine:1",
        "image/lr-mine:2",
        "image-tag-absent",
        ("lr-mine", "1"),
    ),
)

STARTS = (
    Planted(
        "the command is not in the image",
        "docker run -d --name lr-nocmd {debian} nosuch",
        "container/lr-nocmd",
        "command-not-found",
        ("no command nosuch", "executable file not found"),
        both=True,
    ),
    Planted(
        "the path of the command is not there",
        "docker run -d --name lr-nopath {debian} /opt/nosuch",
        "container/lr-nopath",
        "command-not-found",
        ("/opt/nosuch", "no such file"),
        both=True,
    ),
    Planted(
        "the command is a folder",
        "docker run -d --name lr-folder {debian} /etc",
        "container/lr-folder",
        "command-not-executable",
        ("/etc", "permission denied"),
        both=True,
    ),
    Planted(
        "another container has the port",
        "docker run -d --name lr-holder -p 8190:80 {web}; docker run -d --name lr-late -p 8190:80 {web}",
        "container/lr-late",
        "port-taken",
        ("8190", "lr-holder", "already allocated"),
        both=True,
    ),
    Planted(
        "a program of the host has the port",
        "docker run -d --name lr-squatter --network host {redis} redis-server --port 8191; sleep 1;"
        "docker run -d --name lr-squeezed -p 8191:80 {web}",
        "container/lr-squeezed",
        "port-taken",
        ("8191", "another program", "address already in use"),
        both=True,
    ),
    Planted(
        "the network does not exist",
        "docker run -d --name lr-netless --network lr-nosuchnet {web}",
        "container/lr-netless",
        "network-absent",
        ("lr-nosuchnet", "not found"),
        first="network/lr-nosuchnet",
        both=True,
    ),
    Planted(
        "created and never started",
        "docker create --name lr-made {web}",
        "container/lr-made",
        "created-not-started",
        ("docker start lr-made",),
    ),
)

ENDS = (
    Planted(
        "a shell finds no command",
        "docker run -d --name lr-sh127 {debian} sh -c 'nosuch'",
        "container/lr-sh127",
        "command-not-found",
        ("exit code 127", "nosuch: not found"),
    ),
    Planted(
        "a shell finds a file that is no program",
        "docker run -d --name lr-sh126 {debian} sh -c '/etc/passwd'",
        "container/lr-sh126",
        "command-not-executable",
        ("exit code 126", "Permission denied"),
    ),
    Planted(
        "the program crashes",
        "docker run -d --name lr-crash {debian} sh -c 'echo no configuration; exit 3'",
        "container/lr-crash",
        "crashed",
        ("exit code 3", "no configuration"),
    ),
    Planted(
        "the program breaks its own memory",
        "docker run -d --init --name lr-segv {debian} sh -c 'kill -SEGV $$'",
        "container/lr-segv",
        "crashed",
        ("exit code 139", "SIGSEGV"),
    ),
    Planted(
        "the program wants more memory than it may have",
        "docker run -d -m 16m --name lr-greedy {debian} sh -c 'a=x; while :; do a=$a$a; done'",
        "container/lr-greedy",
        "out-of-memory",
        ("16 MiB", "exit code 137"),
        both=True,
    ),
    Planted(
        "the program has nothing more to do",
        "docker run -d --name lr-brief {debian} true",
        "container/lr-brief",
        "finished",
        ("exit code 0",),
    ),
    Planted(
        "the program ends, and is started again and again",
        "docker run -d --restart always --name lr-loop {debian} sh -c 'echo again; exit 5'",
        "container/lr-loop",
        "restart-loop",
        ("exit code 5", "RestartCount", "again"),
        also=("crashed",),
        both=True,
    ),
    Planted(
        "two at once: a restart loop, for want of a command",
        "docker run -d --restart always --name lr-loop127 {debian} sh -c nosuch",
        "container/lr-loop127",
        "restart-loop",
        ("nosuch: not found",),
        also=("command-not-found",),
    ),
)

RUNNING = (
    Planted(
        "paused",
        "docker run -d --name lr-frozen {web}; docker pause lr-frozen",
        "container/lr-frozen",
        "paused",
        ("docker unpause",),
    ),
    Planted(
        "the wrong port of the container is published",
        "docker run -d --name lr-wrongport -p 8193:8080 {web}",
        "container/lr-wrongport",
        "nobody-listens",
        ("8080", "it listens on 80"),
    ),
    Planted(
        "a port is published on an internal network",
        "docker network create --internal lr-cellar;"
        "docker run -d --name lr-cellarweb --network lr-cellar -p 8194:80 {web}",
        "container/lr-cellarweb",
        "network-internal",
        ("lr-cellar", "8194"),
        first="network/lr-cellar",
        both=True,
    ),
    Planted("the same, asked of the network", "true", "network/lr-cellar", "network-internal", ("lr-cellarweb",)),
    Planted(
        "a port is published with the host's network",
        "docker run -d --name lr-hostmode --network host -p 8195:80 {redis}",
        "container/lr-hostmode",
        "port-not-published",
        ("--network host",),
    ),
)

NAMES = (
    Planted(
        "the prefix is missing",
        "docker create --name ledger {web}",
        "container/lr-ledger",
        "container-absent",
        ("but there is ledger",),
    ),
    Planted(
        "a slip in the name",
        "docker create --name lr-lanudry {web}",
        "container/lr-laundry",
        "container-absent",
        ("but there is lr-lanudry",),
    ),
    Planted("nothing of that name", "true", "container/lr-qqqqqqqq", "container-absent"),
    Planted(
        "a slip in the network's name",
        "docker network create lr-market",
        "network/lr-maket",
        "network-absent",
        ("lr-market",),
    ),
    Planted("no such volume", "docker volume create lr-granary", "volume/lr-granry", "volume-absent", ("lr-granary",)),
)

ASKED = (
    Planted(
        "found by name on the default bridge",
        "docker run -d --name lr-b1 {redis}; docker run -d --name lr-b2 {redis} sleep 600",
        "probe/by_bridge",
        "default-bridge-has-no-names",
        ("lr-b1", "bridge"),
        probe=inside("by_bridge", "lr-b2", "redis-cli -h lr-b1 ping"),
        first="network/bridge",
        both=True,
    ),
    Planted(
        "not on the client's network",
        "docker network create lr-shop; docker run -d --name lr-astray {redis}",
        "probe/astray",
        "not-on-network",
        ("lr-astray", "lr-shop", "bridge"),
        probe=on_network("astray", "lr-shop", "redis-cli -h lr-astray -p 6379 ping"),
        first="container/lr-astray",
    ),
    Planted(
        "on two networks, none in common",
        "docker network create lr-east; docker network create lr-west;"
        "docker run -d --name lr-eastern --network lr-east {redis};"
        "docker run -d --name lr-western --network lr-west {redis} sleep 600",
        "probe/apart",
        "not-on-network",
        ("lr-east", "lr-west"),
        probe=inside("apart", "lr-western", "redis-cli -h lr-eastern ping"),
        first="container/lr-eastern",
    ),
    Planted(
        "the one that asks is on the default bridge",
        "docker network create lr-yard; docker run -d --name lr-yardstore --network lr-yard {redis};"
        "docker run -d --name lr-yarddesk {redis} sleep 600",
        "probe/yard",
        "not-on-network",
        ("lr-yard",),
        probe=inside("yard", "lr-yarddesk", "redis-cli -h lr-yardstore ping"),
        first="container/lr-yarddesk",
    ),
    Planted(
        "the server listens on another port",
        "docker network create lr-quay; docker run -d --name lr-quaystore --network lr-quay {redis} redis-server"
        " --port 6380",
        "probe/quay",
        "nobody-listens",
        ("6379", "it listens on 6380"),
        probe=on_network("quay", "lr-quay", "redis-cli -h lr-quaystore ping"),
        first="container/lr-quaystore",
        both=True,
    ),
    Planted(
        "the server listens for itself only",
        "docker network create lr-den; docker run -d --name lr-denstore --network lr-den {redis} redis-server"
        " --bind 127.0.0.1",
        "probe/den",
        "listens-on-loopback",
        ("127.0.0.1",),
        probe=on_network("den", "lr-den", "redis-cli -h lr-denstore ping"),
        first="container/lr-denstore",
    ),
    Planted(
        "the server's name is misspelled",
        "docker network create lr-mill; docker run -d --name lr-milstore --network lr-mill {redis}",
        "probe/mill",
        "container-absent",
        ("lr-milstore",),
        probe=on_network("mill", "lr-mill", "redis-cli -h lr-millstore ping"),
        first="container/lr-millstore",
    ),
    Planted(
        "the client's network does not exist",
        "docker network create lr-forge",
        "probe/forge",
        "network-absent",
        ("lr-forge",),
        probe=on_network("forge", "lr-forg", "redis-cli -h lr-qqq ping"),
        also=("container-absent",),
        first="network/lr-forg",
    ),
    Planted(
        "two at once: the server crashed, and is on another network",
        "docker network create lr-dock; docker run -d --name lr-dockstore {redis} sh -c 'echo no disk; exit 9'",
        "probe/dock",
        "crashed",
        ("exit code 9", "no disk"),
        probe=on_network("dock", "lr-dock", "redis-cli -h lr-dockstore ping"),
        also=("not-on-network",),
        first="container/lr-dockstore",
    ),
    Planted(
        "the container has no program to ask with",
        "docker network create lr-barn; docker run -d --name lr-barnweb --network lr-barn {web};"
        "docker run -d --name lr-barndesk --network lr-barn {redis} sleep 600",
        "probe/barn",
        "command-not-found",
        ("curl: not found",),
        probe=inside("barn", "lr-barndesk", "curl -sS -m 3 http://lr-barnweb/"),
        first="container/lr-barndesk",
    ),
    Planted(
        "another program runs than the one that would answer",
        "docker run -d --name lr-idle {web} sleep 600",
        "probe/idle",
        "nobody-listens",
        ("80",),
        probe=inside("idle", "lr-idle", "curl -sS -m 3 http://localhost/"),
        first="container/lr-idle",
    ),
    Planted(
        "the host asks at a port that is published nowhere",
        "true",
        "probe/host_elsewhere",
        "port-published-elsewhere",
        ("8999", "published are"),
        probe=at_host("host_elsewhere", 8999),
        first="host/8999",
    ),
    Planted(
        "the host asks at a port that leads to nobody",
        "true",
        "probe/host_deaf",
        "nobody-listens",
        ("8080", "it listens on 80"),
        probe=at_host("host_deaf", 8193),
        first="container/lr-wrongport",
    ),
    Planted(
        "the host asks at the port of a container that could not start",
        "true",
        "probe/host_taken",
        "port-taken",
        ("8191", "another program"),
        probe=at_host("host_taken", 8191),
        first="container/lr-squeezed",
    ),
)

RIGHT = (
    Planted(
        "a container as it should be",
        "docker run -d --name lr-well -p 8196:80 {web}",
        "container/lr-well",
        HEALTHY,
        ("listens on: 80",),
        both=True,
    ),
    Planted("a network as it should be", "docker network create lr-fine", "network/lr-fine", HEALTHY, ("bridge",)),
    Planted(
        "an internal network on which nobody publishes",
        "docker network create --internal lr-vault",
        "network/lr-vault",
        HEALTHY,
        ("Internal: true",),
    ),
    Planted("a volume as it should be", "docker volume create lr-kept", "volume/lr-kept", HEALTHY, ("local",)),
    Planted("an image that is there", "true", "image/{registry}/web:1", HEALTHY, ("/web:1",)),
    Planted(
        "a device that does not exist",
        "docker run -d --name lr-nodevice --device /dev/nosuch {debian} true",
        "container/lr-nodevice",
        UNKNOWN,
        ("/dev/nosuch", "State.Status: created"),
    ),
    Planted(
        "exit code 127, and yet no command is missing",
        "docker run -d --name lr-misfit -v /etc/hostname:/etc {debian} true",
        "container/lr-misfit",
        UNKNOWN,
        ("error mounting", "State.ExitCode: 127"),
        both=True,
    ),
    Planted(
        "every link is whole, and the answer is another one",
        "docker network create lr-calm; docker run -d --name lr-calmstore --network lr-calm {redis} redis-server"
        " --requirepass secret",
        "probe/calm",
        UNKNOWN,
        ("NOAUTH",),
        probe=on_network("calm", "lr-calm", "redis-cli -e -h lr-calmstore ping"),
    ),
)

LAST = (
    Planted(
        "docker kill",
        "docker run -d --name lr-killed {debian} sleep 600; docker kill lr-killed",
        "container/lr-killed",
        "stopped-by-signal",
        ("did not crash", "SIGKILL", "exit code 137"),
        both=True,
    ),
    Planted(
        "docker stop",
        "docker run -d --init --name lr-stopped {debian} sleep 600; docker stop lr-stopped",
        "container/lr-stopped",
        "stopped-by-signal",
        ("did not crash", "SIGTERM", "exit code 143"),
        both=True,
    ),
    Planted(
        "docker stop, which the program does not heed",
        "docker run -d --name lr-deaf {debian} sleep 600; docker stop -t 1 lr-deaf",
        "container/lr-deaf",
        "stopped-by-signal",
        ("did not end at SIGTERM", "SIGKILL"),
    ),
    Planted(
        "a signal, and not from docker",
        "docker run -d --init --name lr-self {debian} sh -c 'kill -TERM $$'",
        "container/lr-self",
        "stopped-by-signal",
        ("SIGTERM", "no docker command sent it"),
    ),
    Planted(
        "renamed",
        "docker create --name lr-before {web}; docker rename lr-before lr-xafter",
        "container/lr-before",
        "container-absent",
        ("renamed to lr-xafter",),
        both=True,
    ),
    Planted(
        "two at once: its command was not found, and it was removed",
        "docker run -d --rm --name lr-passing {debian} sh -c nosuch",
        "container/lr-passing",
        "command-not-found",
        ("exit code 127",),
        also=("container-absent",),
    ),
    Planted(
        "the health check fails",
        "docker run -d --name lr-sick --health-cmd 'echo no page here; exit 1' --health-interval 2s"
        " --health-retries 1 {web}",
        "container/lr-sick",
        "unhealthy",
        ("no page here", "exit code 1"),
    ),
    Planted(
        "two at once: unhealthy, and a port that nobody listens on",
        "docker run -d --name lr-sick2 -p 8192:8000 --health-cmd 'curl -fsS localhost:8000' --health-interval 2s"
        " --health-retries 1 {web}",
        "container/lr-sick2",
        "unhealthy",
        ("curl",),
        also=("nobody-listens",),
    ),
)
"""What only the daemon's 256 events can tell, and what floods them."""

ROWS = (*IMAGES, *STARTS, *RUNNING, *NAMES, *ASKED, *RIGHT, *ENDS, *LAST)
"""Every row."""
