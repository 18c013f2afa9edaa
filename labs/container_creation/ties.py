"""What ties a container to its host: the layers that its root is made of, and the cable to the bridge."""

import re

from labrunner import Answer, Docker, Fact, HandIn, expect

from .beginning import number_one
from .ground import PID, lab, shown_by

MOUNTS = f"/proc/$({PID} lr-box)/mountinfo"
UPPER = "docker exec lr-box grep ' / / ' /proc/self/mountinfo | grep -o 'upperdir=[^,]*' | cut -d = -f 2"

rootfs = lab.step(
    "rootfs",
    minutes=7,
    needs=["host"],
    solve=(
        r"""
docker exec lr-box sh -c 'echo {mark} > /note'
docker exec lr-box grep ' / / ' /proc/self/mountinfo | tee root
sed 's/.*upperdir=\([^,]*\).*/\1/' root | tee upper
labrunner host ls -l $(cat upper)
labrunner host cat $(cat upper)/note
""",
        HandIn("$(cat upper)"),
    ),
    also={
        "copied-in": (
            "echo {mark} > note\ndocker cp note lr-box:/note",
            HandIn(f"$(labrunner host grep ' / / ' {MOUNTS} | grep -o 'upperdir=[^,]*' | cut -d = -f 2)/"),
        )
    },
)
inner = rootfs.probe(
    "grep ' / / ' /proc/self/mountinfo; echo iflink $(cat /sys/class/net/eth0/iflink)", inside="lr-box", limit=8
)


@rootfs.check(wrong={"other-words": "docker exec lr-box sh -c 'echo hello > /note'"})
def note_lies_in_the_upper_layer_on_the_host(seen: Answer, mark: str) -> None:
    note = shown_by(number_one(seen, "note"), f"labrunner host cat $({UPPER})/note")
    expect(note).equals(mark)


@rootfs.check(
    wrong={
        "lower": HandIn(f"$(labrunner host grep ' / / ' {MOUNTS} | sed 's/.*lowerdir=\\([^:,]*\\).*/\\1/')"),
        "work": HandIn(f"$(labrunner host grep ' / / ' {MOUNTS} | sed 's/.*workdir=\\([^,]*\\).*/\\1/')"),
        "merged": HandIn("/"),
    }
)
def upper_layer_is_named(inner: Answer, answer: Fact[str]) -> None:
    expect(answer).is_there()
    said = str(answer.value).strip().removeprefix("upperdir=").rstrip("/,")
    upper = inner.stdout.map(lambda text: re.findall(r"upperdir=([^,\s]+)", text)[0], "upperdir")
    expect(shown_by(upper, UPPER).map(lambda folder: folder == said, "is the answer")).equals(True)


veth = lab.step(
    "veth",
    minutes=6,
    needs=["host"],
    solve=(
        """
docker exec lr-box cat /sys/class/net/eth0/iflink | tee index
labrunner host sh -c "grep -lx $(cat index) /sys/class/net/*/ifindex" | tee found
labrunner host ls /sys/class/net/lr-yard/brif
""",
        HandIn("$(cut -d / -f 5 found)"),
    ),
    also={
        "from-the-host": (
            f"labrunner host cat /proc/$({PID} lr-box)/root/sys/class/net/eth0/iflink >index",
            HandIn('$(labrunner host sh -c "grep -lx $(cat index) /sys/class/net/lr-yard/brif/*/../ifindex")'),
        )
    },
)


def ports(ground: Answer) -> Fact[dict[str, str]]:
    """Return the ports of the yard's bridge: name → index."""
    found = ground.stdout.map(lambda text: dict(re.findall(r"^port (\S+) (\d+)$", text, re.MULTILINE)), "port")
    return shown_by(found, "labrunner host ls /sys/class/net/lr-yard/brif")


def cable(answer: Fact[str]) -> str:
    """Return the interface that an answer names, be it as a path, or as `veth1a2b3c4@if4`."""
    return next(iter(re.findall(r"veth\w+", str(answer.value))), str(answer.value).strip())


NEIGHBOUR = f"/proc/$({PID} lr-neighbour)/root/sys/class/net/eth0/iflink"


@veth.check(wrong={"inner-end": HandIn("eth0"), "bridge": HandIn("lr-yard")})
def it_is_plugged_into_the_bridge(ground: Answer, answer: Fact[str]) -> None:
    expect(answer).is_there()
    expect(ports(ground).map(lambda found: cable(answer) in found, "the answer is one of them")).equals(True)


@veth.check(
    wrong={
        "neighbours": (
            f"labrunner host cat {NEIGHBOUR} >index",
            HandIn('$(labrunner host sh -c "grep -lx $(cat index) /sys/class/net/*/ifindex" | cut -d / -f 5)'),
        )
    }
)
def its_other_end_is_in_the_box(docker: Docker, ground: Answer, inner: Answer, answer: Fact[str]) -> None:
    it_is_plugged_into_the_bridge(ground, answer)
    expect(docker.container("lr-box").is_running).equals(True)
    index = ports(ground).map(lambda found: found[cable(answer)]).value
    iflink = inner.stdout.map(lambda text: re.findall(r"(?m)^iflink (\d+)$", text)[0], "iflink")
    iflink = shown_by(iflink, "docker exec lr-box cat /sys/class/net/eth0/iflink")
    expect(iflink.map(lambda number: number == index, "is the index of the answer")).equals(True)
