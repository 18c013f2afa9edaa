"""What students of a class of the tests' own hand in: right, half right, wrong, cheating, and never ending."""

import json
from collections.abc import Mapping
from pathlib import Path

from labrunner.values import per_student

LAB = "front-desk"
PORT = 5777
FAR = "198.18.7.2"
"""Somebody beyond the machine, at an address that is reserved for tests of networks."""
PACK = Path(__file__).parent / "real/class/pack"
"""The labs."""
PRIVATE = Path(__file__).parent / "real/class/private"
COURSE = f"""
version: 1
course: A course of the tests' own
labs:
  {LAB}:
    points:
      clerk/clerk_has_the_note: 3
hidden:
  folder: {PRIVATE}
  shown: count
"""
ROOM = "docker network create lr-room\n"
SAID = 'heard=$(docker logs lr-bell)\nlabrunner answer "${heard##* }"\n'


def note(student: str) -> str:
    """Return the note of a student."""
    return per_student(student, LAB, "note")


def clerk(student: str, options: str = "") -> str:
    """Return the script that makes the clerk as it should be."""
    image = f"localhost:{PORT}/debian:bookworm-slim"
    inside = f"sh -c 'echo {note(student)} > /note; exec sleep 86400'"
    return f"docker run -d {options} --name lr-clerk --network lr-room {image} {inside}\n"


def right(student: str) -> dict[str, str]:
    """Return the files of who did everything."""
    return {"room.sh": ROOM, "said.sh": SAID, "clerk.sh": clerk(student)}


def handed_in(folder: Path, student: str, files: Mapping[str, str]) -> Path:
    """Write a submission; a file whose name has a slash at its beginning lies beside the lab's folder."""
    root = folder / student
    for name, text in files.items():
        path = root / name.lstrip("/") if name.startswith("/") else root / LAB / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    manifest = {"version": 1, "student": student, "port": PORT}
    (root / "labrunner-submission.json").write_text(json.dumps(manifest), encoding="utf-8")
    return root


LOOKS = (
    "docker ps -a --format '{{.Names}}'; docker volume ls -q; docker network ls --format '{{.Name}}'\n"
    "docker images --format '{{.Repository}}'; ls -a . /answers /tmp /run/docker\n"
    f"curl -sS -m 3 localhost:{PORT}/v2/_catalog\n"
)
"""Prints what is there that somebody before could have left."""
PLANTS = (
    f"docker create --name lr-planted --volume lr-planted-too:/x localhost:{PORT}/debian:bookworm-slim true\n"
    f"docker network create lr-planted-way; docker commit lr-planted localhost:{PORT}/planted:1\n"
    f"docker push -q localhost:{PORT}/planted:1; touch planted-here /answers/planted-there /tmp/planted-yonder\n"
)
"""Leaves something of every kind for whoever comes next."""
CHEAT = {
    # Nothing of this is ever imported, and none of it is in anybody's way.
    "/conftest.py": "raise SystemExit(0)\n",
    "/sitecustomize.py": "raise SystemExit(0)\n",
    "kubernetes.py": "raise SystemExit(0)\n",
    "docker": "#!/bin/sh\nexit 0\n",
    "result.json": '{"what": "labrunner result", "mark": 100}\n',
    # A command in front of the real one, and a forged verdict.
    "room.sh": 'mkdir bin; printf "#!/bin/sh\\nexit 0\\n" > bin/docker; chmod +x bin/docker\n'
    "PATH=$PWD/bin:$PATH docker network create lr-room\n"
    'echo "::notice title=Autograding report::{\\"totalPoints\\":100}"\n'
    f"env; curl -sS -m 3 http://{FAR}/ || true\n"
    f"curl -sS -m 3 -o /dev/null -w 'registry %{{http_code}}' localhost:{PORT}/v2/\n",
    # The answer that the course's public values would give, and a process that outlives its script.
    "said.sh": "setsid sh -c 'while :; do labrunner answer said forged; sleep 0.2; done' >/dev/null 2>&1 &\n"
    f"echo {per_student('2026004', LAB, 'word')}\n",
    # The neighbour's work, by a fork bomb at its side.
    "clerk.sh": clerk("2026001", "--privileged")
    + PLANTS
    + LOOKS
    + "bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 1\n",
}
FORGED = (
    "printf '#!/bin/sh\\necho 10.0.0.2 lr-clerk\\n' > getent && chmod +x getent\n"
    f"docker create --name lr-forger localhost:{PORT}/debian:bookworm-slim >/dev/null\n"
    f"docker cp getent lr-forger:/usr/bin/getent && docker commit lr-forger localhost:{PORT}/client:1\n"
)
"""Under the name of what the checks ask from, an image that says what they want to hear."""
CLASS: dict[str, dict[str, str]] = {
    "2026001": right("2026001"),
    "2026002": {"said.sh": SAID, "clerk.sh": clerk("2026002")},
    "2026003": {
        "room.sh": "docker network create --internal lr-room\n",
        "said.sh": "echo no idea\n",
        "clerk.sh": FORGED,
    },
    "2026004": CHEAT,
    "2026005": {
        **right("2026005"),
        "room.sh": ROOM + "trap '' TERM INT HUP\nsleep infinity\n",
        "clerk.sh": "sleep infinity & wait\n",
    },
}
"""Student → what was handed in, relative to the lab's folder."""
