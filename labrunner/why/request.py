"""Which rule of which Ingress a URL would hit, and what is broken behind that rule."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from labrunner.outcome import Cause
from labrunner.why.backend import lead
from labrunner.why.behind import together
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import with_notes
from labrunner.why.ingress import served
from labrunner.why.scene import Raw, Scene
from labrunner.why.tls import secrets
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

EXACT = "Exact"
MENTIONED = 3
"""Hosts that are named where none of them is the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One path of one rule: what it is for, and where it sends."""

    ingress: Raw
    host: str
    path: str
    kind: str
    backend: Raw

    def is_for(self, host: str) -> bool:
        """Tell whether it is for a host; one without a host is for every host, "*." stands for one label."""
        if self.host.startswith("*."):
            return host.partition(".")[2] == self.host[2:] and not host.startswith(".")
        return self.host in ("", host)

    def takes(self, path: str) -> bool:
        """Tell whether it is for a path; what controllers do as they like (ImplementationSpecific) counts as Prefix.

        Where it looks like a pattern, it is taken for one, as some controllers do.
        """
        if self.kind == EXACT:
            return path == self.path
        if self.is_pattern:
            try:
                return re.match(self.path, path, re.IGNORECASE) is not None
            except re.error:
                return False
        own = self.path.rstrip("/")
        return path == own or path.startswith(own + "/") or not own

    @property
    def is_pattern(self) -> bool:
        """Tell whether it is for its controller to say what the path means."""
        return self.kind == "ImplementationSpecific" and bool(set("()[]*?$^|+\\") & set(self.path))

    @property
    def rank(self) -> tuple[bool, bool, int, bool]:
        """How near it is: a host before none, that host before a wildcard, the longest path, Exact before Prefix."""
        return bool(self.host), not self.host.startswith("*"), len(self.path), self.kind == EXACT


def explain_request(snapshot: Snapshot, url: str, host: str = "") -> Diagnosis:
    """Walk from a request to the first thing that keeps it from being answered.

    Args:
        snapshot: what was read.
        url: what is asked for.
        host: the Host header; the URL's own where it is empty.

    Returns:
        a diagnosis of the Ingress that would take it ("Ingress/web"), or of the URL where none does.
    """
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:
        return Diagnosis(url, saw=(say(en="that is no URL", zh="这不是 URL"),))
    asked = (host.partition(":")[0] or parts.hostname or "").lower()
    scene = Scene(snapshot)
    found = _rule(scene, asked, parts.path or "/")
    if isinstance(found, Cause):
        return with_notes(Diagnosis(url, (found,)))
    if isinstance(found, str):
        return Diagnosis(url, saw=(found,))
    subject = f"Ingress/{found.ingress['metadata']['name']}"
    walked = [served(scene, found.ingress)]
    if parts.scheme == "https":
        walked.append(_tls(scene, found.ingress, asked))
    return with_notes(together(subject, [*walked, lead(snapshot, scene, (subject,), found.backend)]))


def _rule(scene: Scene, host: str, path: str) -> Rule | Cause | str:
    """Return the rule that takes a request, the cause that none does, or a phrase where that cannot be told."""
    every = [rule for ingress in scene.of_kind("Ingress") for rule in _rules(ingress)]
    if not every:
        unread = say(en="Ingresses were not asked for", zh="没有查询 Ingress")
        return _none(scene) if scene.lists("Ingress") else unread
    hosted = [rule for rule in every if rule.is_for(host)]
    if not hosted:
        return _other_hosts(scene, every, host)
    if taking := [rule for rule in hosted if rule.takes(path)]:
        return max(taking, key=lambda rule: rule.rank)
    if told := ", ".join(rule.path for rule in hosted if rule.is_pattern):
        return say(en=f"what {told} means is for the controller to say", zh=f"{told} 的含义由控制器决定")
    return _other_paths(scene, hosted, host, path)


def _rules(ingress: Raw) -> list[Rule]:
    spec = ingress.get("spec") or {}
    found = [
        Rule(
            ingress,
            str(rule.get("host", "")).lower(),
            one.get("path") or "/",
            one.get("pathType", "Prefix"),
            one.get("backend") or {},
        )
        for rule in spec.get("rules") or []
        for one in (rule.get("http") or {}).get("paths") or []
    ]
    if spec.get("defaultBackend"):
        found.append(Rule(ingress, "", "", "Prefix", spec["defaultBackend"]))
    return found


def _tls(scene: Scene, ingress: Raw, host: str) -> Diagnosis:
    """Look at the certificate for one host; the Ingress' other hosts are none of this request's business."""
    subject = f"Ingress/{ingress['metadata']['name']}"
    entries = (ingress.get("spec") or {}).get("tls") or []
    own = [one for one in entries if not one.get("hosts") or any(_is_for(told, host) for told in one["hosts"])]
    if own:
        narrow = {"metadata": ingress["metadata"], "spec": {"tls": [{**one, "hosts": [host]} for one in own[:1]]}}
        return secrets(scene, narrow)
    name = ingress["metadata"]["name"]
    told = ", ".join(host for one in entries for host in one.get("hosts") or [])
    en, zh = (f"its tls is for {told}", f"它的 tls 只写了 {told}") if told else ("it has no tls", "它没有写 tls")
    sentence = say(
        en=f"Ingress {name} has no certificate for host {host}: {en}",
        zh=f"Ingress {name} 没有给主机 {host} 的证书：{zh}",
    )
    see = f"kubectl describe ingress {name} -n {scene.namespace}"
    return Diagnosis(
        subject, (Cause("tls-host-mismatch", sentence, subject, (subject,), (f"tls.hosts: {told or '-'}",), see),)
    )


def _is_for(told: str, host: str) -> bool:
    told = told.lower()
    return told == host or (told.startswith("*.") and host.partition(".")[2] == told[2:])


def _none(scene: Scene) -> Cause:
    where = scene.namespace
    sentence = say(en=f"there is no Ingress in namespace {where}", zh=f"命名空间 {where} 里没有 Ingress")
    return Cause("object-absent", sentence, "Ingress/*", ("Ingress/*",), (), f"kubectl get ingress -n {where}")


def _other_hosts(scene: Scene, rules: list[Rule], host: str) -> Cause:
    nearest = sorted(rules, key=lambda rule: -SequenceMatcher(None, host, rule.host).ratio())
    hosts = list(dict.fromkeys(rule.host for rule in nearest))
    name = nearest[0].ingress["metadata"]["name"]
    subject, more = f"Ingress/{name}", len(hosts) > MENTIONED
    told = ", ".join(hosts[:MENTIONED])
    sentence = say(
        en=f"no Ingress in namespace {scene.namespace} is for host {host or '(none)'}: "
        f"there are rules for {told}{' and others' if more else ''}",
        zh=f"命名空间 {scene.namespace} 里没有 Ingress 匹配主机 {host or '（空）'}："
        f"已有的规则只匹配 {told}{'等' if more else ''}",
    )
    words = tuple(f"host: {one}" for one in hosts[:MENTIONED])
    return Cause(
        "ingress-host-mismatch", sentence, subject, (subject,), words, f"kubectl get ingress -n {scene.namespace}"
    )


def _other_paths(scene: Scene, rules: list[Rule], host: str, path: str) -> Cause:
    name = rules[0].ingress["metadata"]["name"]
    told = ", ".join(dict.fromkeys(f"{rule.path} ({rule.kind})" for rule in rules))
    sentence = say(
        en=f"no rule for host {host} takes the path {path}: there is {told}",
        zh=f"主机 {host} 的规则都不匹配路径 {path}：已有的是 {told}",
    )
    words = tuple(f"path: {rule.path}, pathType: {rule.kind}" for rule in rules)
    see = f"kubectl describe ingress {name} -n {scene.namespace}"
    return Cause("ingress-path-mismatch", sentence, f"Ingress/{name}", (f"Ingress/{name}",), words, see)
