from typing import Any

import pytest

from labrunner.facts import NotRecorded
from labrunner.world import Cluster, Docker, Snapshot

N, M = "n" * 64, "m" * 64
IMAGE = "localhost:5777/web:1"


def told(kind: str, action: str, id_: str, name: str = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, "action": action, "id": id_, "name": name, "attributes": {}, "nano": 1, **more}


def docker(*log: dict[str, Any], complete: bool = True) -> Docker:
    return Docker(Snapshot(log=log, complete=complete))


def test_a_network_that_was_removed_is_told_by_its_id_and_not_by_another_of_its_name() -> None:
    gone = [told("network", "create", N, "lr-shop"), told("network", "destroy", N, "lr-shop")]
    again = [*gone, told("network", "create", M, "lr-shop")]
    assert docker(*gone).past_network("lr-shop").was_removed.value
    assert docker(*again).past_network("lr-shop").was_removed.absent
    assert docker(*again).past_network("lr-shop").first_id.value == M


def test_a_volume_has_no_id_but_its_name_so_one_made_again_is_there() -> None:
    gone = [told("volume", "create", "lr-data"), told("volume", "destroy", "lr-data")]
    assert docker(*gone).past_volume("lr-data").was_removed.value
    assert docker(*gone, gone[0]).past_volume("lr-data").was_removed.absent


def test_who_was_on_a_network_once_is_known_after_it_left() -> None:
    joined = told("network", "connect", N, "lr-shop", attributes={"container": "c"})
    left = told("network", "disconnect", N, "lr-shop", attributes={"container": "c"})
    made = told("network", "create", N, "lr-shop")
    assert docker(made, joined, left).past_network("lr-shop").members.value == ["c"]


def test_an_image_is_removed_with_its_last_name_or_when_this_one_is_taken_off() -> None:
    pulled = told("image", "pull", IMAGE, "localhost:5777/web", inspect={"Id": "sha256:a", "RepoTags": [IMAGE]})
    kept = told("image", "untag", "sha256:a", inspect={"Id": "sha256:a", "RepoTags": [IMAGE]})
    off = told("image", "untag", "sha256:a", inspect={"Id": "sha256:a", "RepoTags": ["other:1"]})
    assert docker(pulled).past_image(IMAGE).was_created.value
    assert docker(pulled, kept).past_image(IMAGE).was_removed.absent
    assert docker(pulled, off).past_image(IMAGE).was_removed.value
    assert docker(pulled, told("image", "delete", "sha256:a")).past_image(IMAGE).was_removed.value
    assert docker(pulled, off, pulled).past_image(IMAGE).was_removed.absent


def test_an_image_that_came_back_out_of_a_file_is_known_from_one_that_was_never_away() -> None:
    tagged = told("image", "tag", N, "lr-recipe:1", inspect={"Id": N, "RepoTags": ["lr-recipe:1"]})
    away = [tagged, told("image", "untag", N), told("image", "delete", N)]
    back = told("image", "load", N, inspect={"Id": N, "RepoTags": ["lr-recipe:1"]})
    assert docker(tagged, back).past_image("lr-recipe:1").was_loaded_again.absent
    assert docker(*away).past_image("lr-recipe:1").was_loaded_again.absent
    assert docker(*away, back, complete=False).past_image("lr-recipe:1").was_loaded_again.value, "seen is seen"
    assert docker(*away).past_image("lr-recipe:1").was_removed.value
    assert docker(*away, back).past_image("lr-recipe:1").was_removed.absent


def test_an_image_is_deleted_with_its_last_name_only() -> None:
    tagged = told("image", "tag", "sha256:a", "lr-menu:1", inspect={"Id": "sha256:a", "RepoTags": ["lr-menu:1"]})
    off = told("image", "untag", "sha256:a", inspect={"Id": "sha256:a", "RepoTags": ["other:1"]})
    gone = told("image", "delete", "sha256:a")
    assert docker(tagged, off).past_image("lr-menu:1").was_deleted.absent
    assert docker(tagged, off, gone).past_image("lr-menu:1").was_deleted.value
    assert docker(tagged, off, gone, tagged).past_image("lr-menu:1").was_deleted.absent


def test_what_a_gap_may_hide_is_not_known_and_the_learner_is_told_what_to_do() -> None:
    for past in (docker(complete=False).past_network("lr-shop"), docker(complete=False).past_volume("lr-data")):
        with pytest.raises(NotRecorded, match="labrunner"):
            _ = past.was_removed


def change(kind: str, uid: str, name: str, action: str = "MODIFIED", **said: Any) -> dict[str, Any]:
    return {"type": "object", "kind": kind, "id": uid, "name": name, "action": action, "attributes": said, "nano": 5}


LIFE = (
    change("Deployment", "D", "web", "ADDED", generation=1, replicas=1),
    change("ReplicaSet", "R", "web-1", "ADDED", owners=["D"], revision="1"),
    change("Pod", "P1", "web-1-a", "ADDED", owners=["R"]),
    change("Deployment", "D", "web", generation=1, replicas=1, revision="1", ready=1),
    change("Pod", "P1", "web-1-a", owners=["R"], restarts=2),
    change("Deployment", "D", "web", generation=2, replicas=3, revision="1", ready=1),
    change("Pod", "P2", "web-1-b", "ADDED", owners=["R"]),
    change("Pod", "X", "other", "ADDED", owners=["Z"]),
    change("Event", "E", "web.1", "ADDED", about="Deployment/web", reason="ScalingReplicaSet"),
    change("Deployment", "D", "web", generation=3, replicas=1, revision="2", ready=3),
    change("Pod", "P2", "web-1-b", "DELETED", owners=["R"]),
)


def cluster(*log: dict[str, Any], gap: tuple[int, int] | None = None) -> Cluster:
    gaps = ({"of": "cluster", "since": gap[0], "until": gap[1]},) if gap else ()
    return Cluster(Snapshot(cluster={"namespace": "lab", "objects": []}, log=log, gaps=gaps))


def test_a_deployments_life_is_told_in_its_order() -> None:
    past = cluster(*LIFE).past("Deployment", "web")
    assert past.generations.value == [1, 2, 3]
    assert past.revisions.value == [1, 2]
    assert past.replicas.value == [1, 3, 1]
    assert past.ready.value == [1, 3]
    assert past.pods.value == ["P1", "P2"]
    assert past.pods_gone.value == ["P2"]
    assert past.restarts.value == 2
    assert past.reasons.value == ["ScalingReplicaSet"]
    assert past.was_deleted.absent


def test_a_deployment_that_was_deleted_and_made_again_is_another_one() -> None:
    again = (*LIFE, change("Deployment", "D", "web", "DELETED"), change("Deployment", "F", "web", "ADDED", replicas=5))
    assert cluster(*again[:-1]).past("Deployment", "web").was_deleted.value
    past = cluster(*again).past("Deployment", "web")
    assert (past.uid.value, past.replicas.value) == ("F", [5])
    assert past.was_deleted.absent
    assert past.pods.absent


def test_what_was_seen_stands_in_a_gap_and_a_list_of_everything_does_not() -> None:
    past = cluster(*LIFE, gap=(6, 9)).past("Deployment", "web")
    assert past.was_created.value
    for read in ("was_deleted", "replicas", "revisions", "pods"):
        with pytest.raises(NotRecorded):
            getattr(past, read)
    assert cluster(*LIFE, gap=(1, 4)).past("Deployment", "web").replicas.value == [1, 3, 1], "before it was there"


def test_the_past_of_a_secret_is_nobodys_business() -> None:
    with pytest.raises(NotRecorded):
        cluster(*LIFE).past("Secret", "web")
