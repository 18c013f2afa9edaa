"""What must not leave this machine, and text without it: for what is pasted where others read."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from labrunner.world.secret_words import without_secrets

T = TypeVar("T")
GONE = "•••"
SHORTEST = 3
"""Characters of the shortest word that is looked for: a shorter one would be found everywhere."""
USUAL = frozenset({
    "admin", "app", "bridge", "container", "created", "default", "deployment", "docker", "exited", "false", "host",
    "image", "ingress", "kind", "kube-system", "kubectl", "kubernetes", "labrunner", "labrunner-system", "latest",
    "localhost", "name", "namespace", "network", "node", "none", "null", "pod", "root", "running", "service", "spec",
    "state", "status", "true", "user", "volume", "web",
})  # fmt: skip
"""Words that say nothing about anybody, although something of somebody's may be called so."""
KINDS = r"(?:container|network|volume|image|namespace|user|host|容器|网络|卷|镜像|命名空间)"
HOMES = re.compile(r"/(?:home|Users)/[^/\s\"'`:,;]+")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*")
MAC = re.compile(r"(?i)(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])")
FOUR = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
SIX = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?![\w:])")


@dataclass(frozen=True, slots=True)
class Private:
    """What must not be read by others.

    Attributes:
        words: texts that name this person, this machine, or what else runs on it; each with what stands in its place.
        secrets: texts that are found inside longer ones as well.
        vocabulary: words that are the lab's own: one of somebody's that is the same is only taken out behind a kind.
        addresses: addresses that may stay: those of the lab's containers, Pods and Services.
    """

    words: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    vocabulary: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()

    def without(self, value: T) -> T:
        """Return a JSON value, or a record of ours, in which nothing private can be read."""
        return self._plain(value)  # type: ignore[no-any-return]

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return self._text(str(value))  # also of what was withheld
        if isinstance(value, dict):
            return {self._plain(name): self._plain(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._plain(item) for item in value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{one.name: self._plain(getattr(value, one.name)) for one in fields(value)})
        return value

    def _text(self, text: str) -> str:
        for secret in sorted(self.secrets, key=len, reverse=True):
            if len(secret) >= SHORTEST:
                text = text.replace(secret, GONE)
        for pattern, instead in _patterns(self.words, self.vocabulary):
            text = pattern.sub(lambda found, put=instead: found["kind"] + put[found["word"].lower()], text)  # type: ignore[misc]
        text = without_secrets(JWT.sub(GONE, HOMES.sub("~", text)), lambda _: False)
        text = MAC.sub(GONE, EMAIL.sub(f"{GONE}@{GONE}", text))
        return SIX.sub(self._address, FOUR.sub(self._address, text))

    def _address(self, match: "re.Match[str]") -> str:
        try:
            found = ipaddress.ip_address(match[0])
        except ValueError:
            return match[0]
        kept = found.is_loopback or found.is_unspecified or match[0] in self.addresses
        return match[0] if kept else GONE


@lru_cache(maxsize=4)
def _patterns(
    words: tuple[tuple[str, str], ...], vocabulary: frozenset[str]
) -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    """Return what finds the words, the longest first, and what is put in the place of each."""
    instead = {word.lower(): put for word, put in reversed(words) if len(word) >= SHORTEST}
    common = {word.lower() for word in vocabulary} | USUAL
    found = []
    for before, chosen in (
        (r"(?P<kind>)(?<![^\W_])", [word for word in instead if word not in common]),
        (rf"(?P<kind>\b{KINDS}[ /\"']{{1,2}})", [word for word in instead if word in common]),
    ):
        any_of = "|".join(re.escape(word) for word in sorted(chosen, key=len, reverse=True))
        if any_of:
            found.append((re.compile(rf"{before}(?P<word>{any_of})(?![^\W_])", re.IGNORECASE), instead))
    return tuple(found)


def addresses(value: Any) -> Iterable[str]:
    """Yield every address that stands alone in a JSON value, its prefix length left away."""
    if isinstance(value, dict):
        for item in value.values():
            yield from addresses(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from addresses(item)
    elif isinstance(value, str):
        alone = str(value).partition("/")[0]
        try:
            ipaddress.ip_address(alone)
        except ValueError:
            return
        yield alone
