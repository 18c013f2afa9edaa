"""What the lab of containers and virtual machines reads out of what both say."""

from typing import Any

import pytest

from labrunner import Answer, Fact, catalog
from labrunner.expectation import Failure
from labrunner.world.snapshot import Snapshot
from labs.container_vs_vm import ground, kernels, walls

SAID = """kernel 6.1.0-50-cloud-amd64
files 176c55a1  -
pattern |/usr/lib/systemd/systemd-coredump %P %u
memory 94808
shop 162 /bin/sh /bin/shop vm-ab12\x20
shop 84 /bin/sh /bin/shop\x20
"""


def heard(text: str, probe: Any) -> Answer:
    probe.name = "it"
    reply = {"exit_code": 0, "stdout": text, "stderr": ""}
    return Answer(Snapshot(probes={"it": reply}), probe, "")


def handed_in(text: str) -> Fact[str]:
    return Fact(text, "answer", "labrunner answer", hidden=True)


@pytest.fixture(name="said", scope="module")
def _said() -> Answer:
    assert catalog.find("container-vs-vm")
    return heard(SAID, kernels.machine)


def test_each_line_is_found_by_its_first_word(said: Answer) -> None:
    assert ground.line(said, "kernel").value == "6.1.0-50-cloud-amd64"
    assert ground.line(said, "pattern").value == "|/usr/lib/systemd/systemd-coredump %P %u"
    assert ground.line(said, "installed").absent
    assert ground.line(heard("", kernels.machine), "kernel").absent


def test_the_shops_inside_are_known_by_their_names_and_the_first_by_its_number(said: Answer) -> None:
    assert kernels.shops(said).value == ["/bin/sh /bin/shop vm-ab12", "/bin/sh /bin/shop"]
    kernels.many_were_before_the_shop(handed_in("84"), said)
    with pytest.raises(Failure):
        kernels.many_were_before_the_shop(handed_in("162"), said)
    with pytest.raises(Failure):
        kernels.many_were_before_the_shop(handed_in("84"), heard("kernel 6.1\n", kernels.machine))


@pytest.mark.parametrize("answer", ["94808", "94808 kB", " 94,808\n"])
def test_a_number_stays_the_same_with_its_unit(said: Answer, answer: str) -> None:
    walls.what_the_machine_has_left_was_named(handed_in(answer), said)


def test_where_nothing_was_seen_nothing_agrees() -> None:
    with pytest.raises(Failure):
        walls.what_the_machine_has_left_was_named(handed_in(""), heard("", kernels.machine))


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("vm", ["kernel", "seen-from-host", "limits", "thin-wall", "tight"]),
        (
            "host",
            ["kernel", "own-kernel", "start-time", "footprint", "limits", "machine-size", "tight", "thick-wall"],
        ),
    ],
)
def test_what_is_left_where_something_is_missing_asks_nothing_of_what_is_left_out(
    missing: str, left: list[str]
) -> None:
    lab = catalog.load("container-vs-vm", None).without({missing: "it is not to be had"}).lab
    assert [step.id for step in lab.steps] == left
    known = {"docker", "answer", *lab.values, *lab.images, *(probe.name for probe in lab.probes)}
    assert {name for check in lab.checks for name in check.parameters} <= known
