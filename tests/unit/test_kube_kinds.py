"""Where the API has each kind, and what of an object is kept."""

import pytest

from labrunner.world.kube_kinds import AROUND, KINDS, path, plural, trimmed


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Ingress", "ingresses"),
        ("IngressClass", "ingressclasses"),
        ("NetworkPolicy", "networkpolicies"),
        ("Endpoints", "endpoints"),
        ("EndpointSlice", "endpointslices"),
        ("HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    ],
)
def test_kinds_as_paths_have_them(kind: str, said: str) -> None:
    assert plural(kind) == said


def test_a_path_has_the_group_and_the_namespace() -> None:
    assert path("v1", "Pod", "here") == "/api/v1/namespaces/here/pods"
    assert path("apps/v1", "Deployment") == "/apis/apps/v1/deployments"


def test_no_kind_is_read_twice() -> None:
    assert len({*KINDS, *AROUND}) == len(KINDS) + len(AROUND)


def test_of_a_secret_only_the_names_and_the_certificate_are_kept() -> None:
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"word":"c2VjcmV0"}}', "other": "stays"}
    raw = {
        "metadata": {"managedFields": [1], "annotations": annotations},
        "data": {"tls.crt": "Y2VydA==", "tls.key": "a2V5"},
    }
    kept = trimmed(raw, "v1", "Secret")
    assert kept["data"] == {"tls.crt": "Y2VydA==", "tls.key": None}
    assert kept["metadata"] == {"annotations": {"other": "stays"}}
    assert (kept["kind"], kept["apiVersion"]) == ("Secret", "v1")
