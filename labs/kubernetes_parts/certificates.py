"""HTTPS at the Ingress: the learner's own certificate, as a client outside sees it that trusts no other."""

from labrunner import Answer, Cluster, Fact, expect

from .ground import applied, lab
from .outside import ingress

PAY = "pay-{shop}.lr.test"
NAMED = f"-subj /CN={PAY} -addext subjectAltName=DNS:{PAY}"
REQUEST = "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout tls.key -out tls.crt"
CERTIFICATE = f"{REQUEST} {NAMED}"
GENERIC = "kubectl create secret generic lr-tls --from-file=tls.crt --from-file=tls.key"
KEPT = "kubectl create secret tls lr-tls --cert=tls.crt --key=tls.key"
RULE = f"kubectl create ingress lr-pay --rule='{PAY}/*=lr-shop:80"
OPEN = f"{RULE},tls=lr-tls'"
TLS = f"""  tls:
  - hosts: [{PAY}]
    secretName: lr-tls
"""
# As a company does it: an authority of one's own signs what the shop asks for. The chain is in the file, leaf first.
BY_AN_AUTHORITY = f"""openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=ours -keyout ca.key -out ca.crt
openssl req -newkey rsa:2048 -nodes {NAMED} -keyout tls.key -out tls.csr
openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -copy_extensions copy -out leaf.crt
cat leaf.crt ca.crt > tls.crt"""
WILDCARD = """openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \\
  -subj /CN=shops -addext 'subjectAltName=DNS:*.lr.test' -keyout tls.key -out tls.crt"""
EXPIRED = f"""openssl req -newkey rsa:2048 -nodes {NAMED} -keyout tls.key -out tls.csr
openssl x509 -req -in tls.csr -signkey tls.key -days -1 -copy_extensions copy -out tls.crt"""

tls = lab.step(
    "tls",
    minutes=10,
    solve=f"{CERTIFICATE}\n{KEPT}\n{OPEN}",
    also={
        "by-an-authority": f"{BY_AN_AUTHORITY}\n{KEPT}\n{OPEN}",
        "wildcard-applied": f"{WILDCARD}\n{KEPT} --dry-run=client -o yaml | kubectl apply -f -\n"
        + applied(ingress("lr-pay", PAY, {"/": "lr-shop"}, TLS)),
    },
)
CERTS = "-w '%{''certs}'"
"""What curl prints of a certificate; in two pieces, because it is no value of the lab."""
ASK = f"curl -m 3 --connect-to ::{{ingress_node}}:443 https://{PAY}/"
shown = tls.probe(
    f"{ASK} -sk -o /dev/null {CERTS} | sed -n 's/^X509v3 Subject Alternative Name://p' | head -n 1",
    at="outside",
    limit=6,
)
# A client that trusts what was shown, and nothing else: it still minds the name and the dates.
trusting = tls.probe(
    f"{ASK} -sk -o /dev/null {CERTS} > /tmp/shown.pem; {ASK} -sS --cacert /tmp/shown.pem 2>&1",
    at="outside",
    limit=9,
)


def names(shown: Answer, host: str) -> Fact[list[str]]:
    """Return the names that the certificate is for; one for all names beside this host's counts as this host's."""

    def read(said: str) -> list[str]:
        found = [one.strip().removeprefix("DNS:") for one in said.split(",") if one.strip()]
        return sorted(host if one == f"*.{host.partition('.')[2]}" else one for one in found)

    return shown.stdout.map(read, "names in the certificate")


@tls.check(
    wrong={
        "generic": f"{CERTIFICATE}\n{GENERIC}\n{OPEN}",
    },
)
def secret_is_of_the_tls_type(cluster: Cluster) -> None:
    expect(cluster.object("Secret", "lr-tls").at("type")).equals("kubernetes.io/tls")


@tls.check(
    wrong={
        "no-tls-in-the-ingress": f"{CERTIFICATE}\n{KEPT}\n{RULE}'",
        "another-secret": f"{CERTIFICATE}\n{KEPT}\n{RULE},tls=lr-tsl'",
        "another-host": f"{REQUEST} -subj /CN={PAY} -addext subjectAltName=DNS:pay.lr.test\n{KEPT}\n{OPEN}",
        "common-name-alone": f"{REQUEST} -subj /CN={PAY}\n{KEPT}\n{OPEN}",
    },
    within=6,
)
def host_shows_a_certificate_of_its_name(cluster: Cluster, shown: Answer, shop: str) -> None:
    expect(cluster.object("Secret", "lr-tls").uid).is_there()
    expect(names(shown, f"pay-{shop}.lr.test")).contains(f"pay-{shop}.lr.test")


@tls.check(
    wrong={
        "expired": f"{EXPIRED}\n{KEPT}\n{OPEN}",
        "port-that-the-service-lacks": f"{CERTIFICATE}\n{KEPT}\n{OPEN.replace(':80', ':8080')}",
    },
    within=6,
)
def client_that_trusts_it_gets_the_shop(shown: Answer, trusting: Answer, shop: str) -> None:
    expect(names(shown, f"pay-{shop}.lr.test")).contains(f"pay-{shop}.lr.test")
    expect(trusting.stdout).matches(r"^web 2 ")
