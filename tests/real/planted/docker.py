"""Faults that are planted in a Docker engine, and what the walk has to come to: the rows of the table of faults."""

from tests.real.planted.docker_asked import ASKED
from tests.real.planted.docker_ended import ENDS, LAST
from tests.real.planted.docker_row import HEALTHY, UNKNOWN, Planted, on_network

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


ROWS = (*IMAGES, *STARTS, *RUNNING, *NAMES, *ASKED, *RIGHT, *ENDS, *LAST)
"""Every row."""
