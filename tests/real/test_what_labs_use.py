"""What a lab may use, proved by a lab that uses it all: pushes, files, the host, compose, things planted anew."""

import json
from pathlib import Path
from typing import Any

import pytest

from labrunner.environment import docker_cli
from labrunner.world.endpoint import Endpoint
from tests.installation import Installation

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]
LOGIC = '''
"""A lab of everything."""

from labrunner import Answer, Docker, Fact, HandIn, Lab, expect

lab = Lab(__file__)
busybox = lab.image("busybox:1.35")
wings = lab.image("wings:1", optional=True)
word = lab.secret("word")
order = lab.value("order")

lab.prepare("""
docker volume create lr-odd
docker run --name lr-odd -v lr-odd:/data {busybox} sh -c 'echo {word} >/data/word'
""")
lab.prepare("docker tag {busybox} lr-other:1")

# Built from a file that is handed out, and pushed.
sign = lab.step(
    "sign",
    solve='docker build -t {registry}/lr-sign:{order} "{files}"\\ndocker push {registry}/lr-sign:{order}',
    also={"copied": 'cp "{files}"/* .\\ndocker build -t lr-sign .\\ndocker tag lr-sign {registry}/lr-sign:{order}\\n'
          "docker push {registry}/lr-sign:{order}"},
)
manifest = sign.probe("lr-sign/manifests/{order}", at="registry")


@sign.check(
    wrong={
        "only-built": 'docker build -t {registry}/lr-sign:{order} "{files}"',
        "under-another-tag": 'docker build -t {registry}/lr-sign:{order} "{files}"\\n'
        "docker tag {registry}/lr-sign:{order} {registry}/lr-sign:other\\ndocker push {registry}/lr-sign:other",
    }
)
def sign_is_in_the_registry(docker: Docker, manifest: Answer, registry: str, order: str) -> None:
    expect(docker.image(f"{registry}/lr-sign:{order}").id).is_there()
    found = docker.image(f"{registry}/lr-sign:{order}").digests.map(lambda refs: [ref.split("@")[1] for ref in refs])
    expect(manifest.digest).is_in(found.value or [])


# The host is looked at by the lab's own scripts.
seen = lab.step(
    "seen",
    solve=("docker run -d --name lr-seen --hostname lr-{order} {busybox} sleep 600\\n"
           "labrunner host sh -c 'cat /proc/[0-9]*/cmdline' >seen"),
    also={"composed": """docker compose -p lr-seen -f - up -d <<'YAML'
services:
  seen:
    image: {busybox}
    container_name: lr-seen
    command: sleep 600
YAML"""},
    needs=["host"],
)
processes = seen.probe("cat /proc/[0-9]*/cmdline | tr '\\\\0' ' '", at="host", limit=10)


@seen.check(wrong={"another": "docker run -d --name lr-seen {busybox} sleep 599"})
def process_is_seen(docker: Docker, processes: Answer) -> None:
    expect(docker.container("lr-seen").is_running).equals(True)
    expect(processes.stdout).contains("sleep 600")


# Planted things are changed by trials, and are planted anew.
odd = lab.step(
    "odd",
    solve=("docker start lr-odd", HandIn("{word}"), "docker rm lr-odd\\ndocker rmi lr-other:1"),
    also={"forced": (HandIn("{word}"), "docker rm -f lr-odd\\ndocker rmi lr-other:1")},
)


@odd.check(wrong={"guessed": ("docker rm lr-odd", HandIn("guess"))})
def word_was_read(docker: Docker, answer: Fact[str], word: str) -> None:
    expect(answer).equals(word)


@odd.check(wrong={"one-of-two": ("docker rm lr-odd", HandIn("{word}"))})
def both_are_gone(docker: Docker) -> None:
    expect(docker.past("lr-odd").was_removed).equals(True)
    expect(docker.image("lr-other:1").id).is_absent()


# What this machine cannot have.
flown = lab.step("flown", solve="docker run --name lr-flown {wings}", needs=["wings"])


@flown.check(wrong={"fallen": "docker run --name lr-flown y"})
def it_flies(docker: Docker) -> None:
    expect(docker.container("lr-flown").is_running).equals(True)
'''
WORDS = {
    "sign": ["sign_is_in_the_registry"],
    "seen": ["process_is_seen"],
    "odd": ["word_was_read", "both_are_gone"],
    "flown": ["it_flies"],
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack" / "everything"
    (folder / "files").mkdir(parents=True)
    (folder / "lab.py").write_text(LOGIC, encoding="utf-8")
    (folder / "files" / "Dockerfile").write_text('FROM scratch\nCOPY sign /sign\nCMD ["/sign"]\n', encoding="utf-8")
    (folder / "files" / "sign").write_text("open\n", encoding="utf-8")
    for language, hints, take_away in (("en", "Hints", "Take away"), ("zh", "提示", "收获")):
        steps = [
            f"## {step} · {step}\n\nDo it.\n\n"
            + "\n".join(f"- `{check}` — so it is" for check in checks)
            + f"\n\n### {hints}\n\n1. So.\n\n### {take_away}\n\nThat.\n"
            for step, checks in WORDS.items()
        ]
        (folder / f"lab.{language}.md").write_text("# Everything\n\n" + "\n".join(steps), encoding="utf-8")
    (folder.parent / "__init__.py").write_text('SECTIONS = (("everything", "Docker › 练习"),)\n', encoding="utf-8")
    return folder.parent


@pytest.mark.parametrize("engine", ["20.10", "29"])
def test_what_a_lab_uses_is_there_and_is_undone(own: Installation, pack: Path, endpoint: Endpoint, engine: str) -> None:
    said = own.run("--labs", str(pack), "--yes", "dev", "prove", "everything", "--engine", engine, "--json", limit=280)
    assert said.code == 0, said.stdout + said.stderr
    found: dict[str, Any] = json.loads(said.stdout)["labs"][0]
    assert found["complaints"] == []
    assert (found["checks"], found["checks_seen"], found["mutants"], found["mutants_killed"]) == (4, 4, 5, 5)
    assert found["left_out"] == {"flown": "the catalogue has no image called wings:1"}
    assert found["replays"] == 0
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, own.install), kind
