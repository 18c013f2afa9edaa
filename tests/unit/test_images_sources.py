"""Images without a daemon: where they are looked for, what is said once, and what is ours to remove."""

import os
import stat
from pathlib import Path

import pytest

from labrunner.environment import catalogue, debian_root, images, sources
from labrunner.environment.workbench import Workbench
from labrunner.errors import SourceMissing
from labrunner.narrate import Quiet

FAKE = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
  "image inspect --format {{{{.Id}}}} {present}") exit 0 ;;
  "image inspect --format {{{{json .RepoDigests}}}} redis:7.0") echo '{digests}' ;;
  "image inspect --format {{{{json .RepoDigests}}}} redis@{pinned}") [ '{digests}' != '[]' ] && echo '{digests}' ;;
  pull*) echo "${{REFUSAL:-{refusal}}}" >&2; exit 1 ;;
  "images --format"*) printf '%s\\n' {listed} ;;
  "image inspect"*) exit 1 ;;
esac
"""


class Docker:
    """A docker command that remembers how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls_file = folder / "calls"
        self.calls_file.touch()
        self.answers()

    def answers(
        self, present: str = "nothing", digests: str = "[]", listed: str = "", refusal: str = "no such host"
    ) -> None:
        program = self.folder / "docker"
        told = {"present": present, "digests": digests, "listed": listed, "refusal": refusal}
        program.write_text(FAKE.format(pinned=catalogue.find("redis").digest, **told))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    @property
    def calls(self) -> list[str]:
        return self.calls_file.read_text().splitlines()


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    fake = Docker(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(fake.calls_file))
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LABRUNNER_MIRROR", raising=False)
    monkeypatch.setattr(sources, "_silent", set())
    return fake


def test_an_image_that_the_daemon_has_is_neither_built_nor_loaded(docker: Docker) -> None:
    reference = images.reference_of("registry")
    docker.answers(present=reference)
    assert images.environment_image("registry", Quiet()) == reference
    assert len(docker.calls) == 1


def test_a_registry_that_does_not_answer_is_said_once_and_not_asked_again(docker: Docker) -> None:
    narrator = Quiet()
    bench = Workbench(os.environ)
    for name in ("redis", "nginx", "busybox"):
        assert sources.official(catalogue.find(name), bench, narrator) is None
    assert len(narrator.lines) == 1
    assert len([call for call in docker.calls if call.startswith("pull")]) == 1


def test_a_mirror_is_a_prefix_of_what_is_pulled(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABRUNNER_MIRROR", "m.example/hub/")
    sources.official(catalogue.find("redis"), Workbench(os.environ), Quiet())
    assert f"pull m.example/hub/library/redis@{catalogue.find('redis').digest}" in docker.calls


def test_an_official_image_on_the_daemon_is_used_under_a_name_of_ours(docker: Docker) -> None:
    docker.answers(digests=f'["redis@{catalogue.find("redis").digest}"]')
    bench = Workbench(os.environ)
    name = sources.official(catalogue.find("redis"), bench, Quiet())
    assert name == f"labrunner-build/redis:{bench.token}"
    assert not any(call.startswith("pull") for call in docker.calls)


def test_an_official_image_of_another_day_is_not_the_one_that_is_pinned(docker: Docker) -> None:
    docker.answers(digests='["redis@sha256:1234"]')
    assert sources.official(catalogue.find("redis"), Workbench(os.environ), Quiet()) is None
    assert any(call.startswith("pull") for call in docker.calls), "the pinned one is asked for"


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        ("manifest verification failed for digest sha256:", "gave something else:"),
        (f"unexpected commit digest sha256:{'b' * 64}, expected x", f"gave something else sha256:{'b' * 64}:"),
        ("manifest unknown: manifest unknown", "does not have it:"),
    ],
)
def test_a_registry_with_another_image_is_named_with_the_digests_and_asked_for_others(
    docker: Docker, refusal: str, sentence: str
) -> None:
    docker.answers(refusal=refusal)
    narrator, bench = Quiet(), Workbench(os.environ)
    for name in ("redis", "nginx"):
        assert sources.official(catalogue.find(name), bench, narrator) is None
    assert f"{catalogue.find('redis').digest}, and {sentence}" in narrator.lines[0]
    assert len([call for call in docker.calls if call.startswith("pull")]) == 2


def test_an_image_that_only_bears_the_official_name_is_not_trusted(docker: Docker) -> None:
    docker.answers(digests='["someone/else@sha256:1234"]')
    assert sources.official(catalogue.find("redis"), Workbench(os.environ), Quiet()) is None


def test_only_images_that_we_name_by_a_key_are_removed(
    docker: Docker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    ours = "labrunner/registry:0123456789abcdef"
    images._note([ours, "labrunner/mine:latest"])
    docker.answers(listed=f"{ours} labrunner/mine:latest")
    assert images.drop_environment() == [ours]
    assert [call for call in docker.calls if call.startswith("image rm")] == [f"image rm {ours}"]


def test_what_another_installation_put_on_the_daemon_stays(
    docker: Docker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    docker.answers(listed="labrunner/registry:0123456789abcdef")
    assert images.drop_environment() == []


def test_without_root_and_without_a_registry_the_next_move_is_a_mirror(
    docker: Docker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    image = catalogue.find("debian")
    bench = Workbench(os.environ)
    with pytest.raises(SourceMissing, match=r"debian:bookworm-slim.*needs root") as refused:
        debian_root.make(bench, image, tmp_path, lambda _doing, _part: None)
    assert "LABRUNNER_MIRROR" in refused.value.hint
    assert docker.calls == []


def test_an_image_for_other_processors_is_not_built_and_says_so(
    docker: Docker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LABRUNNER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(images.platform, "machine", lambda: "riscv64")
    with pytest.raises(SourceMissing, match="vm:1 is made for x86_64 alone, and this machine is riscv64"):
        images.make(["store-vm"], Quiet())
    assert not any(call.startswith("build") for call in docker.calls)


REFUSALS = (
    "Error response from daemon: pull access denied for redis, repository does not exist or may require 'docker login'",
    "Error response from daemon: error parsing HTTP 403 response body: <html>Forbidden</html>",
    "Error response from daemon: toomanyrequests: You have reached your pull rate limit. HTTP 429",
    "Error response from daemon: Get https://m.example/v2/: net/http: request canceled (Client.Timeout exceeded)",
    "Error response from daemon: filesystem layer verification failed for digest sha256:1234",
    "Error response from daemon: manifest verification failed for digest sha256:1234",
)


@pytest.mark.parametrize("refusal", REFUSALS, ids=["denied", "403", "429", "timeout", "layer", "manifest"])
def test_whatever_a_mirror_refuses_or_serves_wrongly_nothing_of_it_is_kept(
    docker: Docker, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    monkeypatch.setenv("LABRUNNER_MIRROR", "m.example/hub/")
    monkeypatch.setenv("REFUSAL", refusal)
    narrator = Quiet()
    bench = Workbench(os.environ)
    for name in ("redis", "nginx"):
        assert sources.official(catalogue.find(name), bench, narrator) is None
    if "verification failed" in refusal:  # it answers, and is asked for the others too
        assert ["gave something else" in line for line in narrator.lines] == [True, True]
    else:
        assert len(narrator.lines) == 1
        assert "m.example gives no images here" in narrator.lines[0]
    assert "from packages" in narrator.lines[0]
    assert not [call for call in docker.calls if call.startswith(("tag", "save", "image save", "load"))]
