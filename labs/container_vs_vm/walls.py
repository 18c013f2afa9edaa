"""What each takes, what each may take, and what each wall holds."""

from labrunner import Answer, Docker, Fact, HandIn, expect

from .ground import BOOT, agrees, digits, lab, line

TOTAL = "sed -n 's/MemTotal: *//p' /proc/meminfo"

footprint = lab.step(
    "footprint",
    minutes=4,
    needs=("vm",),
    solve=(
        "docker image ls {tiny}\ndocker image ls {vm}\ndocker stats --no-stream lr-shop lr-vm",
        HandIn(f"$(docker exec lr-vm in-vm {TOTAL})"),
    ),
    also={"of-another-one": HandIn("$(docker run --rm {vm} free | awk '/Mem/ {print $2}')")},
)


@footprint.check(
    wrong={"what-it-was-given": HandIn("131072"), "the-hosts": HandIn(f"$(docker run --rm {{tiny}} {TOTAL})")}
)
def what_the_machine_has_left_was_named(answer: Fact[str], machine: Answer) -> None:
    agrees(answer, line(machine, "memory"), digits)


COMPOSED = """
docker compose -f - up -d <<'YAML'
services:
  small: {image: '{tiny}', container_name: lr-small, mem_limit: 64m}
YAML
"""

limits = lab.step(
    "limits",
    minutes=4,
    solve=("docker run -d --name lr-small --memory 64m {tiny}", HandIn(f"$(docker exec lr-small {TOTAL})")),
    also={
        "compose": (
            COMPOSED,
            HandIn(f"$(docker run --rm {{tiny}} {TOTAL})"),
        ),
        "updated": (
            "docker run -d --name lr-small {tiny}\ndocker update --memory 64m --memory-swap 64m lr-small",
            HandIn("$(docker exec lr-small free | awk '/Mem/ {print $2}')"),
        ),
    },
)
small = limits.probe(
    "cd /sys/fs/cgroup; echo limit $(cat memory.max memory/memory.limit_in_bytes 2>/dev/null);"
    " sed -n 's/MemTotal: *\\([0-9]*\\).*/memory \\1/p' /proc/meminfo",
    inside="lr-small",
    limit=8,
)


@limits.check(
    wrong={
        "no-limit": "docker run -d --name lr-small {tiny}",
        "only-a-wish": "docker run -d --name lr-small --memory-reservation 64m {tiny}",
    }
)
def limit_stands_in_the_cgroup(small: Answer) -> None:
    expect(line(small, "limit")).equals(str(64 * 1024 * 1024))


@limits.check(wrong={"the-limit": ("docker run -d --name lr-small --memory 64m {tiny}", HandIn("65536"))})
def what_free_shows_was_named(answer: Fact[str], small: Answer) -> None:
    agrees(answer, line(small, "memory"), digits)


machine_size = lab.step(
    "machine-size",
    minutes=4,
    needs=("vm",),
    solve="docker run -d --name lr-vm-small {vm} -m 96\ndocker exec lr-vm-small in-vm free",
    also={"with-its-unit": "docker create --name lr-vm-small {vm} -m 96M\ndocker start lr-vm-small"},
)
smaller = machine_size.probe(
    """in-vm sh -c 'dmesg | sed -n "s/.*Memory: [0-9]*K.\\([0-9]*\\)K available.*/installed \\1/p"'""",
    inside="lr-vm-small",
    limit=BOOT + 5,
)


