"""The walkers of Docker over small raw objects: what they name, and what they leave alone."""

from typing import Any

import pytest

from labrunner.facts import Fact
from labrunner.lab import Image, Probe
from labrunner.why import Diagnosis, explain
from labrunner.why.docker_ending import signals
from labrunner.why.docker_scene import nearest
from labrunner.why.fact import explain_fact
from labrunner.why.probe import explain_probe
from labrunner.world import Docker, Snapshot

Raw = dict[str, Any]
WEB = "localhost:5777/web:1"
TAKEN = "2026-01-01T00:01:00.000+00:00"


def container(name: str, status: str = "running", code: int = 0, **more: Any) -> Raw:
    """Return a container as the engine tells it, by what differs from a healthy one."""
    state = {"Status": status, "ExitCode": code, "Error": "", "OOMKilled": False, "StartedAt": "2026-01-01T00:00:00Z"}
    networks = {network: {"Aliases": [], "IPAddress": ""} for network in more.get("networks", ["bridge"])}
    return {
        "Id": f"id-of-{name}",
        "Name": f"/{name}",
        "Image": "sha256:1",
        "RestartCount": more.get("restarts", 0),
        "Config": {"Image": WEB, "ExposedPorts": more.get("exposed", {})},
        "State": {**state, **more.get("state", {})},
        "HostConfig": {"PortBindings": more.get("bindings", {}), "NetworkMode": more.get("mode", "default")},
        "NetworkSettings": {"Networks": networks, "Ports": more.get("ports", {})},
        "Mounts": [],
    }


def seen(*containers: Raw, log: tuple[Raw, ...] = (), complete: bool = True, **docker: Any) -> Snapshot:
    """Return a snapshot of these containers, and of what else is given."""
    found = {"networks": {}, "volumes": {}, "images": {}, **docker}
    held = {raw["Id"]: raw for raw in containers}
    return Snapshot(docker={"containers": held, **found}, log=log, complete=complete, taken=TAKEN)


def network(name: str, *, internal: bool = False) -> dict[str, Raw]:
    return {f"id-of-{name}": {"Id": f"id-of-{name}", "Name": name, "Internal": internal, "Driver": "bridge"}}


def event(action: str, name: str = "lr-a", **attributes: str) -> Raw:
    return {"type": "container", "action": action, "id": f"id-of-{name}", "name": name, "attributes": attributes}


def codes(told: Diagnosis) -> list[str]:
    return [cause.code for cause in told.causes]


def test_a_container_that_runs_is_healthy() -> None:
    told = explain(seen(container("lr-a")), "container/lr-a")
    assert told.healthy
    assert not told.causes
    assert "State.Status: running" in told.saw


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (container("lr-a", "created"), "created-not-started"),
        (container("lr-a", "paused"), "paused"),
        (container("lr-a", "exited", 0), "finished"),
        (container("lr-a", "exited", 1), "crashed"),
        (container("lr-a", "exited", 139), "crashed"),
        (container("lr-a", "exited", 255), "crashed"),
        (container("lr-a", "exited", 126), "command-not-executable"),
        (container("lr-a", "exited", 127), "command-not-found"),
        (container("lr-a", "exited", 137), "stopped-by-signal"),
        (container("lr-a", "exited", 143), "stopped-by-signal"),
        (container("lr-a", "exited", 137, state={"OOMKilled": True}), "out-of-memory"),
        (container("lr-a", state={"Health": {"Status": "unhealthy", "FailingStreak": 3, "Log": []}}), "unhealthy"),
    ],
)
def test_a_state_has_its_code(raw: Raw, code: str) -> None:
    assert codes(explain(seen(raw), "container/lr-a")) == [code]


