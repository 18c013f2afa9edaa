"""Two ways into a running container: a process beside PID 1, and PID 1 itself."""

from labrunner import Answer, Docker, Mutant, Terminal, expect

from .ground import lab, readers, starts_after

TEA, CAKE = "tea-{order}", "cake-{order}"
BOOK = "docker exec lr-till cat /till/journal"


def beside(what: str) -> Terminal:
    """Return the talk with a second till in the container."""
    return Terminal("docker exec -it lr-till till").until("] > ").types(what).until("sold").presses("ctrl-d").ends()


def attached(what: str, command: str = "docker attach lr-till") -> Terminal:
    """Return the talk with PID 1 up to what was sold; enter first: what was printed before is not shown again."""
    return Terminal(command).presses("enter").until("] > ").types(what).until("sold").until("] > ")


def detached(what: str, command: str = "docker attach lr-till") -> Terminal:
    """Return the talk with PID 1, left without ending it."""
    return attached(what, command).presses("ctrl-p", "ctrl-q").ends()


exec_ = lab.step(
    "exec",
    minutes=4,
    solve=(BOOK, beside(TEA), BOOK),
    also={
        "without-a-terminal": f"echo {TEA} | docker exec -i lr-till till",
        "without-input": f"docker exec lr-till sh -c 'echo {TEA} | till'",
        "from-a-shell": Terminal("docker container exec -it lr-till sh")
        .types("till")
        .until("] > ")
        .types(TEA)
        .until("sold")
        .presses("ctrl-d")
        .until("End of input")
        .presses("ctrl-d")
        .ends(),
    },
)
journal = exec_.probe("cat /till/journal", inside="lr-till", limit=8)


@exec_.check(wrong={"attached": detached(TEA)})
def tea_was_sold_by_a_process_beside_pid_1(journal: Answer, order: str) -> None:
    expect(readers(journal, f"tea-{order}").map(max, "the highest")).at_least(2)


@exec_.check(
    wrong={
        "restarted": (beside(TEA), "docker restart -t 5 lr-till"),
        "stopped": (beside(TEA), "docker stop lr-till"),
    }
)
def pid_1_is_who_it_was(docker: Docker, journal: Answer, order: str) -> None:
    expect(docker.container("lr-till").is_running).equals(True)
    expect(starts_after(journal, f"tea-{order}", first=False)).equals(0)


attach = lab.step(
    "attach",
    minutes=5,
    undoes=[exec_],
    solve=(detached(CAKE), BOOK),
    also={
        "said-keys": attached(CAKE, "docker attach --detach-keys ctrl-p,ctrl-q lr-till")
        .presses("ctrl-p", "ctrl-q")
        .ends(),
        "no-proxy": detached(CAKE, "docker container attach --sig-proxy=false lr-till"),
        "start-attached": detached(CAKE, "docker start -ai lr-till"),
    },
)


@attach.check(wrong={"exec": beside(CAKE)})
def cake_was_sold_by_pid_1_itself(journal: Answer, order: str) -> None:
    expect(readers(journal, f"cake-{order}").map(min, "the lowest")).equals(1)


@attach.check(
    wrong={
        "ctrl-c": Mutant(attached(CAKE).presses("ctrl-c").ends(), expect_exit=130),
        "ctrl-d": attached(CAKE).presses("ctrl-d").ends(),
        "started-again": (attached(CAKE).presses("ctrl-d").ends(), "docker start lr-till"),
    }
)
def till_goes_on(docker: Docker, journal: Answer, order: str) -> None:
    expect(docker.container("lr-till").is_running).equals(True)
    expect(starts_after(journal, f"cake-{order}", first=True)).equals(0)
