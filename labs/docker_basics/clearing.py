"""Clearing away: a container that is asked to stop, and an image with two names."""

from labrunner import Answer, Docker, expect

from .ground import lab

stop_rm = lab.step(
    "stop-rm",
    minutes=5,
    solve="docker pause lr-window\n"
    "docker rm lr-window || echo 'paused is not stopped: refused'\n"
    "docker unpause lr-window\n"
    "docker stop lr-window\n"
    "docker rm lr-window\n"
    "docker logs lr-ledger",
    also={
        "said-in-full": "docker container stop -t 20 lr-window\ndocker container rm lr-window",
        "term-and-wait": "docker kill --signal TERM lr-window\ndocker wait lr-window\ndocker rm -v lr-window",
        "stopped-then-forced": "docker stop lr-window\ndocker rm -f lr-window",
    },
)
goodbye = stop_rm.probe("cat /till/goodbyes/book", inside="lr-ledger", limit=8)


@stop_rm.check(
    wrong={
        "rm-force": "docker rm -f lr-window",
        "kill": "docker kill lr-window\ndocker rm lr-window",
        "paused": "docker pause lr-window",
    },
)
def till_was_asked_to_stop(docker: Docker) -> None:
    past = docker.past("lr-window")
    if past.exit_code.absent:
        expect(docker.container("lr-window").status).equals("exited")
    expect(past.exit_code).is_in([0, 143])


@stop_rm.check(wrong={"rm-force": "docker rm -f lr-window", "kill": "docker kill lr-window\ndocker rm lr-window"})
def till_said_goodbye(docker: Docker, goodbye: Answer) -> None:
    past = docker.past("lr-window")
    expect(past.exit_code).is_there()
    expect(past.first_id).is_there()
    expect(goodbye.stdout).contains(f"goodbye from {str(past.first_id.value)[:12]}")


@stop_rm.check(
    wrong={
        "stopped-only": "docker stop lr-window",
        "renamed": "docker stop lr-window\ndocker rename lr-window lr-window-away",
    },
)
def that_very_till_is_gone(docker: Docker) -> None:
    past = docker.past("lr-window")
    expect(past.exit_code).is_there()
    expect(past.was_removed).equals(True)


OLD, SPARE = "lr-oldtill:1999", "lr-oldtill:spare"

rmi = lab.step(
    "rmi",
    minutes=5,
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
