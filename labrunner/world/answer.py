"""A probe's reply, as facts."""

from dataclasses import replace

from labrunner.facts import Fact, NotRecorded
from labrunner.lab import Probe
from labrunner.withheld import Withheld
from labrunner.words import say
from labrunner.world.asked import note
from labrunner.world.snapshot import Snapshot


class Answer:
    """What a probe heard.

    A probe that could not be asked, because what it asks is not there, has absent facts; one that could not be asked
    because something of ours is broken is not recorded.
    """

    def __init__(self, snapshot: Snapshot, probe: Probe, see: str) -> None:
        note(f"probe/{probe.name}")
        raw = snapshot.probes.get(probe.name)
        if raw is None:
            raise NotRecorded(f"probe {probe.name} was not asked")
        if "error" in raw:
            raise NotRecorded(f"probe {probe.name} could not be asked: {raw['error']}")
        self._raw, self._probe, self._see = raw, probe, see

    def _fact(self, key: str) -> Fact[str]:
        source = f"probe {self._probe.name}, {key}"
        kinds = {"inside": "container", "pod": "Pod", "node": "Node"}
        target = "*" if "=" in self._probe.target else self._probe.target
        asked = f"{kinds.get(self._probe.at, self._probe.at)}/{target}"
        subject = asked if self._probe.at in ("inside", "pod") and target != "*" else ""
        if "absent" in self._raw:
            subject = asked
            return Fact(None, source, self._see, self._raw["absent"], subject)
        if self._raw["exit_code"] is None:
            # No subject: what was asked is there, and may only be slow; that is waited for.
            return Fact(
                None,
                source,
                self._see,
                say(en=f"no answer within {self._probe.limit:g} s", zh=f"{self._probe.limit:g} 秒内没有回答"),
            )
        return Fact(self._raw[key], source, self._see, subject=subject)

    @property
    def stdout(self) -> Fact[str]:
        """What it printed, without the white space around it."""
        return _stripped(self._fact("stdout"))

    @property
    def stderr(self) -> Fact[str]:
        """What it complained of, without the white space around it."""
        return _stripped(self._fact("stderr"))

    @property
    def digest(self) -> Fact[str]:
        """The sha256 of what a registry answered, byte for byte: a manifest's digest."""
        return self._fact("digest")

    @property
    def exit_code(self) -> Fact[int]:
        """The exit code of the question."""
        return self._fact("exit_code").map(int)


def _stripped(fact: Fact[str]) -> Fact[str]:
    if isinstance(fact.value, Withheld):  # too long; what is known of it can be judged all the same
        return replace(fact, value=Withheld(str(fact.value).strip()))
    return fact.map(str.strip)
