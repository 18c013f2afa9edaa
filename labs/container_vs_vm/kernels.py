"""Whose kernel it is, who can be seen from the host, and what starts first."""

from labrunner import Answer, Docker, Fact, HandIn, expect

from .ground import BOOT, agrees, digits, lab, line

# A process may end while it is being looked at, which grep takes for a failure.
HOST_SHOPS = "labrunner host sh -c 'grep -slx shop /proc/[0-9]*/comm; true'"
HOST_PID = "docker inspect --format '{{.State.Pid}}'"
PRINTED = "docker logs lr-vm 2>&1 | sed -n 's/.*open: process \\([0-9]*\\) .*/\\1/p'"

kernel = lab.step(
    "kernel",
    minutes=3,
    solve=("docker run -d --name lr-shop {tiny} shop {order}", HandIn("$(docker exec lr-shop uname -r)")),
    also={
        "asked-the-host": (
            "docker create --name lr-shop {tiny} shop {order}\ndocker start lr-shop",
            HandIn("$(labrunner host uname -r)"),
        ),
        "asked-another-container": (
            "docker run -dit --name lr-shop --restart unless-stopped {tiny} /bin/shop {order}",
            HandIn("$(docker run --rm {tiny} cat /proc/sys/kernel/osrelease)"),
        ),
    },
)
shop = kernel.probe(
    'echo "pid-1 $(tr "\\000" " " </proc/1/cmdline)"; echo "kernel $(uname -r)"; echo "files $(sha256sum </bin/shop)";'
    ' echo "pattern $(cat /proc/sys/kernel/core_pattern)"',
    inside="lr-shop",
    limit=8,
)


@kernel.check(
    wrong={
        "no-number": "docker run -d --name lr-shop {tiny}",
        "only-created": "docker create --name lr-shop {tiny} shop {order}",
    }
)
def shop_is_pid_1_of_a_container_of_tiny(docker: Docker, shop: Answer, tiny: str, order: str) -> None:
    container = docker.container("lr-shop")
    expect(container.image).equals(tiny)
    expect(container.is_running).equals(True)
    expect(line(shop, "pid-1")).contains(f"shop {order}")


@kernel.check(
    wrong={
        "another-word-of-uname": (
            "docker run -d --name lr-shop {tiny} shop {order}",
            HandIn("$(docker run --rm {tiny} uname -v)"),
        ),
    }
)
def container_has_the_kernel_that_was_named(answer: Fact[str], shop: Answer) -> None:
    agrees(answer, line(shop, "kernel"))


FIRST_LOOK = """
docker run -d --name lr-vm {vm}
docker exec lr-vm in-vm uname -r
docker exec lr-shop sha256sum /bin/shop
docker exec lr-vm in-vm sha256sum /bin/shop
"""

own_kernel = lab.step(
    "own-kernel",
    minutes=5,
    needs=("vm",),
    solve=(
        FIRST_LOOK,
        HandIn("$(docker exec lr-vm in-vm uname -r)"),
    ),
    also={
        "asked-a-machine-of-one-command": (
            "docker create --name lr-vm {vm} -m 160\ndocker start lr-vm",
            HandIn("$(docker run --rm {vm} uname -r)"),
        ),
        "asked-its-proc": (
            "docker container run --detach --name lr-vm {vm}",
            HandIn("$(docker exec lr-vm in-vm sh -c 'cat /proc/sys/kernel/osrelease')"),
        ),
    },
)
machine = own_kernel.probe(
    """in-vm sh -c 'echo "kernel $(uname -r)"; echo "files $(sha256sum </bin/shop)"
    echo "pattern $(cat /proc/sys/kernel/core_pattern)"; sed -n "s/MemTotal: *\\([0-9]*\\).*/memory \\1/p" /proc/meminfo
    for it in $(grep -lx shop /proc/[0-9]*/comm); do pid=${it#/proc/}
    echo "shop ${pid%/comm} $(tr "\\000" " " <${it%comm}cmdline)"; done'""",
    inside="lr-vm",
    limit=BOOT + 5,
)


@own_kernel.check(
    wrong={
        "a-second-container": "docker run -d --name lr-vm {tiny}",
        "only-created": "docker create --name lr-vm {vm}",
    },
    within=10,
)
def machine_runs_the_same_files(docker: Docker, machine: Answer, shop: Answer) -> None:
    expect(docker.container("lr-vm").is_running).equals(True)
    expect(line(machine, "files")).equals(line(shop, "files").value)


