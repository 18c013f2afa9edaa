"""What a Pod refers to and is not there: ConfigMaps, Secrets, their keys, claims and what provides for them."""

import pytest

from labrunner.words import speak
from tests.cluster_objects import (
    Raw,
    ago,
    codes,
    container,
    event,
    first,
    looping,
    pod,
    running,
    status,
    thing,
    unscheduled,
    waiting,
    why,
)

MADE = status(**waiting("ContainerCreating"))
MAP, SECRET = thing("ConfigMap", "paint", data={"colour": "red"}), thing("Secret", "login", data={"password": None})


def wants(*told: Raw, volumes: list[Raw] | None = None, **said: object) -> Raw:
    """Return a Pod whose container says this of itself, and that is just being made."""
    mounts = [{"name": one["name"], "mountPath": "/in"} for one in volumes or []]
    spec = {"containers": [container(**{"volumeMounts": mounts, **said})], "volumes": volumes or []}
    return pod("web-1", *(told or (MADE,)), spec=spec)


def variable(field: str, name: str, key: str, **more: object) -> Raw:
    return wants(env=[{"name": "V", "valueFrom": {field: {"name": name, "key": key, **more}}}])


@pytest.mark.parametrize(
    ("raw", "code", "subject"),
    [
        (wants(envFrom=[{"configMapRef": {"name": "none"}}]), "configmap-absent", "ConfigMap/none"),
        (wants(envFrom=[{"secretRef": {"name": "none"}}]), "secret-absent", "Secret/none"),
        (variable("configMapKeyRef", "none", "k"), "configmap-absent", "ConfigMap/none"),
        (variable("configMapKeyRef", "paint", "color"), "configmap-key-absent", "ConfigMap/paint"),
        (variable("secretKeyRef", "login", "pass"), "secret-key-absent", "Secret/login"),
        (wants(volumes=[{"name": "v", "configMap": {"name": "none"}}]), "configmap-absent", "ConfigMap/none"),
        (wants(volumes=[{"name": "v", "secret": {"secretName": "none"}}]), "secret-absent", "Secret/none"),
        (
            wants(volumes=[{"name": "v", "configMap": {"name": "paint", "items": [{"key": "hue", "path": "h"}]}}]),
            "configmap-key-absent",
            "ConfigMap/paint",
        ),
        (
            wants(volumes=[{"name": "v", "projected": {"sources": [{"secret": {"name": "none"}}]}}]),
            "secret-absent",
            "Secret/none",
        ),
    ],
)
def test_what_is_missing_is_named_and_is_where_the_path_ends(raw: Raw, code: str, subject: str) -> None:
    cause = first(why("Pod/web-1", raw, MAP, SECRET))
    assert (cause.code, cause.subject, cause.path) == (code, subject, ("Pod/web-1", subject))
    assert subject.partition("/")[2] in cause.sentence


@pytest.mark.parametrize(
    "raw",
    [
        variable("configMapKeyRef", "paint", "colour"),
        variable("secretKeyRef", "login", "password"),
        variable("secretKeyRef", "login", "pass", optional=True),
        wants(envFrom=[{"configMapRef": {"name": "none", "optional": True}}]),
        wants(volumes=[{"name": "v", "secret": {"secretName": "none", "optional": True}}]),
        wants(volumes=[{"name": "v", "configMap": {"name": "kube-root-ca.crt"}}]),
        wants(volumes=[{"name": "v", "secret": {"secretName": "none"}}], volumeMounts=[]),
    ],
)
def test_what_is_there_or_may_be_missing_is_nothing_to_say(raw: Raw) -> None:
    raw["status"]["startTime"] = ago(5)
    assert why("Pod/web-1", raw, MAP, SECRET).moving


def test_what_another_namespace_has_is_said() -> None:
    raw = wants(envFrom=[{"configMapRef": {"name": "paints"}}])
    cause = first(why("Pod/web-1", raw, MAP, elsewhere={"ConfigMap/paints": ["other"]}))
    assert cause.code == "configmap-absent"
    assert "(namespace other has one)" in cause.sentence


