"""Docker, basic use: run, network, names, logs, exec and attach, stop and remove."""

from labrunner import Answer, Docker, Fact, HandIn, Lab, Mutant, Terminal, expect

lab = Lab(__file__)

web = lab.image("web:1")
web2 = lab.image("web:2", name="web2")
redis = lab.image("redis:7.0")
till = lab.image("till:1")

order = lab.value("order")
nonce = lab.fresh("nonce")
first_half = lab.secret("first_half")
second_half = lab.secret("second_half")
file_number = lab.secret("file_number")

# A till that has been at work since before the learner came: its receipt is printed once, half on each stream, and
# what it was told of it is gone from its disk; the number in its log file is another one.
lab.prepare("""
docker create -it --name lr-till --network none -v lr-till-goodbye:/till/goodbyes {till}
printf '%s\\n' '{first_half}' '{second_half}' '{file_number}' > receipt
docker cp receipt lr-till:/till/receipt
docker start lr-till
docker run -d --name lr-ledger --network none -v lr-till-goodbye:/till/goodbyes:ro {till} till ledger
""")

# An image of its own with two names and the layers of {till} below it, and a container made of it.
lab.prepare("""
docker create --name lr-oldtill-draft {till}
docker commit -m 'the till of 1999' lr-oldtill-draft lr-oldtill:1999
docker rm lr-oldtill-draft
docker tag lr-oldtill:1999 lr-oldtill:spare
docker create --name lr-oldtill lr-oldtill:1999
""")


run_missing = lab.step(
    "run-missing",
    minutes=4,
    solve="docker run -d --name lr-web {web}",
    also={
        "pull-create-start": "docker pull {web}\ndocker create --name lr-web {web}\ndocker start lr-web",
        "container-run": "docker container run --detach --name lr-web -p 127.0.0.1::80 {web}",
        "by-image-id": "docker pull {web}\n"
        "docker run -d --name lr-web $(docker image inspect --format '{{.Id}}' {web})",
    },
)
page = run_missing.probe("curl -sS -m 5 http://localhost/", inside="lr-web", limit=8)


@run_missing.check(
    wrong={
        "other-tag": "docker run -d --name lr-web {web2}",
        "pulled-and-created": "docker pull {web}\ndocker create --name lr-web {web}",
    }
)
def web_runs_from_the_pulled_image(docker: Docker, web: str) -> None:
    container = docker.container("lr-web")
    if container.image_id.absent or container.image_id.value != docker.image(web).id.value:
        expect(container.image).equals(web)
    expect(container.is_running).equals(True)


@run_missing.check(
    wrong={
        "other-program": "docker run -d --name lr-web {web} sleep 600",
        "only-created": "docker create --name lr-web {web}",
    },
    within=4,
)
def web_answers(page: Answer) -> None:
    expect(page.stdout).contains("web 1")


network = lab.step(
    "network",
    minutes=3,
    solve="docker network create lr-shop",
    also={
        "said-driver": "docker network create --driver bridge --subnet 10.213.77.0/24 lr-shop",
        "attachable": "docker network create --attachable --label for=shop lr-shop",
    },
)


@network.check(wrong={"internal": "docker network create --internal lr-shop"})
def shop_is_a_bridge_that_reaches_outside(docker: Docker) -> None:
    shop = docker.network("lr-shop")
    expect(shop.driver).equals("bridge")
    expect(shop.scope).equals("local")
    expect(shop.internal).equals(False)


DESK = "docker run -d --name lr-desk --network lr-shop {redis} sleep 86400"

