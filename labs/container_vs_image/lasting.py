"""What a container's layer outlives, and what outlives it: restart, removal, commit, volume."""

from labrunner import Answer, Docker, Fact, expect

from .ground import expect_made_of, holds, lab

WRITE = "docker exec lr-diary sh -c 'echo {page} >> /srv/diary'\n"
AGAIN = "docker stop lr-diary\ndocker start lr-diary\ndocker restart lr-diary\n"
ANEW = "docker stop lr-diary\ndocker rm lr-diary\ndocker run -d --name lr-diary {nginx}\n"

restart = lab.step(
    "restart",
    minutes=4,
    solve=f"{WRITE}docker stop lr-diary\ndocker start lr-diary\ndocker exec lr-diary cat /srv/diary\n"
    "docker restart lr-diary\ndocker exec lr-diary cat /srv/diary",
    also={
        "written-while-stopped": "docker container stop lr-diary\necho {page} > diary\n"
        "docker cp diary lr-diary:/srv/diary\ndocker container start lr-diary\ndocker container restart lr-diary",
        "killed-and-started": f"{WRITE}docker restart -t 5 lr-diary\ndocker kill lr-diary\ndocker start lr-diary",
    },
)
diary = restart.probe("cat /srv/diary || true", inside="lr-diary")


@restart.check(
    wrong={
        "stopped-for-good": f"{WRITE}docker stop lr-diary",
        "started-once": f"{WRITE}docker stop lr-diary\ndocker start lr-diary",
        "another-one": f"{ANEW}{WRITE}{AGAIN}",
    }
)
def same_diary_runs_again(docker: Docker) -> None:
    past, now = docker.past("lr-diary"), docker.container("lr-diary")
    expect(now.id).equals(past.prepared_id.value)
    expect(now.is_running).equals(True)
    expect(past.restarts).at_least(2)


@restart.check(
    wrong={
        "in-memory": f"docker exec lr-diary sh -c 'echo {{page}} > /dev/shm/diary'\n{AGAIN}",
        "another-one": f"{WRITE}{ANEW}{AGAIN}",
    }
)
def page_is_still_there(docker: Docker, diary: Answer, page: str) -> None:
    past = docker.past("lr-diary")
    expect(docker.container("lr-diary").id).equals(past.prepared_id.value)
    expect(past.restarts).at_least(1)
    expect(diary.stdout).contains(page)


rm = lab.step(
    "rm",
    minutes=3,
    undoes=[restart],
    solve=f"{ANEW}docker exec lr-diary ls /srv",
    also={
        "forced": "docker rm -f lr-diary\ndocker container create --name lr-diary {nginx}\ndocker start lr-diary",
        "new-one-first": "docker run -d --name lr-diary-new {nginx}\ndocker rm -f lr-diary\n"
        "docker rename lr-diary-new lr-diary",
    },
)


def another(docker: Docker) -> Fact[bool]:
    """Return whether the container that is called lr-diary now is another than the one that stood here at first."""
    first = docker.past("lr-diary").prepared_id.value
    return docker.container("lr-diary").id.map(lambda id_: id_ != first, "is another than at the start")


@rm.check(
    wrong={
        "removed-only": "docker rm -f lr-diary",
        "committed-before": f"{WRITE}docker commit lr-diary lr-kept:1\ndocker rm -f lr-diary\n"
        "docker run -d --name lr-diary lr-kept:1",
    }
)
def new_diary_is_of_the_same_image(docker: Docker, nginx: str) -> None:
    expect(another(docker)).equals(True)
    expect_made_of(docker, "lr-diary", nginx)


@rm.check(wrong={"renamed": "docker rename lr-diary lr-diary-old\ndocker run -d --name lr-diary {nginx}"})
def first_diary_is_removed(docker: Docker) -> None:
    expect(another(docker)).equals(True)
    expect(docker.past("lr-diary").was_removed).equals(True)


@rm.check(
    wrong={
        "carried-over": f"{WRITE}docker cp lr-diary:/srv/diary diary\n{ANEW}docker cp diary lr-diary:/srv/diary",
        "on-a-volume": f"{ANEW}docker rm -f lr-diary\n"
        f"docker run -d --name lr-diary -v lr-shelf:/srv {{nginx}}\n{WRITE}",
    }
)
def nothing_of_it_is_left(docker: Docker, diary: Answer, page: str) -> None:
    expect(another(docker)).equals(True)
    expect(holds(diary.stdout, page)).equals(False)


CHEF = "docker run -d --name lr-chef lr-menu:1\n"
COOKED = "docker exec lr-chef sh -c 'echo {special} > /menu/special'\n"
FROZEN = "docker commit lr-chef lr-menu:2\n"
SOLD = "docker exec lr-chef sh -c 'echo sold out > /menu/special'\n"
GUEST = "docker run -d --name lr-guest lr-menu:2\n"

