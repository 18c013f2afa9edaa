"""`labrunner why` and `labrunner ask`, run as a learner runs them on a real engine: right, and nothing but looking."""

import json
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment.registry import Registry
from labrunner.world.endpoint import Endpoint
from tests.hostile import COMMAND, PIECES, is_inert
from tests.installation import LAB, Installation, sentence
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]


@pytest.fixture(scope="module")
def learner(
    endpoint: Endpoint, course_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Somebody on a machine of their own, with the course's client image on it."""
    with Machine(endpoint, course_registry, tmp_path_factory.mktemp("learner")) as machine:
        yield machine.installation


@pytest.fixture(scope="module")
def image(learner: Installation, course_registry: Registry) -> str:
    reference = f"localhost:{course_registry.port}/client:1"
    assert learner.docker("pull", "--quiet", reference).ok
    return reference


def test_an_object_of_the_learners_is_explained_without_a_lab_and_nothing_is_touched(
    learner: Installation, image: str
) -> None:
    run = ("run", "-d", "--name")
    assert learner.docker(*run, "mine-well", image, "sleep", "600").ok
    assert learner.docker(*run, "mine-crashed", image, "sh", "-c", "echo '[bold]no till\033[2J'; exit 3").ok
    assert learner.docker("create", "--name", "mine-made", image, "sleep", "600").ok
    assert not learner.docker(*run, "mine-mistyped", image, "slep").ok
    before = learner.inventory()
    wanted = {
        "container/mine-well": (0, "is as it should be"),
        "Container/mine-crashed": (1, "[crashed]"),
        "container/mine-made": (1, "[created-not-started]"),
        "container/mine-mistyped": (1, "[command-not-found]"),
        "container/mine-wel": (1, "mine-well"),
        f"image/{image}": (0, "is as it should be"),
    }
    for subject, (code, said) in wanted.items():
        done = learner.run("why", subject)
        assert (done.code, said in done.stdout) == (code, True), f"{subject}: {done.stdout}{done.stderr}"
        assert "\x1b" not in done.stdout
        assert ("$ docker" in done.stdout) is (code == 1), "the command that shows it"
    told = json.loads(learner.run("why", "container/mine-crashed", "--json").stdout)
    assert [cause["code"] for cause in told["causes"]] == ["crashed"]
    assert any("[bold]no till" in line for line in told["causes"][0]["words"])
    for wrong in ("contaner/mine-well", "image/UPPER:1"):
        done = learner.run("why", wrong)
        assert sentence(done)
        assert done.code == 2, done.stderr
    assert learner.inventory() == before, "it only looks"


def test_a_daemon_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    learner = Installation(tmp_path / "home", {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"})
    done = learner.run("why", "container/web")
    assert done.code == 3
    assert "no such socket" in sentence(done)


def test_no_cluster_is_one_sentence(learner: Installation) -> None:
    done = learner.run("why", "deploy/web")
    assert done.code == 3
    assert "no cluster of the course" in sentence(done)


@pytest.fixture(scope="module")
def person(learner: Installation, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Somebody in the middle of a lab, as variables; the lab is ended with nothing left over."""
    assert image
    someone = {
        "HOME": str(tmp_path_factory.mktemp("home") / "zaphod"),
        "USER": "zaphod",
        "LABRUNNER_STUDENT": "20260042",
    }
    assert learner.run("start", LAB, **someone).code == 0
    yield someone
    assert learner.run("--yes", "stop", **someone).code == 0


def test_in_a_lab_it_explains_what_does_not_hold_and_ask_tells_nothing_private(
    learner: Installation, image: str, person: dict[str, str]
) -> None:
    run = ("run", "-d", "--name", "betelgeuse-db", "-e", "PASSWORD=vogonpoem")
    assert learner.docker(*run, image, "sleep", "600").ok
    done = learner.run("why", **person)
    assert done.code == 1, done.stdout + done.stderr
    assert "look  " in done.stdout
    asked = learner.run("ask", **person)
    assert asked.code == 0, asked.stderr
    assert asked.stdout.startswith("**labrunner** · docker-basics · step 1 of 15")
    assert "docker 20.10" in asked.stdout
    assert len(asked.stdout.splitlines()) <= 62
    record = json.loads(learner.run("ask", "--json", **person).stdout)
    assert record["verdicts"]
    for private in ("zaphod", "betelgeuse", "vogonpoem", "20260042", str(learner.home), learner.install):
        assert private not in asked.stdout + json.dumps(record), private


WILD = "".join(piece for piece in PIECES if piece not in ("\0", "\ud800"))
LOG = (
    "exec >&2; head -c 1000000 /dev/zero | tr '\\0' x; printf '\\377\\376\\000\\n'; "
    "printf '%s\\n[bold]last[/]\\n' \"$WILD\"; exit 3"
)

SECRETS = {"GITHUB_TOKEN": "ghp_slartibartfast0042", "DOCKER_REGISTRY_PASS": "magrathea-fjords-42"}


def test_whatever_containers_say_is_inert_in_all_that_is_printed_and_kept(
    learner: Installation, image: str, person: dict[str, str], tmp_path: Path
) -> None:
    runner = {**person, **SECRETS, "CI": "true", "GITHUB_ACTIONS": "true"}
    own = ("-e", f"WILD={WILD}", "-e", f"API_TOKEN={SECRETS['DOCKER_REGISTRY_PASS']}", "--label", f"said={WILD}")
    health = ("--health-cmd", 'echo "$WILD"; exit 1', "--health-interval", "1s", "--health-retries", "1")
    assert learner.docker("run", "-d", "--name", "lr-web", *own, image, "sh", "-c", LOG).ok
    assert learner.docker("run", "-d", "--name", "lr-sick", *own, *health, image, "sleep", "600").ok
    sick = ("inspect", "-f", "{{.State.Health.Status}}", "lr-sick")
    assert wait.until(lambda: learner.docker(*sick).stdout == "unhealthy\n", within=20, every=0.5)
    kept = tmp_path / "evidence.json"
    lines = {
        ("check", "--more"): 1, ("check", "--json", "--evidence", str(kept)): 1, ("recheck", str(kept)): 1,
        ("why", "container/lr-web", "--more"): 1, ("why", "container/lr-sick", "--json"): 1,
        ("ask",): 0, ("ask", "--json"): 0,
    }  # fmt: skip
    printed: dict[str, str] = {}
    for words, code in lines.items():
        done = learner.run(*words, **runner)
        assert done.code == code, f"{words}: {done.stdout}{done.stderr}"
        printed[" ".join(words)] = done.stdout + done.stderr
        if "--json" in words:
            json.loads(done.stdout)
    with learner.begin("check", "--watch", **runner) as watching:
        assert watching.stdout is not None
        printed["watch"] = watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        printed["watch"] += watching.stdout.read()
    printed["evidence"] = kept.read_text(encoding="utf-8")
    for what, text in printed.items():
        assert is_inert(text), f"{what}: {ascii(text)[:2000]}"
        assert not COMMAND.search(text), f"{what}: {text[:2000]}"
        assert len(text) < 2_000_000
        for secret in SECRETS.values():
            assert secret not in text, what
    shown = printed["why container/lr-web --more"]
    assert "[crashed]" in shown
    assert "[bold]last[/]" in shown, "the container's own words are shown, and only what acts is not"
    for file in (learner.home / "state").rglob("*"):
        if file.is_file() and file.stat().st_size and "registry" not in file.parts:  # that one is the registry's own
            assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file
    for folder in (learner.home / "state", learner.home / "state" / "labs", learner.home / "state" / "labs" / LAB):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in [*(learner.home / "config").glob("*"), *(learner.home / "state").rglob("*.json")]:
        assert not any(secret in file.read_text(encoding="utf-8") for secret in SECRETS.values()), file
