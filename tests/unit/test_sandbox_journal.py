"""Whose sandbox is a leftover, and whose is not."""

from pathlib import Path
from typing import Any

import pytest

from labrunner.environment import sandbox_journal
from labrunner.environment.sandbox_journal import Entry, Held, socket_folder, sweep
from labrunner.world.endpoint import Endpoint

ENDPOINT = Endpoint("unix:///d.sock", "/bin/docker")
INSTALL = "0123456789ab"


@pytest.fixture(autouse=True)
def removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    gone: list[str] = []
    monkeypatch.setattr(sandbox_journal, "remove_pieces", lambda _e, entry: gone.append(entry.name))
    monkeypatch.setattr(sandbox_journal, "labelled", lambda *_: [])
    return gone


def test_the_sandbox_of_a_living_maker_stays(removed: list[str]) -> None:
    held = Held(Entry("labrunner-sandbox-1", "/tmp/s", ENDPOINT.url, INSTALL))
    assert sweep(ENDPOINT, INSTALL) == []
    held.file.close()  # its maker died
    assert sweep(ENDPOINT, INSTALL) == ["labrunner-sandbox-1"]
    assert removed == ["labrunner-sandbox-1"]
    assert sweep(ENDPOINT, INSTALL) == []


def test_a_dropped_entry_is_no_leftover() -> None:
    held = Held(Entry("labrunner-sandbox-1", "/tmp/s", ENDPOINT.url, INSTALL))
    held.drop()
    held.drop()
    assert sweep(ENDPOINT, INSTALL) == []


def test_one_on_another_daemon_waits_for_that_daemon(removed: list[str]) -> None:
    Held(Entry("labrunner-sandbox-1", "/tmp/s", "unix:///other.sock", INSTALL)).file.close()
    assert sweep(ENDPOINT, INSTALL) == []
    assert removed == []


def test_one_whose_journal_was_lost_is_found_by_its_label(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(Entry("labrunner-sandbox-2", "/tmp/s", ENDPOINT.url, INSTALL))

    def labelled(_endpoint: Endpoint, kind: str, *_: str) -> list[dict[str, Any]]:
        names = ["labrunner-sandbox-1", "labrunner-sandbox-2"]
        return [{"Names": [f"/{name}"], "Name": name} for name in names] if kind == "containers" else []

    monkeypatch.setattr(sandbox_journal, "labelled", labelled)
    assert sweep(ENDPOINT, INSTALL) == ["labrunner-sandbox-1"]
    held.drop()


def test_a_half_written_entry_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "state" / "sandboxes").mkdir(parents=True)
    (tmp_path / "state" / "sandboxes" / "x.json").write_text('{"name": ')
    assert sweep(ENDPOINT, INSTALL) == []


def test_a_sockets_path_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sandbox_journal.tempfile, "gettempdir", lambda: "/a/very/long/folder/that/some/systems/have/for/temporary"
    )
    assert len(str(socket_folder("labrunner-sandbox-012345-abcdef") / "docker.sock")) <= 90
