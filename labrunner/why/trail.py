"""The way walked through the cluster, from the object asked about to the one that is looked at."""

from dataclasses import dataclass, replace

from labrunner.outcome import Cause
from labrunner.why.scene import Raw, Scene


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a walk stands, and how it got there.

    Attributes:
        scene: what is walked through.
        path: the objects walked, each as "kind/name"; the last is where the walk stands.
    """

    scene: Scene
    path: tuple[str, ...]

    def to(self, raw: Raw) -> "Trail":
        """Return the way on to an object; the same one where the walk stands there already."""
        return self.named(f"{raw['kind']}/{raw['metadata']['name']}")

    def named(self, subject: str) -> "Trail":
        """Return the way on to what is called "kind/name", whether or not it is there."""
        return self if self.path[-1:] == (subject,) else replace(self, path=(*self.path, subject))

    def cause(self, code: str, sentence: str, *, words: tuple[str, ...] = (), see: str = "") -> Cause:
        """Return a broken link, found where the walk stands.

        Args:
            code: stable, in kebab-case.
            sentence: what is broken, in the spoken language.
            words: the object's own; empty ones are left out.
            see: kubectl's words that show it, without the namespace; empty for describing the object.
        """
        kind, _, name = self.path[-1].partition("/")
        shown = see or f"describe {kind.lower()} {name}"
        everywhere = shown.split()[1] in ("node", "nodes", "pv")
        return Cause(
            code,
            sentence,
            self.path[-1],
            self.path,
            tuple(word.strip() for word in words if word.strip()),
            f"kubectl {shown}" if everywhere else f"kubectl {shown} -n {self.scene.namespace}",
        )
