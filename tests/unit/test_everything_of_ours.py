"""What there is of ours, with a lab among it that the program does not have any more."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labrunner import belongings
from labrunner.environment import images
from labrunner.state import session
from labrunner.world import endpoint
from labrunner.world.endpoint import Endpoint
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, tiny


class Counting(FakeEngine):
    """An engine in memory that counts how often it is asked for everything of a kind."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    def list(self, kind: str) -> list[dict[str, Any]]:
        self.asked[kind] += 1
        return super().list(kind)


@pytest.fixture
def engine(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counting:
    assert home
    found = Counting()
    begun(tiny(tmp_path), session.directory_of("tiny"), found)
    monkeypatch.setattr(endpoint, "reach", Endpoint)
    monkeypatch.setattr(belongings, "DockerEngine", lambda _: found)
    monkeypatch.setattr(belongings.kind_containers, "of", lambda *_: [])
    monkeypatch.setattr(images, "noted", list)
    found.container("lr-web", found.image("redis:7.0"))
    return found


def test_what_a_lab_made_that_is_not_there_any_more_is_said(engine: Counting) -> None:
    assert engine
    said = [one for one in belongings.belongings().all if one.kind == "containers"]
    assert [(one.name, one.of, one.asks) for one in said] == [("lr-web", "tiny", True)]


def test_a_daemon_is_asked_for_its_containers_once_beside_the_lab(engine: Counting) -> None:
    belongings.belongings()
    assert engine.asked["containers"] == 2