def test_a_key_that_was_meant_is_offered_else_the_keys_that_there_are() -> None:
    assert "colour?" in first(why("Pod/web-1", variable("configMapKeyRef", "paint", "color"), MAP)).sentence
    assert "its keys: colour" in first(why("Pod/web-1", variable("configMapKeyRef", "paint", "zzz"), MAP)).sentence


def test_a_secret_whose_keys_are_not_recorded_is_not_accused_but_the_kubelet_is_heard() -> None:
    bare = thing("Secret", "login")
    raw = variable("secretKeyRef", "login", "pass")
    raw["status"]["startTime"] = ago(5)
    assert why("Pod/web-1", raw, bare).moving
    said = "couldn't find key pass in Secret lab/login"
    raw["status"]["containerStatuses"] = [status(**waiting("CreateContainerConfigError", said))]
    assert codes(why("Pod/web-1", raw, bare)) == ["secret-key-absent"]


def test_what_was_not_listed_is_told_by_the_kubelet_alone() -> None:
    said = 'configmap "none" not found'
    raw = wants(status(**waiting("CreateContainerConfigError", said)), envFrom=[{"configMapRef": {"name": "none"}}])
    cause = first(why("Pod/web-1", raw, kinds=["Pod"]))
    assert (cause.code, cause.words) == ("configmap-absent", (said,))


def test_what_came_meanwhile_is_on_its_way() -> None:
    raw = wants(
        status(**waiting("CreateContainerConfigError", 'configmap "paint" not found')),
        envFrom=[{"configMapRef": {"name": "paint"}}],
    )
    found = why("Pod/web-1", raw, MAP)
    assert "paint" in found.moving
    assert not found.causes


def test_a_config_error_of_another_kind_is_told_in_its_words() -> None:
    error = "CreateContainerConfigError"
    root = wants(status(**waiting(error, "container has runAsNonRoot and image will run as root")))
    assert codes(why("Pod/web-1", root)) == ["runs-as-root"]
    other = wants(status(**waiting(error, "failed to prepare subPath for volumeMount")))
    assert codes(why("Pod/web-1", other)) == ["container-not-created"]
    assert "subPath" in first(why("Pod/web-1", other)).words[0]


def test_the_kubelets_words_are_the_causes() -> None:
    raw = wants(volumes=[{"name": "v", "secret": {"secretName": "token"}}])
    mount = event(raw, "FailedMount", 'MountVolume.SetUp failed for volume "v" : secret "token" not found')
    assert "MountVolume.SetUp failed" in first(why("Pod/web-1", raw, mount)).words[0]


def test_what_runs_needed_nothing_that_has_gone_since() -> None:
    raw = pod(
        "web-1",
        running(ready=True),
        spec={"containers": [container(envFrom=[{"configMapRef": {"name": "none"}}])]},
        conditions={"Ready": "True"},
    )
    assert why("Pod/web-1", raw).healthy


def test_an_init_that_fails_comes_before_what_the_others_lack() -> None:
    spec = {
        "initContainers": [container("prepare")],
        "containers": [container(envFrom=[{"configMapRef": {"name": "none"}}])],
    }
    init = looping(4) | {"name": "prepare"}
    raw = pod("web-1", status(**waiting("PodInitializing")), spec=spec, inits=[init])
    assert codes(why("Pod/web-1", raw)) == ["init-failing", "configmap-absent"]


def test_what_two_containers_lack_alike_is_told_once() -> None:
    source = [{"configMapRef": {"name": "none"}}]
    spec = {"containers": [container("a", envFrom=source), container("b", envFrom=source)]}
    assert codes(why("Pod/web-1", pod("web-1", spec=spec))) == ["configmap-absent"]