by_name = lab.step(
    "by-name",
    minutes=7,
    solve="docker run -d --name lr-store --network lr-shop {redis}\n"
    f"{DESK}\n"
    "docker exec lr-desk redis-cli -h lr-store -p 6379 ping\n"
    "docker run --rm {redis} redis-cli -h lr-store -p 6379 ping || echo 'on the default bridge: no such name'",
    also={
        "connected-later": "docker run -d --name lr-store {redis}\n"
        "docker network connect lr-shop lr-store\n"
        "docker run -d --name lr-desk {redis} sleep 86400\n"
        "docker network connect lr-shop lr-desk",
        "create-start": "docker create --name lr-store --network lr-shop {redis}\n"
        "docker start lr-store\n"
        "docker run -dit --name lr-desk --network lr-shop {redis} sh",
    },
)
echo = by_name.probe("redis-cli -h lr-store -p 6379 echo {nonce}", image=redis, network="lr-shop", limit=10)
reply = by_name.probe("redis-cli -h lr-store -p 6379 echo {nonce}", inside="lr-desk", limit=8)


@by_name.check(
    wrong={
        "default-bridge": "docker run -d --name lr-store {redis}",
        "other-port": "docker run -d --name lr-store --network lr-shop {redis} redis-server --port 6380",
    },
    within=4,
)
def store_answers_by_name(docker: Docker, echo: Answer, nonce: str) -> None:
    expect(docker.container("lr-store").is_running).equals(True)
    expect(echo.stdout).equals(nonce)


@by_name.check(
    wrong={
        "desk-on-default-bridge": "docker run -d --name lr-store --network lr-shop {redis}\n"
        "docker run -d --name lr-desk {redis} sleep 86400",
        "desk-on-another-network": "docker run -d --name lr-store --network lr-shop {redis}\n"
        "docker network create lr-office\n"
        "docker run -d --name lr-desk --network lr-office {redis} sleep 86400",
    },
    within=4,
)
def desk_reaches_the_store(docker: Docker, reply: Answer, nonce: str) -> None:
    expect(docker.container("lr-desk").is_running).equals(True)
    expect(reply.stdout).equals(nonce)


read = lab.step(
    "read",
    minutes=4,
    solve=("docker logs lr-till", HandIn("{first_half}-{second_half}")),
    also={"without-a-dash": ("docker container logs lr-till", HandIn("{first_half} {second_half}"))},
)


@read.check(wrong={"from-the-file": HandIn("{file_number}"), "one-half": HandIn("{first_half}")})
def receipt_is_the_one_that_was_printed(answer: Fact[str], first_half: str, second_half: str) -> None:
    plain = answer.map(lambda text: "".join(filter(str.isalnum, text.lower())))
    expect(plain).equals(first_half + second_half)


BESIDE = Terminal("docker exec -it lr-till till").until("] > ").types("tea-{order}").until("sold").presses("ctrl-d")


def attached(command: str = "docker attach lr-till") -> Terminal:
    """Return the talk with PID 1 up to the sold tea; enter first: what was printed before is not shown again."""
    return Terminal(command).presses("enter").until("] > ").types("tea-{order}").until("sold").until("] > ")


DETACHED = attached().presses("ctrl-p", "ctrl-q").ends()
CLOSED = attached().presses("ctrl-d").ends()

attach = lab.step(
    "attach",
    minutes=8,
    solve=(BESIDE.ends(), DETACHED),
    also={
        "no-terminal-and-said-keys": (
            "echo tea-{order} | docker exec -i lr-till till",
            attached("docker attach --detach-keys ctrl-p,ctrl-q lr-till").presses("ctrl-p", "ctrl-q").ends(),
        ),
        "start-attached": (attached("docker start -ai lr-till").presses("ctrl-p", "ctrl-q").ends(), BESIDE.ends()),
    },
)
journal = attach.probe("cat /till/journal", inside="lr-till", limit=8)


def readers(journal: Answer, line: str) -> Fact[list[int]]:
    """Return the PIDs that read a line, sorted; absent where nobody did."""

    def pids(text: str) -> list[int] | None:
        found = [who for who, _, what in (one.partition(" ") for one in text.splitlines()) if what == line]
        return sorted(int(who) for who in found if who.isdigit()) or None

    return journal.stdout.map(pids, f"PIDs that read {line}")  # type: ignore[arg-type] # None is an absent fact


@attach.check(wrong={"attached-only": DETACHED})
def exec_was_a_process_beside_pid_1(journal: Answer, order: str) -> None:
    expect(readers(journal, f"tea-{order}").map(max, "the highest")).at_least(2)


