"""Why an image is not on its node: what the kubelet says, and what the nodes have instead."""

import pytest

from labrunner.why.pod_image import normal, registry_of
from labrunner.words import speak
from tests.cluster_objects import Raw, codes, container, event, first, node, pod, running, status, waiting, why

HERE = "localhost:5000"
GONE = "rpc error: code = NotFound desc = failed to pull and unpack image: failed to resolve image: {}: not found"
MANY = 'failed to resolve reference "docker.io/library/x:1": toomanyrequests: You have reached your pull rate limit'
DENIED = (
    "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope"
)


def pulling(image: str, message: str, reason: str = "ImagePullBackOff", **spec: object) -> Raw:
    told = status(**waiting(reason, message))
    return pod("web-1", told, spec={"containers": [container() | {"image": image}], **spec})


def test_a_tag_that_is_absent_is_told_with_the_tags_that_the_nodes_have() -> None:
    cause = first(why("Pod/web-1", pulling(f"{HERE}/web:9", GONE.format(f"{HERE}/web:9"))))
    assert cause.code == "image-tag-absent"
    assert "no tag 9" in cause.sentence
    assert f"{HERE}/web:1" in cause.sentence


def test_a_tag_that_nobody_wrote_is_told() -> None:
    cause = first(why("Pod/web-1", pulling(f"{HERE}/web", GONE.format(f"{HERE}/web:latest"))))
    assert cause.code == "image-tag-absent"
    assert "without a tag" in cause.sentence


def test_a_name_near_to_one_that_the_nodes_have_is_offered() -> None:
    cause = first(why("Pod/web-1", pulling(f"{HERE}/wep:1", GONE.format(f"{HERE}/wep:1"))))
    assert cause.code == "image-name-wrong"
    assert f"{HERE}/web meant" in cause.sentence


def test_a_name_of_another_registry_is_no_near_name() -> None:
    found = why("Pod/web-1", pulling("example.com/wep:1", GONE.format("example.com/wep:1")))
    assert codes(found) == ["image-absent"]


def test_what_containers_run_is_known_too() -> None:
    other = pod("other", running(ready=True) | {"image": f"{HERE}/shop:2"}, conditions={"Ready": "True"})
    found = why("Pod/web-1", pulling(f"{HERE}/shop:3", GONE.format(f"{HERE}/shop:3")), other, around=[])
    assert codes(found) == ["image-tag-absent"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("unexpected status from HEAD request to http://x/v2/: 403 Forbidden", "pull-refused"),
        ("failed to authorize: failed to fetch anonymous token: 401 Unauthorized", "pull-refused"),
        (MANY, "pull-refused"),
        (DENIED, "pull-refused"),
        ('Head "https://x/v2/": dial tcp 127.0.0.1:1: connect: connection refused', "registry-unreachable"),
        ("dial tcp: lookup registry.example on 10.0.0.1:53: no such host", "registry-unreachable"),
        ("net/http: TLS handshake timeout", "registry-unreachable"),
        ("http: server gave HTTP response to HTTPS client", "registry-unreachable"),
        ("failed to unpack: no match for platform in manifest: not found", "image-wrong-platform"),
        ("manifest unknown: manifest unknown", "image-absent"),
        ("the moon is in the wrong phase", "pull-failed"),
    ],
)
def test_what_the_kubelet_says_is_told_apart(message: str, code: str) -> None:
    for reason in ("ErrImagePull", "ImagePullBackOff"):
        cause = first(why("Pod/web-1", pulling("x:1", message, reason)))
        assert cause.code == code
        assert message in cause.words[0]
        assert "x:1" in cause.sentence


def test_while_it_waits_the_last_failed_pull_is_what_counts() -> None:
    raw = pulling("x:1", 'Back-off pulling image "x:1"')
    failed = event(raw, "Failed", 'Failed to pull image "x:1": unexpected status: 403 Forbidden', of="main")
    other = event(raw, "Failed", 'Failed to pull image "y:1": connection refused', of="side", before=1)
    error = event(raw, "Failed", "Error: ImagePullBackOff", of="main", before=0)
    assert codes(why("Pod/web-1", raw, failed, other, error)) == ["pull-refused"]


def test_a_login_that_is_missing_stands_behind_the_refusal() -> None:
    raw = pulling("x:1", "401 Unauthorized", imagePullSecrets=[{"name": "login"}])
    assert codes(why("Pod/web-1", raw)) == ["pull-refused", "secret-absent"]


@pytest.mark.parametrize(
    ("reason", "code"), [("InvalidImageName", "image-name-wrong"), ("ErrImageNeverPull", "image-not-on-node")]
)
def test_what_is_not_pulled_at_all(reason: str, code: str) -> None:
    assert codes(why("Pod/web-1", pulling("X:1", "as it is", reason))) == [code]


@pytest.mark.parametrize(
    ("written", "whole", "registry"),
    [
        ("redis", "docker.io/library/redis:latest", "docker.io"),
        ("redis:7.0", "docker.io/library/redis:7.0", "docker.io"),
        ("me/app", "docker.io/me/app:latest", "docker.io"),
        (f"{HERE}/web", f"{HERE}/web:latest", HERE),
        ("localhost/web:1", "localhost/web:1", "localhost"),
        ("example.com/a/b:1", "example.com/a/b:1", "example.com"),
    ],
)
def test_references_are_made_whole(written: str, whole: str, registry: str) -> None:
    assert normal(written) == whole
    assert registry_of(written) == registry


def test_in_chinese_too() -> None:
    speak("zh")
    cause = first(why("Pod/web-1", pulling(f"{HERE}/web:9", GONE.format(f"{HERE}/web:9")), around=[node("n1")]))
    assert "没有标签 9" in cause.sentence
