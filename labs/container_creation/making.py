"""The same by hand, without Docker; and what is left of a container when it is gone."""

from labrunner import Answer, Docker, Fact, Terminal, expect

from .beginning import created, family, started
from .ground import lab, shown_by
from .ties import ports, rootfs, veth

BENCH = (
    "docker create --name lr-mould {busybox}\n"
    "docker run -d --name lr-workshop --privileged {debian} sleep 86400\n"
    "docker exec lr-workshop mkdir /hand\n"
    "docker export lr-mould | docker exec -i lr-workshop tar -x -C /hand"
)
IN_THE_WORKSHOP = "docker exec -d lr-workshop"
LIVES = "sh -c 'mount -t proc proc /proc; hostname hand-{mark}; exec sleep 86400'"

by_hand = lab.step(
    "by-hand",
    minutes=10,
    solve=(
        f"{BENCH}\ndocker exec lr-workshop ls /hand",
        Terminal("docker exec -it lr-workshop bash")
        .until("# ")
        .types("unshare --pid --fork --mount --uts --ipc --net chroot /hand sh")
        .until("/ # ")
        .types("mount -t proc proc /proc")
        .until("/ # ")
        .types("hostname hand-{mark}")
        .until("/ # ")
        .types("hostname; ps")
        .until("hand-{mark}")
        .until("/ # ")
        .presses("ctrl-p", "ctrl-q")
        .ends(),
    ),
    also={
        "in-the-background": f"{BENCH}\n"
        f"{IN_THE_WORKSHOP} unshare --pid --fork --mount --uts --ipc --net chroot /hand {LIVES}",
        "unshare-alone": f"{BENCH.replace('/hand', '/srv/made')}\n"
        f"{IN_THE_WORKSHOP} unshare -f -p -m -u --root=/srv/made {LIVES}",
    },
)
# Of every process in the workshop: number, whose files are its root, pid and uts namespace, host's name, inner number.
hands = by_hand.probe(
    "for p in /proc/[0-9]*; do [ -x $p/root/bin/busybox ] && files=mould || files=workshop;"
    " echo ${p#/proc/} $files $(readlink $p/ns/pid $p/ns/uts) $(nsenter -t ${p#/proc/} -u hostname)"
    " $(sed -n 's/^NSpid:.*[^0-9]//p' $p/status); done",
    inside="lr-workshop",
    limit=10,
)
FIELDS = ("number", "files", "pid", "uts", "hostname", "inner")


def made(hands: Answer) -> Fact[list[dict[str, str]]]:
    """Return the processes that live in the mould's files; of each what it does not share with the workshop's PID 1."""

    def read(text: str) -> list[dict[str, str]]:
        whole = [words for line in text.splitlines() if len(words := line.split()) == len(FIELDS)]
        every = [dict(zip(FIELDS, words, strict=True)) for words in whole]
        first = {one["number"]: one for one in every}["1"]
        return [
            {key: value for key, value in one.items() if key == "inner" or value != first[key]}
            for one in every
            if one["files"] == "mould"
        ]

    found = hands.stdout.map(read, "processes in the mould's files")
    return shown_by(found, "docker exec lr-workshop sh -c 'ls -l /proc/[0-9]*/root /proc/[0-9]*/ns/uts'")


@by_hand.check(
    wrong={
        "no-chroot": f"{BENCH}\n{IN_THE_WORKSHOP} unshare --pid --fork --mount --uts sh -c"
        " 'hostname hand-{mark}; exec sleep 86400'",
        "only-the-bench": BENCH,
    },
    within=2,
)
def it_lives_in_the_exported_files(hands: Answer) -> None:
    expect(made(hands).map(len, "how many")).at_least(1)


@by_hand.check(
    wrong={"chroot-alone": f"{BENCH}\n{IN_THE_WORKSHOP} chroot /hand sleep 86400"},
    within=2,
)
def it_is_number_one_of_its_own(hands: Answer) -> None:
    it_lives_in_the_exported_files(hands)
    own = made(hands).map(lambda found: [one["inner"] for one in found if "pid" in one], "inner numbers")
    expect(own).contains("1")


@by_hand.check(
    wrong={
        "same-uts": f"{BENCH}\n{IN_THE_WORKSHOP} unshare --pid --fork --mount chroot /hand {LIVES}",
        "no-name": f"{BENCH}\n{IN_THE_WORKSHOP} unshare --pid --fork --mount --uts chroot /hand sleep 86400",
    },
    within=2,
)
def it_has_a_hostname_of_its_own(hands: Answer, mark: str) -> None:
    it_lives_in_the_exported_files(hands)
    own = made(hands).map(lambda found: [one.get("hostname", "") for one in found if "uts" in one], "own hostnames")
    expect(own).contains(f"hand-{mark}")


gone = lab.step(
    "gone",
    minutes=5,
    needs=["host"],
    undoes=[created, started, family, rootfs, veth],
    solve="docker rm -f lr-box\n"
    "labrunner host sh -c 'grep -ls HOSTNAME=box-{mark} /proc/[0-9]*/environ || echo no process'\n"
    "labrunner host ls /sys/class/net/lr-yard/brif\n"
    "docker image ls {busybox}",
    also={"stopped-first": "docker stop -t 1 lr-box\ndocker container rm lr-box"},
)


def ended(docker: Docker) -> None:
    """Demand that the box has ended since `start`: before that nothing can have gone."""
    expect(docker.past("lr-box").exit_code).is_there()


@gone.check(wrong={"stopped-only": "docker kill lr-box"})
def box_was_removed(docker: Docker) -> None:
    ended(docker)
    expect(docker.past("lr-box").was_removed).equals(True)
    expect(docker.container("lr-box").status).is_absent()


@gone.check(wrong={"stopped-only": "docker kill lr-box"}, within=3)
def nothing_of_it_is_left_on_the_host(docker: Docker, seen: Answer, ground: Answer) -> None:
    ended(docker)
    box = str(docker.past("lr-box").first_id.value)
    remains = ground.stdout.map(lambda text: [one for one in text.split() if box in one or one.endswith("/note")])
    expect(shown_by(seen.stdout, "docker ps -a --filter name=lr-box")).equals("")
    expect(shown_by(remains, "docker ps -a --filter name=lr-box")).equals([])
    running = docker.network("lr-yard").containers
    expect(ports(ground).map(len, "how many")).equals(len(running.value or []))


@gone.check(wrong={"image-too": "docker rm -f lr-box\ndocker rmi -f {busybox}"})
def image_is_still_there(docker: Docker, busybox: str) -> None:
    ended(docker)
    expect(docker.past("lr-box").was_removed).equals(True)
    expect(docker.image(busybox).id).is_there()
