"""The order of the phases: cheap ones first, Docker before anything of Kubernetes is built, no build beside a test."""

import sys
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from labrunner import catalog
from labrunner.environment import catalogue
from tests.gate import ledger
from tests.gate.phase import Phase, Result, command
from tests.gate.prepare import YES
from tests.gate.proving import prove
from tests.gate.suites import pytest_phase, static

MODES = ("unit", "book", "real", "faults", "prove", "all", "gate")
ALWAYS = ("docker-basics",)
"""Labs that every run proves; the others when something of theirs changed, and while the time lasts."""
FIRST = ("kubernetes-parts on kind",)
"""Of those others, what comes first: what the cluster can do is in no other lab."""
AFTERWARDS = "29"
"""The engine on which even those are only proved while the time lasts: what differs there has tests of its own."""
MINUTE = 60.0
A_STEP = {"kind": 75.0}
A_DOCKER_STEP = 20.0
"""Seconds that the proof of a step is expected to take, by the engine, where the very same was never proved."""
WHOLE = "LABRUNNER_FAULTS"
"""Says how much of the commands is interrupted: "whole", or a part that fits into the gate."""
FLEET = "LABRUNNER_FLEET"
"""Says what is graded on the cluster: "class", two submissions; "whole", all that tests/real/conftest.py names."""
NOTHING: Mapping[str, str] = MappingProxyType({})
DOCKER, ENGINE_29, NODE = "engine and images", "Engine 29", "node image"


def phases(mode: str, *, yes: bool) -> list[Phase]:
    """Return the phases of a mode, in order.

    Args:
        mode: one of MODES.
        yes: True where changes of the machine are agreed to.
    """
    if mode == "unit":
        return _quick()
    if mode == "book":
        return _quick()[2:]
    docker, later, cluster = _docker_tests(whole=mode == "faults"), _engine_29_tests(), _cluster_tests()
    chosen = {
        "real": (docker[:1], later, cluster),
        "faults": (docker[1:], [], _cluster_faults()),
        "prove": ([], [], []),
    }.get(mode, (docker, later, cluster))
    quick = _quick() if mode in ("gate", "all") else []
    wanted = [] if mode in ("real", "faults") else _proofs(everything=mode != "gate")
    first = [proof for proof in wanted if not proof.spare]
    found = [*quick, _build(DOCKER, _images(), 30 * MINUTE, yes=yes), *chosen[0], *_that_need(DOCKER, first)]
    if mode != "faults":
        found += [_build(ENGINE_29, ["image-sandbox-29", "cli-29"], 30 * MINUTE, yes=yes, needs=(DOCKER,)), *chosen[1]]
        found += _that_need(ENGINE_29, first)
    stores = [f"store-{image.name}" for image in catalogue.of_addons()]
    cluster_targets = ["kubernetes", "image-node", "image-grader", *stores]
    found += [_build(NODE, cluster_targets, 45 * MINUTE, yes=yes, needs=(DOCKER,)), *chosen[2]]
    found += _that_need(NODE, first)
    return [
        *found,
        *(_fleet(spare=mode == "gate") if "real, cluster" in {one.name for one in found} else []),
        *(proof for proof in wanted if proof.spare),
    ]


def _quick() -> list[Phase]:
    return [
        Phase("ruff and mypy", static, 5 * MINUTE),
        Phase("unit and cli", _pytest(("unit", "cli"), "-q", "-n", "auto"), 10 * MINUTE),
        Phase("lab files", _pytest(("book",), "-q"), 5 * MINUTE),
    ]


def _docker_tests(*, whole: bool) -> list[Phase]:
    """Return the phases that need an engine; with `whole`, commands are interrupted everywhere, for two hours."""
    chosen = "not kind and not engine29"
    faults = partial(_within, ("faults",), ("-v", "-m", chosen), env={WHOLE: "whole"} if whole else {})
    return [
        Phase("real, Docker", _pytest(("real",), "-v", "-m", chosen), 30 * MINUTE, (DOCKER,)),
        Phase("faults", faults, (240 if whole else 30) * MINUTE, (DOCKER,)),
    ]


