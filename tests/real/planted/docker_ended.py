"""Containers that ended, in the many ways that there are."""

from tests.real.planted.docker_row import Planted

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
