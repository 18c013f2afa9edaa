"""Today's checks applied to yesterday's evidence: no daemon, no cluster, no started lab."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from labrunner import catalog, settling, values
from labrunner.catalog import LoadedLab
from labrunner.errors import UnknownLab
from labrunner.judging import judged
from labrunner.outcome import Report
from labrunner.words import say
from labrunner.world import evidence
from labrunner.world.evidence import Evidence
from labrunner.world.outage import is_open


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What came of a file of evidence.

    Attributes:
        loaded: the lab, as it is today.
        evidence: what was read.
        report: as `check` would have given it, with today's checks.
        changed: whether the lab's folder is another one than when it was read.
    """

    loaded: LoadedLab
    evidence: Evidence
    report: Report
    changed: bool


def recheck(path: Path, extra: Path | None = None, only: str = "", lab: LoadedLab | None = None) -> Rechecked:
    """Judge a file of evidence.

    Args:
        path: the file.
        extra: a folder of further labs.
        only: the one step that is judged, as if every other were done; every step where empty.
        lab: whose checks are applied; those of the installed lab that the file is of where None.

    Raises:
        EvidenceBroken: the file is no evidence that can be judged.
        UnknownLab: it is of a lab that is not here.
        LabBroken: the lab of today does not load.
    """
    found: list[LoadedLab] = []

    def secrets(seeds: Mapping[str, Any], slug: str) -> dict[str, str]:
        found.append(lab or _lab(path, slug, extra))
        return values.secrets_of(found[0].lab, _values(found[0], seeds))

    told = evidence.read(path, secrets)
    loaded = found[0].without_steps(told.left_out)
    known = _values(loaded, told.seeds)
    try:
        checks = [check for check in loaded.lab.checks if only in ("", check.step)]
        verdicts = judged(loaded, checks, told.snapshot, known, told.seeds["client"])
        mine = [replace(v, assisted=v.step in told.assisted, seconds=told.seconds) for v in verdicts]
        report = settling.settled(loaded, told.passes, mine, told.versions, outage=is_open(told.snapshot))
        return Rechecked(loaded, told, report, loaded.hash() != told.lab["hash"])
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise evidence.damaged(path) from broken


def _values(loaded: LoadedLab, seeds: Mapping[str, Any]) -> dict[str, str]:
    student, port, namespace = seeds["student"], seeds["port"], seeds["namespace"]
    drawn = {"course": seeds["course"], "planted": str(seeds.get("planted", ""))}
    return values.of_lab(loaded.lab, student=student, port=port, namespace=namespace, **drawn)


def _lab(path: Path, slug: str, extra: Path | None) -> LoadedLab:
    try:
        return catalog.load(slug, extra)
    except UnknownLab as unknown:
        raise UnknownLab(
            say(
                en=f"{path} is evidence of the lab {slug!r}, which is not here",
                zh=f"{path} 是实验 {slug!r} 的证据，而这里没有这个实验",
            ),
            hint=unknown.hint,
        ) from unknown
