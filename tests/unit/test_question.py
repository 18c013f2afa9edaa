"""What is pasted where others read holds what they need, and nothing of this person, this machine or anybody else's."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labrunner import discretion, question
from labrunner.outcome import Cause, Outcome, Report, Verdict
from labrunner.render.question import fenced, markdown
from labrunner.words import Language, speak
from labrunner.world import Docker
from labrunner.world.docker_engine import Inventory
from labrunner.world.fake import FakeEngine
from labrunner.world.privacy import Private
from labrunner.world.snapshot import Snapshot
from tests.tiny import begun, step, tiny

LETTERS = "bcdfghjkmnpqrstvwxyz"
PRIVATE = (
    "person",
    "machine",
    "home",
    "student",
    "password",
    "handed_in",
    "foreign",
    "volume",
    "space",
    "mail",
    "address",
)


def nothing_wrong(docker: Docker) -> None:
    """A check of a lab that is only there to be asked about."""


def words() -> st.SearchStrategy[str]:
    """Return words that nothing else in a question is made of."""
    return st.text(LETTERS, min_size=7, max_size=12).map(lambda text: f"q{text}x")


@st.composite
def planted(draw: Any) -> dict[str, str]:
    """Return private texts by what they are, no two alike."""
    plain = draw(st.lists(words(), min_size=9, max_size=9, unique=True))
    found = dict(zip(PRIVATE, plain, strict=False))
    numbers = draw(st.lists(st.integers(1, 250), min_size=3, max_size=3))
    found["home"] = f"/srv/{found['home']}"
    found["mail"] = f"{found['person']}@example.org"
    found["address"] = ".".join(str(number) for number in [203, *numbers])
    return found


def container(told: dict[str, str], said: str) -> dict[str, Any]:
    return {
        "Id": "a" * 64, "Name": "/lr-web", "Image": "sha256:1", "RestartCount": 0,
        "State": {"Status": "exited", "ExitCode": 1, "Error": said},
        "Config": {"Image": "localhost:5777/web:1", "Env": [f"THING={told['password']}"], "Cmd": ["sh", "-c", said]},
        "HostConfig": {"PortBindings": {}},
        "Mounts": [{"Type": "bind", "Source": f"{told['home']}/project", "Destination": "/data"}],
        "NetworkSettings": {"Networks": {"lr-shop": {"IPAddress": "172.18.0.2"}}},
    }  # fmt: skip


def asked(folder: Path, told: dict[str, str], patch: pytest.MonkeyPatch) -> question.Question:
    """Return the question of a lab into which everything private has found its way."""
    said = (
        f"{told['person']} on {told['machine'].upper()} ({told['address']}) ran {told['home']}/x.sh "
        f"beside {told['foreign']} and {told['volume']} in namespace {told['space']}: THING is {told['password']}, "
        f"mail {told['mail']}, "
        f"student {told['student']}, the answer is {told['handed_in']}, 172.18.0.2 and 127.0.0.1 stay ```` <b>"
    )
    lab = tiny(folder)
    step(lab, "one", nothing_wrong)
    engine = FakeEngine()
    session, _ = begun(lab, folder / "session", engine)
    session.student, session.directory = told["student"], Path(told["home"]) / "labs/tiny"
    session.baseline = Inventory(containers={"b" * 64: told["foreign"]}, volumes={told["volume"]: ""})
    session.progress.answers["one"] = told["handed_in"]
    cause = Cause(
        "crashed", said, "container/lr-web", ("container/lr-web",), (said, said), f"docker logs lr-web # {said}"
    )
    verdict = Verdict(
        "tiny",
        "one",
        "check",
        "it runs",
        Outcome.FAIL,
        expected=said,
        found=[said],
        why=said,
        causes=(cause,),
        see=said,
    )
    raw = container(told, said)
    snapshot = Snapshot(
        docker={"containers": {raw["Id"]: raw}, "images": {}, "networks": {}, "volumes": {}},
        cluster={
            "namespace": "lab-tiny",
            "objects": [],
            "around": [{"kind": "Namespace", "metadata": {"name": told["space"]}}],
        },
    )
    with patch.context() as within:
        within.setenv("HOME", told["home"])
        within.setattr(discretion, "getpass", SimpleNamespace(getuser=lambda: told["person"]))
        within.setattr(discretion, "socket", SimpleNamespace(gethostname=lambda: f"{told['machine']}.lan"))
        hidden = discretion.private(session, snapshot, discretion.foreign(session, engine, snapshot))  # type: ignore[arg-type]
        return question.put(session, Report("tiny", (verdict,)), snapshot, hidden)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=planted(), language=st.sampled_from(["en", "zh"]))
def test_nothing_private_is_in_it(
    told: dict[str, str], language: Language, tmp_path_factory: pytest.TempPathFactory
) -> None:
    speak(language)
    with pytest.MonkeyPatch.context() as patch:
        made = asked(tmp_path_factory.mktemp("lab"), told, patch)
    for text in (markdown(made), str(made.record())):
        for what, private in told.items():
            assert private.lower() not in text.lower(), f"{what}: {text}"
        assert "172.18.0.2" in text
        assert "127.0.0.1" in text
        assert "exited" in text


def test_what_is_asked_for_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {name: f"q{name}x" for name in PRIVATE} | {
        "home": "/srv/qhomex",
        "mail": "qm@x.org",
        "address": "203.0.113.9",
    }
    made = markdown(asked(tmp_path, told, monkeypatch))
    for part in (
        "step 1 of 1",
        "✗ it runs",
        "[crashed]",
        "container/lr-web",
        "```yaml",
        "Name: /lr-web",
        "THING=•••",
        "python 3",
    ):
        assert part in made, made
    assert len(made.splitlines()) <= 62
    assert "`````text" in made, "a fence that is longer than any run of backticks inside"


def test_a_lab_that_is_done_still_says_versions(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    step(lab, "one", nothing_wrong)
    session, _ = begun(lab, tmp_path / "session", FakeEngine())
    passed = Verdict("tiny", "one", "check", "it runs", Outcome.PASS)
    made = markdown(question.put(session, Report("tiny", (passed,)), Snapshot(), Private()))
    assert "Every claim of this lab holds." in made
    assert "python 3" in made


def test_the_labs_secret_is_not_in_it_even_inside_a_longer_word(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    code = lab.secret("code")
    step(lab, "one", nothing_wrong)
    session, _ = begun(lab, tmp_path / "session", FakeEngine())
    text = session.values[code.name]
    hidden = discretion.private(session, Snapshot())
    assert hidden.without({"log": [f"goodbye-{text}-now"]}) == {"log": ["goodbye-•••-now"]}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("at 192.168.7.9:8080", "at •••:8080"),
        ("at fe80::1ff:fe23:4567:890a now", "at ••• now"),
        ("::1 and 0.0.0.0 and 10.244.1.7", "::1 and 0.0.0.0 and 10.244.1.7"),
        ("at 12:30:45 on v1.34.1", "at 12:30:45 on v1.34.1"),
        ("/home/anna/x and /Users/bo", "~/x and ~"),
        ("02:42:ac:11:00:02", "•••"),
        ("a container called web is the web's", "a container called web is the web's"),
        ("container web", "container …"),
        ("the image lr-web:1 of port 80", "the image lr-web:1 of port 80"),
    ],
)
def test_what_a_text_may_keep(text: str, plain: str) -> None:
    hidden = Private(words=(("web", "…"),), addresses=frozenset({"10.244.1.7"}))
    assert hidden.without(text) == plain


def test_records_come_back_as_records() -> None:
    verdict = Verdict("a", "b", "c", "anna", Outcome.FAIL, causes=(Cause("x", "of anna", "Pod/y"),))
    found = Private(words=(("anna", "USER"),)).without(verdict)
    assert found == replace(verdict, claim="USER", causes=(Cause("x", "of USER", "Pod/y"),))
    assert found.outcome is Outcome.FAIL


def test_a_fence_outruns_what_is_inside() -> None:
    assert fenced("a\n````\nb", "text").splitlines()[0] == "`````text"
