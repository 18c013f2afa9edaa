"""Looking without touching: a log, a log that goes on, a configuration. Each ends in an answer."""

import re

from labrunner import Fact, HandIn, expect

from .ground import lab

read = lab.step(
    "read",
    minutes=3,
    solve=("docker logs lr-till", HandIn("{first_half}-{second_half}")),
    also={"without-a-dash": ("docker container logs lr-till", HandIn("{first_half} {second_half}"))},
)


@read.check(wrong={"from-the-file": HandIn("{file_number}"), "one-half": HandIn("{first_half}")})
def receipt_is_the_one_that_was_printed(answer: Fact[str], first_half: str, second_half: str) -> None:
    plain = answer.map(lambda text: "".join(filter(str.isalnum, text.lower())))
    expect(plain).equals(first_half + second_half)


follow = lab.step(
    "follow",
    minutes=4,
    solve=(
        "docker logs -f lr-bell & sleep 1; docker exec lr-bell till ring; sleep 1; kill $!",
        HandIn("{second_chime}"),
    ),
    also={
        "last-line": (
            "docker exec lr-bell till ring\nsleep 1\ndocker container logs --tail 1 lr-bell",
            HandIn("{second_chime}"),
        ),
        "rung-by-signal": (
            "docker logs --follow --tail 0 lr-bell & docker kill --signal USR1 lr-bell; sleep 1; kill $!",
            HandIn(" {second_chime} "),
        ),
    },
)


@follow.check(wrong={"an-older-line": ("docker logs lr-bell", HandIn("{first_chime}"))})
def word_is_of_a_ring_just_now(answer: Fact[str], second_chime: str) -> None:
    expect(answer.map(lambda text: text.strip().lower())).equals(second_chime)


RIGHT = "{window_place} /paper/{window_shelf} unless-stopped 203.0.113.82"
"""Place, folder, policy, address."""
LOOK = """
docker inspect lr-window | wc -l
docker inspect lr-window --format '{{json .Config.Env}}'
docker inspect lr-window --format '{{range .Mounts}}{{.Name}} {{.Destination}}{{println}}{{end}}'
docker inspect lr-window --format '{{.HostConfig.RestartPolicy.Name}}'
docker inspect lr-window --format '{{(index .NetworkSettings.Networks "lr-yard").IPAddress}}'
"""

inspect = lab.step(
    "inspect",
    minutes=6,
    solve=(LOOK, HandIn(RIGHT)),
    also={
        "with-commas": (
            "docker container inspect lr-window",
            HandIn("{window_place}, /paper/{window_shelf}/, unless-stopped, 203.0.113.82"),
        ),
        "as-printed": (
            "docker inspect lr-window",
            HandIn("TILL_PLACE={window_place} /paper/{window_shelf} UNLESS-STOPPED 203.0.113.82/24"),
        ),
    },
)


def nth(answer: Fact[str], number: int) -> Fact[str]:
    """Return one word of the answer, counted from 0, as plain as it can be compared."""

    def word(text: str) -> str:
        words = [one for one in re.split(r"[\s,;，；、]+", text.strip().lower()) if one]
        return words[number].removeprefix("till_place=").removesuffix("/24").rstrip("/")

    return answer.map(word, f"word {number + 1}")


@inspect.check(wrong={"the-image-s": HandIn("counter /paper/{window_shelf} unless-stopped 203.0.113.82")})
def place_is_the_container_s_own(answer: Fact[str], window_place: str) -> None:
    expect(nth(answer, 0)).equals(window_place)


@inspect.check(wrong={"the-other-volume-s": HandIn("{window_place} /till/goodbyes unless-stopped 203.0.113.82")})
def folder_is_that_volume_s(answer: Fact[str], window_shelf: str) -> None:
    expect(nth(answer, 1)).equals(f"/paper/{window_shelf}")


@inspect.check(wrong={"a-guess": HandIn("{window_place} /paper/{window_shelf} always 203.0.113.82")})
def policy_is_the_one_that_is_set(answer: Fact[str]) -> None:
    expect(nth(answer, 2)).equals("unless-stopped")


@inspect.check(
    wrong={
        "on-the-other-network": HandIn("{window_place} /paper/{window_shelf} unless-stopped 198.51.100.37"),
        "the-gateway": HandIn("{window_place} /paper/{window_shelf} unless-stopped 203.0.113.1"),
    }
)
def address_is_on_that_network(answer: Fact[str]) -> None:
    expect(nth(answer, 3)).equals("203.0.113.82")