def test_what_moves_is_neither_healthy_nor_broken() -> None:
    for raw in (container("lr-a", "removing"), container("lr-a", state={"Health": {"Status": "starting"}})):
        told = explain(seen(raw), "container/lr-a")
        assert told.moving
        assert not told.healthy
        assert not told.causes


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ('OCI runtime create failed: exec: "nosuch": executable file not found in $PATH: unknown', "command-not-found"),
        ('OCI runtime create failed: exec: "/x": stat /x: no such file or directory: unknown', "command-not-found"),
        ('starting container process caused: exec: "/etc": permission denied: unknown', "command-not-executable"),
        ('exec: "/etc": is a directory: permission denied', "command-not-executable"),
        ("exec /run.sh: exec format error", "command-not-executable"),
        ("driver failed (12ab): Bind for 0.0.0.0:8080 failed: port is already allocated", "port-taken"),
        ("starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use", "port-taken"),
        ("failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use", "port-taken"),
        ("failed to bind host port 0.0.0.0:8080/tcp: address already in use", "port-taken"),
        ("network lr-nosuch not found", "network-absent"),
    ],
)
def test_what_the_daemon_said_of_a_start_has_its_code(error: str, code: str) -> None:
    for status in ("created", "exited"):
        told = explain(seen(container("lr-a", status, 128, state={"Error": error})), "container/lr-a")
        assert codes(told) == [code]
        assert told.causes[0].words == (error,)


def test_what_the_daemon_said_and_nobody_knows_is_told_and_not_guessed() -> None:
    error = 'error mounting "/x" to rootfs: not a directory'
    told = explain(seen(container("lr-a", "created", 127, state={"Error": error})), "container/lr-a")
    assert not told.known
    assert f"State.Error: {error}" in told.saw