@attach.check(wrong={"exec-only": BESIDE.ends()})
def attach_was_pid_1_itself(journal: Answer, order: str) -> None:
    expect(readers(journal, f"tea-{order}").map(min, "the lowest")).equals(1)


@attach.check(
    wrong={
        "ctrl-c": Mutant(attached().presses("ctrl-c").ends(), expect_exit=130),
        "ctrl-d": CLOSED,
        "started-again": (CLOSED, "docker start lr-till"),
    }
)
def till_goes_on(docker: Docker, journal: Answer, order: str) -> None:
    expect(docker.container("lr-till").is_running).equals(True)
    since = journal.stdout.map(lambda text: f"{text}\n".rpartition(f"\n1 tea-{order}\n")[1:])
    expect(since.map(lambda tail: tail[1].count("opened") if tail[0] else None, "starts after it")).equals(0)


stop_rm = lab.step(
    "stop-rm",
    minutes=5,
    undoes=[attach],
    solve="docker stop lr-till\ndocker rm lr-till\ndocker logs lr-ledger",
    also={
        "said-in-full": "docker container stop -t 20 lr-till\ndocker container rm lr-till",
        "term-and-wait": "docker kill --signal TERM lr-till\ndocker wait lr-till\ndocker rm -v lr-till",
        "stopped-then-forced": "docker stop lr-till\ndocker rm -f lr-till",
    },
)
goodbye = stop_rm.probe("cat /till/goodbyes/book", inside="lr-ledger", limit=8)


@stop_rm.check(
    wrong={
        "rm-force": "docker rm -f lr-till",
        "kill": "docker kill lr-till\ndocker rm lr-till",
    },
)
def till_was_asked_to_stop(docker: Docker) -> None:
    expect(docker.past("lr-till").exit_code).is_in([0, 143])


@stop_rm.check(
    wrong={"rm-force": "docker rm -f lr-till", "end-of-input": (CLOSED, "docker rm lr-till")},
)
def till_said_goodbye(docker: Docker, goodbye: Answer) -> None:
    past = docker.past("lr-till")
    expect(past.exit_code).is_there()
    expect(past.first_id).is_there()
    expect(goodbye.stdout).contains(f"goodbye from {str(past.first_id.value)[:12]}")


@stop_rm.check(
    wrong={
        "stopped-only": "docker stop lr-till",
        "renamed": "docker stop lr-till\ndocker rename lr-till lr-till-away",
    },
)
def that_very_till_is_gone(docker: Docker) -> None:
    past = docker.past("lr-till")
    expect(past.exit_code).is_there()
    expect(past.was_removed).equals(True)


OLD, SPARE = "lr-oldtill:1999", "lr-oldtill:spare"

rmi = lab.step(
    "rmi",
    minutes=6,
    solve=f"docker rmi {SPARE}\ndocker rm lr-oldtill\ndocker rmi {OLD}",
    also={
        "both-at-once": f"docker container rm lr-oldtill\ndocker image rm {OLD} {SPARE}",
        "other-way-round": f"docker rmi {OLD}\ndocker rm lr-oldtill\ndocker rmi {SPARE}",
    },
)


@rmi.check(wrong={"one-name": f"docker rmi {SPARE}", "other-name": f"docker rm lr-oldtill\ndocker rmi {OLD}"})
def both_names_are_gone(docker: Docker) -> None:
    expect(docker.image(OLD).tags).is_absent()
    expect(docker.image(SPARE).tags).is_absent()


@rmi.check(wrong={"forced": f"docker rmi -f {OLD} {SPARE}"})
def no_container_lost_its_image(docker: Docker) -> None:
    both_names_are_gone(docker)
    expect(docker.past("lr-oldtill").was_removed).equals(True)


@rmi.check(wrong={"the-new-one-too": f"docker rm lr-oldtill\ndocker rmi -f {OLD} {SPARE} {{till}}"})
def shared_layers_stay(docker: Docker, till: str) -> None:
    both_names_are_gone(docker)
    expect(docker.image(till).id).is_there()
