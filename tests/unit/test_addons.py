"""Add-ons of the cluster: what they are made of, where LoadBalancer addresses come from, and that twice is nothing."""

import ipaddress
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labrunner import values
from labrunner.environment import addon_manifest, addons, catalogue, go, shipped
from labrunner.environment.addon_manifest import Source
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.registry import Registry
from labrunner.errors import ClusterDown, LabBroken
from labrunner.lab import ADDONS
from labrunner.narrate import Quiet
from labrunner.process import Completed
from labrunner.world.endpoint import Endpoint
from tests.tiny import tiny

SOURCE = Source(5777, "mine", "172.18.255.239-172.18.255.254")
LABELS = {"labrunner": "mine"}
UPSTREAM = """
apiVersion: v1
kind: Namespace
metadata: {name: metallb-system, labels: {pod-security.kubernetes.io/enforce: privileged}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: addresspools.metallb.io}
spec: {group: metallb.io, conversion: {strategy: Webhook}}
---
apiVersion: v1
kind: Service
metadata: {name: webhook-service}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller}
spec:
  template:
    spec:
      containers:
      - {image: "quay.io/metallb/controller:v0.13.5", args: [--port=7472], readinessProbe: {httpGet: {path: /metrics}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: speaker}
spec:
  template:
    spec:
      tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}]
      containers:
      - {image: "quay.io/metallb/speaker:v0.13.5", args: [--port=7472], readinessProbe: {httpGet: {path: /metrics}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: metallb-webhook-configuration}
"""


def items(text: str) -> dict[str, dict[str, Any]]:
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in json.loads(text)["items"]}


