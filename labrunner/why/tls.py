"""The TLS of an Ingress: its Secret, the Secret's type, and whether the certificate is for this host and still good."""

import base64
import binascii
from datetime import UTC, datetime

from labrunner.outcome import Cause
from labrunner.why.absent import not_there
from labrunner.why.certificate import Certificate, read
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.words import say

TLS = "kubernetes.io/tls"
PARTS = ("tls.crt", "tls.key")


def secrets(scene: Scene, ingress: Raw) -> Diagnosis:
    """Look at each Secret that the Ingress names for TLS, and at the hosts that it is to be for."""
    subject = f"Ingress/{ingress['metadata']['name']}"
    entries = (ingress.get("spec") or {}).get("tls") or []
    named = [entry for entry in entries if entry.get("secretName")]
    if named and not scene.lists("Secret"):
        return Diagnosis(subject, saw=(say(en="Secrets were not asked for", zh="没有查询 Secret"),))
    found = [one for entry in named for one in _entry(scene, subject, entry)]
    saw = tuple(one for one in found if isinstance(one, str))
    causes = tuple(one for one in found if isinstance(one, Cause))
    return Diagnosis(subject, causes, healthy=not found, saw=saw)


def _entry(scene: Scene, subject: str, entry: Raw) -> list[Cause | str]:
    """Return what is wrong with one Secret, or a phrase where that cannot be told."""
    name, ingress = str(entry["secretName"]), subject.partition("/")[2]
    path, raw = (subject, f"Secret/{name}"), scene.find("Secret", name)
    see = f"kubectl describe secret {name} -n {scene.namespace}"
    if raw is None:
        missing = not_there(scene, "Secret", name)
        sentence = say(
            en=f"Ingress {ingress} takes its certificate from Secret {name}, and {missing}",
            zh=f"Ingress {ingress} 使用 Secret {name} 里的证书，但{missing}",
        )
        words = tuple(f"namespace: {one}" for one in scene.elsewhere("Secret", name))
        return [Cause("tls-secret-absent", sentence, path[1], path, words, f"kubectl get secrets -n {scene.namespace}")]
    kind, keys = raw.get("type", "Opaque"), raw.get("data") or {}
    if kind != TLS or not all(part in keys for part in PARTS):
        sentence = say(
            en=f"Secret {name} is no certificate that Ingress {ingress} can use: its type has to be {TLS}, "
            f"with tls.crt and tls.key",
            zh=f"Ingress {ingress} 无法使用 Secret {name}：类型必须是 {TLS}，并含有 tls.crt 和 tls.key",
        )
        words = (f"type: {kind}", f"data: {', '.join(sorted(keys)) or '-'}")
        return [Cause("tls-secret-wrong-type", sentence, path[1], path, words, see)]
    certificate = _read(keys["tls.crt"])
    if certificate is None:
        return [say(en=f"the certificate in Secret {name} could not be read", zh=f"无法读取 Secret {name} 里的证书")]
    return _judged(scene, path, certificate, entry.get("hosts") or [])


def _read(held: str | None) -> Certificate | None:
    try:
        return read(base64.b64decode(held or "").decode("ascii"))
    except (binascii.Error, ValueError):
        return None


def _judged(scene: Scene, path: tuple[str, ...], certificate: Certificate, hosts: list[str]) -> list[Cause | str]:
    name = path[1].partition("/")[2]
    see = f"kubectl get secret {name} -n {scene.namespace} -o jsonpath='{{.data.tls\\.crt}}' | base64 -d"
    see += " | openssl x509 -noout -dates -ext subjectAltName"
    good = ", ".join(certificate.names) or say(en="no host at all", zh="没有任何主机名")
    words = (f"subjectAltName: {', '.join(certificate.names) or '-'}", f"notAfter: {certificate.ends.isoformat()}")
    found: list[Cause | str] = []
    for host in hosts:
        if not certificate.covers(host):
            sentence = say(
                en=f"the certificate in Secret {name} is not for host {host}: it is for {good}",
                zh=f"Secret {name} 里的证书不适用于主机 {host}：它只适用于 {good}",
            )
            found.append(Cause("tls-host-mismatch", sentence, path[1], path, words, see))
    if certificate.ends < _now(scene):
        ended = f"{certificate.ends:%Y-%m-%d %H:%M} UTC"
        sentence = say(
            en=f"the certificate in Secret {name} ended on {ended}", zh=f"Secret {name} 里的证书已于 {ended} 过期"
        )
        found.append(Cause("tls-expired", sentence, path[1], path, words, see))
    return found


def _now(scene: Scene) -> datetime:
    """Return when the snapshot was taken; the clock's time where it does not say."""
    return datetime.fromisoformat(scene.taken) if scene.taken else datetime.now(UTC)
