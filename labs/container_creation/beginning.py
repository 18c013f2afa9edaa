"""How a container begins: created without a process, started, and who its process is a child of."""

import re

from labrunner import Answer, Docker, Fact, HandIn, expect

from .ground import PID, lab, shown_by

LIMIT = 77 << 20
"""Bytes, as the order slip says."""
SHORT = 12
"""Characters of an ID that Docker shows."""
CREATE = "docker create --name lr-box --hostname box-{mark} --memory 77m --network lr-yard {busybox} sleep 86400"

created = lab.step(
    "created",
    minutes=5,
    solve=f"{CREATE}\n"
    "docker ps -a --filter name=lr-box\n"
    "docker inspect --format '{{.State.Status}}, process {{.State.Pid}}' lr-box",
    also={
        "said-in-short": "docker container create --name=lr-box -h box-{mark} -m 77m --net lr-yard {busybox} sleep 900",
        "composed": """docker compose -p lr-yard -f - create 2>&1 <<'YAML'
services:
  box:
    image: "{busybox}"
    container_name: lr-box
    hostname: "box-{mark}"
    mem_limit: 77m
    command: sleep 86400
    networks: [lr-yard]
networks:
  lr-yard:
    external: true
YAML""",
    },
)


@created.check(
    wrong={
        "no-limit": CREATE.replace("--memory 77m ", ""),
        "other-hostname": CREATE.replace("box-{mark}", "lr-box"),
        "no-network": CREATE.replace("--network lr-yard ", ""),
    }
)
def box_is_written_down_as_ordered(docker: Docker, mark: str) -> None:
    box = docker.container("lr-box")
    expect(box.hostname).equals(f"box-{mark}")
    expect(box.memory_limit).equals(LIMIT)
    expect(box.networks).contains("lr-yard")


@created.check(
    wrong={
        "run": CREATE.replace("create", "run -d"),
        "run-and-ended": f"{CREATE.replace('create', 'run -d')}\ndocker kill lr-box",
    }
)
def nothing_runs_in_it_yet(docker: Docker) -> None:
    box = docker.container("lr-box")
    expect(box.status).equals("created")
    expect(box.pid).equals(0)
    expect(box.addresses.map(lambda by_network: [one for one in by_network.values() if one])).equals([])


CONNECTED = (
    "docker events --since 10m --until 0s --filter event=connect --filter network=lr-yard"
    " --format '{{.Actor.ID}}' | tail -n 1"
)

started = lab.step(
    "started",
    minutes=6,
    undoes=[created],
    solve=(
        """
docker start lr-box
sleep 1
docker events --since 10m --until 0s | grep -e name=lr-box -e name=lr-yard
""",
        HandIn(f"$({CONNECTED} | cut -c 1-12)"),
    ),
    also={"whole-number": ("docker container start lr-box\nsleep 1", HandIn(f"$({CONNECTED})"))},
)


@started.check(wrong={"ended": "docker start lr-box\ndocker kill lr-box"})
def box_runs(docker: Docker) -> None:
    box = docker.container("lr-box")
    expect(box.is_running).equals(True)
    expect(box.addresses.map(lambda by_network: by_network["lr-yard"])).matches(r"^[\d.:a-f]+$")


@started.check(
    wrong={
        "the-containers": HandIn("$(docker inspect --format '{{.Id}}' lr-box | cut -c 1-12)"),
        "a-word": HandIn("connect"),
    }
)
def network_was_plugged_in_between(docker: Docker, answer: Fact[str]) -> None:
    expect(answer).is_there()
    said = str(answer.value).strip().lower()
    whole = docker.network("lr-yard").id
    expect(whole.map(lambda id_: len(said) >= SHORT and id_.startswith(said), "begins with the answer")).equals(True)


family = lab.step(
    "family",
    minutes=7,
    needs=["host"],
    solve=(
        r"""
docker inspect --format '{{.State.Pid}}' lr-box | tee pid
labrunner host grep -E '^(Name|Pid|PPid|NSpid):' /proc/$(cat pid)/status | tee status
sed -n 's/^PPid:[^0-9]*//p' status | tee parent
labrunner host cat /proc/$(cat parent)/cmdline | tr '\0' ' '
labrunner host sh -c 'cat /proc/[0-9]*/comm' | sort -u | grep -e docker -e containerd -e runc
""",
        HandIn("$(cat pid)-$(cat parent)"),
    ),
    also={"from-stat": HandIn(f"$({PID} lr-box) $(labrunner host cut -d ' ' -f 4 /proc/$({PID} lr-box)/stat)")},
)
# Every process of the box as the host numbers it, and what lies in the box's upper layer under /note.
seen = family.probe(
    "for e in $(grep -ls HOSTNAME=box-{mark} /proc/[0-9]*/environ); do p=${e%/environ};"
    " grep -E '^(Pid|PPid|NSpid):' $p/status;"
    r" upper=$(sed -n 's/.* \/ \/ .*upperdir=\([^,]*\).*/\1/p' $p/mountinfo);"
    ' echo "upper: $upper"; echo "note: $(cat $upper/note)"; done',
    at="host",
    limit=10,
)


def number_one(seen: Answer, field: str) -> Fact[str]:
    """Return what the host says of the box's PID 1: the number, its parent's, its upper layer, what is noted there."""

    def read(text: str) -> str | None:
        each = [dict(re.findall(r"^(\w+):[ \t]*(.*)$", one, re.MULTILINE)) for one in re.split(r"(?m)^(?=Pid:)", text)]
        return next((one[field] for one in each if one.get("NSpid", "").split()[-1:] == ["1"]), None)

    found: Fact[str] = seen.stdout.map(read, field)  # type: ignore[arg-type] # None is an absent fact
    return shown_by(found, f"labrunner host grep -E '^(Pid|PPid|NSpid)' /proc/$({PID} lr-box)/status")


def numbers(answer: Fact[str]) -> list[str]:
    """Return the numbers of an answer, in order."""
    return re.findall(r"\d+", str(answer.value))


@family.check(wrong={"from-inside": HandIn("1-0")})
def box_has_this_number_on_the_host(docker: Docker, answer: Fact[str]) -> None:
    expect(answer).is_there()
    said = numbers(answer)[:1]
    before = [str(one) for one in docker.past("lr-box").pids.value or []]

    def known(now: int) -> bool | str:
        if said != [str(now)] and set(said) & set(before):
            return "it was, before a restart"
        return said == [str(now)]

    expect(docker.container("lr-box").pid.map(known, "is the first number")).equals(True)


@family.check(
    wrong={
        "number-one": HandIn(f"$({PID} lr-box)-1"),
        "itself": HandIn(f"$({PID} lr-box)-$({PID} lr-box)"),
    }
)
def parent_is_the_shim(seen: Answer, answer: Fact[str]) -> None:
    expect(answer).is_there()
    parent = number_one(seen, "PPid")
    expect(parent.map(lambda number: [number] == numbers(answer)[1:2], "is the second number")).equals(True)
