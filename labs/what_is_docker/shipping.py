"""The second sitting: to the registry, away from here, and back by digest; a tag that moves meanwhile."""

from labrunner import Answer, Docker, Fact, expect

from .ground import BACK, PAGE, lab
from .packing import env_inside, package

TO_REGISTRY = "docker tag lr-menu:1 {registry}/lr-menu:1"

push = lab.step(
    "push",
    minutes=4,
    solve=f"{TO_REGISTRY}\ndocker push {{registry}}/lr-menu:1",
    also={
        "image-push": "docker image tag lr-menu:1 {registry}/lr-menu:1\ndocker image push {registry}/lr-menu:1",
        "built-under-that-name": "printf 'FROM lr-menu:1\\n' | docker build -t {registry}/lr-menu:1 -\n"
        "docker push -q {registry}/lr-menu:1",
    },
)
pushed = push.probe("lr-menu/manifests/1", at="registry")


def digest_of(reference: Fact[str]) -> Fact[str]:
    """Return the digest in a reference; absent where it names none."""
    return reference.map(lambda text: text.split("@")[1], "digest")


def has(docker: Docker, image: str, digest: Fact[str]) -> Fact[bool]:
    """Tell whether a local image is the one of a digest."""
    return docker.image(image).digests.map(
        lambda known: any(one.endswith(f"@{digest.value}") for one in known), f"is {digest.value}"
    )


@push.check(
    wrong={
        "the-draft": "docker tag lr-menu:draft {registry}/lr-menu:1\ndocker push {registry}/lr-menu:1",
        "the-other-edition": "docker tag lr-menu:whole {registry}/lr-menu:1\ndocker push {registry}/lr-menu:1",
    }
)
def registry_has_this_very_image(docker: Docker, pushed: Answer) -> None:
    expect(pushed.digest).is_there()
    expect(has(docker, "lr-menu:1", pushed.digest)).equals(True)


wipe = lab.step(
    "wipe",
    minutes=4,
    undoes=[package, env_inside, push],
    solve="docker rm -f lr-menu\ndocker rmi lr-menu:1 {registry}/lr-menu:1",
    also={
        "by-id": "docker stop lr-menu\ndocker rm lr-menu\n"
        "docker rmi -f $(docker image inspect --format '{{.Id}}' lr-menu:1)",
    },
)


@wipe.check(wrong={"one-name": "docker rm -f lr-menu\ndocker rmi lr-menu:1"})
def image_is_gone_by_id(docker: Docker) -> None:
    expect(docker.past_image("lr-menu:1").was_removed).equals(True)
    expect(docker.past_image("lr-menu:1").was_deleted).equals(True)


@wipe.check(wrong={"image-alone": "docker stop lr-menu\ndocker rmi -f lr-menu:1 {registry}/lr-menu:1"})
def container_is_gone(docker: Docker) -> None:
    expect(docker.past_image("lr-menu:1").was_removed).equals(True)
    expect(docker.past("lr-menu").was_removed).equals(True)


PULLED = "docker pull {registry}/lr-menu:1 | tee pulled\ndocker rmi {registry}/lr-menu:1"
DIGEST = "$(sed -n 's/^Digest: //p' pulled)"

by_digest = lab.step(
    "by-digest",
    minutes=5,
    undoes=[wipe],
    solve=f"{PULLED}\ndocker pull {{registry}}/lr-menu@{DIGEST}\n"
    f"docker run -d --name lr-back {{registry}}/lr-menu@{DIGEST}\ndocker exec lr-back {PAGE}",
    also={
        "tag-and-digest": f"{PULLED}\ndocker run -d --name lr-back {{registry}}/lr-menu:1@{DIGEST}",
        "created": f"{PULLED}\ndocker pull {{registry}}/lr-menu@{DIGEST}\n"
        f"docker create --name lr-back {{registry}}/lr-menu@{DIGEST}\ndocker start lr-back",
    },
)
back_page = by_digest.probe(PAGE, inside="lr-back", limit=8)


