"""What a lab's grading says before any world is made for it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from labrunner import catalog
from labrunner.grading.lab_grade import LATE, SLOW, Order, grade_lab, graded_part, patient
from labrunner.grading.submission import LabWork
from labrunner.narrate import Quiet

ORDER = Order("2026001", "planted")


def test_a_machine_that_lacks_what_a_step_needs_gives_no_mark(tmp_path: Path) -> None:
    around: Any = SimpleNamespace(missing={"vm": "no source has vm:1"})
    loaded = catalog.load("container-vs-vm")
    found = grade_lab(loaded, LabWork("container-vs-vm", tmp_path), ORDER, around, Quiet())
    assert found.trouble == "own-kernel: no source has vm:1"
    assert not found.settled, "the same work would have other points on another machine"


def test_a_machine_that_is_slow_has_time_to_answer() -> None:
    loaded = catalog.load("docker-basics")
    slow = patient(loaded)
    waits = [(probe.name, probe.limit) for probe in slow.lab.probes]
    assert waits == [(probe.name, probe.limit * SLOW) for probe in loaded.lab.probes]
    assert [check.id for check in slow.lab.checks] == [check.id for check in loaded.lab.checks]
    kept, more = ([check.within for check in lab.checks] for lab in (loaded.lab, slow.lab))
    assert any(kept)
    assert more == [within + LATE if within else 0 for within in kept]


def test_what_only_steps_need_that_are_not_graded_is_not_missed() -> None:
    whole = catalog.load("what-is-docker")
    assert whole.lab.uses_cluster
    part = graded_part(whole)
    assert not part.lab.uses_cluster
    assert [step.id for step in whole.lab.steps if step not in part.lab.steps] == ["other-runtime"]