def container(one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = one["spec"]["template"]["spec"]["containers"][0]
    return found


def test_what_a_lab_may_ask_for_is_what_can_be_installed(tmp_path: Path) -> None:
    assert set(ADDONS) == set(addons.KNOWN) == {image.addon for image in catalogue.of_addons()}
    lab = tiny(tmp_path)
    lab.addon("traefik")
    lab.addon("traefik")
    assert lab.addons == ["traefik"]


def test_an_unknown_addon_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(LabBroken, match="no add-on is called 'ingress-nginx'") as broken:
        tiny(tmp_path).addon("ingress-nginx")
    assert "traefik" in broken.value.hint


@pytest.mark.parametrize(
    ("folder", "module", "name"),
    [
        ("metrics-server", "sigs.k8s.io/metrics-server", "metrics-server"),
        ("metallb", "go.universe.tf/metallb", "metallb-controller"),
        ("metallb", "go.universe.tf/metallb", "metallb-speaker"),
        ("traefik", "github.com/traefik/traefik/v3", "traefik"),
    ],
)
def test_what_is_built_is_the_version_that_the_image_says(folder: str, module: str, name: str) -> None:
    version = go.version_of(shipped.path(f"provision/go/{folder}"), module)
    image = catalogue.find(name)
    assert image.reference == f"{name}:{version}"
    assert image.official.endswith(f":{version}")


@pytest.mark.parametrize("name", ADDONS)
def test_every_image_comes_from_the_courses_registry_and_every_object_is_labelled(name: str) -> None:
    for one in items(addon_manifest.rendered(name, SOURCE, LABELS)).values():
        assert one["metadata"]["labels"]["labrunner"] == "mine"
        if one["kind"] == "Deployment":
            assert container(one)["image"].startswith("localhost:5777/")
            assert container(one)["resources"]["limits"]["memory"]
            assert not {"command", "workingDir"} & container(one).keys(), "the official image has another entry point"


def test_the_api_server_is_told_of_metrics_once_somebody_answers() -> None:
    early = items(addon_manifest.rendered("metrics-server", SOURCE, LABELS))
    late = items(addon_manifest.rendered("metrics-server", SOURCE, LABELS, late=True))
    assert list(late) == ["APIService/v1beta1.metrics.k8s.io"]
    assert not early.keys() & late.keys()
    assert not addon_manifest.rendered("traefik", SOURCE, LABELS, late=True)


def test_the_ingress_class_is_everybodys() -> None:
    found = items(addon_manifest.rendered("traefik", SOURCE, LABELS))["IngressClass/traefik"]
    assert found["metadata"]["annotations"]["ingressclass.kubernetes.io/is-default-class"] == "true"


def test_metallb_is_that_of_its_module_without_its_webhooks() -> None:
    found = items(addon_manifest.metallb(UPSTREAM, SOURCE, LABELS))
    assert list(found) == [
        "Namespace/metallb-system",
        "Secret/memberlist",
        "CustomResourceDefinition/addresspools.metallb.io",
        "Deployment/controller",
        "DaemonSet/speaker",
    ]
    assert "conversion" not in found["CustomResourceDefinition/addresspools.metallb.io"]["spec"]
    assert found["Namespace/metallb-system"]["metadata"]["labels"] == {
        "pod-security.kubernetes.io/enforce": "privileged",
        **LABELS,
    }
    controller, speaker = found["Deployment/controller"], found["DaemonSet/speaker"]
    assert container(controller)["image"] == "localhost:5777/metallb-controller:v0.13.5"
    assert container(speaker)["image"] == "localhost:5777/metallb-speaker:v0.13.5"
    assert "--webhook-mode=disabled" in container(controller)["args"]
    assert "nodeSelector" not in speaker["spec"]["template"]["spec"], "an address is answered for on every node"


def test_the_pool_is_in_the_manifest() -> None:
    found = items(addon_manifest.rendered("metallb", SOURCE, LABELS))["IPAddressPool/course"]
    assert found["spec"]["addresses"] == [SOURCE.pool]


@pytest.mark.parametrize(
    ("subnets", "expected"),
    [
        (["172.18.0.0/16"], "172.18.255.239-172.18.255.254"),
        (["fc00::/64", "192.168.32.0/20"], "192.168.47.239-192.168.47.254"),
        (["10.1.2.0/27"], "10.1.2.23-10.1.2.30"),
        (["10.1.2.0/29"], "10.1.2.5-10.1.2.6"),
    ],
)
def test_addresses_are_the_top_of_the_network(subnets: list[str], expected: str) -> None:
    assert addon_manifest.pool(subnets) == expected


@given(st.integers(8, 29), st.integers(0, 2**32 - 1))
def test_addresses_are_hosts_of_the_network_and_leave_most_of_it(prefix: int, address: int) -> None:
    subnet = ipaddress.IPv4Network((address, prefix), strict=False)
    first, last = map(ipaddress.IPv4Address, addon_manifest.pool([str(subnet)]).split("-"))
    assert subnet.network_address < first <= last < subnet.broadcast_address
    assert int(last) - int(first) < max(2, subnet.num_addresses // 4)


@pytest.mark.parametrize("subnets", [[], [""], ["fc00::/64"]])
def test_a_network_without_addresses_is_said_so(subnets: list[str]) -> None:
    with pytest.raises(ClusterDown, match="no IPv4 subnet"):
        addon_manifest.pool(subnets)


def test_each_address_of_the_pool_is_told() -> None:
    assert addon_manifest.addresses("10.0.0.254-10.0.1.1") == ["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1"]


def test_another_port_pool_or_program_is_another_addon() -> None:
    made = addons.made_of("metallb", SOURCE)
    assert made == addons.made_of("metallb", SOURCE)
    assert made != addons.made_of("metallb", Source(5778, "mine", SOURCE.pool))
    assert made != addons.made_of("metallb", Source(5777, "mine", "10.0.0.1-10.0.0.2"))
    assert addons.made_of("traefik", SOURCE) == addons.made_of("traefik", Source(5777, "mine", ""))


class Api:
    """Notes what would be done to a cluster."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, deployments: list[dict[str, Any]]) -> None:
        self.done: list[str] = []
        self.deployments = deployments
        monkeypatch.setattr(addons, "read", self.read)
        monkeypatch.setattr(addons, "kubectl", self.kubectl)
        monkeypatch.setattr(addons.registries, "serve", lambda *_: None)
        monkeypatch.setattr(
            addons.cluster_safety, "namespace", lambda *given: self.done.append(f"namespace {given[2]}")
        )
        monkeypatch.setattr(addons, "answers", lambda *_: True)

    def read(self, *_: object) -> dict[str, Any]:
        self.done.append("read")
        return {"items": self.deployments}

    def kubectl(self, _e: object, _c: object, *args: str, stdin: str = "", **_o: object) -> Completed:
        kinds = [one["kind"] for one in json.loads(stdin)["items"]] if stdin else []
        self.done.append(" ".join([next(arg for arg in args if arg in VERBS), *kinds[-1:]]))
        return Completed((), 0, "", "")


VERBS = ("apply", "rollout", "wait", "annotate")


def deployment(made: str, available: int = 1, name: str = "traefik") -> dict[str, Any]:
    meta = {"name": name, "labels": {addons.ADDON: name}, "annotations": {addons.MADE_OF: made}}
    return {"metadata": meta, "status": {"availableReplicas": available}}


def install(names: list[str]) -> dict[str, str]:
    there = Registry("labrunner-registry-mine", 5777, "labrunner-mine", "", "mine")
    cluster = KindCluster("labrunner-mine", "/nowhere", ports={"80": 40867, "443": 46375})
    return addons.up(Endpoint("unix:///nowhere"), cluster, there, names, Quiet())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))


@pytest.mark.usefixtures("home")
def test_what_is_there_costs_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(monkeypatch, [deployment(addons.made_of("traefik", SOURCE))])
    install(["traefik"])
    assert api.done == ["read"]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("seen", [[], [deployment("older")], [deployment("", 0)]])
def test_what_is_missing_or_older_is_installed_and_marked_at_the_end(
    monkeypatch: pytest.MonkeyPatch, seen: list[dict[str, Any]]
) -> None:
    api = Api(monkeypatch, seen)
    install(["traefik"])
    assert api.done == ["read", "namespace traefik", "apply Deployment", "rollout", "annotate"]


@pytest.mark.usefixtures("home")
def test_no_addon_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(monkeypatch, [])
    install([])
    assert api.done == []


def test_a_lab_is_told_where_ingress_answers(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    where = {"ingress_http": "40867", "ingress_node": "labrunner-mine-control-plane"}
    assert values.of_lab(lab, student="ada", port=5777, told=where).items() >= where.items()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ADDONS)
def test_an_addon_tells_what_a_lab_may_write_in_braces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    lab = tiny(tmp_path)
    lab.addon(name)
    Api(monkeypatch, [deployment(addons.made_of(name, SOURCE), name=name)])
    network = {"IPAM": {"Config": [{"Subnet": "172.18.0.0/16"}]}}
    monkeypatch.setattr(addons, "inspect", lambda *_: network)
    told = install([name])
    assert tuple(told) == lab.told
    assert all(told.values())


def test_shipped_manifests_are_read_as_they_stand() -> None:
    for name in ADDONS:
        for one in yaml.safe_load_all(addon_manifest.own(name)):
            assert {"apiVersion", "kind", "metadata"} <= one.keys()
