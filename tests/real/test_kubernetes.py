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
SLUG = "kubernetes-parts"


@pytest.fixture
def learner(own: Installation, tmp_path: Path) -> Iterator[Installation]:
    files = users_files(tmp_path / "user")
    kept = {path: path.read_bytes() for path in files}
    own.environ |= {"HOME": str(tmp_path / "user"), "KUBECONFIG": str(files[0])}
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
