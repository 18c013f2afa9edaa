"""What a probe hears, and whose fault it is where it hears nothing."""

from typing import Any

import pytest

from labrunner.errors import DockerDown
from labrunner.facts import NotRecorded
from labrunner.lab import Image, Probe
from labrunner.withheld import CUT
from labrunner.world import Answer, Snapshot
from labrunner.world.docker_engine import EngineRefused, answer_of
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import Scope, World, shown_probe

WEB = "localhost:5777/web:1"
VALUES = {"web": WEB, "nonce": "42"}
INSIDE = Probe("echo {nonce}", "inside", "lr-web", None, 5, "a", "page")
NETWORK = Probe("echo {nonce}", "network", "lr-shop", Image("web", "web:1"), 5, "a", "page")
REPLY = {"stdout": " 42\n", "stderr": "", "exit_code": 0}


def heard(engine: FakeEngine, probe: Probe) -> Answer:
    world = World(engine, None)
    snapshot = world.snapshot(Scope("mine", "localhost:5777/"), [probe], VALUES, Snapshot())
    return Answer(snapshot, probe, "docker …")


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine({"echo 42": REPLY})
    engine.image(WEB)
    return engine


def test_a_question_is_asked_with_its_names_filled_in(engine: FakeEngine) -> None:
    engine.container("lr-web", WEB)
    answer = heard(engine, INSIDE)
    assert (answer.stdout.value, answer.exit_code.value) == ("42", 0)
    assert engine.asked[0][1] == "echo 42"


def test_nobody_is_asked_inside_a_container_that_is_not_there_or_does_not_run(engine: FakeEngine) -> None:
    assert heard(engine, INSIDE).stdout.absent == "no container lr-web"
    engine.container("lr-web", WEB, status="exited")
    answer = heard(engine, INSIDE).stdout
    assert answer.absent == "container lr-web is exited"
    assert answer.subject == "container/lr-web"
    assert not engine.asked


def test_nobody_is_asked_on_a_network_that_is_not_there(engine: FakeEngine) -> None:
    assert heard(engine, NETWORK).stdout.absent == "no network lr-shop"
    engine.network("lr-shop")
    assert heard(engine, NETWORK).stdout.value == "42"


def test_a_new_container_of_an_image_that_the_learner_made_is_asked(engine: FakeEngine) -> None:
    made = Probe("echo {nonce}", "network", "", "lr-menu:{nonce}", 5, "a", "page")
    assert heard(engine, made).stdout.absent == "no image lr-menu:42"
    engine.image("lr-menu:42")
    assert heard(engine, made).stdout.value == "42"
    assert shown_probe(made, VALUES, "") == "docker run --rm --network bridge --entrypoint sh lr-menu:42 -c 'echo 42'"


def test_an_image_that_cannot_be_asked_is_the_learners_where_they_made_it_and_ours_otherwise(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise EngineRefused('exec: "sh": executable file not found', 400)

    monkeypatch.setattr(engine, "ask", refuse)
    engine.image("lr-menu:flat")
    engine.network("lr-shop")
    made = Probe("echo {nonce}", "network", "", "lr-menu:flat", 5, "a", "page")
    assert "not found" in heard(engine, made).stdout.absent
    with pytest.raises(NotRecorded):
        assert heard(engine, NETWORK)


def test_a_question_without_an_answer_in_time_is_absent_and_may_be_asked_again(engine: FakeEngine) -> None:
    engine.container("lr-web", WEB)
    engine.replies["echo 42"] = answer_of(b"", b"", None)
    answer = heard(engine, INSIDE).stdout
    assert answer.absent == "no answer within 5 s"
    assert not answer.subject


def refusing(engine: FakeEngine, broken: Exception) -> FakeEngine:
    def refuse(container: str, command: str, *, limit: float) -> dict[str, Any]:
        del container, command, limit
        raise broken

    engine.container("lr-web", WEB)
    engine.ask_inside = refuse  # type: ignore[method-assign]
    return engine


@pytest.mark.parametrize("status", [403, 404, 409])
def test_a_container_that_stops_while_it_is_asked_is_no_fault_of_ours(engine: FakeEngine, status: int) -> None:
    answer = heard(refusing(engine, EngineRefused("container is not running", status)), INSIDE)
    assert answer.stdout.absent == "container is not running"


def test_a_daemon_that_cannot_ask_is_no_answer_at_all(engine: FakeEngine) -> None:
    with pytest.raises(NotRecorded, match="could not be asked"):
        heard(refusing(engine, EngineRefused("out of space", 500)), INSIDE)


def test_a_daemon_that_goes_meanwhile_ends_the_look(engine: FakeEngine) -> None:
    with pytest.raises(DockerDown, match="gone"):
        heard(refusing(engine, DockerDown("gone")), INSIDE)


def test_a_place_that_the_environment_does_not_offer_is_no_answer() -> None:
    probe = Probe("true", "host", "", None, 5, "a", "page")
    with pytest.raises(NotRecorded, match="no way to ask at host"):
        heard(FakeEngine(), probe)


def test_a_probe_that_was_not_asked_is_not_recorded() -> None:
    with pytest.raises(NotRecorded):
        Answer(Snapshot(), INSIDE, "")


def test_what_a_person_runs_to_see_the_same_is_quoted_for_a_shell() -> None:
    probe = Probe("echo '{nonce}'", "inside", "lr-web", None, 5, "a", "page")
    assert shown_probe(probe, VALUES, "") == "docker exec lr-web sh -c 'echo '\\''42'\\'''"
    assert shown_probe(NETWORK, VALUES, "").startswith(f"docker run --rm --network lr-shop --entrypoint sh {WEB} -c")


def test_a_reply_is_kept_to_a_cap_and_is_text() -> None:
    reply = answer_of(b"x" * 100_000, b"\xff", 0)
    assert reply["stdout"] == "x" * (1 << 16) + CUT
    assert answer_of(b"x" * (1 << 16), b"", 0)["stdout"] == "x" * (1 << 16)
    assert reply["stderr"] == "\ufffd"
