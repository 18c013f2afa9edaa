"""From outside the cluster: an address that somebody serves, and HTTP by host and by path."""

from labrunner import Answer, Cluster, Fact, expect

from .ground import applied, lab

lab.addon("metallb")
lab.addon("traefik")
shop = lab.value("shop")

CURL = "curl -sS -m 3 --connect-to ::{ingress_node}:80"
"""How a client outside reaches the Ingress controller under any host's name: by what the node is called."""


def service(name: str) -> str:
    """Return a Service for the Pods with the label `app: NAME`."""
    return f"""
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec:
  ports: [{{name: http, port: 80, targetPort: 80}}]
  selector: {{app: {name}}}
"""


def ingress(name: str, host: str, paths: dict[str, str], more: str = "") -> str:
    """Return an Ingress of one host: path → the Service that it leads to; `more` is the rest of its spec."""
    listed = "".join(
        f"""
      - path: {path}
        pathType: Prefix
        backend: {{service: {{name: {to}, port: {{number: 80}}}}}}"""
        for path, to in paths.items()
    )
    return f"""
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name}, labels: {{part: outside}}}}
spec:
  rules:
  - host: {host}
    http:
      paths:{listed}
{more}"""


FRONT = "kubectl expose deployment lr-web --name=lr-front --port=80"
BALANCED = f"{FRONT} --type=LoadBalancer"
FRONT_SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: lr-front, labels: {part: outside}}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  selector: {app: lr-web}
  ports:
  - {name: http, port: 80, targetPort: 80}
"""

loadbalancer = lab.step(
    "loadbalancer",
    minutes=6,
    solve=f"{BALANCED}\nkubectl get service lr-front",
    also={
        "applied": applied(FRONT_SERVICE),
        "created": "kubectl create service loadbalancer lr-front --tcp=80:80\n"
        "kubectl set selector service lr-front app=lr-web",
        "turned-later": f'{FRONT}\nkubectl patch service lr-front -p \'{{"spec": {{"type": "LoadBalancer"}}}}\'',
    },
)
# A client outside cannot know which address was given, so that it asks at each that may be.
fronts = loadbalancer.probe(
    'for at in {lb_addresses}; do echo "$at $(curl -s -m 2 http://$at/ | head -n 1)" & done; wait',
    at="outside",
    limit=10,
)


def given(cluster: Cluster) -> Fact[str]:
    """Return the address that Service lr-front was given."""
    return cluster.service("lr-front").at("status.loadBalancer.ingress.0.ip")


@loadbalancer.check(
    wrong={
        "no-type": FRONT,
        "class-nobody-serves": f'{BALANCED} --overrides=\'{{"spec": {{"loadBalancerClass": "lr.test/nobody"}}}}\'',
    },
    within=8,
)
def front_is_given_an_address(cluster: Cluster) -> None:
    expect(cluster.service("lr-front").type).equals("LoadBalancer")
    expect(given(cluster)).is_there()


@loadbalancer.check(
    wrong={
        "port-where-nobody-listens": f"{BALANCED} --target-port=8080",
        "labels-nobody-has": f"{BALANCED} --selector=app=web",
    },
    within=10,
)
def front_answers_from_outside(cluster: Cluster, fronts: Answer) -> None:
    address = given(cluster)
    expect(address).is_there()
    pages = fronts.stdout.map(lambda said: dict(line.split(" ", 1) for line in said.splitlines() if " " in line))
    expect(pages.map(lambda found: found.get(str(address.value), ""), f"page at {address.value}")).matches(r"^web 1 ")


SHOP = "kubectl create deployment lr-shop --image={web2} --replicas=2"
OPEN = f"{SHOP}\nkubectl expose deployment lr-shop --port=80"
SHOP_READY = "kubectl rollout status deployment/lr-shop --timeout=90s"
HOST = "shop-{shop}.lr.test"
KUSTOMIZED = f"""mkdir lr-outside
cat > lr-outside/all.yaml <<'YAML'
{service("shop").replace("app: shop", "app: lr-shop").strip()}
---
{ingress("shop", HOST, {"/": "shop"}, "  ingressClassName: traefik").strip()}
YAML
cat > lr-outside/kustomization.yaml <<'YAML'
namePrefix: lr-
resources: [all.yaml]
YAML
kubectl apply -k lr-outside
{SHOP}
{SHOP_READY}
"""

ingress_host = lab.step(
    "ingress-host",
    minutes=8,
    solve=f"{OPEN}\nkubectl create ingress lr-shop --rule='{HOST}/*=lr-shop:80'\n{SHOP_READY}\nkubectl get ingress",
    also={
        "applied": f"{applied(ingress('lr-shop', HOST, {'/': 'lr-shop'}), service('lr-shop'))}{SHOP}\n{SHOP_READY}",
        "class-and-only-root": f"{OPEN}\n{SHOP_READY}\n"
        f"kubectl create ingress lr-shop --class=traefik --rule='{HOST}/=lr-shop:80'",
        "kustomized": KUSTOMIZED,
    },
)
home = ingress_host.probe(f"{CURL} http://{HOST}/", at="outside", limit=6)


@ingress_host.check(
    wrong={
        "class-nobody-serves": f"{OPEN}\nkubectl create ingress lr-shop --class=nginx --rule='{HOST}/*=lr-shop:80'",
    },
    within=6,
)
def controller_took_up_the_ingress(cluster: Cluster) -> None:
    expect(cluster.object("Ingress", "lr-shop").uid).is_there()
    expect(cluster.object("Ingress", "lr-shop").at("status.loadBalancer.ingress")).is_there()


@ingress_host.check(
    wrong={
        "another-service": f"{OPEN}\nkubectl create ingress lr-shop --rule='{HOST}/*=lr-web:80'",
        "port-that-the-service-lacks": f"{OPEN}\nkubectl create ingress lr-shop --rule='{HOST}/*=lr-shop:8080'",
        "another-host": f"{OPEN}\nkubectl create ingress lr-shop --rule='shop.lr.test/*=lr-shop:80'",
        "no-service": f"{SHOP}\nkubectl create ingress lr-shop --rule='{HOST}/*=lr-shop:80'",
    },
    within=6,
)
def host_leads_to_the_shop(cluster: Cluster, home: Answer) -> None:
    expect(cluster.object("Ingress", "lr-shop").uid).is_there()
    expect(home.stdout).matches(r"^web 2 ")


MENU = f"kubectl create ingress lr-menu --rule='{HOST}/menu*=lr-web:80'"

ingress_path = lab.step(
    "ingress-path",
    minutes=6,
    solve=MENU,
    also={
        "applied": applied(ingress("lr-menu", HOST, {"/menu/": "lr-web"})),
        "in-one": applied(ingress("lr-shop", HOST, {"/": "lr-shop", "/menu": "lr-web"})),
    },
)
paths = ingress_path.probe(
    f'for path in /menu /menu/today /menus /; do echo "$path $({CURL} http://{HOST}$path | head -n 1)"; done',
    at="outside",
    limit=14,
)


def releases(paths: Answer, *wanted: str) -> Fact[list[str]]:
    """Return who answers at some paths, without the Pod's name: "web 1", "404 page"."""

    def read(said: str) -> list[str]:
        pages = {words[0]: " ".join(words[1:3]) for line in said.splitlines() if (words := line.split())}
        return [pages.get(path, "") for path in wanted]

    return paths.stdout.map(read, f"who answers at {', '.join(wanted)}")


