"""Faults on the way of a request: Services, Ingresses, certificates, autoscalers, and a namespace that does not go."""

import base64
from dataclasses import replace
from textwrap import indent

from tests.certificates import OLD, SHOP
from tests.real.planted import HEALTHY, UNKNOWN, Place, Planted
from tests.real.planted.written import deployment

SLEEP = "image: CLIENT, command: [sleep, infinity]"
WEB = "image: WEB, ports: [{name: http, containerPort: 80}]"
STUCK = """
apiVersion: v1
kind: ConfigMap
metadata: {name: held, finalizers: [lessons.example/hold]}
---
"""


def service(name: str, app: str, port: str = "port: 80", more: str = "") -> str:
    """Return a Service's manifest; `port` is the inside of its port, `more` of its spec, as YAML flow mappings."""
    selector = f", selector: {{app: {app}}}" if app else ""
    ports = f"ports: [{{{port}}}]" if port else ""
    spec = f"{ports}{selector}{', ' if (ports or selector) and more else ''}{more}".lstrip(", ")
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n---\n"


def ingress(name: str, backend: str = "name: web, port: {number: 80}", *, path: str = "/", extra: str = "") -> str:
    """Return an Ingress' manifest, for NAME.example; `backend` is the inside of its Service, `extra` of its spec."""
    return (
        f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}}}\nspec:\n"
        f"{indent(extra or 'ingressClassName: planted', '  ')}\n  rules:\n  - host: {name}.example\n    http:\n"
        f"      paths: [{{path: {path}, pathType: Prefix, backend: {{service: {{{backend}}}}}}}]\n---\n"
    )


def secret(name: str, certificate: str = "", kind: str = "kubernetes.io/tls") -> str:
    """Return a Secret's manifest; its key is none, for nobody serves with it."""
    held = base64.b64encode(certificate.encode()).decode()
    data = f"tls.crt: {held}, tls.key: LQ==" if certificate else "password: LQ=="
    return f"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\ntype: {kind}\ndata: {{{data}}}\n---\n"


def tls(name: str, host: str) -> str:
    """Return the lines of an Ingress' spec that take the certificate for a host from a Secret."""
    return f"ingressClassName: planted\ntls: [{{hosts: [{host}], secretName: {name}}}]"


def autoscaler(name: str, target: str) -> str:
    """Return an autoscaler's manifest, for a Deployment and a share of its cpu."""
    metric = "{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}"
    return (
        f"apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: {name}}}\nspec:\n"
        f"  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {target}}}\n"
        f"  maxReplicas: 2\n  metrics: [{metric}]\n---\n"
    )


SERVED = ("patch", "ingress", "shop", "--subresource=status", "--type=merge", "-p",
          '{"status": {"loadBalancer": {"ingress": [{"hostname": "localhost"}]}}}')  # fmt: skip
"""What a controller does when it takes an Ingress up; there is none in the cluster."""
CLASS = """
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: planted}
spec: {controller: lessons.example/nobody}
---
"""
PLACES = (
    Place("traffic", deployment("web", WEB) + service("web", "web") + CLASS),
    Place("next-door", service("only-there", "nobody") + service("backend-there", "nobody")),
    Place("stuck", STUCK),
)

SERVICES = (
    Planted("a selector with a misspelled label", service("selects", "wbe"), "Service/selects",
            "selector-matches-nothing", ("app=wbe", "app=web")),
    Planted("a targetPort by a name that no container has", service("named", "web", "port: 80, targetPort: htpp"),
            "Service/named", "target-port-absent", ("htpp", "http")),
    Planted("a targetPort beside the one that is listened at", service("beside", "web", "port: 80, targetPort: 8080"),
            "Service/beside", "service-port-mismatch", ("8080", "80")),
    Planted("a program that listens nowhere", deployment("mute", SLEEP) + service("mute", "mute"),
            "Service/mute", "nobody-listens", ("80",)),
    Planted("a program that listens at 127.0.0.1",
            deployment("shy", "image: CLIENT, command: [nc, -lk, 127.0.0.1, '8080']")
            + service("shy", "shy", "port: 80, targetPort: 8080"),
            "Service/shy", "listens-on-loopback", ("127.0.0.1",)),
    Planted("Pods that no scheduler heeds, seen from the Service",
            deployment("unheeded", WEB, "schedulerName: nobody") + service("unheeded", "unheeded"),
            "Service/unheeded", "endpoints-not-ready", ("Pending",)),
    Planted("Pods whose image is not there, seen from the Service",
            deployment("imageless", "image: NOWHERE/client:9") + service("imageless", "imageless"),
            "Service/imageless", "image-tag-absent", ("client:9",)),
    Planted("a Deployment at zero, seen from the Service",
            deployment("none", SLEEP, replicas=0) + service("none", "none"), "Service/none", "scaled-to-zero"),
    Planted("a Service in another namespace", "", "Service/only-there", "wrong-namespace", ("why-next-door",)),
    Planted("a Service's name misspelled", "", "Service/wbe", "object-absent", ("web",)),
    Planted("a LoadBalancer that nobody serves", service("balanced", "web", more="type: LoadBalancer"),
            "Service/balanced", "loadbalancer-pending", ("<pending>",)),
    Planted("an ExternalName that is an address",
            service("aliased", "", "", "type: ExternalName, externalName: 10.0.0.9"),
            "Service/aliased", "externalname-is-address", ("10.0.0.9",)),
    Planted("an ExternalName for a Service that is not there",
            service("alias", "", "", "type: ExternalName, externalName: wbe.why-traffic.svc.cluster.local"),
            "Service/alias", "externalname-target-absent", ("wbe",)),
    Planted("a Service without selector and endpoints", service("bare", ""), "Service/bare",
            "service-without-selector"),
    Planted("two at once: a port's name, and Pods that are not ready",
            service("twofold", "imageless", "port: 80, targetPort: htpp"), "Service/twofold", "target-port-absent",
            also=("image-tag-absent",)),
    Planted("a Service that is well", "", "Service/web", HEALTHY),
    Planted("a Service that is well, by a port's name", service("by-name", "web", "port: 8080, targetPort: http"),
            "Service/by-name", HEALTHY),
    Planted("an ExternalName for a name outside",
            service("outside", "", "", "type: ExternalName, externalName: www.example"), "Service/outside", UNKNOWN),
)  # fmt: skip