def claim(name: str = "data", storage: str | None = "fast", *, phase: str = "Pending", age: float = 300) -> Raw:
    spec = {} if storage is None else {"storageClassName": storage}
    return thing(
        "PersistentVolumeClaim", name, metadata={"creationTimestamp": ago(age)}, spec=spec, status={"phase": phase}
    )


def storage_class(name: str = "fast", provisioner: str = "example.com/disk", mode: str = "Immediate") -> Raw:
    return thing("StorageClass", name, provisioner=provisioner, volumeBindingMode=mode)


USES = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}
LATE = storage_class(mode="WaitForFirstConsumer")
NO_PROVISIONER = storage_class(provisioner="kubernetes.io/no-provisioner", mode="WaitForFirstConsumer")


def test_a_claim_that_is_bound_is_healthy() -> None:
    assert why("PersistentVolumeClaim/data", claim(phase="Bound")).healthy


@pytest.mark.parametrize(
    ("raw", "around", "said"),
    [
        (claim(storage="none"), [LATE], "no StorageClass none"),
        (claim(storage=None), [LATE], "names no StorageClass"),
        (claim(), [LATE], "waits for the first Pod"),
    ],
)
def test_a_claim_says_what_it_waits_for(raw: Raw, around: list[Raw], said: str) -> None:
    cause = first(why("PersistentVolumeClaim/data", raw, around=around))
    assert cause.code == "claim-pending"
    assert said in cause.sentence


def test_a_class_that_makes_no_volumes_is_told() -> None:
    found = why("PersistentVolumeClaim/data", claim(), pod("web-1", spec=USES), around=[NO_PROVISIONER])
    assert "makes no volumes" in first(found).sentence


def test_a_claim_that_is_being_provided_for_is_on_its_way_and_a_failure_is_told() -> None:
    raw, around = claim(age=5), [storage_class()]
    waits = event(raw, "ExternalProvisioning", "Waiting for a volume to be created by example.com/disk")
    assert why("PersistentVolumeClaim/data", raw, waits, around=around).moving
    failed = event(raw, "ProvisioningFailed", "failed to provision volume: quota", before=1)
    assert "quota" in first(why("PersistentVolumeClaim/data", raw, waits, failed, around=around)).sentence
    old = claim(age=600)
    still = event(old, "ExternalProvisioning", "Waiting for a volume to be created by example.com/disk")
    assert "example.com/disk" in first(why("PersistentVolumeClaim/data", old, still, around=around)).sentence


def test_a_claim_that_lost_its_volume_says_so() -> None:
    assert codes(why("PersistentVolumeClaim/data", claim(phase="Lost"))) == ["claim-lost"]


def test_a_pod_leads_to_its_claim_and_the_claim_to_its_class() -> None:
    raw = unscheduled(
        "web-1",
        "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
        spec={**USES, "containers": [container()]},
    )
    cause = first(why("Pod/web-1", raw, claim(storage="none"), around=[LATE]))
    assert (cause.code, cause.path) == ("claim-pending", ("Pod/web-1", "PersistentVolumeClaim/data"))


@pytest.mark.parametrize(
    ("phase", "broken"),
    [
        ("Bound", []),
        ("Available", []),
        ("Released", ["volume-released"]),
        ("Failed", ["volume-failed"]),
        ("Pending", []),
    ],
)
def test_a_volume_is_as_its_phase_says(phase: str, broken: list[str]) -> None:
    raw = thing("PersistentVolume", "pv-1", spec={"claimRef": {"name": "data"}}, status={"phase": phase})
    found = why("PersistentVolume/pv-1", around=[raw])
    assert codes(found) == broken
    assert found.known
    assert all(cause.see == "kubectl get pv pv-1" for cause in found.causes)


def test_in_chinese_too() -> None:
    speak("zh")
    cause = first(why("Pod/web-1", variable("configMapKeyRef", "paint", "color"), MAP))
    assert "没有键 color" in cause.sentence
