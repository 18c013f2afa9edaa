"""What the class is not shown: the clerk goes on, and is no root of the machine."""

from labrunner import Docker, Lab, expect

lab = Lab(__file__)
clerk = lab.step("clerk", solve="true")


@clerk.check(wrong={"ended": "docker run -d --name lr-clerk {debian} true"}, within=5)
def clerk_goes_on(docker: Docker) -> None:
    expect(docker.container("lr-clerk").status).equals("running")


@clerk.check(wrong={"privileged": "docker run -d --privileged --name lr-clerk {debian} sleep 86400"})
def clerk_is_not_privileged(docker: Docker) -> None:
    expect(docker.container("lr-clerk").privileged).equals(False)  # noqa: FBT003 - a value
