"""The first sitting: an app that works on one machine only, and what has to be packed so that it works on any."""

from labrunner import Answer, Docker, Fact, expect

from .ground import BUILD, PAGE, SHOP, lab

MINE = f"docker run -d --name lr-mine -v lr-mymachine:/usr/local/lib/shop:ro {SHOP} lr-menu:draft"
DRAFT = f'{BUILD} lr-menu:draft "{{files}}"'

works_on_mine = lab.step(
    "works-on-mine",
    minutes=6,
    solve=f"{DRAFT}\n{MINE}\ndocker exec lr-mine {PAGE}",
    also={
        "mount-create-start": f'cp -r "{{files}}" board\n{BUILD} lr-menu:draft board\n'
        "docker create --name lr-mine --mount type=volume,src=lr-mymachine,dst=/usr/local/lib/shop,readonly "
        "--env SHOP=tea-{shop} lr-menu:draft\n"
        "docker start lr-mine",
        "compose": f"""{DRAFT}
docker compose -f - up -d <<'YAML'
services:
  mine:
    image: lr-menu:draft
    container_name: lr-mine
    environment:
      SHOP: tea-{{shop}}
    volumes:
    - machine:/usr/local/lib/shop
volumes:
  machine:
    external: true
    name: lr-mymachine
YAML
""",
    },
)
mine_page = works_on_mine.probe(PAGE, inside="lr-mine", limit=8)


@works_on_mine.check(
    wrong={
        "library-forgotten": f"{DRAFT}\ndocker run -d --name lr-mine {SHOP} lr-menu:draft",
        "shop-forgotten": f"{DRAFT}\ndocker run -d --name lr-mine -v lr-mymachine:/usr/local/lib/shop lr-menu:draft",
        "other-library": f"{DRAFT}\n" + MINE.replace("lr-mymachine", "lr-othermachine"),
    },
    within=4,
)
def board_answers_on_this_machine(docker: Docker, mine_page: Answer, shop: str, stamp: str) -> None:
    expect(docker.container("lr-mine").is_running).equals(True)
    expect(mine_page.stdout).contains(f"tea-{shop}")
    expect(mine_page.stdout).contains(stamp)


COLLEAGUE = MINE.replace("lr-mymachine", "lr-othermachine").replace("lr-mine", "lr-colleague")
SERVER = f"docker run -d --name lr-server {SHOP} lr-menu:draft"

elsewhere = lab.step(
    "elsewhere",
    minutes=4,
    solve=f"{COLLEAGUE}\ndocker exec lr-colleague {PAGE}\n{SERVER}\ndocker logs lr-server",
    also={
        "created": COLLEAGUE.replace("run -d", "create") + "\ndocker start lr-colleague\n"
        f"docker create --name lr-server {SHOP} lr-menu:draft\ndocker start lr-server",
        "in-the-foreground": f"{COLLEAGUE}\ndocker run --name lr-server {SHOP} lr-menu:draft || echo it ended",
    },
)
colleague_page = elsewhere.probe(PAGE, inside="lr-colleague", limit=8)


@elsewhere.check(
    wrong={
        "another-image": f"{SERVER}\n" + COLLEAGUE.replace("lr-menu:draft", "{nginx}"),
        "no-library": f"{SERVER}\ndocker run -d --name lr-colleague {SHOP} lr-menu:draft",
    },
    within=4,
)
def colleague_reads_other_prices(docker: Docker, colleague_page: Answer, other_stamp: str) -> None:
    colleague = docker.container("lr-colleague")
    expect(colleague.is_running).equals(True)
    expect(colleague_page.stdout).contains(other_stamp)
    expect(colleague.image_id).equals(docker.container("lr-mine").image_id.value)


@elsewhere.check(
    wrong={
        "only-created": f"{COLLEAGUE}\ndocker create --name lr-server {SHOP} lr-menu:draft",
        "with-a-library": f"{COLLEAGUE}\n" + COLLEAGUE.replace("lr-colleague", "lr-server"),
    },
    within=2,
)
def bare_server_cannot_start_it(docker: Docker) -> None:
    server = docker.container("lr-server")
    expect(server.exit_code).equals(2)
    expect(server.mounts).equals([])
    expect(server.image_id).equals(docker.container("lr-mine").image_id.value)


COPY = "COPY money.sh /usr/local/lib/shop/"
FETCH = 'cp -r "{files}" board\ndocker cp lr-mine:/usr/local/lib/shop/money.sh board/'
PACKED = f"{FETCH}\nprintf '%s\\n' '{COPY}' 'ENV SHOP=tea-{{shop}}' >> board/Dockerfile\n{BUILD} lr-menu:1 board"

