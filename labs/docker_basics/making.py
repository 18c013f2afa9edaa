"""What runs: an image that is not here yet, one that is only fetched, a network, and two that find each other on it."""

from labrunner import Answer, Docker, expect

from .ground import lab, redis

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


pull = lab.step(
    "pull",
    minutes=2,
    solve="docker pull {web2}\ndocker images {registry}/web",
    also={
        "image-pull": "docker image pull --quiet {web2}",
        "composed": "docker compose -f - pull <<'YAML'\nservices:\n  web:\n    image: {web2}\nYAML",
    },
)
served = pull.probe("web/manifests/2", at="registry")


@pull.check(wrong={"first-one-renamed": "docker tag {web} {web2}"})
def second_edition_was_fetched(docker: Docker, served: Answer, web2: str) -> None:
    here = docker.image(web2)
    expect(here.id).is_there()
    expect(here.digests).contains(f"{web2.rpartition(':')[0]}@{served.digest.value}")


@pull.check(wrong={"run": "docker run -d --name lr-web-two {web2}", "created": "docker create {web2}"})
def nothing_was_made_of_it(docker: Docker, web2: str) -> None:
    expect(docker.image(web2).id).is_there()
    expect(docker.containers_of(web2)).equals([])


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
    minutes=6,
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