INGRESSES = (
    Planted("an Ingress without class", ingress("classless", extra="# no class"), "Ingress/classless",
            "ingress-without-class", ("planted",)),
    Planted("an Ingress of a class that is not there", ingress("misclassed", extra="ingressClassName: nginx"),
            "Ingress/misclassed", "ingress-class-absent", ("nginx", "planted")),
    Planted("an Ingress to a Service that is not there", ingress("backendless", "name: wbe, port: {number: 80}"),
            "Ingress/backendless", "ingress-backend-absent", ("wbe", "web")),
    Planted("an Ingress to a Service of another namespace",
            ingress("abroad", "name: backend-there, port: {number: 80}"), "Ingress/abroad", "ingress-backend-absent",
            ("why-next-door",)),
    Planted("an Ingress to a port that the Service has not", ingress("portless", "name: web, port: {number: 8080}"),
            "Ingress/portless", "ingress-backend-port-absent", ("8080", "80")),
    Planted("an Ingress to a Service that selects nothing", ingress("onward", "name: selects, port: {number: 80}"),
            "Ingress/onward", "selector-matches-nothing", ("app=wbe",)),
    Planted("a certificate's Secret that is not there", ingress("keyless", extra=tls("keys", "keyless.example")),
            "Ingress/keyless", "tls-secret-absent", ("keys",)),
    Planted("a certificate's Secret of another type",
            secret("password", kind="Opaque") + ingress("opaque", extra=tls("password", "opaque.example")),
            "Ingress/opaque", "tls-secret-wrong-type", ("Opaque",)),
    Planted("a certificate for another host", secret("shop", SHOP) + ingress("till", extra=tls("shop", "till.example")),
            "Ingress/till", "tls-host-mismatch", ("till.example", "shop.example")),
    Planted("a certificate that ended", secret("old", OLD) + ingress("old", extra=tls("old", "old.example")),
            "Ingress/old", "tls-expired", ("2025-02-01",)),
    Planted("two at once: no such class, no such Service",
            ingress("doubly", "name: wbe, port: {number: 80}", extra="ingressClassName: traefik"),
            "Ingress/doubly", "ingress-class-absent", ("traefik",), also=("ingress-backend-absent",)),
    Planted("an Ingress that is well", ingress("shop", extra=tls("shop", "shop.example")), "Ingress/shop", HEALTHY,
            after=(SERVED,)),
    Planted("an Ingress that no controller has taken up", ingress("untaken"), "Ingress/untaken", UNKNOWN),
    Planted("a URL whose host no rule has", "", "http://kiosk.example/", "ingress-host-mismatch",
            ("kiosk.example", "shop.example")),
    Planted("a URL whose path no rule takes", ingress("pathed", path="/cart"), "http://pathed.example/card",
            "ingress-path-mismatch", ("/card", "/cart")),
    Planted("a URL by https to a host without certificate", "", "https://portless.example/", "tls-host-mismatch",
            ("portless.example",)),
    Planted("a URL that is well", "", "https://shop.example/till", HEALTHY),
)  # fmt: skip

AUTOSCALERS = (
    Planted("an autoscaler for nobody", autoscaler("aimless", "wbe"), "HorizontalPodAutoscaler/aimless",
            "autoscaler-target-absent", ("wbe",)),
    Planted("an autoscaler of Pods without requests, and no metrics either", autoscaler("unasked", "web"),
            "HorizontalPodAutoscaler/unasked", "no-requests", ("cpu",), also=("no-metrics",)),
    Planted("an autoscaler without metrics",
            deployment("asking", f"{SLEEP}, resources: {{requests: {{cpu: 1m}}}}") + autoscaler("unmeasured", "asking"),
            "HorizontalPodAutoscaler/unmeasured", "no-metrics", ("metrics",)),
    Planted("an autoscaler of a Deployment at zero", autoscaler("asleep", "none"), "HorizontalPodAutoscaler/asleep",
            "scaled-to-zero"),
)  # fmt: skip

AROUND = (
    Planted("a namespace that a finalizer holds", "", "Namespace/why-stuck", "namespace-terminating",
            ("lessons.example/hold",), place="stuck",
            after=(("delete", "namespace", "why-stuck", "--wait=false"),), first="ConfigMap/held"),
    Planted("a namespace that is well", "", "Namespace/why-traffic", HEALTHY),
    Planted("a namespace that is not there", "", "Namespace/why-trafic", "object-absent", ("why-traffic",)),
)  # fmt: skip

FAULTS = tuple(
    replace(one, place="traffic") if one.place == "workloads" else one
    for one in (*SERVICES, *INGRESSES, *AUTOSCALERS, *AROUND)
)
"""All that is planted here, in the place "traffic" unless it says another."""
