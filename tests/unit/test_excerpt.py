"""What is told of an object to those who help: enough to see what is wrong, and no value that somebody put in it."""

from typing import Any

from labrunner.withheld import Withheld
from labrunner.world import excerpt
from labrunner.world.snapshot import Snapshot

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {
        "name": "web",
        "uid": "u",
        "labels": {"app": "web"},
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "hunter2"},
    },
    "spec": {
        "replicas": 2,
        "template": {
            "spec": {
                "containers": [
                    {
                        "name": "web",
                        "image": "web:1",
                        "env": [
                            {"name": "PASSWORD", "value": Withheld("‹withheld›")},
                            {"name": "PLAIN", "value": "hunter2"},
                            {"name": "REF", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                        ],
                    }
                ],
                "volumes": [{"name": "kube-api-access-x"}, {"name": "data", "emptyDir": {}}],
            }
        },
    },
    "status": {"readyReplicas": 0},
}
CONFIG = {"kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"mode": "hunter2"}}


def of_cluster(subject: str) -> dict[str, Any]:
    return excerpt.of(Snapshot(cluster={"namespace": "n", "objects": [DEPLOYMENT, CONFIG]}), subject)


def test_a_manifest_keeps_its_shape_and_loses_its_values() -> None:
    told = of_cluster("Deployment/web")
    (container,) = told["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "web:1"
    assert [one["name"] for one in container["env"]] == ["PASSWORD", "PLAIN", "REF"]
    assert container["env"][2]["valueFrom"]["secretKeyRef"] == {"name": "s", "key": "k"}
    assert told["metadata"] == {"name": "web", "labels": {"app": "web"}}
    assert told["status"] == {"readyReplicas": 0}
    assert "hunter2" not in str(told)
    assert "kube-api-access" not in str(told)


def test_of_data_only_the_keys_are_told() -> None:
    assert of_cluster("ConfigMap/settings")["data"] == {"mode": excerpt.GONE}


def test_what_is_not_there_has_no_excerpt() -> None:
    assert of_cluster("Deployment/other") == {}
    assert excerpt.of(Snapshot(), "container/lr-web") == {}


def test_a_network_tells_only_of_the_labs_containers() -> None:
    attached = {"a": {"Name": "lr-web", "IPv4Address": "172.18.0.2/16"}, "b": {"Name": "diary"}}
    network = {
        "Name": "lr-shop",
        "Driver": "bridge",
        "Internal": True,
        "Containers": attached,
        "IPAM": {"Config": None},
    }
    docker: dict[str, Any] = {"networks": {"n": network}, "containers": {"a": {}}, "images": {}, "volumes": {}}
    told = excerpt.of(Snapshot(docker=docker), "network/lr-shop")
    assert told["Containers"] == {"lr-web": "172.18.0.2/16"}
    assert told["Internal"] is True


def test_an_image_tells_no_name_of_somebody_elses() -> None:
    image = {"RepoTags": ["lr-oldtill:1", "mine/secret-project:2"], "Created": "2026", "Config": {"Env": ["A=hunter2"]}}
    docker: dict[str, Any] = {"images": {"sha256:1": image}}
    told = excerpt.of(Snapshot(docker=docker), "image/lr-oldtill:1")
    assert told["RepoTags"] == ["lr-oldtill:1"]
    assert "hunter2" not in str(told)