@own_kernel.check(
    wrong={
        # Without in-vm it is QEMU's container that answers, and that has the host's kernel like any other.
        "asked-the-container-around-it": ("docker run -d --name lr-vm {vm}", HandIn("$(docker exec lr-vm uname -r)")),
    },
    within=10,
)
def machine_has_the_kernel_that_was_named(answer: Fact[str], machine: Answer) -> None:
    agrees(answer, line(machine, "kernel"))


seen_from_host = lab.step(
    "seen-from-host",
    minutes=4,
    needs=("host",),
    solve=(HOST_SHOPS, HandIn(f"$({HOST_PID} lr-shop)")),
    also={
        "found-on-the-host": HandIn(
            "$(labrunner host sh -c 'for it in $(grep -lx shop /proc/[0-9]*/comm); do"
            " grep -q {order} ${it%comm}cmdline && basename ${it%/comm}; done')"
        ),
    },
)


@seen_from_host.check(
    wrong={
        "its-number-inside": HandIn("1"),
        "who-started-it": HandIn(
            f"$(labrunner host sed -n 's/^PPid:[^0-9]*//p' /proc/$({HOST_PID} lr-shop)/status)",
        ),
    }
)
def process_of_the_shop_was_found_on_the_host(docker: Docker, answer: Fact[str]) -> None:
    agrees(answer, docker.container("lr-shop").pid.map(str))


IN_THE_VM = "docker exec lr-vm in-vm"

only_qemu = lab.step(
    "only-qemu",
    minutes=4,
    needs=("vm", "host"),
    solve=f"{IN_THE_VM} sh -c 'shop vm-{{order}} &'\n{IN_THE_VM} ps\n{HOST_SHOPS}\n"
    "labrunner host sh -c 'grep -sl qemu /proc/[0-9]*/comm; true'",
    also={"as-a-service": f"{IN_THE_VM} start-stop-daemon -S -b -x /bin/shop -- vm-{{order}}"},
)
host = only_qemu.probe(
    "for it in $(grep -lx shop /proc/[0-9]*/comm); do tr '\\000' ' ' <${it%comm}cmdline; echo; done; cat /proc/1/comm",
    at="host",
    limit=10,
)


def shops(machine: Answer) -> Fact[list[str]]:
    """Return how each shop inside the machine was called."""
    lines = machine.stdout.map(str.splitlines, "shops")
    return lines.map(lambda found: [one.split(" ", 2)[2].strip() for one in found if one.startswith("shop ")])


@only_qemu.check(wrong={"another-number": f"{IN_THE_VM} sh -c 'shop vm-1 &'"})
def second_shop_runs_in_the_machine(machine: Answer, order: str) -> None:
    expect(shops(machine)).contains(f"/bin/sh /bin/shop vm-{order}")


@only_qemu.check(wrong={"in-the-container-around-it": "docker exec -d lr-vm shop vm-{order}"})
def host_sees_nothing_of_it(host: Answer, machine: Answer, order: str) -> None:
    expect(host.stdout.map(lambda text: f"vm-{order}" in text, f"vm-{order} among its processes")).equals(False)
    second_shop_runs_in_the_machine(machine, order)


THREE_TIMES = """
for time in 1 2 3; do docker run --rm {tiny} uname -r; done
for time in 1 2 3; do docker run --rm {vm} uname -r; done
docker logs lr-vm 2>&1 | grep -c '^\\['
"""

start_time = lab.step(
    "start-time",
    minutes=5,
    needs=("vm",),
    solve=(
        THREE_TIMES,
        HandIn(f"$({PRINTED})"),
    ),
    also={"sixth-word": HandIn("$(docker container logs lr-vm 2>&1 | awk '/shop is open/ {print $6}')")},
)


@start_time.check(wrong={"as-in-a-container": HandIn("1"), "as-on-the-host": HandIn(f"$({HOST_PID} lr-vm)")})
def many_were_before_the_shop(answer: Fact[str], machine: Answer) -> None:
    lines = machine.stdout.map(str.splitlines, "shops")
    numbers = lines.map(lambda found: sorted(int(one.split()[1]) for one in found if one.startswith("shop ")))
    agrees(answer, numbers.map(lambda found: str(found[0]), "the first one"), digits)
