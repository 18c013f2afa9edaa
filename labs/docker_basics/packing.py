"""What an image is made from and how it travels: commit, export and import, save and load, push."""

import json

from labrunner import Answer, Docker, Fact, expect

from .ground import lab

PAGE = "/usr/share/nginx/html/index.html"
MENU, FLAT, RECIPE = "lr-menu:today", "lr-menu:flat", "lr-recipe:1"
BOARD = "docker run -d --name lr-board {nginx}"
WRITE = f"docker exec lr-board sh -c 'echo special-{{dish}} > {PAGE}'"
COMMIT = f"docker commit lr-board {MENU}"
TABLE = f"docker run -d --name lr-table {MENU}"

commit = lab.step(
    "commit",
    minutes=5,
    solve=f"{BOARD}\n{WRITE}\n{COMMIT}\n{TABLE}\nsleep 1\ndocker exec lr-table curl -s http://localhost/",
    also={
        "copied-in": "docker create --name lr-board {nginx}\n"
        "echo special-{dish} > index.html\n"
        f"docker cp index.html lr-board:{PAGE}\n"
        f"docker container commit -m 'the menu of today' lr-board {MENU}\n{TABLE}",
        "built": f"docker build -t {MENU} - <<'END'\nFROM {{nginx}}\nRUN echo special-{{dish}} > {PAGE}\nEND\n{TABLE}",
    },
)
menu_page = commit.probe(f"cat {PAGE}", image=MENU, limit=10)
table_page = commit.probe("curl -sS -m 5 http://localhost/", inside="lr-table", limit=8)


@commit.check(
    wrong={
        "before-the-change": f"{BOARD}\n{COMMIT}\n{WRITE}\n{TABLE}",
        "another-container": f"{BOARD}\n{WRITE}\ndocker create --name lr-blank {{nginx}}\n"
        f"docker commit lr-blank {MENU}\n{TABLE}",
    }
)
def menu_image_holds_the_special(menu_page: Answer, dish: str) -> None:
    expect(menu_page.stdout).contains(f"special-{dish}")


@commit.check(wrong={"exported": f"{BOARD}\n{WRITE}\ndocker export lr-board | docker import - {MENU}"})
def menu_image_is_nginx_and_what_changed(docker: Docker, nginx: str) -> None:
    below = docker.image(nginx).layers.value or []
    layers = docker.image(MENU).layers
    expect(layers.map(lambda found: found[: len(below)], "the lower ones")).equals(below)
    expect(layers.map(len, "how many")).at_least(len(below) + 1)


def of_image(docker: Docker, name: str, image: str) -> None:
    """Demand that a container was made of an image, by that name or by its ID."""
    container = docker.container(name)
    if container.image_id.absent or container.image_id.value != docker.image(image).id.value:
        expect(container.image).equals(image)


@commit.check(
    wrong={
        "written-again": f"{BOARD}\n{WRITE}\n{COMMIT}\ndocker run -d --name lr-table {{nginx}}\n"
        f"docker exec lr-table sh -c 'echo special-{{dish}} > {PAGE}'",
        "before-the-change": f"{BOARD}\n{COMMIT}\n{WRITE}\n{TABLE}",
    },
    within=4,
)
def table_serves_the_special(docker: Docker, table_page: Answer, dish: str) -> None:
    of_image(docker, "lr-table", MENU)
    expect(table_page.stdout).contains(f"special-{dish}")


IMPORT = f"docker export -o board.tar lr-board\ndocker import board.tar {FLAT}"
SERVE = "nginx -g 'daemon off;'"
STALL = f"docker run -d --name lr-stall {FLAT} {SERVE}"

export_import = lab.step(
    "export-import",
    minutes=5,
    solve=f"{IMPORT}\n"
    f"docker image inspect {MENU} {FLAT} --format '{{{{index .RepoTags 0}}}}: {{{{len .RootFS.Layers}}}}'\n"
    f"docker run -d --name lr-stall {FLAT} || echo 'it does not know its command any more'\n"
    f"{STALL}",
    also={
        "piped": f"docker export lr-board | docker import - {FLAT}\n{STALL}",
        "command-said-once": "docker container export lr-table > table.tar\n"
        f'docker image import --change \'CMD ["nginx", "-g", "daemon off;"]\' table.tar {FLAT}\n'
        f"docker run -d --name lr-stall {FLAT}",
    },
)
flat_page = export_import.probe(f"cat {PAGE}", image=FLAT, limit=10)
stall_page = export_import.probe("curl -sS -m 5 http://localhost/", inside="lr-stall", limit=8)


@export_import.check(
    wrong={
        "committed": f"docker create --name lr-blank {MENU}\ndocker commit lr-blank {FLAT}\n{STALL}",
        "tagged": f"docker tag {MENU} {FLAT}\n{STALL}",
    }
)
def flat_image_is_one_layer(docker: Docker) -> None:
    expect(docker.image(FLAT).layers.map(len, "how many")).equals(1)


@export_import.check(
    wrong={
        "saved": f"docker save -o menu.tar {MENU}\ndocker import menu.tar {FLAT}",
        "a-new-container": f"docker create --name lr-blank {{nginx}}\ndocker export lr-blank | docker import - {FLAT}",
    }
)
def flat_image_holds_the_special(flat_page: Answer, dish: str) -> None:
    expect(flat_page.stdout).contains(f"special-{dish}")


