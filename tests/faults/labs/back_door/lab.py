"""back-door: images of which one is the learner's already, files, a network, a volume, a container, and a probe."""

from labrunner import Answer, Lab, expect

lab = Lab(__file__)

web = lab.image("web:1")
box = lab.image("busybox:1.35", name="box")

lab.prepare("""
docker network create lr-yard
docker run -d --name lr-door --network lr-yard -v lr-shelf:/shelf {box} sleep 3600
""")

bell = lab.step("bell", solve="docker run -d --name lr-bell --network lr-yard {web}")
ringing = bell.probe("curl -sS -m 3 http://lr-bell/", network="lr-yard", limit=5)


@bell.check(wrong={"silent": "docker run -d --name lr-bell --network lr-yard {web} sleep 3600"}, within=5)
def bell_answers(ringing: Answer) -> None:
    expect(ringing.stdout).contains("web 1")
