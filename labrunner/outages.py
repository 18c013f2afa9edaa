"""A lab's outages, as its learner begins and ends them."""

from pathlib import Path

from labrunner import atomic
from labrunner.environment import engine as engines
from labrunner.environment import outage, outage_record
from labrunner.environment.outage_record import Open
from labrunner.errors import NoLabStarted, UsageError
from labrunner.narrate import Narrator
from labrunner.outcome import Report
from labrunner.state.session import Session
from labrunner.words import say


def begin(directory: Path, component: str, node: str, narrator: Narrator) -> Open:
    """Stop a component that a step of the lab declares.

    Args:
        directory: the lab's folder.
        component: as the step calls it.
        node: of which node; where it usually is, where empty.
        narrator: shown where an engine has to be begun.

    Raises:
        NoLabStarted: nothing is written in that folder.
        UsageError: no step of the lab stops it.
        Refused, ClusterDown, NotOurs: as `environment.outage.begin`.
    """
    told = atomic.read_json(directory / "lab.json")
    if not told:
        raise NoLabStarted(say(en="no lab is open", zh="还没有开始实验"), hint="labrunner list")
    declared = {str(one["component"]): float(one["minutes"]) for one in told.get("outages", [])}
    if component not in declared:
        raise UsageError(
            say(
                en=f"the lab {told['lab']} does not stop {component!r}", zh=f"实验 {told['lab']} 不会停止 {component!r}"
            ),
            hint=", ".join(declared) or say(en="it stops nothing", zh="它不停止任何组件"),
        )
    return outage.begin(engines.ensure(narrator), component, node, declared[component], directory)


def over() -> str:
    """Bring back what is stopped; see `environment.outage.over`."""
    return outage.over()


def record() -> Open | None:
    """Return the outage that is open; None where none is."""
    return outage_record.load()


def is_done_with(found: Session, report: Report | None) -> str:
    """Return the component that a lab has stopped and needs no more; empty where there is none.

    Args:
        found: the lab.
        report: what was seen: it is needed no more once every step that stops it is done. None where it is not needed
            in any case.
    """
    opened = outage_record.is_open(found.directory)
    if opened is None:
        return ""
    if report is None:
        return opened.component
    steps = {one.step for one in found.loaded.lab.outages if one.component == opened.component}
    passed = set(found.progress.passes) | {verdict.check for verdict in report.verdicts if verdict.passed}
    checks = [check.id for check in found.loaded.lab.checks if check.step in steps]
    return opened.component if all(check in passed for check in checks) else ""
