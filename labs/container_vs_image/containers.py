"""What a container adds to its image: writes of its own, a world of its own, and what stands in its layer."""

from labrunner import Answer, Docker, Fact, HandIn, expect

from .ground import expect_made_of, holds, lab

TABLES = "docker run -d --name lr-table-1 lr-menu:1\ndocker run -d --name lr-table-2 lr-menu:1\n"
TEA = "docker exec lr-table-1 sh -c 'echo {tea} > /menu/order'\n"
CAKE = "docker exec lr-table-2 sh -c 'echo {cake} > /menu/order'\n"

own_writes = lab.step(
    "own-writes",
    minutes=5,
    solve=f"{TABLES}{TEA}{CAKE}docker exec lr-table-1 cat /menu/order\ndocker exec lr-table-2 cat /menu/order",
    also={
        "copied-in": "docker create --name lr-table-1 lr-menu:1\ndocker create --name lr-table-2 lr-menu:1\n"
        "echo {tea} > tea\necho {cake} > cake\n"
        "docker cp tea lr-table-1:/menu/order\ndocker cp cake lr-table-2:/menu/order\n"
        "docker start lr-table-1 lr-table-2",
        "written-by-pid-1": "docker run -d --name lr-table-1 lr-menu:1 sh -c 'echo {tea} >/menu/order; exec sleep 99'\n"
        "docker run -d --name lr-table-2 lr-menu:1 sh -c 'echo {cake} >/menu/order; exec sleep 99'",
        "compose": "docker compose -p lr-tables -f - up -d <<'YAML'\n"
        "services:\n"
        "  one: {image: 'lr-menu:1', container_name: lr-table-1}\n"
        "  two: {image: 'lr-menu:1', container_name: lr-table-2}\n"
        "networks: {default: {name: lr-hall}}\n"
        f"YAML\n{TEA}{CAKE}",
    },
)
order_1 = own_writes.probe("cat /menu/order", inside="lr-table-1")
order_2 = own_writes.probe("cat /menu/order", inside="lr-table-2")


@own_writes.check(
    wrong={
        "second-not-started": "docker run -d --name lr-table-1 lr-menu:1\ndocker create --name lr-table-2 lr-menu:1",
        "of-another-image": "docker run -d --name lr-table-1 lr-menu:1\ndocker run -d --name lr-table-2 {nginx}",
    }
)
def two_tables_are_of_one_image(docker: Docker) -> None:
    for table in ("lr-table-1", "lr-table-2"):
        expect_made_of(docker, table, "lr-menu:1")
        expect(docker.container(table).is_running).equals(True)


@own_writes.check(
    wrong={
        "both-at-one-table": f"{TABLES}{TEA}docker exec lr-table-1 sh -c 'echo {{cake}} >> /menu/order'",
        "one-volume-for-both": "docker run -d --name lr-table-1 -v lr-board:/menu lr-menu:1\n"
        f"docker run -d --name lr-table-2 -v lr-board:/menu lr-menu:1\n{TEA}{CAKE}",
    }
)
def each_table_reads_its_own_order(order_1: Answer, order_2: Answer, tea: str, cake: str) -> None:
    expect(order_1.stdout).contains(tea)
    expect(order_2.stdout).contains(cake)
    expect(holds(order_1.stdout, cake)).equals(False)
    expect(holds(order_2.stdout, tea)).equals(False)


PID = "docker inspect --format '{{.State.Pid}}'"
WHO = "cat /proc/sys/kernel/hostname /proc/1/comm"
LOOK = f"docker exec lr-table-1 {WHO}\n{PID} lr-table-1\n"
FROM_HOST = f"labrunner host {WHO} /proc/$({PID} lr-table-1)/comm || echo 'the host cannot be looked at here'"

own_world = lab.step(
    "own-world",
    minutes=4,
    solve=(LOOK + FROM_HOST, HandIn(f"$({PID} lr-table-1)")),
    also={"said-in-words": ("docker container inspect lr-table-1", HandIn(f"PID $({PID} lr-table-1)"))},
)