def backends(cluster: Cluster) -> Fact[list[str]]:
    """Return the Services to which paths of the lab's Ingresses lead, sorted, each once."""
    found = {
        str(path["backend"].get("service", {}).get("name", ""))
        for raw in cluster.of_kind("Ingress")
        for rule in raw["spec"].get("rules") or []
        for path in (rule.get("http") or {}).get("paths") or []
    }
    see = f"kubectl describe ingress -n {cluster.namespace}"
    return Fact(sorted(found), "Services that Ingresses lead to", see, subject="Ingress/*")


@ingress_path.check(
    wrong={
        "port-that-the-service-lacks": f"kubectl create ingress lr-menu --rule='{HOST}/menu*=lr-web:8080'",
        "another-host": "kubectl create ingress lr-menu --rule='menu.lr.test/menu*=lr-web:80'",
    },
    within=6,
)
def menu_is_the_first_service_s(cluster: Cluster, paths: Answer) -> None:
    expect(backends(cluster)).contains("lr-web")
    expect(releases(paths, "/menu")).equals(["web 1"])


@ingress_path.check(
    wrong={"exact": f"kubectl create ingress lr-menu --rule='{HOST}/menu=lr-web:80'"},
    within=6,
)
def what_is_below_the_menu_as_well(cluster: Cluster, paths: Answer) -> None:
    expect(backends(cluster)).contains("lr-web")
    expect(releases(paths, "/menu/today")).equals(["web 1"])


@ingress_path.check(
    wrong={"menus-as-well": f"{MENU} --rule='{HOST}/menus*=lr-web:80'"},
    within=6,
)
def rest_stays_the_shop_s(cluster: Cluster, paths: Answer) -> None:
    expect(backends(cluster)).contains("lr-web")
    expect(releases(paths, "/menus", "/")).equals(["web 2", "web 2"])