@machine_size.check(
    wrong={
        "limits-qemu-instead": "docker run -d --name lr-vm-small --memory 512m {vm}",
        "as-ever": "docker run -d --name lr-vm-small {vm}",
    },
    within=10,
)
def machine_was_built_with_96_megabytes(docker: Docker, smaller: Answer) -> None:
    expect(docker.container("lr-vm-small").is_running).equals(True)
    installed = line(smaller, "installed")
    expect(installed.map(lambda kilobytes: -(-int(kilobytes) // 1024), "in MB")).equals(96)


thin_wall = lab.step(
    "thin-wall",
    minutes=4,
    needs=("host",),
    solve=("docker run --rm --pid=host {tiny} ps", HandIn("$(docker run --rm --pid=host {tiny} cat /proc/1/comm)")),
    also={
        "privileged": HandIn("$(docker run --rm --privileged --pid host {tiny} sed -n 's/^Name:.//p' /proc/1/status)"),
        "from-the-host": HandIn("$(labrunner host cat /proc/1/comm)"),
    },
)
first = thin_wall.probe("cat /proc/1/comm", at="host", limit=10)


@thin_wall.check(wrong={"own-pid-1": HandIn("$(docker run --rm {tiny} cat /proc/1/comm)"), "the-shop": HandIn("shop")})
def first_process_of_the_host_was_named(answer: Fact[str], first: Answer) -> None:
    agrees(answer, first.stdout)


TIGHT = "docker run -d --name lr-tight"

TIGHT_COMPOSED = """
docker compose -f - up -d <<'YAML'
services:
  tight:
    image: '{tiny}'
    container_name: lr-tight
    read_only: true
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
YAML
"""

tight = lab.step(
    "tight",
    minutes=5,
    solve=f"{TIGHT} --cap-drop ALL --read-only --security-opt no-new-privileges {{tiny}}",
    also={
        "said-otherwise": f"{TIGHT} --security-opt no-new-privileges:true --cap-drop=all --read-only=true"
        " --tmpfs /run --user 65534 {tiny}",
        "compose": TIGHT_COMPOSED,
    },
)
confined = tight.probe(
    "sed -n 's/^\\(CapBnd\\|NoNewPrivs\\):./\\1 /p' /proc/1/status; grep -q ' / [^ ]* ro[, ]' /proc/mounts"
    " && echo root ro || echo root rw",
    inside="lr-tight",
    limit=8,
)


@tight.check(
    wrong={
        "one-only": f"{TIGHT} --cap-drop NET_RAW --read-only --security-opt no-new-privileges {{tiny}}",
        "privileged": f"{TIGHT} --privileged --read-only {{tiny}}",
    }
)
def no_capability_is_left(confined: Answer) -> None:
    expect(line(confined, "CapBnd").map(lambda mask: int(mask, 16), "as a number")).equals(0)


@tight.check(wrong={"writable": f"{TIGHT} --cap-drop ALL --security-opt no-new-privileges {{tiny}}"})
def root_file_system_is_read_only(confined: Answer) -> None:
    expect(line(confined, "root")).equals("ro")


@tight.check(wrong={"may-gain": f"{TIGHT} --cap-drop ALL --read-only {{tiny}}"})
def nobody_in_it_gains_privileges(confined: Answer) -> None:
    expect(line(confined, "NoNewPrivs")).equals("1")


SET = "docker exec lr-vm in-vm sysctl -w kernel.core_pattern="

thick_wall = lab.step(
    "thick-wall",
    minutes=5,
    needs=("vm",),
    solve="docker exec lr-shop sysctl -w kernel.core_pattern=core.{order} || echo refused\n"
    f"{SET}core.{{order}}\n"
    "docker exec lr-vm in-vm cat /proc/sys/kernel/core_pattern\n"
    "docker exec lr-shop cat /proc/sys/kernel/core_pattern",
    also={"written-into-the-file": "docker exec lr-vm in-vm sh -c 'echo core.{order} >/proc/sys/kernel/core_pattern'"},
)


@thick_wall.check(wrong={"another-pattern": f"{SET}{{order}}"})
def setting_is_changed_in_the_machine_alone(machine: Answer, shop: Answer, order: str) -> None:
    expect(line(machine, "pattern")).equals(f"core.{order}")
    expect(line(shop, "pattern").map(lambda text: order in text, f"{order} in it")).equals(False)
