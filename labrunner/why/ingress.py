"""From an Ingress along the way that a request takes: who serves it, its certificate, its rules, their Services."""

from collections.abc import Iterator

from labrunner.outcome import Cause
from labrunner.why.absent import absent
from labrunner.why.backend import lead
from labrunner.why.behind import together
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.why.tls import secrets
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

OLD_CLASS = "kubernetes.io/ingress.class"
"""The annotation that named the class before the field did; controllers still heed it."""
DEFAULT = "ingressclass.kubernetes.io/is-default-class"


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from an Ingress to the first thing that keeps a request from being answered."""
    scene, subject = Scene(snapshot), f"Ingress/{name}"
    raw = scene.find("Ingress", name)
    if raw is None:
        return absent(scene, "Ingress", name)
    if "deletionTimestamp" in raw["metadata"]:
        return Diagnosis(subject, moving=say(en=f"Ingress {name} is being deleted", zh=f"Ingress {name} 正在删除"))
    led = [lead(snapshot, scene, (subject,), backend) for backend in backends(raw)]
    return together(subject, [served(scene, raw), secrets(scene, raw), *led])


def backends(ingress: Raw) -> Iterator[Raw]:
    """Yield where the Ingress sends requests, each place once, in the order of its rules; the default one last."""
    spec = ingress.get("spec") or {}
    found = [
        path.get("backend") or {}
        for rule in spec.get("rules") or []
        for path in (rule.get("http") or {}).get("paths") or []
    ]
    seen: list[Raw] = []
    for backend in [*found, spec.get("defaultBackend") or {}]:
        if backend and backend not in seen:
            seen.append(backend)
            yield backend


def served(scene: Scene, ingress: Raw) -> Diagnosis:
    """Look whether the Ingress is of a class that is there: else no controller takes it for its own."""
    name = ingress["metadata"]["name"]
    subject = f"Ingress/{name}"
    if not scene.lists("IngressClass"):
        return Diagnosis(subject, saw=(say(en="IngressClasses were not asked for", zh="没有查询 IngressClass"),))
    classes = {raw["metadata"]["name"]: raw for raw in scene.of_kind("IngressClass")}
    known = ", ".join(sorted(classes)) or say(en="none", zh="没有")
    words = (f"IngressClass: {known}",)
    old = (ingress["metadata"].get("annotations") or {}).get(OLD_CLASS)
    chosen = (ingress.get("spec") or {}).get("ingressClassName") or old
    if chosen is not None and (chosen in classes or chosen == old):
        saw = _untaken(ingress, chosen)
        return Diagnosis(subject, healthy=not saw, saw=saw)
    if chosen is None:
        if any((raw["metadata"].get("annotations") or {}).get(DEFAULT) == "true" for raw in classes.values()):
            saw = _untaken(ingress, say(en="that is the default", zh="默认"))
            return Diagnosis(subject, healthy=not saw, saw=saw)
        if not _untaken(ingress, ""):
            saw = (
                say(
                    en="it has no class, and some controller gave it an address",
                    zh="它没有 class，但有控制器给了它地址",
                ),
            )
            return Diagnosis(subject, saw=saw)
        sentence = say(
            en=f"Ingress {name} says no ingressClassName and no class is the default, so no controller serves it",
            zh=f"Ingress {name} 没有写 ingressClassName，也没有默认的 class，因此没有控制器处理它",
        )
        see = f"kubectl get ingress {name} -n {scene.namespace}"
        return Diagnosis(subject, (Cause("ingress-without-class", sentence, subject, (subject,), words, see),))
    sentence = say(
        en=f"Ingress {name} is of class {chosen}, and there is no IngressClass of that name, so nobody serves it",
        zh=f"Ingress {name} 的 class 是 {chosen}，但没有这个名字的 IngressClass，因此没有控制器处理它",
    )
    path = (subject, f"IngressClass/{chosen}")
    cause = Cause("ingress-class-absent", sentence, path[1], path, words, "kubectl get ingressclass")
    return Diagnosis(subject, (cause,))


def _untaken(ingress: Raw, chosen: str) -> tuple[str, ...]:
    """Return a phrase where no controller has written an address yet: some never do, so neither is proved by it."""
    if ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress"):
        return ()
    en, zh = f"no controller of class {chosen} has given it an address", f"class {chosen} 的控制器还没有给它地址"
    return (say(en=en, zh=zh),)
