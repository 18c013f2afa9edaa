"""What of a snapshot is not kept: secrets of the learner's, at the moment when it is taken.

A live verdict and one over yesterday's evidence read the same redacted snapshot, so they are the same. What the lab
itself prescribes is no secret of the learner's and stays. Labels and selectors of the cluster's objects stay as well:
the API shows them to everybody who may list the objects, and Services find Pods by them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import is_
from typing import Any

from labrunner.withheld import SECRET, Withheld, hides, marked
from labrunner.world.capped import capped
from labrunner.world.secret_words import Keeps, is_secret_name, without_secrets, without_userinfo
from labrunner.world.snapshot import Snapshot

PAIRS = ("Env", "OnBuild")
"""Fields that hold a list of "NAME=value"."""
NAMED = ("Labels", "annotations", "Annotations", "Options", "DriverOpts", "attributes", "Config", "parameters")
"""Fields in which names that people chose stand before texts."""
WORDS = ("Cmd", "Entrypoint", "Args", "args", "command", "Test", "Shell")
"""Fields that hold the words of a command line."""
SHOWN = ("action", "CreatedBy", "Output", "Error")
"""Fields with text that is only shown, and so stays plain."""
LINES = frozenset(PAIRS + WORDS)
DATA = ("data", "stringData", "binaryData")
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def redacted(snapshot: Snapshot, keeps: Keeps = lambda _: False) -> Snapshot:
    """Return a snapshot without secrets, and no larger than evidence may be.

    Args:
        snapshot: as it was read.
        keeps: tells whether a text is what the lab itself prescribes.
    """
    redact = _Redaction(keeps)
    docker, cluster = snapshot.docker, snapshot.cluster
    if docker is not None:
        docker = {kind: _logs(held) if kind == "logs" else redact.value(held) for kind, held in docker.items()}
    if cluster is not None:
        cluster = {name: _logs(held) if name == "logs" else redact.value(held) for name, held in cluster.items()}
    log = tuple(redact.value(record) for record in snapshot.log)
    probes = {name: marked(reply) for name, reply in snapshot.probes.items()}
    return capped(replace(snapshot, docker=docker, cluster=cluster, log=log, probes=probes))


def revived(snapshot: Snapshot) -> Snapshot:
    """Return a redacted snapshot that was written down, with what was withheld in it known as such again."""
    return redacted(snapshot, lambda _: True)


def redacted_object(raw: Any, keeps: Keeps = lambda _: False) -> Any:
    """Return one raw object, or any JSON value made of some, without secrets."""
    return _Redaction(keeps).value(raw)


class _Redaction:
    """Walks JSON; what holds no secret comes back as it is, so that little is copied."""

    def __init__(self, keeps: Keeps) -> None:
        self.keeps = keeps

    def value(self, value: Any) -> Any:
        kind = type(value)  # a Withheld is done with
        if kind is dict:
            return self._mapping(value)
        if kind is list:
            new = [self.value(item) for item in value]
            return value if all(map(is_, new, value)) else new
        return self._text(value) if kind is str else value

    def _text(self, text: str) -> str:
        return _marked(text, without_userinfo(text, self.keeps)) if "://" in text or "‹" in text else text

    def _mapping(self, raw: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, held in raw.items():  # most of what is walked are numbers and short texts: they cost a look each
            kind = type(held)
            if kind is str:
                told = without_secrets(held, self.keeps) if name in SHOWN else self._text(held)
            elif kind is dict or kind is list:
                told = self._field(name, held)
            else:
                continue
            if told is not held:
                made[name] = told
        if raw.get("kind") in ("Secret", "ConfigMap") and "metadata" in raw:
            for name in DATA:
                if isinstance(held := raw.get(name), dict):
                    made[name] = self._data(held, secret=raw["kind"] == "Secret")
        called, value = raw.get("name"), raw.get("value")
        if isinstance(called, str) and isinstance(value, str):
            made["value"] = self._named(called, value)
        return {**raw, **made} if any(told is not raw[name] for name, told in made.items()) else raw

    def _field(self, name: str, held: Any) -> Any:
        """Return what a field holds, a list or a dictionary, without secrets."""
        if type(held) is dict and name in NAMED:
            made = {inner: self._of_name(inner, one) for inner, one in held.items()}
            return held if all(made[inner] is one for inner, one in held.items()) else made
        if type(held) is list and name in LINES and all(isinstance(one, str) for one in held):
            return self._words(held) if name in WORDS else self._each(held, self._pair)
        return self.value(held)

    def _of_name(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return self._field(name, value) if isinstance(value, dict | list) else value
        if name == APPLIED:
            return self._applied(value)
        return self._named(name, value)

    def _named(self, name: str, value: str) -> str:
        if isinstance(value, Withheld) or not value:
            return value
        if not is_secret_name(name):
            return _marked(value, without_userinfo(value, self.keeps))
        return _marked(value, value if self.keeps(value) else SECRET)

    def _pair(self, pair: str) -> str:
        if isinstance(pair, Withheld):
            return pair
        name, equals, value = pair.partition("=")
        told = self._named(name, value)
        return pair if told is value else Withheld(f"{name}{equals}{told}")

    def _words(self, words: list[str]) -> list[str]:
        made: list[str] = []
        for word in words:
            before = str(made[-1]) if made else ""
            if isinstance(word, Withheld):
                made.append(word)
            elif before.startswith("-") and "=" not in before and is_secret_name(before) and not word.startswith("-"):
                made.append(self._named(before, word))
            else:
                made.append(_marked(word, without_secrets(word, self.keeps)))
        return words if all(a is b for a, b in zip(made, words, strict=True)) else made

    def _data(self, held: dict[str, Any], *, secret: bool) -> dict[str, Any]:
        if secret:  # the public part of a TLS secret stays; what was dropped as it was read is there all the same
            made = {name: text if name == "tls.crt" else _withheld(text) for name, text in held.items()}
        else:
            made = {name: self._of_name(name, text) for name, text in held.items()}
        return held if all(made[name] is text for name, text in held.items()) else made

    def _applied(self, text: str) -> str:
        if isinstance(text, Withheld):
            return text
        try:
            raw = json.loads(text)
        except ValueError:
            return Withheld(SECRET)
        told = self.value(raw)
        return text if told is raw else Withheld(json.dumps(told, ensure_ascii=False))

    @staticmethod
    def _each(held: list[str], redact: Callable[[str], str]) -> list[str]:
        new = [redact(one) for one in held]
        return held if all(a is b for a, b in zip(new, held, strict=True)) else new


def _marked(before: str, after: str) -> str:
    return before if after == before and not hides(after) else Withheld(after)


def _withheld(text: Any) -> Withheld:
    return text if isinstance(text, Withheld) else Withheld(SECRET)


def _logs(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return last lines without secrets, as plain text: no check reads them, they are only shown."""
    return {name: without_secrets(str(text), lambda _: False) for name, text in held.items()}