@export_import.check(
    wrong={
        "of-the-layered-one": f"{IMPORT}\ndocker run -d --name lr-stall {MENU}",
        "another-command": f"{IMPORT}\ndocker run -d --name lr-stall {FLAT} sleep 600",
    },
    within=4,
)
def stall_serves_the_special(docker: Docker, stall_page: Answer, dish: str) -> None:
    of_image(docker, "lr-stall", FLAT)
    expect(stall_page.stdout).contains(f"special-{dish}")


SAVE = f"docker save -o recipe.tar {RECIPE}"
FLATTENED = (
    f"docker create --name lr-recipe-copy {RECIPE}\n"
    "docker export -o recipe.tar lr-recipe-copy\n"
    "docker rm lr-recipe-copy\n"
    f"docker rmi {RECIPE}\n"
    f"docker import recipe.tar {RECIPE}"
)

save_load = lab.step(
    "save-load",
    minutes=4,
    solve=f"docker images {RECIPE}\n{SAVE}\ndocker rmi {RECIPE}\ndocker load -i recipe.tar\n"
    f"docker images {RECIPE}\ndocker run --rm {RECIPE}",
    also={
        "streamed": f"docker image save {RECIPE} > recipe.tar\ndocker image rm {RECIPE}\n"
        "docker image load < recipe.tar",
        "packed": f"docker save {RECIPE} | gzip > recipe.tar.gz\ndocker rmi {RECIPE}\n"
        "docker load --quiet --input recipe.tar.gz",
    },
)


def was_away(docker: Docker) -> None:
    """Demand that the image is here, was deleted since start, and came out of a file after that."""
    expect(docker.image(RECIPE).id).is_there()
    expect(docker.past_image(RECIPE).was_loaded_again).equals(True)


@save_load.check(wrong={"removed-only": f"{SAVE}\ndocker rmi {RECIPE}"})
def recipe_was_away_and_came_out_of_a_file(docker: Docker) -> None:
    was_away(docker)


@save_load.check(wrong={"exported-and-imported": FLATTENED})
def recipe_has_all_its_layers(docker: Docker, till: str) -> None:
    layers, below = docker.image(RECIPE).layers, docker.image(till).layers
    expect(layers.map(len, "how many")).at_least(2)
    if below.known:  # else somebody has untied its name since, and it is no proof of anything
        expect(layers.map(lambda found: found[:-1], "the lower ones")).equals(below.value)
    was_away(docker)


@save_load.check(wrong={"exported-and-imported": FLATTENED})
def recipe_still_knows_its_command(docker: Docker) -> None:
    expect(docker.image(RECIPE).command).equals(["cat", "/till/recipe"])
    was_away(docker)


push = lab.step(
    "push",
    minutes=4,
    solve=f"docker tag {MENU} {{registry}}/lr-menu:{{order}}\ndocker push {{registry}}/lr-menu:{{order}}",
    also={
        "said-in-full": f"docker image tag {MENU} {{registry}}/lr-menu:{{order}}\n"
        "docker image push --quiet {registry}/lr-menu:{order}",
        "by-id-and-untied-again": f"docker tag $(docker image inspect --format '{{{{.Id}}}}' {MENU}) "
        "{registry}/lr-menu:{order}\n"
        "docker push {registry}/lr-menu:{order}\ndocker rmi {registry}/lr-menu:{order}",
    },
)
tags = push.probe("lr-menu/tags/list", at="registry")
manifest = push.probe("lr-menu/manifests/{order}", at="registry")


def listed(tags: Answer) -> Fact[list[str]]:
    """Return the tags that the registry has of the menu."""
    return tags.stdout.map(lambda text: list(json.loads(text)["tags"]), "tags")


@push.check(
    wrong={
        "only-tagged": f"docker tag {MENU} {{registry}}/lr-menu:{{order}}",
        "another-tag": f"docker tag {MENU} {{registry}}/lr-menu:latest\ndocker push {{registry}}/lr-menu:latest",
    }
)
def registry_lists_the_tag(docker: Docker, tags: Answer, registry: str, order: str) -> None:
    if listed(tags).absent:
        expect(docker.image(f"{registry}/lr-menu:{order}").id).is_there()
    expect(listed(tags)).contains(order)


@push.check(
    wrong={
        "another-image": "docker tag {nginx} {registry}/lr-menu:{order}\ndocker push {registry}/lr-menu:{order}",
        "the-flat-one": f"docker tag {FLAT} {{registry}}/lr-menu:{{order}}\ndocker push {{registry}}/lr-menu:{{order}}",
    }
)
def registry_serves_that_very_image(docker: Docker, manifest: Answer) -> None:
    expect(manifest.digest).is_there()
    configuration = manifest.stdout.map(lambda text: json.loads(text)["config"]["digest"], "config.digest")
    # An image's ID is its configuration's digest, or its manifest's where containerd keeps the images.
    expect(docker.image(MENU).id).is_in([configuration.value, manifest.digest.value])
