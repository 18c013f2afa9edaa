"""What an operation changed in the lab's namespace, and the way back, over a namespace in memory."""

from pathlib import Path
from typing import Any

import pytest

from labrunner.difference import CannotUndo, moment, undo
from labrunner.staging import Stage
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, tiny


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    session, world = begun(tiny(tmp_path), tmp_path, FakeEngine())
    return Stage(session, world, None)


class FakeCluster:
    """A namespace whose objects are made and deleted at once."""

    def __init__(self) -> None:
        self.raw: dict[str, dict[str, Any]] = {}
        self.deleted: list[str] = []

    def add(self, name: str, generation: int = 1) -> None:
        meta = {"uid": name, "name": name, "generation": generation}
        self.raw[name] = {"kind": "Pod", "apiVersion": "v1", "metadata": meta}

    def objects(self, _: str) -> list[dict[str, Any]]:
        return list(self.raw.values())

    def delete(self, version: str, kind: str, name: str, namespace: str) -> None:
        assert (version, kind, namespace) == ("v1", "Pod", "lab")
        self.deleted.append(name)
        del self.raw[name]


@pytest.fixture(name="namespace")
def _namespace(stage: Stage) -> FakeCluster:
    found: Any = FakeCluster()
    found.add("lr-kept")
    stage.world.cluster = found
    stage.session.namespace = "lab"
    assert isinstance(found, FakeCluster)
    return found


def test_an_object_that_was_not_there_goes(stage: Stage, namespace: FakeCluster) -> None:
    before = moment(stage)
    namespace.add("lr-new")
    undo(stage, before)
    assert (namespace.deleted, list(namespace.raw)) == (["lr-new"], ["lr-kept"])


@pytest.mark.parametrize("how", ["changed", "replaced"])
def test_an_object_that_was_changed_or_replaced_is_not_waited_for(
    stage: Stage, namespace: FakeCluster, how: str
) -> None:
    before = moment(stage)
    namespace.add("lr-kept", generation=2)
    if how == "replaced":
        del namespace.raw["lr-kept"]
    namespace.add("lr-another")
    with pytest.raises(CannotUndo, match="it changed Pod lr-kept"):
        undo(stage, before)
    assert namespace.deleted == []
