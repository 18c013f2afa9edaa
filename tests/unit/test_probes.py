"""What a probe hears, and whose fault it is where it hears nothing."""

from typing import Any, cast

import pytest

from labrunner.environment import host, lab_world
from labrunner.errors import DockerDown
from labrunner.facts import NotRecorded
from labrunner.lab import Image, Probe
from labrunner.process import Completed
from labrunner.withheld import CUT
from labrunner.world import Answer, Snapshot
from labrunner.world.docker_engine import EngineRefused, answer_of
from labrunner.world.endpoint import Endpoint
from labrunner.world.fake import FakeEngine
from labrunner.world.kube_cluster import ClusterRefused
from labrunner.world.reader import Scope, World
from labrunner.world.shown_probe import shown_probe

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


class Pods:
    """Stands for the cluster: Pods that run, and how they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str, str]] = []

    def objects(self, _namespace: str) -> list[Any]:
        return []

    def around(self) -> list[Any]:
        return []

    def running(self, _namespace: str, labels: str) -> tuple[str, ...]:
        return ("lr-web-7f-a", "lr-web-7f-b") if labels == "app=lr-web" else ()

    def ask_inside(self, namespace: str, pod: str, command: str, **more: Any) -> dict[str, Any]:
        if pod == "lr-gone":
            raise ClusterRefused("pods lr-gone not found", 404)
        self.asked.append((namespace, pod, more["container"], command))
        return REPLY


def told(pods: Pods, target: str, container: str = "") -> Answer:
    probe = Probe("echo {nonce}", "pod", target, None, 5, "a", "page", container)
    world = World(FakeEngine(), cast("Any", pods))
    rest = Snapshot()
    return Answer(world.snapshot(Scope("mine", "localhost:5777/", namespace="lab"), [probe], VALUES, rest), probe, "")


def test_a_container_of_a_pod_is_asked_by_the_pods_name() -> None:
    pods = Pods()
    assert told(pods, "lr-pair", "side").stdout.value == "42"
    assert pods.asked == [("lab", "lr-pair", "side", "echo 42")]


def test_the_first_running_pod_with_a_label_is_asked() -> None:
    pods = Pods()
    assert told(pods, "app=lr-web").stdout.value == "42"
    assert pods.asked[0][1] == "lr-web-7f-a"


def test_a_pod_that_is_not_there_is_absent_and_no_error() -> None:
    assert "lr-gone" in told(Pods(), "lr-gone").stdout.absent
    assert told(Pods(), "lr-gone").stdout.subject == "Pod/lr-gone"
    assert told(Pods(), "app=nobody").stdout.absent == "no Pod with app=nobody is running"


def test_nodes_are_read_also_while_all_is_well_where_the_lab_is_about_them() -> None:
    world = World(FakeEngine(), cast("Any", Pods()))
    about = world.snapshot(Scope("mine", "x/", namespace="lab", around=True), [], VALUES, Snapshot()).cluster
    other = world.snapshot(Scope("mine", "x/", namespace="lab"), [], VALUES, Snapshot()).cluster
    assert about is not None
    assert other is not None
    assert "Node" in about["kinds"]
    assert about["around"] == []
    assert "Node" not in other["kinds"]


def test_a_node_is_asked_where_the_environment_has_one() -> None:
    probe = Probe("echo {nonce}", "node", "worker", None, 5, "a", "page")
    world = World(FakeEngine(), None, ask_node=lambda node, command, _: {**REPLY, "stdout": f"{node} {command}"})
    answer = Answer(world.snapshot(Scope("mine", "localhost:5777/"), [probe], VALUES, Snapshot()), probe, "")
    assert answer.stdout.value == "worker echo 42"


def test_a_probe_that_was_not_asked_is_not_recorded() -> None:
    with pytest.raises(NotRecorded):
        Answer(Snapshot(), INSIDE, "")


def test_what_a_person_runs_to_see_the_same_is_quoted_for_a_shell() -> None:
    probe = Probe("echo '{nonce}'", "inside", "lr-web", None, 5, "a", "page")
    assert shown_probe(probe, VALUES, "") == "docker exec lr-web sh -c 'echo '\\''42'\\'''"
    assert shown_probe(NETWORK, VALUES, "").startswith(f"docker run --rm --network lr-shop --entrypoint sh {WEB} -c")


def test_what_a_person_runs_to_ask_in_a_pod_or_on_a_node_is_a_line_of_theirs() -> None:
    pod = Probe("cat /etc/hosts", "pod", "lr-pair", None, 5, "a", "page", "side")
    assert shown_probe(pod, VALUES, "") == "kubectl exec lr-pair -c side -- sh -c 'cat /etc/hosts'"
    labelled = Probe("hostname", "pod", "app=lr-web", None, 5, "a", "page")
    assert shown_probe(labelled, VALUES, "").startswith("kubectl exec $(kubectl get pods -l app=lr-web -o name | head")
    node = Probe("hostname", "node", "worker2", None, 5, "a", "page")
    assert shown_probe(node, VALUES, "") == "labrunner node worker2 sh -c 'hostname'"


def test_a_reply_is_kept_to_a_cap_and_is_text() -> None:
    reply = answer_of(b"x" * 100_000, b"\xff", 0)
    assert reply["stdout"] == "x" * (1 << 16) + CUT
    assert answer_of(b"x" * (1 << 16), b"", 0)["stdout"] == "x" * (1 << 16)
    assert reply["stderr"] == "\ufffd"


@pytest.mark.parametrize("at", ["host", "outside"])
def test_a_client_that_docker_could_not_run_has_asked_nobody(monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    said = {125: "docker: Error response from daemon: write /x: no space left on device.\nSee 'docker run --help'.\n"}
    codes = [125, 7]

    def run(*_: object, **__: object) -> Completed:
        code = codes.pop(0)
        return Completed(("docker",), code, "", said.get(code, ""))

    monkeypatch.setattr(host, f"run_{'on_host' if at == 'host' else 'outside'}", run)
    ask = getattr(lab_world, f"_ask_{at}")
    asked = ask(Endpoint("unix:///nowhere"), "client:1", "mine", "curl x", 3)
    assert asked == {"error": "docker: Error response from daemon: write /x: no space left on device."}
    assert ask(Endpoint("unix:///nowhere"), "client:1", "mine", "curl x", 3)["exit_code"] == 7
