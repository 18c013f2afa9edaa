"""Add-ons in the course's cluster: metrics are measured, a LoadBalancer's address and an Ingress answer."""

import json
import time
from typing import Any

import pytest

from labrunner import wait
from labrunner.environment import addons, cluster_safety, cluster_sleep, host
from labrunner.environment import registry as registries
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.environment.images import environment_image
from labrunner.environment.kubectl import kubectl, read
from labrunner.environment.registry import Registry
from labrunner.errors import NotOurs
from labrunner.lab import ADDONS
from labrunner.narrate import Quiet
from labrunner.process import Completed, run
from labrunner.world.endpoint import Endpoint

pytestmark = [pytest.mark.kind, pytest.mark.slow, pytest.mark.timeout(600)]
SPACE = "lr-addons"
SHOP = ("-n", SPACE)
"""A namespace with a Deployment and a Service of type LoadBalancer, all called lr-shop."""


@pytest.fixture(scope="module")
def furnished(endpoint: Endpoint, cluster: KindCluster, course_registry: Registry, narrator: Quiet) -> KindCluster:
    """The session's cluster, with every add-on and a shop in it."""
    addons.up(endpoint, cluster, course_registry, ADDONS, narrator)
    cluster_safety.namespace(endpoint, cluster, SPACE)
    page = f"localhost:{course_registry.port}/web:1"
    registries.serve(["web:1"], course_registry.install, narrator, endpoint)
    kubectl(endpoint, cluster, *SHOP, "create", "deployment", "lr-shop", f"--image={page}", "--replicas=2")
    kubectl(endpoint, cluster, *SHOP, "expose", "deployment", "lr-shop", "--port=80", "--type=LoadBalancer")
    kubectl(endpoint, cluster, *SHOP, "create", "ingress", "lr-shop", "--rule=shop.lr.test/*=lr-shop:80")
    kubectl(endpoint, cluster, *SHOP, "rollout", "status", "deploy/lr-shop", "--timeout=60s", limit=70)
    return cluster


def address(endpoint: Endpoint, cluster: KindCluster) -> str:
    found = read(endpoint, cluster, f"/api/v1/namespaces/{SPACE}/services/lr-shop")
    given = found["status"]["loadBalancer"].get("ingress") or [{}]
    return str(given[0].get("ip", ""))


def shop(cluster: KindCluster, name: str = "shop.lr.test") -> str:
    asked = ["curl", "-sS", "-m", "5", "-H", f"Host: {name}", "-w", " %{http_code}"]
    return run([*asked, f"http://127.0.0.1:{cluster.ports['80']}/"], limit=10).stdout


def test_twice_costs_a_look(
    endpoint: Endpoint, furnished: KindCluster, course_registry: Registry, narrator: Quiet
) -> None:
    said, began = len(narrator.lines), time.monotonic()
    addons.up(endpoint, furnished, course_registry, ADDONS, narrator)
    assert time.monotonic() - began < 2
    assert len(narrator.lines) == said


def test_kubectl_top_answers(endpoint: Endpoint, furnished: KindCluster) -> None:
    done = kubectl(endpoint, furnished, "top", "nodes", "--no-headers")
    assert len(done.stdout.splitlines()) == 3


def test_a_loadbalancer_gets_an_address_that_answers_from_outside(
    endpoint: Endpoint, furnished: KindCluster, narrator: Quiet
) -> None:
    assert wait.until(lambda: address(endpoint, furnished), within=20, every=0.5)
    client = environment_image("client", narrator, endpoint.environ())
    asked = ["curl", "-sS", "-m", "5", "--retry", "10", "--retry-all-errors", f"http://{address(endpoint, furnished)}/"]
    done = host.run_outside(endpoint, asked, client, install=furnished.install, limit=60)
    assert done.stdout.startswith("web 1"), done.stderr


def test_an_ingress_answers_at_a_loopback_port_and_nobody_elses_host_does(furnished: KindCluster) -> None:
    assert wait.until(lambda: shop(furnished).startswith("web 1"), within=20, every=0.5)
    assert shop(furnished, "nobody.lr.test").endswith(" 404")


def test_after_a_long_nap_all_of_it_answers_again(
    endpoint: Endpoint,
    furnished: KindCluster,
    course_registry: Registry,
    narrator: Quiet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The API server asks for metrics at an address that its Pod had, until the cluster is awake."""
    metrics = read(endpoint, furnished, "/api/v1/namespaces/metrics-server/services/metrics-server")
    gone = f"OUTPUT -d {metrics['spec']['clusterIP']} -p tcp -j DNAT --to 10.244.3.250:10250"

    def nat(rule: str) -> None:
        docker(endpoint, "exec", furnished.node("control-plane"), "sh", "-c", f"iptables -t nat {rule}")

    def misled(*args: Any, **more: Any) -> Completed:
        done = docker(*args, **more)
        if args[1] == "start":
            nat(f"-I {gone}")
        return done

    cluster_sleep.stop(endpoint, furnished)
    monkeypatch.setattr(cluster_sleep, "docker", misled)
    cluster_sleep.wake(endpoint, furnished, within=240)
    nat(f"-D {gone}")
    addons.up(endpoint, furnished, course_registry, ADDONS, narrator)
    assert wait.until(lambda: shop(furnished).startswith("web 1"), within=60, every=0.5)
    client = environment_image("client", narrator, endpoint.environ())
    asked = ["curl", "-sS", "-m", "5", "--retry", "10", "--retry-all-errors", f"http://{address(endpoint, furnished)}/"]
    done = host.run_outside(endpoint, asked, client, install=furnished.install, limit=60)
    assert done.stdout.startswith("web 1"), done.stderr
    assert len(kubectl(endpoint, furnished, "top", "nodes", "--no-headers").stdout.splitlines()) == 3


def test_a_learners_namespace_is_not_taken(
    endpoint: Endpoint, furnished: KindCluster, course_registry: Registry, narrator: Quiet
) -> None:
    marked = json.dumps({"metadata": {"annotations": {addons.MADE_OF: "older"}}})
    kubectl(endpoint, furnished, "-n", "traefik", "patch", "deployment", "traefik", "-p", marked)
    kubectl(endpoint, furnished, "label", "namespace", "traefik", "labrunner-")
    with pytest.raises(NotOurs):
        addons.up(endpoint, furnished, course_registry, ["traefik"], narrator)
    kubectl(endpoint, furnished, "label", "namespace", "traefik", f"labrunner={furnished.install}")
    addons.up(endpoint, furnished, course_registry, ["traefik"], narrator)
    cluster_safety.remove_namespace(endpoint, furnished, SPACE)