commit = lab.step(
    "commit",
    minutes=5,
    solve=f"{CHEF}{COOKED}{FROZEN}{SOLD}{GUEST}"
    "docker exec lr-chef cat /menu/special\ndocker exec lr-guest cat /menu/special",
    also={
        "said-in-full": f"{CHEF}{COOKED}docker container commit -m special -a chef --pause=false lr-chef lr-menu:2\n"
        f"{GUEST}docker exec lr-chef sh -c 'echo sold out >> /menu/special'",
        "built": "printf 'FROM lr-menu:1\\nRUN echo {special} > /menu/special\\n' | docker build -t lr-menu:2 -\n"
        f"docker run -d --name lr-chef lr-menu:2\n{SOLD}{GUEST}",
    },
)
special_now = commit.probe("cat /menu/special", inside="lr-chef")
special_printed = commit.probe("cat /menu/special", inside="lr-guest")


@commit.check(
    wrong={
        "only-tagged": "docker tag lr-menu:1 lr-menu:2",
        "exported-and-imported": f"{CHEF}{COOKED}docker export lr-chef | docker import - lr-menu:2",
    }
)
def new_menu_is_the_old_one_and_a_layer(docker: Docker) -> None:
    old = docker.image("lr-menu:1").layers.value or []
    new = docker.image("lr-menu:2").layers
    expect(new.map(lambda layers: layers[: len(old)] == old, "begin with those of lr-menu:1")).equals(True)
    expect(new.map(len, "how many")).at_least(len(old) + 1)


@commit.check(wrong={"never-sold-out": f"{CHEF}{COOKED}{FROZEN}{GUEST}"})
def kitchen_wrote_on(special_now: Answer) -> None:
    expect(special_now.stdout).contains("sold out")


@commit.check(
    wrong={
        "too-late": f"{CHEF}{COOKED}{SOLD}{FROZEN}{GUEST}",
        "too-early": f"{CHEF}{FROZEN}{COOKED}{SOLD}{GUEST}",
        "guest-of-the-old-menu": f"{CHEF}{COOKED}{FROZEN}{SOLD}docker run -d --name lr-guest lr-menu:1",
    }
)
def new_menu_kept_what_was_there(docker: Docker, special_printed: Answer, special: str) -> None:
    expect_made_of(docker, "lr-guest", "lr-menu:2")
    expect(special_printed.stdout).equals(special)


SIGNED = "sh -c 'echo {guest} >> /book/page'\n"
WRITER = "docker run --name lr-writer -v lr-book:/book lr-menu:1 "
READER = "docker run -d --name lr-reader -v lr-book:/book {busybox} sleep 86400\n"

volume = lab.step(
    "volume",
    minutes=5,
    solve=f"{WRITER}{SIGNED}docker rm lr-writer\n{READER}docker exec lr-reader cat /book/page\ndocker diff lr-reader",
    also={
        "made-first": "docker volume create lr-book\n"
        "docker run --rm --name lr-writer --mount type=volume,source=lr-book,target=/book {busybox} "
        f"{SIGNED}"
        "docker run -d --name lr-reader --mount type=volume,source=lr-book,target=/book,readonly {busybox} sleep 86400",
        "signed-by-exec": "docker run -d --name lr-writer -v lr-book:/book lr-menu:1\n"
        f"docker exec lr-writer {SIGNED}docker rm -f lr-writer\n{READER}",
    },
)
read = volume.probe("cat /book/page", inside="lr-reader")


@volume.check(
    wrong={
        "not-removed": f"{WRITER}{SIGNED}{READER}",
        "renamed": f"{WRITER}{SIGNED}docker rename lr-writer lr-writer-old\n{READER}",
    }
)
def writer_is_removed(docker: Docker) -> None:
    past = docker.past("lr-writer")
    expect(past.exit_code).is_there()
    expect(past.was_removed).equals(True)


@volume.check(
    wrong={
        "no-volume": "docker run --name lr-writer lr-menu:1 sh -c 'mkdir /book; echo {guest} > /book/page'\n"
        f"docker rm lr-writer\n{READER}",
        "nameless-volume": "docker run --name lr-writer -v /book lr-menu:1 "
        + SIGNED
        + f"docker rm lr-writer\n{READER}",
        "other-place": "docker run --name lr-writer -v lr-book:/books lr-menu:1 sh -c "
        f"'mkdir /book; echo {{guest}} > /book/page'\ndocker rm lr-writer\n{READER}",
    }
)
def reader_finds_the_page(docker: Docker, read: Answer, guest: str) -> None:
    mounts = docker.container("lr-reader").mounts
    expect(mounts.map(lambda every: [one.get("Name") for one in every], "their names")).contains("lr-book")
    expect(read.stdout).contains(guest)
