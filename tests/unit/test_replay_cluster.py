from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labrunner.world.replay_cluster import after, difference, patched, trimmed

LEAF = st.one_of(st.integers(0, 3), st.text(max_size=2), st.booleans(), st.lists(st.integers(0, 2), max_size=2))
OBJECT = st.recursive(
    st.dictionaries(st.sampled_from("abcd"), LEAF, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), st.one_of(LEAF, inner), max_size=3),
    max_leaves=12,
)


@given(OBJECT, OBJECT)
def test_an_object_and_what_differs_make_the_next_one(old: Any, new: Any) -> None:
    kept = repr(old)
    assert patched(old, difference(old, new)) == new
    assert repr(old) == kept, "what was recorded before is not touched"


@given(OBJECT)
def test_nothing_differs_of_what_is_the_same(one: Any) -> None:
    assert difference(one, one) == {}


def test_what_repeats_the_object_is_not_kept() -> None:
    notes = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "deployment.kubernetes.io/revision": "2"}
    raw = {"kind": "Deployment", "metadata": {"name": "web", "managedFields": [1], "annotations": notes}}
    assert trimmed(raw)["metadata"] == {"name": "web", "annotations": {"deployment.kubernetes.io/revision": "2"}}
    assert raw["metadata"]["managedFields"] == [1]


def test_objects_come_change_and_go() -> None:
    records = [
        {"type": "object", "id": "u", "action": "ADDED", "raw": {"kind": "Pod", "status": {"phase": "Pending"}}},
        {"type": "object", "id": "u", "action": "MODIFIED", "patch": {"status": {"phase": "Running"}}},
        {"type": "object", "id": "u", "action": "DELETED"},
    ]
    objects: dict[str, Any] = {}
    seen = []
    for record in records:
        objects = after(objects, record)
        seen.append([raw["status"]["phase"] for raw in objects.values()])
    assert seen == [["Pending"], ["Running"], []]
    assert after({}, records[1]) == {}, "a change of something that nobody saw come tells nothing"
