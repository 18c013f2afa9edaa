"""A section of the cluster from start to stop: it sleeps, wakes and goes; no kubeconfig of the user is read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment import docker_cli
from labrunner.environment.docker_cli import docker
from labrunner.process import Completed
from labrunner.world.endpoint import Endpoint
from tests.installation import Installation, processes
from tests.real.test_start import users_files

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(1200, func_only=True)]
SLUG = "small-cluster"
LAB = """
from labrunner import Cluster, Lab, expect

lab = Lab(__file__)
web = lab.image("web:1")
app = lab.step("app", solve="kubectl create deployment lr-web --image={web} --replicas=2\\n"
               "kubectl rollout status deployment/lr-web --timeout=90s")
door = lab.step("door", solve="kubectl expose deployment lr-web --port=80")
page = door.probe("curl -sS -m 3 http://lr-web.{namespace}/", at="cluster", limit=6)


@app.check(wrong={"one": "kubectl create deployment lr-web --image={web}"}, within=60)
def two_replicas_are_ready(cluster: Cluster) -> None:
    expect(cluster.deployment("lr-web").ready_replicas).equals(2)


@door.check(wrong={"elsewhere": "kubectl expose deployment lr-web --port=81"}, within=30)
def it_answers_by_name(page) -> None:
    expect(page.stdout).contains("web 1")
"""
"""A section as small as can be: that the labs are right is proved elsewhere; this is the way of one."""
WORDS = """# Small
x

## app · An app
Do it.

- `two_replicas_are_ready` — two are ready

### {hints}

1. a

### {taken}

x

## door · A door
Do it.

- `it_answers_by_name` — it answers

### {hints}

1. a

### {taken}

x
"""


def pack(folder: Path) -> Path:
    """Write the small section, and return the folder that it is in."""
    lab = folder / "pack" / "small_cluster"
    lab.mkdir(parents=True)
    (lab.parent / "__init__.py").write_text('SECTIONS = (("small_cluster", "x"),)\n', encoding="utf-8")
    (lab / "lab.py").write_text(LAB, encoding="utf-8")
    for language, hints, taken in (("zh", "提示", "收获"), ("en", "Hints", "Take away")):
        (lab / f"lab.{language}.md").write_text(WORDS.format(hints=hints, taken=taken), encoding="utf-8")
    return lab.parent


@pytest.fixture
def learner(own: Installation, tmp_path: Path) -> Iterator[Installation]:
    files = users_files(tmp_path / "user")
    kept = {path: path.read_bytes() for path in files}
    own.environ |= {"HOME": str(tmp_path / "user"), "KUBECONFIG": str(files[0]), "LABRUNNER_LABS": str(pack(tmp_path))}
    yield own
    assert {path: path.read_bytes() for path in files} == kept
    assert sorted(path for path in (tmp_path / "user").rglob("*") if path.is_file()) == sorted(files)


def nodes(endpoint: Endpoint, learner: Installation) -> dict[str, str]:
    """Return the cluster's nodes and their states."""
    chosen = f"label=io.x-k8s.kind.cluster=labrunner-{learner.install[:6]}"
    listed = docker(endpoint, "ps", "-a", "--filter", chosen, "--format", "{{.Names}} {{.State}}").stdout
    return dict(line.split() for line in listed.splitlines())


def test_a_section_of_the_cluster(
    learner: Installation, endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times: dict[str, float] = {}
    kept: dict[Path, Completed] = {}

    def run(name: str, *words: str, code: int) -> Completed:
        began = wait.now()
        done = learner.run(*words, limit=600)
        times[name] = wait.now() - began
        assert done.code == code, f"{name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done

    def look(name: str, code: int) -> None:
        file = tmp_path / f"{len(kept)}.json"
        kept[file] = run(name, "check", "--json", "--evidence", str(file), code=code)

    run("first start", "start", SLUG, code=0)
    run("second start", "start", SLUG, code=0)
    look("check", 1)
    run("solve", "solve", "--all", code=0)
    look("check, all done", 0)
    run("stop", "stop", code=0)
    assert set(nodes(endpoint, learner).values()) <= {"paused", "exited"}, "it sleeps"
    assert len(nodes(endpoint, learner)) == 3
    run("start, from sleep", "start", SLUG, code=0)
    run("check, after sleep", "check", code=1)
    run("demo beside it", "demo", SLUG, code=0)
    run("stop --all", "--yes", "stop", "--all", code=0)
    assert nodes(endpoint, learner) == {}
    for file, seen in kept.items():
        again = run("recheck", "recheck", str(file), "--json", code=seen.code)
        assert again.stdout == seen.stdout, "the cluster is gone, and the report is the same"
        assert '"kubernetes": "v' in seen.stdout
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, learner.install), kind
    assert wait.until(lambda: not processes(learner.home), within=10) is True
    with capsys.disabled():
        print("\n  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items()))  # noqa: T201
