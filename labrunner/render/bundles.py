"""A bundle that was saved, loaded or verified."""

from typing import Any

from labrunner.render.screen import Screen
from labrunner.words import say

MEGA = 1_000_000


def record(bundle: Any) -> dict[str, Any]:
    """Return what a bundle is as JSON-able values."""
    parts = {
        name: {"file": part.file, "size": part.size, "targets": dict(part.targets)}
        for name, part in bundle.parts.items()
    }
    return {
        "schema": 1,
        "sha256": bundle.id,
        "machine": bundle.machine,
        "labs": list(bundle.labs),
        "parts": parts,
        "wheels": len(bundle.wheels),
    }


def saved(screen: Screen, bundle: Any, folder: str) -> None:
    """Print a bundle that was saved, and how it is used."""
    _listed(screen, bundle)
    screen.line((say(en="there, without a network:", zh="在没有网络的机器上："), "dim"))
    first = "LABRUNNER_WHEELS=DIR/wheels bin/labrunner" if bundle.wheels else "labrunner"
    screen.verbatim(f"{first} bundle load {folder} --sha256 {bundle.id}", lead="  ", style="code")


def verified(screen: Screen, bundle: Any) -> None:
    """Print a bundle of which every hash is right."""
    _listed(screen, bundle)
    screen.line((say(en="every hash is right", zh="校验全部正确"), "good"))


def loaded(screen: Screen, found: Any) -> None:
    """Print what was loaded, and what had been there."""
    new, old = len(found.loaded), len(found.there)
    screen.line(
        (say(en=f"{new} things loaded, {old} were there", zh=f"载入 {new} 项，{old} 项已存在"), "good"),
        (f"  {found.id[:16]}", "dim"),
    )
    screen.line((say(en="begin: labrunner list", zh="开始：labrunner list"), "dim"))


def _listed(screen: Screen, bundle: Any) -> None:
    for part in bundle.parts.values():
        screen.line(f"{part.size / MEGA:.0f} MB", (f"  {', '.join(part.targets)}", "dim"), lead=f"{part.file}  ")
    if bundle.wheels:
        many = len(bundle.wheels)
        screen.line(say(en=f"{many} Python packages", zh=f"{many} 个 Python 包"), lead="wheels  ")
    screen.line((bundle.id, "dim"), lead=("SHA-256 ", "dim"))