def test_who_holds_the_port_is_named_with_its_container() -> None:
    error = "Bind for 0.0.0.0:8080 failed: port is already allocated"
    late = container("lr-late", "created", 128, state={"Error": error})
    holder = container("lr-holder", ports={"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]})  # noqa: S104
    (cause,) = explain(seen(late, holder), "container/lr-late").causes
    assert "lr-holder" in cause.sentence
    assert cause.path == ("container/lr-late", "container/lr-holder")
    (cause,) = explain(seen(late, holders={"8080": "db"}), "container/lr-late").causes
    assert "container db" in cause.sentence


def test_a_stop_by_docker_is_told_from_a_signal_of_somebody_else() -> None:
    stopped = [event("start"), event("kill", signal="15"), event("die", exitCode="143"), event("stop")]
    assert signals(stopped) == (15,)
    newer = [event("start"), event("kill", signal="15"), event("stop"), event("die", exitCode="1")]
    assert signals(newer) == (15,)
    assert signals([event("start"), event("die", exitCode="137")]) == ()
    assert signals([event("die", exitCode="137")]) is None
    reloaded = [event("start"), event("kill", signal="1"), event("die", exitCode="3")]
    assert signals(reloaded) == (), "told to reload, and crashed later"
    again = [*stopped, event("start"), event("die", exitCode="2")]
    assert signals(again) == ()


def test_that_no_command_sent_a_signal_is_only_said_where_the_log_has_no_gap() -> None:
    raw, log = container("lr-a", "exited", 137), (event("start"), event("die", exitCode="137"))
    assert "no docker command" in explain(seen(raw, log=log), "container/lr-a").causes[0].sentence
    assert "docker" not in explain(seen(raw, log=log, complete=False), "container/lr-a").causes[0].sentence


def test_between_two_crashes_a_container_is_in_its_loop() -> None:
    fresh = container("lr-a", restarts=3, state={"StartedAt": "2026-01-01T00:00:58.5Z"})
    log = (event("die", exitCode="7"),)
    assert codes(explain(seen(fresh, log=log), "container/lr-a")) == ["restart-loop", "crashed"]
    assert codes(explain(seen(fresh), "container/lr-a")) == ["restart-loop"]
    settled = container("lr-a", restarts=3, state={"StartedAt": "2026-01-01T00:00:00Z"})
    assert explain(seen(settled), "container/lr-a").healthy


def test_a_name_that_nobody_bears_names_its_neighbour_or_its_end() -> None:
    assert "but there is web" in explain(seen(container("web")), "container/lr-web").causes[0].sentence
    assert "but" not in explain(seen(container("till")), "container/lr-web").causes[0].sentence
    log = (event("start"), event("kill", signal="9"), event("die", exitCode="137"), event("destroy"))
    assert codes(explain(seen(log=log), "container/lr-a")) == ["container-absent"]
    log = (event("start"), event("die", exitCode="1"), event("destroy"))
    assert codes(explain(seen(log=log), "container/lr-a")) == ["crashed", "container-absent"]


def test_what_a_scope_leaves_out_is_not_said_to_be_absent() -> None:
    scoped = Snapshot(docker=seen().docker, scope={"names": "lr-", "prefix": "localhost:5777/"})
    for subject in ("container/web", "network/shop", "volume/data", "image/redis:7.0"):
        told = explain(scoped, subject)
        assert not told.known
        assert "not looked for" in told.saw[0]
    assert codes(explain(scoped, "container/lr-web")) == ["container-absent"]
    assert not explain(Snapshot(), "container/lr-web").known


@pytest.mark.parametrize(
    ("name", "others", "near"),
    [
        ("lr-web", ["web"], "web"),
        ("lr-web", ["my-web"], "my-web"),
        ("web", ["lr-web"], "lr-web"),
        ("lr-laundry", ["lr-store", "lr-lanudry"], "lr-lanudry"),
        ("lr-web", ["lr-db", "lr-till"], ""),
        ("lr-web", ["lr-web"], ""),
    ],
)
def test_a_near_name_is_a_slip_or_another_prefix(name: str, others: list[str], near: str) -> None:
    assert nearest(name, others) == near


@pytest.mark.parametrize(
    ("registry", "code"),
    [
        ({"tags": ["1", "2"]}, "image-absent"),
        ({"tags": ["2"]}, "image-tag-absent"),
        ({"repositories": ["wep"]}, "image-name-wrong"),
        ({"refused": "HTTP 401"}, "pull-refused"),
        ({"silent": "Connection refused"}, "registry-unreachable"),
    ],
)
def test_an_image_that_is_not_here_is_explained_by_its_registry(registry: Raw, code: str) -> None:
    assert codes(explain(seen(registry={"localhost:5777/web": registry}), f"image/{WEB}")) == [code]


def test_an_image_that_is_not_here_is_explained_by_the_machine_where_no_registry_was_asked() -> None:
    images = {"sha256:2": {"Id": "sha256:2", "RepoTags": ["localhost:5777/web:2"]}}
    (cause,) = explain(seen(images=images), f"image/{WEB}").causes
    assert (cause.code, cause.words) == ("image-tag-absent", ("localhost:5777/web:2",))
    assert "this machine" in cause.sentence
    assert codes(explain(seen(), f"image/{WEB}")) == ["image-absent"]
    for wanted, near in (("web", "but there is"), ("wbe:1", "but there is"), ("alpine", "is not on this machine")):
        sentence = explain(seen(images=images), f"image/{wanted}").causes[0].sentence
        assert near in sentence
        assert ("but" in sentence) == ("but" in near)
    assert explain(seen(images=images), "image/localhost:5777/web:2").healthy


def test_an_image_is_known_by_its_digest_and_by_the_beginning_of_its_id() -> None:
    digest = f"localhost:5777/web@sha256:{'a' * 64}"
    images = {"sha256:beef12345678": {"Id": "sha256:beef12345678", "RepoTags": [WEB], "RepoDigests": [digest]}}
    for reference in (WEB, digest, "beef1234", "sha256:beef12345678"):
        assert explain(seen(images=images), f"image/{reference}").healthy, reference
    other = f"localhost:5777/web@sha256:{'b' * 64}"
    for registry in ({}, {"registry": {"localhost:5777/web": {"tags": ["1"]}}}):
        (cause,) = explain(seen(images=images, **registry), f"image/{other}").causes
        assert cause.code == "image-absent"


def deaf(*ports: int, loopback: tuple[int, ...] = (), **more: Any) -> Snapshot:
    raw = container("lr-a", ports={"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}, **more)
    return seen(raw, listening={raw["Id"]: list(ports)}, loopback={raw["Id"]: list(loopback)})


def test_a_published_port_needs_somebody_behind_it() -> None:
    assert explain(deaf(80), "container/lr-a").healthy
    assert codes(explain(deaf(81), "container/lr-a")) == ["nobody-listens"]
    assert codes(explain(deaf(loopback=(80,)), "container/lr-a")) == ["listens-on-loopback"]
    assert explain(deaf(81, mode="host"), "container/lr-a").healthy, "there the whole host listens"


def test_who_listens_is_not_guessed() -> None:
    raw = container("lr-a", ports={"80/tcp": [{"HostIp": "", "HostPort": "8080"}]})
    assert explain(seen(raw), "container/lr-a").healthy


def test_an_internal_network_is_only_broken_where_somebody_publishes_on_it() -> None:
    bindings = {"80/tcp": [{"HostIp": "", "HostPort": "8081"}]}
    for ports in ({}, {"80/tcp": None}):  # Engine 20.10, Engine 29
        raw = container("lr-a", networks=["lr-in"], bindings=bindings, ports=ports, mode="lr-in")
        inside = seen(raw, networks=network("lr-in", internal=True))
        assert codes(explain(inside, "container/lr-a")) == ["network-internal"]
        assert codes(explain(inside, "network/lr-in")) == ["network-internal"]
    assert explain(seen(container("lr-b", networks=["lr-in"]), networks=network("lr-in", internal=True)),
                   "network/lr-in").healthy  # fmt: skip


REDIS = Image("redis", "redis:7.0")
PING = "redis-cli -h lr-store ping"


def asked(snapshot: Snapshot, command: str, *, inside: str = "", on: str = "", host: bool = False) -> list[str]:
    at: Any = "host" if host else "inside" if inside else "network"
    return codes(explain_probe(snapshot, Probe(command, at, inside or on, None, 5, "", "it"), {}))


def test_a_probe_on_a_network_is_walked_to_whom_it_asks() -> None:
    shop = network("lr-shop")
    assert asked(seen(), PING, on="lr-shop") == ["network-absent", "container-absent"]
    assert asked(seen(networks=shop), PING, on="lr-shop") == ["container-absent"]
    assert asked(seen(container("lr-store"), networks=shop), PING, on="lr-shop") == ["not-on-network"]
    assert asked(seen(container("lr-store")), PING, on="") == ["default-bridge-has-no-names"]
    there = container("lr-store", networks=["lr-shop"])
    assert asked(seen(there, networks=shop), PING, on="lr-shop") == []
    known = seen(there, networks=shop, listening={there["Id"]: [6380]})
    assert asked(known, PING, on="lr-shop") == ["nobody-listens"]
    gone = container("lr-store", "exited", 1)
    assert asked(seen(gone, networks=shop), PING, on="lr-shop") == ["crashed", "not-on-network"]


def test_a_probe_inside_a_container_begins_with_that_container() -> None:
    store = container("lr-store", networks=["lr-shop"])
    assert asked(seen(store), PING, inside="lr-desk") == ["container-absent"]
    ended = container("lr-desk", "exited", 1, networks=["lr-shop"])
    assert asked(seen(store, ended), PING, inside="lr-desk") == ["crashed"]
    assert asked(seen(store, container("lr-desk")), PING, inside="lr-desk") == ["not-on-network"]
    shared = container("lr-desk", networks=[], mode="container:id-of-lr-store")
    assert asked(seen(store, shared), PING, inside="lr-desk") == []
    itself = seen(store, listening={store["Id"]: [6379]}, loopback={store["Id"]: [7000]})
    assert asked(itself, "redis-cli -p 6380 ping", inside="lr-store") == ["nobody-listens"]
    assert asked(itself, "redis-cli -p 7000 ping", inside="lr-store") == []


def test_an_alias_and_an_address_mean_the_container_that_has_them() -> None:
    store = container("lr-store", networks=["lr-shop"])
    store["NetworkSettings"]["Networks"]["lr-shop"] |= {"Aliases": ["db"], "IPAddress": "172.18.0.2"}
    world = seen(store, networks=network("lr-shop"), listening={store["Id"]: [6379]})
    for host in ("db", "172.18.0.2"):
        assert asked(world, f"redis-cli -h {host} -p 6380 ping", on="lr-shop") == ["nobody-listens"]
        assert asked(world, f"redis-cli -h {host} ping", on="lr-shop") == []
    assert asked(world, "curl http://example.com/", on="lr-shop") == []
    assert asked(seen(networks=network("lr-in", internal=True)), "curl http://example.com/", on="lr-in") == [
        "network-internal"
    ]


def test_a_probe_at_the_host_finds_who_publishes_its_port() -> None:
    here = {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}  # noqa: S104 - as the engine tells it
    bound = {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}
    ask = "curl -sS http://localhost:8080/"
    raw = container("lr-web", ports=here, bindings=bound)
    assert asked(seen(raw, listening={raw["Id"]: [81]}), ask, host=True) == ["nobody-listens"]
    assert asked(seen(raw, listening={raw["Id"]: [80]}), ask, host=True) == []
    assert asked(seen(raw), "curl http://localhost:9090", host=True) == ["port-published-elsewhere"]
    exposing = container("lr-web", exposed={"80/tcp": {}})
    assert asked(seen(exposing), ask, host=True) == ["port-not-published"]
    assert asked(seen(container("lr-web", "exited", 1, bindings=bound)), ask, host=True) == ["crashed"]
    assert asked(seen(), ask, host=True) == []


def fact(value: Any, source: str, subject: str) -> Fact[Any]:
    return Fact(value, source, "", "" if value is not None else "absent", subject)


def test_what_became_of_a_container_does_not_explain_how_it_was_made() -> None:
    world = seen(container("lr-a", "exited", 1))
    wrong_image = Docker(world).container("lr-a").image
    assert not explain_fact(world, wrong_image, {}, {}).causes
    assert codes(explain_fact(world, Docker(world).container("lr-a").is_running, {}, {})) == ["crashed"]
    assert codes(explain_fact(world, Docker(world).container("lr-b").image, {}, {})) == ["container-absent"]


def test_a_walk_that_breaks_leaves_the_verdict_as_it_is() -> None:
    world = seen({"Id": "1", "Name": "/lr-a", "State": {"Status": "exited"}})
    told = explain_fact(world, Docker(world).container("lr-a").status, {}, {})
    assert not told.known
    assert "KeyError" in told.saw[0]


def test_a_fact_of_the_past_is_explained_by_its_own_kind_of_end() -> None:
    log = (event("create"), event("start"), event("kill", signal="15"), event("die", exitCode="143"), event("stop"))
    world = seen(container("lr-a", "exited", 143), log=log)
    past = Docker(world).past("lr-a")
    assert codes(explain_fact(world, past.was_removed, {}, {})) == ["not-removed"]
    assert codes(explain_fact(world, past.exit_code, {}, {})) == ["stopped-by-signal"]
    assert codes(explain_fact(world, past.was_paused, {}, {})) == []
    renamed = seen({**container("lr-a", "exited", 143), "Name": "/lr-away"}, log=log)
    assert codes(explain_fact(renamed, Docker(renamed).past("lr-a").was_removed, {}, {})) == ["only-renamed"]


def test_that_a_network_is_internal_explains_only_that_it_is() -> None:
    world = seen(networks=network("lr-in", internal=True))
    shop = Docker(world).network("lr-in")
    assert codes(explain_fact(world, shop.internal, {}, {})) == ["network-internal"]
    assert not explain_fact(world, shop.driver, {}, {}).causes


def test_a_fact_that_a_probe_heard_is_walked_from_the_probe() -> None:
    world = seen(container("lr-store"), networks=network("lr-shop"))
    echo = Probe(PING, "network", "lr-shop", REDIS, 5, "by-name", "echo")
    heard = fact("", "probe echo, stdout", "")
    told = explain_fact(world, heard, {"echo": echo}, {})
    assert (told.subject, codes(told)) == ("probe/echo", ["not-on-network"])
    without = explain_fact(world, heard, {"echo": echo}, {"redis": "localhost:5777/redis:7.0"})
    assert codes(without) == ["image-absent", "not-on-network"]


def test_what_is_wanted_of_a_clusters_object_is_not_explained_by_its_pods() -> None:
    wanted = fact(1, "Deployment web, spec.replicas", "Deployment/web")
    assert not explain_fact(Snapshot(), wanted, {}, {}).causes


def test_a_probe_of_the_clusters_hands_on_to_the_service_or_the_rule_that_it_means() -> None:
    service = {
        "kind": "Service",
        "metadata": {"name": "lr-web", "namespace": "lab-x", "uid": "1"},
        "spec": {"ports": [{"port": 80}], "selector": {"app": "lr-web"}, "clusterIP": "10.96.0.1"},
        "status": {},
    }
    kinds = ["Service", "Pod", "Ingress", "EndpointSlice", "Deployment"]
    world = Snapshot(cluster={"namespace": "lab-x", "kinds": kinds, "objects": [service], "around": []})

    def told(command: str, at: Any) -> Diagnosis:
        return explain_probe(world, Probe(command, at, "", None, 5, "", "it"), {"namespace": "lab-x"})

    found = told("curl -sS http://lr-web.{namespace}:81/", "cluster")
    assert codes(found)[0] == "service-port-absent"
    assert found.causes[0].path[:1] == ("probe/it",)
    assert codes(told("curl -sS http://lr-wbe.{namespace}/", "cluster")) == ["object-absent"]
    assert codes(told("curl -sS -H 'Host: shop.example' http://172.18.0.9/", "outside")) == ["object-absent"]
    assert not told("curl -sS http://lr-web.elsewhere/", "cluster").causes
