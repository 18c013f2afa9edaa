"""An object that is not there: whether another namespace has it, and which name may have been meant."""

from labrunner.outcome import Cause
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.docker_scene import nearest
from labrunner.why.scene import Scene
from labrunner.words import say

AROUND = frozenset({"Node", "Namespace", "IngressClass", "StorageClass", "PersistentVolume"})
"""Kinds that no namespace holds."""


def absent(scene: Scene, kind: str, name: str) -> Diagnosis:
    """Return what is to be said of an object that the scene does not hold.

    Args:
        scene: where it was looked for.
        kind: the kind that was looked for.
        name: its name.

    Returns:
        one cause: wrong-namespace, where another namespace has one of this name, else object-absent, with the name
        of an object of the kind that it may have been meant for; nothing known, where the kind was not listed.
    """
    subject = f"{kind}/{name}"
    if not scene.lists(kind):
        unread = say(en=f"nobody listed {kind} objects", zh=f"没有列出过 {kind} 对象")
        return Diagnosis(subject, saw=(unread,))
    path = (subject,)
    if others := scene.elsewhere(kind, name):
        where = others[0]
        sentence = say(
            en=f"{kind} {name} is not in namespace {scene.namespace}: there is one in namespace {where}",
            zh=f"命名空间 {scene.namespace} 里没有 {kind} {name}：命名空间 {where} 里有一个",
        )
        see = f"kubectl get {kind.lower()} {name} -n {where}"
        return Diagnosis(subject, (Cause("wrong-namespace", sentence, subject, path, see=see),))
    inside = "" if kind in AROUND else f" -n {scene.namespace}"
    return Diagnosis(
        subject,
        (
            Cause(
                "object-absent", not_there(scene, kind, name), subject, path, see=f"kubectl get {kind.lower()}{inside}"
            ),
        ),
    )


def not_there(scene: Scene, kind: str, name: str) -> str:
    """Return the sentence that says that an object is missing, with the name that may be meant, or where it is."""
    near = nearest(name, [str(raw["metadata"]["name"]) for raw in scene.of_kind(kind)])
    meant = say(en=f" (there is {near})", zh=f"（有 {near}）") if near else ""
    if kind in AROUND:
        return say(en=f"there is no {kind} {name} in the cluster{meant}", zh=f"集群里没有 {kind} {name}{meant}")
    space = scene.namespace
    if others := scene.elsewhere(kind, name):
        meant = say(en=f" (namespace {others[0]} has one)", zh=f"（命名空间 {others[0]} 里有）")
    return say(
        en=f"there is no {kind} {name} in namespace {space}{meant}",
        zh=f"命名空间 {space} 里没有 {kind} {name}{meant}",
    )
