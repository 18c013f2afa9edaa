"""What people type about an object is understood as kubectl and docker would."""

import pytest

from labrunner.errors import UsageError
from labrunner.why.explain import walks
from labrunner.why.kinds import CLUSTER, DOCKER, Target, names, target


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("container/lr-web", Target("container", "lr-web")),
        ("Containers/lr-web", Target("container", "lr-web")),
        ("image/localhost:5777/web:1", Target("image", "localhost:5777/web:1")),
        ("deploy/web", Target("Deployment", "web")),
        ("deployments.apps/web", Target("Deployment", "web")),
        ("SVC/web", Target("Service", "web")),
        ("po/web-1", Target("Pod", "web-1")),
        ("hpa/web", Target("HorizontalPodAutoscaler", "web")),
        ("ns/x", Target("Namespace", "x")),
        ("http://shop.example/cart", Target("URL", "http://shop.example/cart")),
    ],
)
def test_short_names_plurals_and_any_case_are_understood(said: str, meant: Target) -> None:
    assert target(said) == meant


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("contaner/web", "container/web"),
        ("deploymnt/web", "deployment/web"),
        ("web", "labrunner why container/web"),
        ("zzzzzz/web", "ingress"),
        ("pod/", "labrunner why pod/NAME"),
        ("pod", "labrunner why pod/NAME"),
        ("pod/a/b", "labrunner why pod/NAME"),
        ("", "ingress"),
    ],
)
def test_what_names_nothing_is_refused_with_the_next_move(said: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        target(said)
    assert hint in refused.value.hint


def test_no_way_to_write_a_kind_means_two() -> None:
    written = [one for kind, others in {**DOCKER, **CLUSTER}.items() for one in (kind.lower(), *others)]
    assert len(written) == len(set(written)) == len(names())


def test_every_kind_that_can_be_walked_can_be_asked_about() -> None:
    unknown = walks().keys() - DOCKER.keys() - CLUSTER.keys()
    assert unknown <= {"past", "probe"}, f"labrunner why does not understand: {unknown}"