@own_world.check(
    wrong={"number-inside": HandIn("1"), "of-the-other-table": HandIn(f"$({PID} lr-table-2)")},
)
def number_is_that_of_the_host(docker: Docker, answer: Fact[str]) -> None:
    expect(docker.container("lr-table-1").is_running).equals(True)
    number = answer.map(lambda text: int("".join(filter(str.isdigit, text)) or -1))
    expect(number).equals(docker.container("lr-table-1").pid.value)


diff = lab.step(
    "diff",
    minutes=4,
    solve=("docker diff lr-window", HandIn("note-{note_code}-no-{noodles_code}")),
    also={
        "compared-by-hand": (
            "docker run --rm lr-menu:1 ls /menu\ndocker cp lr-window:/menu window\nls window",
            HandIn("{noodles_code} {note_code}"),
        ),
        "whole-paths": (
            "docker container diff lr-window",
            HandIn("A /menu/note-{note_code} D /menu/no-{noodles_code}"),
        ),
    },
)


@diff.check(
    wrong={
        "deleted-alone": HandIn("no-{noodles_code}"),
        "changed-for-added": HandIn("no-{soup_code}-no-{noodles_code}"),
    },
)
def added_one_is_named(answer: Fact[str], note_code: str) -> None:
    expect(answer.map(str.lower)).contains(note_code)


@diff.check(
    wrong={
        "changed-for-deleted": HandIn("note-{note_code}-no-{soup_code}"),
        "every-dish": HandIn("{note_code}-{tea}-{cake}-{soup_code}-{noodles_code}"),
    },
)
def deleted_one_is_named_and_no_other(
    answer: Fact[str], noodles_code: str, soup_code: str, tea: str, cake: str
) -> None:
    expect(answer.map(str.lower)).contains(noodles_code)
    for other in (soup_code, tea, cake):
        expect(holds(answer.map(str.lower), other)).equals(False)


TABLE_3 = "docker run -d --name lr-table-3 lr-menu:1\n"
TABLE_4 = "docker run -d --name lr-table-4 lr-menu:1\n"
COVERED = "docker exec lr-table-3 rm /menu/no-{cake}\n"

covered = lab.step(
    "covered",
    minutes=5,
    solve=f"{TABLE_3}{COVERED}docker diff lr-table-3\n{TABLE_4}docker exec lr-table-4 ls /menu",
    also={
        "fresh-one-first": f"{TABLE_4}{TABLE_3}docker exec lr-table-3 sh -c 'mv /menu/no-{{cake}} /tmp'",
        "by-pid-1": "docker container run -d --name lr-table-3 lr-menu:1 sh -c 'rm /menu/no-{cake}; exec sleep 99'\n"
        "docker create --name lr-table-4 lr-menu:1\ndocker start lr-table-4",
    },
)
dishes_3 = covered.probe("ls /menu", inside="lr-table-3")
dishes_4 = covered.probe("ls /menu", inside="lr-table-4")


@covered.check(
    wrong={
        "emptied": f"{TABLE_3}docker exec lr-table-3 sh -c ': > /menu/no-{{cake}}'\n{TABLE_4}",
        "wrong-dish": f"{TABLE_3}docker exec lr-table-3 rm /menu/no-{{tea}}\n{TABLE_4}",
        "whole-menu": f"{TABLE_3}docker exec lr-table-3 rm -r /menu\n{TABLE_4}",
    }
)
def cake_is_gone_at_table_3(dishes_3: Answer, tea: str, cake: str) -> None:
    expect(dishes_3.stdout).contains(f"no-{tea}")
    expect(holds(dishes_3.stdout, f"no-{cake}")).equals(False)


@covered.check(
    wrong={
        "committed": f"{TABLE_3}{COVERED}docker commit lr-table-3 lr-menu:short\n"
        "docker run -d --name lr-table-4 lr-menu:short",
        "covered-at-both": f"{TABLE_3}{TABLE_4}{COVERED}docker exec lr-table-4 rm /menu/no-{{cake}}",
    }
)
def image_still_has_the_cake(docker: Docker, dishes_4: Answer, cake: str) -> None:
    expect(docker.container("lr-table-4").image_id).equals(docker.container("lr-window").image_id.value)
    expect(dishes_4.stdout).contains(f"no-{cake}")