package = lab.step(
    "package",
    minutes=8,
    solve=f"{PACKED}\ndocker run -d --name lr-menu lr-menu:1\ndocker exec lr-menu {PAGE}\n"
    "docker history --format 'table {{.Size}}\\t{{.CreatedBy}}' lr-menu:1",
    also={
        "said-otherwise": f"{FETCH}\n"
        "printf '%s\\n' 'WORKDIR /usr/local/lib/shop' 'ADD . .' 'ENV SHOP tea-{shop}' >> board/Dockerfile\n"
        f"{BUILD} lr-menu:1 board\ndocker create --name lr-menu lr-menu:1\ndocker start lr-menu",
        "library-written-into-the-app": f"{FETCH}\n"
        "cat board/money.sh board/menu.sh | sed -e '/^[.] /d' -e '/^: /d' | sed '1i SHOP=tea-{shop}' > menu.sh\n"
        f"mv menu.sh board/menu.sh\n{BUILD} lr-menu:1 board\ndocker run -d --name lr-menu lr-menu:1",
        "committed": f"docker create --name lr-menu-draft {SHOP} lr-menu:draft\n"
        "docker cp lr-mine:/usr/local/lib/shop shop\ndocker cp shop lr-menu-draft:/usr/local/lib/\n"
        "docker commit lr-menu-draft lr-menu:1\ndocker rm lr-menu-draft\n"
        "docker run -d --name lr-menu -p 127.0.0.1::80 lr-menu:1",
    },
)
menu_page = package.probe(PAGE, inside="lr-menu", limit=8)

PROXIES = {f"{word}_proxy" for word in ("http", "https", "ftp", "all", "no")}
"""What a docker program may be configured to give to every container."""


def handed_in(docker: Docker, container: str, image: str) -> Fact[list[str]]:
    """Return the names of the variables that a container was given from outside its image."""
    packed = docker.image(image).env.value or {}
    return docker.container(container).env.map(
        lambda given: sorted(given.keys() - packed.keys() - PROXIES), "not packed"
    )


@package.check(
    wrong={
        "variable-from-outside": f"{FETCH}\necho '{COPY}' >> board/Dockerfile\n{BUILD} lr-menu:1 board\n"
        f"docker run -d --name lr-menu {SHOP} lr-menu:1",
        "folder-from-outside": f"{FETCH}\necho 'ENV SHOP=tea-{{shop}}' >> board/Dockerfile\n{BUILD} lr-menu:1 board\n"
        "docker run -d --name lr-menu -v lr-mymachine:/usr/local/lib/shop:ro lr-menu:1",
    }
)
def nothing_comes_from_outside(docker: Docker) -> None:
    menu = docker.container("lr-menu")
    expect(menu.image_id).equals(docker.image("lr-menu:1").id.value)
    expect(menu.mounts).equals([])
    expect(handed_in(docker, "lr-menu", "lr-menu:1")).equals([])


@package.check(
    wrong={
        "library-not-packed": f"{FETCH}\necho 'ENV SHOP=tea-{{shop}}' >> board/Dockerfile\n{BUILD} lr-menu:1 board\n"
        "docker run -d --name lr-menu lr-menu:1",
        "the-colleague's": PACKED.replace("lr-mine", "lr-colleague") + "\ndocker run -d --name lr-menu lr-menu:1",
    },
    within=4,
)
def board_answers_out_of_its_box(docker: Docker, menu_page: Answer, shop: str, stamp: str) -> None:
    expect(docker.container("lr-menu").is_running).equals(True)
    expect(menu_page.stdout).contains(f"tea-{shop}")
    expect(menu_page.stdout).contains(stamp)


WHOLE = PACKED.replace("lr-mine", "lr-colleague").replace("lr-menu:1", "lr-menu:whole")

env_inside = lab.step(
    "env-inside",
    minutes=4,
    solve=f"{WHOLE}\ndocker run -d --name lr-whole lr-menu:whole\n"
    f"docker exec lr-whole {PAGE}\ndocker exec lr-menu {PAGE}\n"
    "docker exec lr-menu nginx -v\nlabrunner host nginx -v || true",
    also={
        "from-the-first": "docker cp lr-colleague:/usr/local/lib/shop/money.sh .\n"
        f"printf '%s\\n' 'FROM lr-menu:1' '{COPY}' > Dockerfile\n"
        "docker build -t lr-menu:whole .\ndocker run -d --name lr-whole lr-menu:whole",
    },
)
whole_page = env_inside.probe(PAGE, inside="lr-whole", limit=8)


@env_inside.check(
    wrong={
        "the-same-again": "docker tag lr-menu:1 lr-menu:whole\ndocker run -d --name lr-whole lr-menu:whole",
        "covered-up": "docker run -d --name lr-whole -v lr-othermachine:/usr/local/lib/shop:ro lr-menu:1",
    },
    within=4,
)
def two_editions_stand_side_by_side(
    docker: Docker, whole_page: Answer, menu_page: Answer, stamp: str, other_stamp: str
) -> None:
    expect(whole_page.stdout).contains(other_stamp)
    expect(docker.container("lr-whole").mounts).equals([])
    expect(menu_page.stdout).contains(stamp)
