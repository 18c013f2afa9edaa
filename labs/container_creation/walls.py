"""What keeps a container apart: its namespaces, and the cgroup that holds it to its limit."""

import re

from labrunner import Answer, Docker, Fact, HandIn, expect

from .ground import PID, lab, shown_by

COMPARED = (
    "labrunner host sh -c 'cd /proc; for n in pid net mnt uts ipc; do"
    " echo $(readlink self/ns/$n) $(readlink '$(cat pid)'/ns/$n); done'"
)

namespaces = lab.step(
    "namespaces",
    minutes=7,
    needs=["host"],
    solve=(
        rf"""
{PID} lr-box | tee pid
{COMPARED}
{PID} lr-odd | tee pid
{COMPARED} | tee pairs
sed -n 's/^\([a-z]*\):\(.*\) \1:\2$/\1/p' pairs | tee same
""",
        HandIn("$(paste -sd ' ' same)"),
    ),
    also={
        "from-inside": (
            r"""
labrunner host ls -l /proc/self/ns | grep -o '[a-z]*:\[.*' | sort >ground
docker exec lr-odd ls -l /proc/self/ns | grep -o '[a-z]*:\[.*' | sort | comm -12 ground - >same
""",
            HandIn("$(grep -o -e ^pid -e ^net -e ^uts -e ^ipc same | sort -u | paste -sd ,)"),
        )
    },
)
LINKS = "readlink /proc/self/ns/pid /proc/self/ns/net /proc/self/ns/mnt /proc/self/ns/uts /proc/self/ns/ipc"
odd = namespaces.probe(LINKS, inside="lr-odd", limit=8)
# The host's own namespaces, the ports of the yard's bridge with their indexes, and what a box leaves that nobody took
# away: cgroups with its unusual limit, and upper layers with its note, wherever engines keep them. One look for all.
ground = namespaces.probe(
    f"{LINKS}; for v in /sys/class/net/lr-yard/brif/*; do v=${{v##*/}};"
    " echo port $v $(cat /sys/class/net/$v/ifindex); done;"
    " find /sys/fs/cgroup '(' -name memory.max -o -name memory.limit_in_bytes ')' -exec grep -lx 80740352 {} +;"
    " grep -lsx {mark} /var/lib/docker/overlay2/*/diff/note /var/lib/docker/containerd/daemon/*/snapshots/*/fs/note"
    " /var/lib/containerd/*/snapshots/*/fs/note /var/lib/desktop-containerd/daemon/*/snapshots/*/fs/note",
    at="host",
    limit=10,
)


@namespaces.check(
    wrong={
        "the-others": (
            f"{PID} lr-odd >pid\n{COMPARED} >pairs",
            HandIn("$(grep -v '^\\(.*\\) \\1$' pairs | grep -o '^[a-z]*' | paste -sd ' ')"),
        ),
        "all": HandIn("pid net mnt uts ipc"),
        "nothing": HandIn("none"),
    }
)
def two_missing_walls_are_named(odd: Answer, ground: Answer, answer: Fact[str]) -> None:
    expect(answer).is_there()
    expect(ground.stdout).is_there()
    said = sorted(set(re.findall(r"\b(pid|net|mnt|uts|ipc)(?:work)?\b", str(answer.value).lower())))
    hosts = re.findall(r"\w+:\[\d+\]", str(ground.stdout.value))
    shared = odd.stdout.map(lambda text: sorted(one.partition(":")[0] for one in text.split() if one in hosts))
    shared = shown_by(shared, "labrunner host ls -l /proc/self/ns; docker exec lr-odd ls -l /proc/self/ns")
    expect(shared.map(len, "how many are the host's")).equals(2)
    expect(shared.map(lambda kinds: kinds == said, "the host's, are the answer")).equals(True)


JAR = "docker run -d --name lr-jar --memory 64m {debian} sleep 86400"
FILE = (
    "labrunner host find /sys/fs/cgroup -path \"*$(docker inspect --format '{{.Id}}' lr-jar)*/memory.max\""
    " -o -path \"*$(docker inspect --format '{{.Id}}' lr-jar)*/memory.limit_in_bytes\""
)
SET = f'{JAR}\n{FILE} >file\nlabrunner host sh -c "echo 40M > $(cat file)"'
EATS = "dd if=/dev/zero of=/dev/null bs=200M count=1"
COUNTER = "/sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control"

cgroup = lab.step(
    "cgroup",
    minutes=9,
    needs=["host"],
    solve=f"""
{JAR}
{FILE} | tee file
labrunner host cat $(cat file)
labrunner host sh -c "echo 41943040 > $(cat file)"
labrunner host cat $(cat file)
docker inspect --format '{{{{.HostConfig.Memory}}}}' lr-jar
docker exec lr-jar {EATS} || echo "exit code $?"
docker exec lr-jar grep -hs '^oom_kill ' {COUNTER} || true
docker run --name lr-hungry --memory 24m {{busybox}} {EATS} || echo "exit code $?"
docker inspect --format '{{{{.State.ExitCode}}}} {{{{.State.OOMKilled}}}}' lr-hungry
""",
    also={
        "other-eaters": f"""
{SET}
docker exec lr-jar tail /dev/zero || true
docker run -d --name lr-hungry -m 24m {{busybox}} sh -c 'a=xxxxxxxx; while true; do a=$a$a; done'
docker wait lr-hungry
""",
    },
)
jar = cgroup.probe(
    "for f in memory.max memory/memory.limit_in_bytes; do [ ! -f /sys/fs/cgroup/$f ] ||"
    f" echo limit $(cat /sys/fs/cgroup/$f); done; grep -hs '^oom_kill ' {COUNTER}",
    inside="lr-jar",
    limit=8,
)


def counted(jar: Answer, word: str) -> Fact[int]:
    """Return the number that stands behind a word in what the kernel's files of the jar say."""
    found = jar.stdout.map(lambda text: int(re.findall(rf"(?m)^{word} (\d+)$", text)[0]), word)
    files = COUNTER if word == "oom_kill" else "/sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes"
    return shown_by(found, f"docker exec lr-jar grep -s '' {files}")


@cgroup.check(
    wrong={
        "only-looked": JAR,
        "by-docker": f"{JAR}\ndocker update --memory 40m --memory-swap 80m lr-jar",
    }
)
def kernels_file_rules_and_docker_was_not_told(docker: Docker, jar: Answer) -> None:
    expect(counted(jar, "limit")).equals(40 << 20)
    expect(docker.container("lr-jar").memory_limit).equals(64 << 20)


@cgroup.check(wrong={"within-the-limit": f"{SET}\ndocker exec lr-jar {EATS.replace('200M', '8M')}"})
def kernel_counted_a_kill_in_the_jar(jar: Answer) -> None:
    expect(counted(jar, "oom_kill")).at_least(1)


@cgroup.check(
    wrong={
        "no-limit": f"docker run --name lr-hungry {{busybox}} {EATS}",
        "killed-by-hand": "docker run -d --name lr-hungry --memory 24m {busybox} sleep 600\ndocker kill lr-hungry",
    },
    within=2,
)
def hungry_was_killed_by_the_kernel(docker: Docker) -> None:
    hungry = docker.container("lr-hungry")
    expect(hungry.exit_code).equals(137)
    expect(hungry.memory_limit).at_least(1)
    # Docker hears of it by an event that may come after the exit; the flag then stays false for ever.
    if hungry.oom_killed.value is not True:
        expect(docker.past("lr-hungry").signals).is_absent()
