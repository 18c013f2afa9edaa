"""A front desk: a room, a clerk in it who has a note, and a word that a bell has said."""

from labrunner import Answer, Docker, Fact, Lab, expect

lab = Lab(__file__)
lab.graded("own-engine")
debian = lab.image("debian:bookworm-slim")
note = lab.value("note")
word = lab.secret("word")

lab.prepare("docker run --name lr-bell --network none {debian} echo 'the word is {word}'")

room = lab.step("room", solve="docker network create lr-room")
said = lab.step("said", solve="docker logs lr-bell")
clerk = lab.step(
    "clerk",
    solve="docker run -d --name lr-clerk --network lr-room {debian} sh -c 'echo {note} > /note; exec sleep 86400'",
)
kept = clerk.probe("cat /note", inside="lr-clerk")
called = clerk.probe("getent hosts lr-clerk", network="lr-room", limit=6)


@room.check(wrong={"internal": "docker network create --internal lr-room"})
def room_is_there(docker: Docker) -> None:
    expect(docker.network("lr-room").internal).equals(False)  # noqa: FBT003 - a value


@said.check(wrong={"nothing": "true"})
def word_was_heard(answer: Fact[str], word: str) -> None:
    expect(answer).equals(word)


@clerk.check(wrong={"elsewhere": "docker run -d --name lr-clerk {debian} sleep 86400"}, within=5)
def clerk_is_in_the_room(docker: Docker) -> None:
    expect(docker.container("lr-clerk").networks).contains("lr-room")
    expect(docker.container("lr-clerk").status).equals("running")


@clerk.check(wrong={"elsewhere": "docker run -d --name lr-clerk {debian} sleep 86400"}, within=5)
def clerk_is_called_by_name(called: Answer) -> None:
    expect(called.stdout).contains("lr-clerk")


@clerk.check(wrong={"no-note": "docker run -d --name lr-clerk --network lr-room {debian} sleep 86400"}, within=5)
def clerk_has_the_note(kept: Answer, note: str) -> None:
    expect(kept.stdout).equals(note)
