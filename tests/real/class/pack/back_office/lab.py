"""A back office: a desk that answers, and two notes on the board."""

from labrunner import Answer, Cluster, Lab, expect

lab = Lab(__file__)
lab.graded("restricted")
web = lab.image("web:1")
note = lab.value("note")

PINNED = "kubectl create configmap {0}\nkubectl label configmap {0} note={{note}}"
EMPTY = "kubectl create configmap {0}"

desk = lab.step("desk", solve="kubectl run lr-desk --image={web} --port=80 --expose")
hello = desk.probe("curl -sS -m 2 http://lr-desk.{namespace}/", at="cluster", limit=6)
board = lab.step("board", solve=PINNED.format("lr-note"))
later = lab.step("later", solve=PINNED.format("lr-later"))


@desk.check(wrong={"no-such-image": "kubectl run lr-desk --image=localhost:1/none --port=80 --expose"}, within=3)
def desk_is_ready(cluster: Cluster) -> None:
    expect(cluster.object("Pod", "lr-desk").at("status.phase")).equals("Running")


@desk.check(wrong={"no-service": "kubectl run lr-desk --image={web}"}, within=3)
def desk_answers(hello: Answer) -> None:
    expect(hello.stdout).contains("web 1")


@board.check(wrong={"empty": EMPTY.format("lr-note")})
def note_is_on_the_board(cluster: Cluster, note: str) -> None:
    expect(cluster.object("ConfigMap", "lr-note").at("metadata.labels.note")).equals(note)


@later.check(wrong={"empty": EMPTY.format("lr-later")})
def later_note_is_on_the_board(cluster: Cluster, note: str) -> None:
    expect(cluster.object("ConfigMap", "lr-later").at("metadata.labels.note")).equals(note)
