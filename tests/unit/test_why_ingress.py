"""The walk from an Ingress, and which rule a URL hits."""

import pytest

from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import explain
from labrunner.why.request import explain_request
from tests.certificates import OLD, SHOP
from tests.traffic_objects import WELL, Raw, first, ingress, pod, raw, secret, service, world


def test_an_ingress_is_well_once_a_controller_took_it_up() -> None:
    assert explain(world(*WELL, ingress()), "Ingress/web").healthy
    untaken = ingress()
    untaken["status"] = {}
    found = explain(world(*WELL, untaken), "Ingress/web")
    assert not found.known
    assert "no controller of class nginx" in " ".join(found.saw)


def test_the_class_of_an_ingress() -> None:
    classless, taken = ingress(ingressClassName=None), ingress(ingressClassName=None)
    classless["status"] = {}
    first(explain(world(*WELL, classless), "Ingress/web"), "ingress-without-class")
    assert not explain(world(*WELL, taken), "Ingress/web").known, "a controller may serve what has no class"
    default = raw("IngressClass", "nginx", annotations={"ingressclass.kubernetes.io/is-default-class": "true"})
    assert explain(world(*WELL, taken, around=(default,)), "Ingress/web").healthy
    other = first(explain(world(*WELL, ingress(ingressClassName="traefik")), "Ingress/web"), "ingress-class-absent")
    assert other.subject == "IngressClass/traefik"
    assert other.words == ("IngressClass: nginx",)
    old = ingress(ingressClassName=None)
    old["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "nginx"}
    assert explain(world(*WELL, old), "Ingress/web").healthy


def test_the_backend_of_an_ingress() -> None:
    absent = first(explain(world(*WELL, ingress(service="wbe")), "Ingress/web"), "ingress-backend-absent")
    assert absent.path == ("Ingress/web", "Service/wbe")
    found = explain(world(*WELL, ingress(service="till"), elsewhere={"Service/till": ["kiosk"]}), "Ingress/web")
    assert "kiosk" in first(found, "ingress-backend-absent").sentence
    first(explain(world(*WELL, ingress(port=8080)), "Ingress/web"), "ingress-backend-port-absent")
    first(explain(world(*WELL, ingress(port="http")), "Ingress/web"), "ingress-backend-port-absent")
    onward = explain(world(service(app="wbe"), pod("web-1"), ingress()), "Ingress/web")
    assert first(onward, "selector-matches-nothing").path == ("Ingress/web", "Service/web")


def test_two_faults_are_told_in_the_order_of_the_chain() -> None:
    twofold = ingress(ingressClassName="traefik", service="wbe")
    codes = [cause.code for cause in explain(world(*WELL, twofold), "Ingress/web").causes]
    assert codes == ["ingress-class-absent", "ingress-backend-absent"]


def test_the_certificate_of_an_ingress() -> None:
    def found(host: str, *secrets: Raw) -> Diagnosis:
        with_tls = ingress(host=host, tls=[{"hosts": [host], "secretName": "keys"}])
        return explain(world(*WELL, with_tls, *secrets), "Ingress/web")

    assert found("shop.example", secret("keys", SHOP)).healthy
    assert found("till.shop.example", secret("keys", SHOP)).healthy
    first(found("shop.example"), "tls-secret-absent")
    first(found("shop.example", secret("keys", SHOP, "Opaque")), "tls-secret-wrong-type")
    mismatch = first(found("a.till.shop.example", secret("keys", SHOP)), "tls-host-mismatch")
    assert "shop.example, *.shop.example, 10.0.0.7" in mismatch.sentence
    first(found("old.example", secret("keys", OLD)), "tls-expired")
    unread = found("shop.example", secret("keys", "no certificate"))
    assert not unread.known
    assert "could not be read" in " ".join(unread.saw)


@pytest.mark.parametrize(
    ("url", "host", "code"),
    [
        ("http://shop.example/", "", "well"),
        ("http://localhost:8080/till", "shop.example", "well"),
        ("shop.example/", "", "well"),
        ("http://kiosk.example/", "", "ingress-host-mismatch"),
        ("http://a.b.wild.example/", "", "ingress-host-mismatch"),
        ("http://a.wild.example/cart", "", "well"),
        ("http://a.wild.example/carts", "", "ingress-path-mismatch"),
        ("http://a.wild.example/cart/7", "", "well"),
        ("http://exact.example/cart", "", "well"),
        ("http://exact.example/cart/", "", "ingress-path-mismatch"),
        ("https://shop.example/", "", "tls-host-mismatch"),
    ],
)
def test_which_rule_a_url_hits(url: str, host: str, code: str) -> None:
    rules = (
        ingress(),
        ingress("wild", host="*.wild.example", path="/cart"),
        ingress("exact", host="exact.example", path="/cart", pathType="Exact"),
    )
    found = explain_request(world(*WELL, *rules), url, host)
    assert (found.causes[0].code if found.causes else "well" if found.healthy else found.saw) == code


def test_the_longest_path_of_the_very_host_wins() -> None:
    rules = (
        ingress("any", service="no-any", host=""),
        ingress("wild", service="no-wild", host="*.example"),
        ingress("short", service="no-short"),
        ingress("long", path="/cart"),
    )
    assert explain_request(world(*WELL, *rules), "http://shop.example/cart/1").subject == "Ingress/long"
    assert explain_request(world(*WELL, *rules), "http://shop.example/").subject == "Ingress/short"
    assert explain_request(world(*WELL, *rules), "http://till.example/").subject == "Ingress/wild"
    assert explain_request(world(*WELL, *rules), "http://10.0.0.7/").subject == "Ingress/any"


def test_a_pattern_is_for_its_controller_to_read() -> None:
    pattern = ingress(path="/cart(/|$)(.*)", pathType="ImplementationSpecific")
    assert explain_request(world(*WELL, pattern), "http://shop.example/cart/7").healthy
    other = explain_request(world(*WELL, pattern), "http://shop.example/card")
    assert not other.known
    assert "controller" in other.saw[0]
    broken = ingress(path="/cart(", pathType="ImplementationSpecific")
    assert not explain_request(world(*WELL, broken), "http://shop.example/cart").known


def test_what_is_no_url_is_not_walked() -> None:
    assert not explain_request(world(*WELL, ingress()), "http://[shop.example/").known


def test_a_url_where_no_ingress_is() -> None:
    first(explain_request(world(*WELL), "http://shop.example/"), "object-absent")