def _engine_29_tests() -> list[Phase]:
    return [Phase("real, Engine 29", _pytest(("real",), "-v", "-m", "engine29"), 10 * MINUTE, (ENGINE_29,))]


def _cluster_tests() -> list[Phase]:
    return [Phase("real, cluster", _pytest(("real",), "-v", "-m", "kind"), 40 * MINUTE, (NODE,))]


def _fleet(*, spare: bool) -> list[Phase]:
    """Return the phase that grades classes on a cluster; the gate's is of two submissions, for which half a gigabyte
    is sent there already.
    """
    graded = partial(
        _within, ("real",), ("-v", "-m", "kind", "-k", "test_fleet"), env={FLEET: "class" if spare else "whole"}
    )
    name = "a class graded on the cluster"
    return [Phase(name, graded, (15 if spare else 75) * MINUTE, (NODE,), spare=spare, expected=5 * MINUTE)]


def _cluster_faults() -> list[Phase]:
    return [Phase("faults, cluster", _pytest(("faults",), "-v", "-m", "kind"), 120 * MINUTE, (NODE,))]


def _pytest(folders: tuple[str, ...], *words: str) -> "partial[Result]":
    return partial(_within, folders, words)


def _within(folders: tuple[str, ...], words: tuple[str, ...], limit: float, env: Mapping[str, str] = NOTHING) -> Result:
    return pytest_phase(folders, *words, "--durations=5", limit=limit, env=env)


def _proofs(*, everything: bool) -> list[Phase]:
    """Return a phase a lab and engine; one whose key was green before can be reused where the time is short."""
    known = ledger.read()
    found: list[Phase] = []
    for entry in catalog.entries():
        loaded = catalog.load_entry(entry)
        for engine in ("20.10", "29") if loaded.lab.uses_docker else ("kind",):
            name = f"{entry.slug} on {engine}"
            green, key = known.get(name), ledger.key_of(loaded, engine)
            needs = [NODE] if loaded.lab.uses_cluster else []
            needs += {"20.10": [DOCKER], "29": [ENGINE_29], "kind": []}[engine]
            spare = not everything and (entry.slug not in ALWAYS or engine == AFTERWARDS)
            same = spare and green is not None and green.key == key
            guess = A_STEP.get(engine, A_DOCKER_STEP) * len(loaded.lab.steps)
            known_to_take = green.seconds if green is not None else 0.0
            said = f"{name} (key {key}, {green.at})" if same and green else ""
            found.append(
                Phase(
                    f"prove {name}",
                    partial(prove, loaded, engine),
                    30 * MINUTE,
                    tuple(needs),
                    spare=spare,
                    reused=said,
                    expected=known_to_take if same else max(known_to_take, guess),
                )
            )
    # Among those that may be left out, what was never green comes first, and last what nothing has changed of.
    never = {phase.name for phase in found if phase.name.removeprefix("prove ") not in known}
    first = {f"prove {name}" for name in FIRST}
    return sorted(
        found, key=lambda phase: (phase.spare, bool(phase.reused), phase.name not in first, phase.name not in never)
    )


def _that_need(need: str, proofs: list[Phase]) -> list[Phase]:
    """Return the proofs of which this is the last thing that they need: Docker comes first, the cluster last."""
    order = (DOCKER, ENGINE_29, NODE)
    return [proof for proof in proofs if max(proof.needs, key=order.index) == need]


def _images() -> list[str]:
    stores = [f"store-{image.name}" for image in catalogue.course()]
    return ["image-registry", "image-client", "image-sandbox-20.10", *stores, "compose", "actionlint"]


def _build(name: str, targets: list[str], limit: float, *, yes: bool, needs: tuple[str, ...] = ()) -> Phase:
    return Phase(name, partial(_built, [*targets, *([YES] if yes else [])]), limit, needs)


def _built(words: list[str], limit: float) -> Result:
    code = command([sys.executable, "-m", "tests.gate.prepare", *words], limit)
    return Result() if code == 0 else Result(failed=1, broken=[f"{' '.join(words)}: exit {code}"])
