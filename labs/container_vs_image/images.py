"""What an image is: a template to look into, layers that it shares with others, a name that can move."""

import re

from labrunner import Answer, Docker, Fact, HandIn, expect

from .ground import lab

template = lab.step(
    "template",
    minutes=4,
    solve=(
        "docker image inspect --format '{{json .Config.Env}}' lr-menu:1\ndocker run --rm lr-menu:1 cat /menu/printer",
        HandIn("{edition}-{printer_code}"),
    ),
    also={
        "copied-out": (
            "docker create --name lr-copy lr-menu:1\ndocker cp lr-copy:/menu/printer printer\ndocker rm lr-copy",
            HandIn("{edition} {printer_code}"),
        ),
        "asked-in-one": (
            "docker run --rm lr-menu:1 sh -c 'echo $EDITION; cat /menu/printer'",
            HandIn("$(docker run --rm lr-menu:1 sh -c 'echo $EDITION; cat /menu/printer')"),
        ),
    },
)


@template.check(
    wrong={
        "of-the-container-in-the-window": HandIn("{window_edition}-{window_code}"),
        "printer-of-the-window": HandIn("{edition}-{window_code}"),
        "variable-alone": HandIn("{edition}"),
    }
)
def edition_and_printer_are_those_of_the_image(answer: Fact[str], edition: str, printer_code: str) -> None:
    plain = answer.map(lambda text: "".join(filter(str.isalnum, text.lower())))
    expect(plain).is_in([edition + printer_code, printer_code + edition])


PULLS = "docker pull {web}\ndocker pull {web2}"
LAYERS = "docker image inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}'"
TWICE = LAYERS + " {web} {web2} | grep . | sort | uniq -d"

layers = lab.step(
    "layers",
    minutes=5,
    solve=(f"{PULLS}\n{LAYERS} {{web}}\n{LAYERS} {{web2}}", HandIn(f"$({TWICE} | wc -l)")),
    also={
        "the-other-first": (
            "docker image pull {web2}\ndocker image pull {web}\n" + TWICE,
            HandIn(f"$({TWICE} | wc -l) layers"),
        ),
        "pulled-by-running": ("docker run --rm {web} true\ndocker run --rm {web2} true", HandIn(f"$({TWICE} | wc -l)")),
    },
)


@layers.check(
    wrong={
        "one-of-them": "docker pull {web}",
        "one-with-two-names": "docker pull {web}\ndocker tag {web} {web2}",
    }
)
def two_releases_are_here(docker: Docker, web: str, web2: str) -> None:
    first = docker.image(web).id
    expect(first).is_there()
    expect(docker.image(web2).id.map(lambda id_: id_ != first.value, f"is another than that of {web}")).equals(True)


@layers.check(
    wrong={
        "all-of-one": (PULLS, HandIn(f"$({LAYERS} {{web}} | grep -c .)")),
        "those-that-differ": (PULLS, HandIn("1")),
    }
)
def layers_in_common_were_counted(docker: Docker, answer: Fact[str], web: str, web2: str) -> None:
    first, second = docker.image(web).layers, docker.image(web2).layers
    expect(first).is_there()
    expect(second).is_there()
    common = len(set(first.value or ()) & set(second.value or ()))
    expect(answer.map(lambda text: int(re.findall(r"\d+", text)[0]))).equals(common)


SIGN = "docker tag {web} lr-sign:today\ndocker run -d --name lr-front lr-sign:today\n"
MOVED = SIGN + "docker tag {web2} lr-sign:today\n"

tag_moves = lab.step(
    "tag-moves",
    minutes=5,
    solve=MOVED + "docker ps --filter name=lr-front --format '{{.Names}}: {{.Image}}'\n"
    "docker run -d --name lr-side lr-sign:today\n"
    "docker exec lr-front curl -s http://localhost/\n"
    "docker exec lr-side curl -s http://localhost/",
    also={
        "created-and-started": "docker image tag {web} lr-sign:today\n"
        "docker create --name lr-front lr-sign:today\ndocker start lr-front\n"
        "docker rmi lr-sign:today\ndocker image tag {web2} lr-sign:today\n"
        "docker create --name lr-side lr-sign:today\ndocker start lr-side",
        "built": "printf 'FROM %s\\n' {web} | docker build -t lr-sign:today -\n"
        "docker container run -d --name lr-front lr-sign:today\n"
        "printf 'FROM %s\\n' {web2} | docker build -t lr-sign:today -\n"
        "docker container run -d --name lr-side lr-sign:today",
    },
)
front = tag_moves.probe("curl -sS -m 5 http://localhost/", inside="lr-front", limit=8)
side = tag_moves.probe("curl -sS -m 5 http://localhost/", inside="lr-side", limit=8)


@tag_moves.check(
    wrong={
        "not-moved": SIGN,
        "moved-the-wrong-way": "docker tag {web2} lr-sign:today\ndocker run -d --name lr-front lr-sign:today\n"
        "docker tag {web} lr-sign:today",
    }
)
def sign_points_at_the_second_release(docker: Docker, web2: str) -> None:
    expect(is_of_layers(docker, "lr-sign:today", web2)).equals(True)


@tag_moves.check(
    wrong={
        "made-anew": MOVED + "docker rm -f lr-front\ndocker run -d --name lr-front lr-sign:today",
        "run-by-another-name": "docker run -d --name lr-front {web}\ndocker tag {web2} lr-sign:today",
    },
    within=4,
)
def front_stays_with_the_first_release(docker: Docker, front: Answer) -> None:
    expect(docker.container("lr-front").image).equals("lr-sign:today")
    expect(front.stdout).contains("web 1")


@tag_moves.check(
    wrong={"run-before-it-moved": SIGN + "docker run -d --name lr-side lr-sign:today\ndocker tag {web2} lr-sign:today"},
    within=4,
)
def side_has_the_second_release(docker: Docker, side: Answer) -> None:
    expect(docker.container("lr-side").image).equals("lr-sign:today")
    expect(side.stdout).contains("web 2")


def is_of_layers(docker: Docker, reference: str, other: str) -> Fact[bool]:
    """Return whether two names stand for the same layers."""
    wanted = docker.image(other).layers.value
    return docker.image(reference).layers.map(lambda layers: layers == wanted, f"are those of {other}")