@by_digest.check(
    wrong={
        "by-tag": "docker run -d --name lr-back {registry}/lr-menu:1",
        "another-digest": "docker tag lr-menu:whole {registry}/lr-menu:2\n"
        "docker push {registry}/lr-menu:2 | tee pushed\n"
        "docker run -d --name lr-back {registry}/lr-menu@$(sed -n 's/.*digest: \\([^ ]*\\).*/\\1/p' pushed)",
    }
)
def back_is_the_pushed_digest(docker: Docker, pushed: Answer) -> None:
    back = docker.container("lr-back")
    expect(digest_of(back.image)).equals(pushed.digest.value)
    expect(back.image_id).equals(docker.past_image("lr-menu:1").first_id.value)


@by_digest.check(
    wrong={
        "only-created": f"{PULLED}\ndocker create --name lr-back {{registry}}/lr-menu@{DIGEST}",
        "rebuilt": "printf 'FROM lr-menu:whole\\n' | docker build -t {registry}/lr-menu:1 -\n"
        "docker run -d --name lr-back {registry}/lr-menu:1",
    },
    within=4,
)
def board_answers_as_before(docker: Docker, back_page: Answer, shop: str, stamp: str) -> None:
    expect(docker.container("lr-back").is_running).equals(True)
    expect(back_page.stdout).contains(f"tea-{shop}")
    expect(back_page.stdout).contains(stamp)


RELEASE = (
    "printf 'FROM {registry}/lr-menu:1\\nENV SHOP=tea-{shop}-and-daughters\\n' | docker build -t {registry}/lr-menu:1 -"
)
MOVED = f"{RELEASE}\ndocker push {{registry}}/lr-menu:1"
BY_TAG = "docker run -d --name lr-by-tag {registry}/lr-menu:1"
BY_DIGEST = f"docker run -d --name lr-by-digest {BACK}"

tag_moves = lab.step(
    "tag-moves",
    minutes=6,
    undoes=[by_digest],
    solve=f"{MOVED}\n{BY_TAG}\n{BY_DIGEST}\ndocker exec lr-by-tag {PAGE}\ndocker exec lr-by-digest {PAGE}",
    also={
        "committed": "docker create --name lr-draft -e SHOP=tea-{shop}-and-daughters " + BACK + "\n"
        "docker commit lr-draft {registry}/lr-menu:1\ndocker rm lr-draft\ndocker push {registry}/lr-menu:1\n"
        f"docker pull {BACK}\n{BY_DIGEST}\n{BY_TAG}",
    },
)
tag_page = tag_moves.probe(PAGE, inside="lr-by-tag", limit=8)
digest_page = tag_moves.probe(PAGE, inside="lr-by-digest", limit=8)


@tag_moves.check(
    wrong={
        "moved-here-alone": f"{RELEASE}\n{BY_TAG}\n{BY_DIGEST}",
        "another-tag": f"printf 'FROM %s\\nENV SHOP=tea-{{shop}}-and-daughters\\n' {BACK} "
        "| docker build -t {registry}/lr-menu:2 -\ndocker push {registry}/lr-menu:2\n"
        "docker run -d --name lr-by-tag {registry}/lr-menu:2",
    },
    within=4,
)
def tag_leads_to_the_new_release(docker: Docker, tag_page: Answer, pushed: Answer, shop: str) -> None:
    expect(tag_page.stdout).contains(f"tea-{shop}-and-daughters")
    expect(docker.container("lr-by-tag").image).matches(r"/lr-menu:1$")
    expect(pushed.digest).is_there()
    expect(has(docker, docker.container("lr-by-tag").image.value or "", pushed.digest)).equals(True)


@tag_moves.check(
    wrong={
        "by-tag-as-well": f"{MOVED}\n{BY_TAG}\ndocker run -d --name lr-by-digest {{registry}}/lr-menu:1",
    },
    within=4,
)
def digest_leads_to_the_old_one(docker: Docker, digest_page: Answer, pushed: Answer) -> None:
    old, new = docker.container("lr-back"), docker.container("lr-by-digest")
    expect(new.image_id).equals(old.image_id.value)
    others = digest_of(new.image).map(lambda digest: digest != pushed.digest.value, "is no longer the tag's")
    expect(others).equals(True)
    expect(digest_page.stdout).matches(r"^tea-[0-9a-f]+\n")
