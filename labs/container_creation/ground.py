"""The yard before the learner comes, what can be seen of it from the host, and how an answer is held against it."""

from dataclasses import replace
from typing import TypeVar

from labrunner import Fact, Lab

lab = Lab(__file__)
lab.graded("own-engine")

busybox = lab.image("busybox:1.35")
debian = lab.image("debian:bookworm-slim")

mark = lab.value("mark")
odd_walls = lab.secret("odd_walls")

# A network whose bridge bears a known name on the host, and a neighbour on it.
lab.prepare("""
docker network create --opt com.docker.network.bridge.name=lr-yard lr-yard
docker run -d --name lr-neighbour --network lr-yard {debian} sleep 86400
""")

# A container that shares two of the host's namespaces; which two is each student's own.
lab.prepare("""
case {odd_walls} in
[0-3]*) echo --uts host --ipc host ;;
[4-7]*) echo --pid host --uts host ;;
[89ab]*) echo --network host --ipc host ;;
*) echo --pid host --network host ;;
esac >open
docker run -d --name lr-odd $(cat open) {debian} sleep 86400
""")

T = TypeVar("T")
PID = "docker inspect --format '{{.State.Pid}}'"


def shown_by(fact: Fact[T], see: str) -> Fact[T]:
    """Return a fact with a line that shows it to a person: a probe asks for much more at once."""
    return replace(fact, see=see)
